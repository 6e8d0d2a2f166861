// An ordinary day of the proxy in a few seconds, for the counts release builds
// are laid out by (profile.cmake):
//
//   node cmake/exercise.mjs HANDRAIL
//
// Handrail with TLS and the starter policy in front of the demo bot, customers
// on kept connections, most of what they ask harmless, a part of it streamed.
// An answer that is not the protocol's ends it: counts of faults are no use.
import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import https from "node:https";
import os from "node:os";
import path from "node:path";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { topics } from "../demo/topics.mjs";

const CONVERSATIONS = 2000;
const CUSTOMERS = 16; // at a time
const TURNS = 3; // at most, of one conversation
const STREAMED = 8; // one in so many
const TROUBLE = 20; // the same, of what the bot should not say

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const binary = path.resolve(process.argv[2]);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "handrail-exercise-"));
const children = [];

// Start a program; what it says behind `said`, once it says it.
async function start(said, program, ...args) {
	const child = spawn(program, args, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
	children.push(child);
	child.ended = once(child, "exit");
	const lines = createInterface({ input: child.stdout });
	for await (const line of lines) {
		if (line.startsWith(said)) {
			child.stdout.resume();
			return { child, rest: line.slice(said.length).trim() };
		}
	}
	throw new Error(`${program} ended before it said "${said}"`);
}

function configure(upstream) {
	const certificate = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=localhost
		-addext subjectAltName=DNS:localhost -keyout key.pem -out cert.pem`;
	execFileSync("openssl", certificate.split(/\s+/), { cwd: folder, stdio: "ignore" });
	const file = path.join(folder, "handrail.yaml");
	fs.writeFileSync(file, `listen:
  - address: 127.0.0.1:0
    tls: {certificate: cert.pem, key: key.pem}
routes:
  - match: {host: "*", path: /}
    channel: openai-chat
    upstream: {url: "${upstream}"}
policy: ${path.join(root, "policies/starter")}
store: {sqlite: handrail.db}
audit: {directory: audit}
keys: {directory: keys}
environment: production
workers: 1
`);
	return file;
}

const ordinary = topics.filter((topic) => topic.verdict === "deliver");
const trouble = topics.filter((topic) => topic.verdict !== "deliver");
const pick = (list, n) => list[n % list.length];

// The answer's text as a client reads it, for the next turn.
function textOf(body, streamed) {
	if (!streamed) return JSON.parse(body).choices[0].message.content ?? "";
	const events = body.split("\n\n").filter((event) => event.startsWith("data: {"));
	return events.map((event) => JSON.parse(event.slice(6)).choices[0]?.delta.content ?? "").join("");
}

async function ask(agent, port, conversation, messages, streamed) {
	const body = JSON.stringify({ model: "demo", messages, ...(streamed ? { stream: true } : {}) });
	const req = https.request({
		agent, port, host: "127.0.0.1", servername: "localhost",
		method: "POST", path: "/v1/chat/completions",
		headers: {
			"content-type": "application/json",
			"content-length": Buffer.byteLength(body),
			"x-conversation-id": conversation,
		},
	});
	req.end(body);
	const [res] = await once(req, "response");
	const parts = await res.toArray();
	const answer = Buffer.concat(parts).toString();
	if (res.statusCode !== 200) throw new Error(`${res.statusCode} ${answer}`);
	return textOf(answer, streamed);
}

async function talk(agent, port, n) {
	const messages = [];
	for (let turn = 0; turn <= n % TURNS; turn++) {
		const topic = n % TROUBLE ? pick(ordinary, n + turn) : pick(trouble, n / TROUBLE);
		messages.push({ role: "user", content: `About ${pick(topic.words, n)}, please?` });
		const content = await ask(agent, port, `c${n}`, messages, n % STREAMED === 0);
		messages.push({ role: "assistant", content });
	}
}

try {
	const bot = await start("listening ", process.execPath, path.join(root, "demo/bot.mjs"), "--delay", "0");
	const file = configure(bot.rest);
	const proxy = await start("ready", binary, "run", "-c", file);
	const port = Number(/https:\/\/127\.0\.0\.1:(\d+)/.exec(proxy.rest)[1]);
	const ca = fs.readFileSync(path.join(folder, "cert.pem"));
	const agent = new https.Agent({ keepAlive: true, maxSockets: CUSTOMERS, ca });
	let next = 0;
	const customers = Array.from({ length: CUSTOMERS }, async () => {
		while (next < CONVERSATIONS) await talk(agent, port, next++);
	});
	await Promise.all(customers);
	agent.destroy();
	proxy.child.kill("SIGTERM");
	const [code, signal] = await proxy.child.ended;
	if (code !== 0) throw new Error(`handrail ended with ${code ?? signal}`);
} finally {
	for (const child of children) child.kill("SIGKILL");
	fs.rmSync(folder, { recursive: true, force: true });
}
