// Starts the parts of an end-to-end test and stops them by pid.
//
//   const bot = await startBot();                 // aimock
//   const proxy = await startHandrail(t, {upstream: bot.url});
//   const openai = client(proxy, "conversation-1");
//
// Everything listens on loopback, on ports the system chose.
import { spawn } from "node:child_process";
import fs from "node:fs";
import https from "node:https";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { LLMock } from "@copilotkit/aimock";
import OpenAI from "openai";

export const here = path.dirname(fileURLToPath(import.meta.url));
export const root = path.resolve(here, "../..");
export const binary = process.env.HANDRAIL_BINARY;
export const certificates = process.env.HANDRAIL_E2E_DIR;

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

// Poll until check() is truthy; its value is returned.
export async function until(check, what, ms = 10000) {
	const end = Date.now() + ms;
	for (;;) {
		const value = await check();
		if (value) return value;
		if (Date.now() > end) throw new Error(`never came true: ${what}`);
		await sleep(20);
	}
}

// What was begun last is ended first: a folder goes when nobody writes there any
// more. Node runs a test's hooks in the order they were named in, and none behind
// one that fails.
const begun = new WeakMap(); // by test

export function atEnd(t, end) {
	if (!begun.has(t)) {
		const ends = [];
		begun.set(t, ends);
		t.after(async () => {
			const faults = [];
			while (ends.length)
				try {
					await ends.pop()();
				} catch (fault) {
					faults.push(fault);
				}
			if (faults.length) throw faults[0];
		});
	}
	begun.get(t).push(end);
}

export async function startBot(t, options = {}) {
	const mock = new LLMock({ port: 0, logLevel: "silent", ...options });
	await mock.start();
	atEnd(t, () => mock.stop());
	return mock;
}

export function tempDir(t) {
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), "handrail-e2e-"));
	atEnd(t, () => fs.rmSync(dir, { recursive: true, force: true }));
	return dir;
}

// Write a policy folder: {"policy.yaml": "...", "packs/x.yaml": "..."}.
export function writePolicy(dir, files) {
	for (const [name, text] of Object.entries(files)) {
		const file = path.join(dir, name);
		fs.mkdirSync(path.dirname(file), { recursive: true });
		fs.writeFileSync(file, text);
	}
	return dir;
}

export function configuration(dir, { upstream, policy, extra = "", listen, route = "" }) {
	const tls =
		listen ??
		`  - address: 127.0.0.1:0
    tls: {certificate: ${certificates}/localhost.pem, key: ${certificates}/localhost.key}`;
	return `listen:
${tls}
routes:
  - match: {host: "*", path: /}
    channel: openai-chat
    upstream: {url: "${upstream}"}
${route}policy: ${policy ?? path.join(root, "policies/starter")}
store: {sqlite: state/handrail.db}
audit: {directory: state/audit}
keys: {directory: state/keys}
console: {address: 127.0.0.1:0}
node: e2e
workers: 2
${extra}`;
}

// Resolves when the proxy has said `ready`. The object has url, console, pid,
// dir, log(), stop(), kill(), records(), handrail(...args).
export async function startHandrail(t, options) {
	const dir = options.dir ?? tempDir(t);
	const file = path.join(dir, "handrail.yaml");
	if (options.config || !fs.existsSync(file) || options.upstream)
		fs.writeFileSync(file, options.config ?? configuration(dir, options));
	const command = [...(options.under ?? []), binary, "run", "-c", file];
	const child = spawn(command[0], command.slice(1), {
		stdio: ["ignore", "pipe", "pipe"],
		env: { ...process.env, ...options.env },
	});
	let out = "";
	let ended = null;
	let killed = false; // on purpose
	const exit = new Promise((done) =>
		child.on("exit", (code, signal) => done((ended = { code, signal }))),
	);
	child.stdout.on("data", (d) => (out += d));
	child.stderr.on("data", (d) => (out += d));
	const stop = async (signal = "SIGTERM") => {
		if (!ended) child.kill(signal);
		return exit;
	};
	atEnd(t, async () => {
		const killer = setTimeout(() => child.kill("SIGKILL"), 15000);
		const { signal } = await stop();
		clearTimeout(killer);
		if (signal === "SIGKILL" && !killed)
			throw new Error(`handrail did not stop:\n${out}`);
		if (/(ERROR|WARNING): (Address|Thread|Leak|Memory)Sanitizer|runtime error:/.test(out))
			throw new Error(`sanitizer report:\n${out}`);
	});
	await until(
		() => {
			if (ended) throw new Error(`handrail ended early:\n${out}`);
			return /^ready\b/m.test(out);
		},
		`ready line of handrail`,
		20000,
	);
	const ready = out.match(/^ready\b.*$/m)[0];
	return {
		dir,
		pid: child.pid,
		ready,
		url: ready.match(/https:\/\/[^\s,]+/)[0].replace("127.0.0.1", "localhost"),
		console: ready.match(/console[ =](http[^\s,]+)/)?.[1],
		log: () => out,
		exit,
		stop,
		kill: (signal) => {
			killed = true;
			child.kill(signal);
		},
		records: () => auditRecords(dir),
		handrail: (...args) => run([...args.slice(0, 1), ...args.slice(1)], { cwd: dir }),
	};
}

export function auditRecords(dir) {
	const records = [];
	const walk = (d) => {
		for (const e of fs.readdirSync(d, { withFileTypes: true })) {
			if (e.isDirectory()) walk(path.join(d, e.name));
			else if (e.name.endsWith(".jsonl"))
				for (const line of fs.readFileSync(path.join(d, e.name), "utf8").split("\n"))
					if (line) records.push(JSON.parse(line));
		}
	};
	walk(path.join(dir, "state/audit"));
	return records.sort((a, b) => a.seq - b.seq);
}

// Run the binary to its end: {code, out, err}.
export function run(args, options = {}) {
	return new Promise((done) => {
		const child = spawn(options.program ?? binary, args, { stdio: ["pipe", "pipe", "pipe"], ...options });
		let out = "";
		let err = "";
		child.stdout.on("data", (d) => (out += d));
		child.stderr.on("data", (d) => (err += d));
		child.on("exit", (code) => done({ code, out, err }));
		child.stdin.on("error", () => {}); // it may end without reading
		child.stdin.end(options.input ?? "");
	});
}

export function client(proxy, conversation, options = {}) {
	return new OpenAI({
		baseURL: `${proxy.url}/v1`,
		apiKey: "test",
		defaultHeaders: conversation ? { "X-Conversation-Id": conversation } : {},
		...options,
	});
}

// One raw HTTPS request: {status, headers, body (Buffer)}; no client library
// that could hide bytes.
export function request(url, { method = "POST", headers = {}, body, agent = false } = {}) {
	return new Promise((done, fail) => {
		const req = https.request(url, { method, headers, agent }, (res) => {
			const parts = [];
			res.on("data", (d) => parts.push(d));
			res.on("end", () =>
				done({ status: res.statusCode, reason: res.statusMessage, headers: res.headers, body: Buffer.concat(parts) }),
			);
			res.on("error", fail);
		});
		req.on("error", fail);
		req.end(body);
	});
}

export const ask = (text, more = {}) =>
	JSON.stringify({ model: "m", messages: [{ role: "user", content: text }], ...more });

export function chat(proxy, conversation, text, more = {}) {
	return request(`${proxy.url}/v1/chat/completions`, {
		headers: { "content-type": "application/json", "x-conversation-id": conversation },
		body: ask(text, more),
	});
}
