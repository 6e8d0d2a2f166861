// Raw parts for the tests of bad input: bytes in, bytes out, nothing hidden.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import tls from "node:tls";
import { ask, here, run, sleep } from "./support.mjs";

export const policy = path.join(here, "policy");
export const bridge = "Let me bring in a colleague who can help you with that.";
export const fallback = "A colleague will take over from here and can see our whole chat.";

export const completion = (content, more = {}) =>
	JSON.stringify({
		id: "x", object: "chat.completion", created: 1, model: "m",
		choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }],
		...more,
	});

export const frame = (delta, more = {}) =>
	`data: ${JSON.stringify({
		id: "x", object: "chat.completion.chunk", created: 1, model: "m",
		choices: [{ index: 0, delta, finish_reason: null, ...more }],
	})}\n\n`;

export const stream = (...texts) =>
	frame({ role: "assistant", content: "" }) +
	texts.map((content) => frame({ content })).join("") +
	frame({}, { finish_reason: "stop" }) + "data: [DONE]\n\n";

export const answer = (body, { status = "200 OK", type = "application/json", headers = "" } = {}) =>
	`HTTP/1.1 ${status}\r\nContent-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${headers}\r\n${body}`;

export const sse = { type: "text/event-stream" };

// A bot that is nothing but a socket: reply(socket, request, number) writes
// whatever bytes it likes. requests holds all it was sent.
export async function rawBot(t, reply) {
	const requests = [];
	const sockets = new Set();
	const server = net.createServer((socket) => {
		let data = Buffer.alloc(0);
		sockets.add(socket);
		socket.on("close", () => sockets.delete(socket));
		socket.on("error", () => {});
		socket.setNoDelay(true);
		socket.on("data", (d) => {
			data = Buffer.concat([data, d]);
			const head = data.indexOf("\r\n\r\n");
			if (head < 0) return;
			const length = Number(/content-length: (\d+)/i.exec(data.subarray(0, head))?.[1] ?? 0);
			if (data.length < head + 4 + length) return;
			const request = data.subarray(0, head + 4 + length).toString();
			data = data.subarray(head + 4 + length);
			requests.push(request);
			reply(socket, request, requests.length);
		});
	});
	await new Promise((done) => server.listen(0, "127.0.0.1", done));
	t.after(() => {
		for (const s of sockets) s.destroy();
		server.close();
	});
	return { url: `http://127.0.0.1:${server.address().port}`, requests, server };
}

export const wire = (proxy, options = {}) =>
	tls.connect({
		host: "127.0.0.1", port: new URL(proxy.url).port, servername: "localhost", ...options,
	});

// Send bytes over TLS, read to the end or until quiet for `ms`.
export function raw(proxy, bytes, { ms = 4000, pieces, ...options } = {}) {
	return new Promise((done) => {
		const socket = wire(proxy, options);
		let text = "";
		const result = (closed, clean, error) => {
			clearTimeout(timer);
			socket.destroy();
			done({ text, closed, clean, error });
		};
		const timer = setTimeout(() => result(false, false), ms);
		socket.setEncoding("latin1");
		socket.on("data", (d) => (text += d));
		socket.on("end", () => result(true, true));
		socket.on("error", (e) => result(true, false, e));
		socket.on("close", () => result(true, false));
		socket.on("secureConnect", async () => {
			for (const piece of pieces ?? [bytes]) {
				socket.write(piece);
				if (pieces) await sleep(20);
			}
		});
	});
}

export const post = (conversation, body, more = "") =>
	`POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n` +
	`X-Conversation-Id: ${conversation}\r\n${more}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

export const goodPost = (conversation, text = "hi", more = {}) =>
	post(conversation, ask(text, more), "Connection: close\r\n");

// All a client could read out of the bytes: with JSON escapes undone, twice,
// for arguments that are JSON inside JSON.
export function everything(text) {
	const undo = (s) =>
		s.replace(/\\+u([0-9a-f]{4})/gi, (_, h) => String.fromCharCode(parseInt(h, 16)));
	const plain = text.replace(/\r\n[0-9a-f]+\r\n/gi, "");
	return [text, undo(text), undo(undo(text)), undo(plain)].join("\n");
}

export const content = (body) => JSON.parse(body).choices[0].message.content;

// A copy of the policy with another text: change(text) -> text.
export function policyWith(dir, change = (s) => s, pack = (s) => s) {
	const to = path.join(dir, "policy");
	fs.cpSync(policy, to, { recursive: true });
	for (const [file, edit] of [["policy.yaml", change], ["packs/actions.yaml", pack]]) {
		const name = path.join(to, file);
		const old = fs.readFileSync(name, "utf8");
		fs.writeFileSync(name, edit(old));
	}
	return to;
}

export const cli = async (proxy, verb, ...args) => {
	const [first, ...rest] = args;
	const at = ["-c", path.join(proxy.dir, "handrail.yaml")];
	const split = first && !first.startsWith("-") ? [first, ...at, ...rest] : [...at, ...args];
	const done = await run([verb, ...split]);
	assert.equal(done.code, 0, `${verb} ${args.join(" ")}: ${done.out}${done.err}`);
	return done.out;
};

export const handoffs = async (proxy) => {
	const list = JSON.parse(await cli(proxy, "handoff", "list", "--format", "json"));
	return list.handoffs ?? list;
};

// Not in a tempDir: hooks run in order, and what is mounted cannot be removed.
export function smallDisk(t, size = "512k") {
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), "handrail-disk-"));
	const mount = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", dir]);
	const mounted = !mount.error && mount.status === 0;
	t.after(() => {
		if (mounted) spawnSync("umount", ["-l", dir]);
		fs.rmSync(dir, { recursive: true }); // what still runs may write there
	});
	return mounted && dir;
}

export function fill(dir, name = "filler") {
	const fd = fs.openSync(path.join(dir, name), "w");
	for (const size of [4096, 1])
		try {
			for (;;) fs.writeSync(fd, Buffer.alloc(size));
		} catch (e) {
			assert.equal(e.code, "ENOSPC");
		}
	fs.closeSync(fd);
}

// {status, text} of /readyz.
export async function readiness(proxy) {
	const got = await fetch(`${proxy.console}/readyz`);
	return { status: got.status, text: await got.text() };
}
