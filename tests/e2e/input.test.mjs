// Malformed requests: a clear answer, a clean close, and nothing of it reaches
// the bot.
import assert from "node:assert/strict";
import test from "node:test";
import { ask, startHandrail } from "./support.mjs";
import { answer, completion, goodPost, policy, post, raw, rawBot, wire } from "./parts.mjs";

const body = ask("hi");
const n = Buffer.byteLength(body);
const start = "POST /v1/chat/completions HTTP/1.1\r\n";
const fields = "Host: localhost\r\nContent-Type: application/json\r\nX-Conversation-Id: c\r\n";
const request = (more, rest = body) => `${start}${fields}${more}\r\n${rest}`;
const chunks = (rest, more = "") => request(`Transfer-Encoding: chunked\r\n${more}`, rest);

async function setup(t, extra) {
	const bot = await rawBot(t, (socket, text) => {
		const said = /"content":"([^"]*)"/.exec(text)?.[1] ?? "";
		socket.write(answer(completion(`You said ${said}.`)));
	});
	return { bot, proxy: await startHandrail(t, { upstream: bot.url, policy, extra }) };
}

const malformed = [
	["bare LF", 400, request(`Content-Length: ${n}\r\n`).replaceAll("\r\n", "\n")],
	["bare LF in one line", 400, request(`X: a\nContent-Length: ${n}\r\n`)],
	["CR without LF", 400, request(`X: a\rb\r\nContent-Length: ${n}\r\n`)],
	["Content-Length and Transfer-Encoding", 400, request(`Content-Length: ${n}\r\nTransfer-Encoding: chunked\r\n`, `${n.toString(16)}\r\n${body}\r\n0\r\n\r\n`)],
	["Transfer-Encoding and Content-Length", 400, request(`Transfer-Encoding: chunked\r\nContent-Length: 3\r\n`, `${n.toString(16)}\r\n${body}\r\n0\r\n\r\n`)],
	["two lengths", 400, request(`Content-Length: ${n}\r\nContent-Length: 4\r\n`)],
	["two equal lengths", 400, request(`Content-Length: ${n}\r\nContent-Length: ${n}\r\n`)],
	["a list of lengths", 400, request(`Content-Length: ${n}, ${n}\r\n`)],
	["a length with a sign", 400, request(`Content-Length: +${n}\r\n`)],
	["a length past 64 bits", 400, request("Content-Length: 99999999999999999999\r\n")],
	["a folded field", 400, request(`X: a\r\n b\r\nContent-Length: ${n}\r\n`)],
	["a space before a colon", 400, request(`Content-Length : ${n}\r\n`)],
	["a field without a colon", 400, request(`Content-Length\r\n`)],
	["a NUL in a value", 400, request(`X: a\0b\r\nContent-Length: ${n}\r\n`)],
	["no Host", 400, `${start}Content-Length: ${n}\r\n\r\n${body}`],
	["two Hosts", 400, request(`Host: b\r\nContent-Length: ${n}\r\n`)],
	["no such version", 505, `POST / HTTP/3.0\r\n${fields}\r\n`],
	["HTTP/0.9", 505, "GET /\r\n\r\n"],
	["no HTTP at all", 400, "\x00\x01\x02\x03\r\n\r\n"],
	["an unknown transfer coding", 501, request("Transfer-Encoding: gzip, chunked\r\n")],
	["chunked twice", 501, request("Transfer-Encoding: chunked, chunked\r\n")],
	["a hidden chunked", 501, request("Transfer-Encoding: xchunked\r\n")],
	["a chunk size that is no number", 400, chunks("zz\r\n")],
	["a chunk size with a sign", 400, chunks(`-5\r\n${body}`)],
	["a chunk size with 0x", 400, chunks(`0x5\r\n${body}`)],
	["a chunk size past 64 bits", 400, chunks("fffffffffffffffff\r\n")],
	["a chunk longer than it says", 400, chunks(`2\r\n${body}\r\n0\r\n\r\n`)],
	["a chunk ended by LF", 400, chunks(`2\n{}\n0\n\n`)],
	["a line too long", 431, request(`X: ${"a".repeat(70000)}\r\n`)],
	["too many fields", 431, request(`${"X: a\r\n".repeat(300)}`)],
	["a path too long", 431, `GET /${"a".repeat(70000)} HTTP/1.1\r\n${fields}\r\n`],
	["an unknown expectation", 417, request(`Expect: 200-ok\r\nContent-Length: ${n}\r\n`)],
	["a body too large", 413, request("Content-Length: 99999999999\r\n", "")],
];

test("malformed requests", async (t) => {
	const { bot, proxy } = await setup(t);
	for (const [name, status, bytes] of malformed)
		await t.test(name, async () => {
			const got = await raw(proxy, Buffer.from(bytes, "latin1"));
			assert.match(got.text, new RegExp(`^HTTP/1\\.1 ${status} `), got.text || got.error?.message);
			assert.match(got.text, /"error":\{"message":"/);
			assert.equal(got.text.match(/HTTP\/1\.1 /g).length, 1, "answered once");
			assert.ok(got.clean, `closed cleanly: ${got.error?.message}`);
		});
	assert.equal(bot.requests.length, 0, bot.requests.join("\n"));
});

const refused = [
	["bad JSON", 400, post("c", '{"messages":[')],
	["two documents", 400, post("c", `${body}{}`)],
	["a duplicate key", 400, post("c", body.replace('"messages"', '"messages":[],"messages"'))],
	["a key repeated in escapes", 400, post("c", body.replace('"messages"', '"m\\u0065ssages":[],"messages"'))],
	["text that is not UTF-8", 400, post("c", '{"messages":[{"role":"user","content":"\xc0"}]}').replace(/Content-Length: \d+/, (s) => `Content-Length: ${Number(s.slice(16)) - 1}`)],
	["a body too deep", 400, post("c", "[".repeat(3000) + "]".repeat(3000))],
	["no conversation id", 400, post("c", body).replace(/X-Conversation-Id.*\r\n/, "")],
	["two conversation ids", 400, post("c", body, "X-Conversation-Id: d\r\n")],
	["an empty conversation id", 400, post("", body)],
	["CONNECT", 501, "CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n\r\n"],
	["no such method", 501, `BREW / HTTP/1.1\r\n${fields}\r\n`],
	["a method the channel does not know", 404, `GET /v1/chat/completions HTTP/1.1\r\n${fields}\r\n`],
	["TRACE", 501, `TRACE / HTTP/1.1\r\n${fields}\r\n`],
];

test("well framed, but refused", async (t) => {
	const { bot, proxy } = await setup(t);
	for (const [name, status, bytes] of refused)
		await t.test(name, async () => {
			const got = await raw(proxy, Buffer.from(bytes, "latin1"), { ms: 400 });
			const code = Number(/^HTTP\/1\.1 (\d+) /.exec(got.text)?.[1]);
			assert.ok(code === status || (status > 403 && [400, 404, 405, 501].includes(code)), got.text || got.error?.message);
			assert.match(got.text, /"error":\{"message":"/);
		});
	assert.equal(bot.requests.length, 0, bot.requests.join("\n"));
});

test("a head that comes too slowly is a 408", async (t) => {
	const { bot, proxy } = await setup(t, "limits: {header_timeout_ms: 300ms}\n");
	const got = await raw(proxy, `${start}Host: loc`);
	assert.match(got.text, /^HTTP\/1\.1 408 /);
	assert.ok(got.clean);
	assert.equal(bot.requests.length, 0);
});

test("a connection without a request is closed without an answer", async (t) => {
	const { proxy } = await setup(t, "limits: {header_timeout_ms: 300ms}\n");
	assert.equal((await raw(proxy, "")).text, "");
});

test("a body that comes too slowly is a 408", async (t) => {
	const { bot, proxy } = await setup(t, "limits: {body_timeout_ms: 300ms}\n");
	const got = await raw(proxy, request(`Content-Length: ${n}\r\n`, body.slice(0, 9)));
	assert.match(got.text, /^HTTP\/1\.1 408 /);
	assert.ok(got.clean);
	assert.equal(bot.requests.length, 0);
});

test("an upgrade is not taken up", async (t) => {
	const { bot, proxy } = await setup(t);
	const got = await raw(proxy, goodPost("c").replace("Connection: close", "Connection: close, upgrade\r\nUpgrade: websocket"));
	assert.doesNotMatch(got.text, /^HTTP\/1\.1 101/);
	for (const text of bot.requests) assert.doesNotMatch(text, /upgrade/i);
});

test("pipelined requests are answered in order", async (t) => {
	const { bot, proxy } = await setup(t);
	const got = await raw(proxy,
		post("a", ask("one")) + post("b", ask("two")) + goodPost("c", "three"));
	assert.deepEqual(got.text.match(/You said \w+/g), ["You said one", "You said two", "You said three"]);
	assert.ok(got.clean);
	assert.equal(bot.requests.length, 3);
});

test("a malformed request behind a good one: the good one is answered, then refused", async (t) => {
	const { bot, proxy } = await setup(t);
	const got = await raw(proxy, post("a", ask("one")) + "BAD\n\n");
	assert.match(got.text, /You said one/);
	assert.match(got.text, /HTTP\/1\.1 400 /);
	assert.equal(bot.requests.length, 1);
});

test("Expect: 100-continue", async (t) => {
	const { proxy } = await setup(t);
	const socket = wire(proxy);
	t.after(() => socket.destroy());
	let text = "";
	socket.write(request(`Expect: 100-continue\r\nConnection: close\r\nContent-Length: ${n}\r\n`, ""));
	await new Promise((done) => socket.on("data", (d) => {
		text += d;
		if (text === "HTTP/1.1 100 Continue\r\n\r\n") socket.write(body);
	}).on("end", done));
	assert.match(text, /100 Continue\r\n\r\nHTTP\/1\.1 200 OK/);
});

test("HTTP/1.0: no chunks, closed behind the answer", async (t) => {
	const { proxy } = await setup(t);
	const got = await raw(proxy, request(`Content-Length: ${n}\r\n`).replace("HTTP/1.1", "HTTP/1.0"));
	assert.match(got.text, /You said hi/);
	assert.doesNotMatch(got.text, /Transfer-Encoding/i);
	assert.ok(got.clean);
});

test("HEAD: a head, no body", async (t) => {
	const bot = await rawBot(t, (socket) =>
		socket.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n"));
	const proxy = await startHandrail(t, { upstream: bot.url, policy });
	const got = await raw(proxy, `HEAD /v1/models HTTP/1.1\r\n${fields}Connection: close\r\n\r\n`);
	assert.match(got.text, /^HTTP\/1\.1 200 [^]*Content-Length: 99\r\n/);
	assert.match(got.text, /\r\n\r\n$/);
});

test("a chunked request with trailers arrives in one piece, without them", async (t) => {
	const { bot, proxy } = await setup(t);
	const cut = [body.slice(0, 7), body.slice(7)];
	const got = await raw(proxy, chunks(
		cut.map((s) => `${s.length.toString(16)};ext=1\r\n${s}\r\n`).join("") + "0\r\nX-Trailer: a\r\n\r\n",
		"Connection: close\r\n"));
	assert.match(got.text, /You said hi/);
	assert.ok(bot.requests[0].endsWith(body), bot.requests[0]);
	assert.doesNotMatch(bot.requests[0], /trailer|transfer-encoding/i);
});

test("byte by byte is as good as at once", async (t) => {
	const { proxy } = await setup(t);
	const got = await raw(proxy, null, { pieces: goodPost("c").match(/[^]{1,4}/g), ms: 10000 });
	assert.match(got.text, /You said hi/);
});
