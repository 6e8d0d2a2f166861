// Hostile bytes from the customer's side get a clear answer, a closed
// connection, and never reach the bot.
import assert from "node:assert/strict";
import path from "node:path";
import test from "node:test";
import tls from "node:tls";
import { ask, here, startBot, startHandrail } from "./support.mjs";

const policy = path.join(here, "policy");
const head = "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nX-Conversation-Id: c\r\n";

// All bytes until the other side closes.
function raw(proxy, bytes) {
	return new Promise((done, fail) => {
		const { port } = new URL(proxy.url);
		const socket = tls.connect({ port, host: "localhost" }, () => socket.write(bytes));
		let got = "";
		socket.setTimeout(8000, () => fail(new Error(`still open after ${JSON.stringify(got)}`)));
		socket.on("data", (d) => (got += d));
		socket.on("end", () => done(got));
		socket.on("close", () => done(got));
		socket.on("error", fail);
	});
}

const cases = [
	["Content-Length with Transfer-Encoding", `${head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
	["two Content-Lengths", `${head}Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef`, 400],
	["a bare LF", "POST / HTTP/1.1\nHost: x\n\n", 400],
	["a folded field", `${head}X: a\r\n b\r\n\r\n`, 400],
	["a space before the colon", `${head}X : a\r\n\r\n`, 400],
	["a bad chunk size", `${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n`, 400],
	["an unknown transfer coding", `${head}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`, 501],
	["a head that is too long", `GET / HTTP/1.1\r\nHost: x\r\nA: ${"x".repeat(70000)}\r\n\r\n`, 431],
	["no Host", "POST /v1/chat/completions HTTP/1.1\r\nContent-Length: 0\r\n\r\n", 400],
	["an upgrade", "GET /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n", 501],
	["CONNECT", "CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n", 501],
	["JSON that ends early", `${head}Connection: close\r\nContent-Length: 5\r\n\r\n{"a":`, 400],
	["the same key twice", `${head}Connection: close\r\nContent-Length: 29\r\n\r\n{"messages":[],"messages":[]}`, 400],
	["a head that never ends", "POST /v1", 408],
];

test("hostile requests are refused and go no further", async (t) => {
	const bot = await startBot(t);
	const proxy = await startHandrail(t, {
		upstream: bot.url,
		policy,
		extra: "limits: {header_timeout_ms: 1000}\n",
	});
	for (const [name, bytes, status] of cases)
		await t.test(name, async () => {
			const got = await raw(proxy, bytes);
			assert.match(got, new RegExp(`^HTTP/1\\.1 ${status} `));
			assert.match(got, /"type":"handrail"/);
		});
	assert.equal(bot.getRequests().length, 0);
});

test("what is unusual but right is served", async (t) => {
	const bot = await startBot(t);
	bot.onMessage("hello", { content: "Hi." });
	const proxy = await startHandrail(t, { upstream: bot.url, policy });
	const body = ask("hello");
	const end = `Content-Type: application/json\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
	const chunks = `${(10).toString(16)}\r\n${body.slice(0, 10)}\r\n${(body.length - 10).toString(16)};a=b\r\n${body.slice(10)}\r\n0\r\nX-Trailer: y\r\n\r\n`;
	const good = {
		"HTTP/1.0": head.replace("HTTP/1.1", "HTTP/1.0") + end,
		"Expect: 100-continue": `${head}Expect: 100-continue\r\n${end}`,
		"a chunked body with a trailer": `${head}Content-Type: application/json\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`,
		"two requests at once": head + end.replace("Connection: close\r\n", "") + head.replace(": c\r", ": d\r") + end,
	};
	for (const [name, bytes] of Object.entries(good))
		await t.test(name, async () => {
			const got = await raw(proxy, bytes);
			const answers = got.match(/HTTP\/1\.1 200 /g) ?? [];
			assert.equal(answers.length, name === "two requests at once" ? 2 : 1, got);
			assert.match(got, /"content":"Hi\."/);
		});
});

test("plain HTTP and garbage to the TLS port do no harm", async (t) => {
	const bot = await startBot(t);
	bot.onMessage("hello", { content: "Hi." });
	const proxy = await startHandrail(t, { upstream: bot.url, policy });
	const net = await import("node:net");
	const { port } = new URL(proxy.url);
	for (const bytes of ["GET / HTTP/1.1\r\n\r\n", "\x16\x03\x01\xff\xff", "\0".repeat(5000)])
		await new Promise((done) => {
			const socket = net.connect(port, "127.0.0.1", () => socket.end(bytes));
			socket.on("close", done);
			socket.on("error", () => {});
			socket.resume();
		});
	const got = await raw(proxy, `${head}Content-Type: application/json\r\nConnection: close\r\nContent-Length: ${ask("hello").length}\r\n\r\n${ask("hello")}`);
	assert.match(got, /^HTTP\/1\.1 200 /);
});
