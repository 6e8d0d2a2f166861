// A bot that is dead, broken or hostile: what the customer gets, by name.
import assert from "node:assert/strict";
import { once } from "node:events";
import fs from "node:fs";
import https from "node:https";
import path from "node:path";
import test from "node:test";
import zlib from "node:zlib";
import { certificates, chat, client, configuration, root, sleep, startHandrail, tempDir, until } from "./support.mjs";
import {
	answer, cli, completion, content, everything, fallback, frame, goodPost, handoffs, policy, policyWith,
	raw, rawBot, sse, stream, wire,
} from "./parts.mjs";

const token = "zq81vx";
const preset = path.join(root, "proxy/channel/presets/openai-chat.yaml");

function channelWith(dir, change) {
	const file = path.join(dir, "channel.yaml");
	fs.writeFileSync(file, change(fs.readFileSync(preset, "utf8")));
	return file;
}

const error = (got) => JSON.parse(got.body).error;
const html = { type: "text/html" };
const chunked = (rest) =>
	`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${rest}`;
const head = (fields, body = completion(token)) =>
	`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n${fields}\r\n${body}`;
const long = completion(token).length;

// What cannot be read as HTTP: 424, JSON, nothing of it passed on.
const broken = {
	"garbage": `${token}\r\n\r\n`,
	"TLS records": "\x16\x03\x01\x02\x00\x01",
	"nothing at all": "",
	"HTTP/2": "PRI * HTTP/2.0\r\n\r\n",
	"a status of four digits": `HTTP/1.1 2000 OK\r\n\r\n${token}`,
	"bare LF": `HTTP/1.1 200 OK\nContent-Type: application/json\n\n${completion(token)}`,
	"both framings": head(`Content-Length: ${long}\r\nTransfer-Encoding: chunked\r\n`),
	"two lengths": head(`Content-Length: ${long}\r\nContent-Length: 3\r\n`),
	"a length that is no number": head("Content-Length: 0x9\r\n"),
	"an unknown transfer coding": head("Transfer-Encoding: gzip, chunked\r\n"),
	"a folded field": head(`X: a\r\n b\r\nContent-Length: ${long}\r\n`),
	"a space before a colon": head(`Content-Length : ${long}\r\n`),
	"a bad chunk size": chunked(`zz\r\n${completion(token)}`),
	"a chunk without its end": chunked(`5\r\n${completion(token)}\r\n0\r\n\r\n`),
	"an endless field": head(`X: ${"a".repeat(200000)}\r\n`),
	"a body cut short": head(`Content-Length: ${long + 5}\r\n`),
	"chunks cut short": chunked(`${long.toString(16)}\r\n${completion(token)}\r\n`),
};

// HTTP, but no answer of this channel: the policy's fallback in its dialect.
const unreadable = {
	"text/html": answer(`<p>${token}</p>`, html),
	"gzip nobody asked for": Buffer.concat([
		Buffer.from(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: ${zlib.gzipSync(completion(token)).length}\r\n\r\n`),
		zlib.gzipSync(completion(token))]),
	"an unknown coding": answer(completion(token), { headers: "Content-Encoding: x-none\r\n" }),
	"malformed JSON": answer(completion(token).slice(0, -1)),
	"JSON with a duplicate key": answer(completion(token).replace('"content"', '"content":"a","content"')),
	"JSON that is not UTF-8": Buffer.from(answer(completion("@" + token)).replace("@", "\xff"), "latin1"),
	"JSON that is too deep": answer("[".repeat(5000) + "]".repeat(5000)),
	"an oversized answer": answer(completion(token + "x".repeat(20 << 20))),
};

async function table(t, answers, options = {}) {
	const list = Object.values(answers);
	const bot = await rawBot(t, (socket, request) =>
		socket.end(Buffer.from(list[Number(/"case (\d+)"/.exec(request)[1])], "latin1")));
	return startHandrail(t, { upstream: bot.url, policy, ...options });
}

test("what is no HTTP is a 424 in JSON", async (t) => {
	const proxy = await table(t, broken);
	for (const [i, name] of Object.keys(broken).entries())
		await t.test(name, async () => {
			const got = await chat(proxy, `c-${i}`, `case ${i}`);
			assert.equal(got.status, 424);
			assert.equal(error(got).code, "bot_failed");
			assert.equal(got.body.includes(token), false);
		});
});

test("a good status without a body is a bot that failed", async (t) => {
	const none = (type) => `HTTP/1.1 200 OK\r\n${type ? `Content-Type: ${type}\r\n` : ""}Content-Length: 0\r\n\r\n`;
	const empty = [none("application/json"), none("text/event-stream"), none(), chunked("0\r\n\r\n")];
	const proxy = await table(t, empty);
	for (const i of empty.keys())
		for (const stream of i === 0 || i === 3 ? [false, true] : [true]) {
			const got = await chat(proxy, `c-${i}-${stream}`, `case ${i}`, { stream });
			assert.equal(got.status, 424, empty[i]);
			assert.equal(error(got).code, "bot_failed");
		}
	assert.match(proxy.log(), /its answer has no body/);
});

test("what is no answer of the channel is the fallback, in the framing asked for", async (t) => {
	const proxy = await table(t, unreadable);
	for (const [i, name] of Object.keys(unreadable).entries())
		await t.test(name, async () => {
			const whole = await chat(proxy, `c-${i}`, `case ${i}`);
			assert.equal(whole.status, 200);
			assert.equal(content(whole.body), fallback);
			const flow = await chat(proxy, `s-${i}`, `case ${i}`, { stream: true });
			assert.match(flow.headers["content-type"], /^text\/event-stream/);
			assert.ok(flow.body.includes(fallback));
			assert.match(flow.body.toString(), /data: \[DONE\]\n\n$/);
			assert.equal(everything(flow.body.toString()).includes(token), false);
		});
});

test("a refused connection is a 424 in JSON", async (t) => {
	const bot = await rawBot(t, () => {});
	await new Promise((done) => bot.server.close(done));
	const proxy = await startHandrail(t, { upstream: bot.url, policy });
	const got = await chat(proxy, "c-1", "hi");
	assert.equal(got.status, 424);
	assert.equal(error(got).code, "bot_failed");
});

test("no answer of Handrail's own makes the official client ask again", async (t) => {
	const oops = (status, type) => answer(`<p>${token}</p>`, { status, type });
	const cases = {
		"a broken answer": "junk\r\n\r\n", "a 500 of HTML": oops("500 Oops", "text/html"),
		"a 502 of JSON that is none": oops("502 Oops", "application/json"),
	};
	for (const [name, bytes] of Object.entries(cases)) {
		const bot = await rawBot(t, (socket) => socket.end(bytes));
		const proxy = await startHandrail(t, { upstream: bot.url, policy });
		const asking = client(proxy, "c-1").chat.completions.create({ model: "m", messages: [{ role: "user", content: "hi" }] });
		await assert.rejects(asking, (e) => e.status === 424 && e.code === "bot_failed", name);
		assert.equal(bot.requests.length, 1, name);
		assert.match(proxy.log(), /warn.*the bot (failed|answered with status 50[02])/, name);
	}
});

test("an error of the bot that nobody can read is no failure, and no answer", async (t) => {
	for (const [status, type] of [["400 Bad", "text/html"], ["401 No", "text/plain"], ["404 Not Found", "text/html"], ["429 Slow", "application/json"]]) {
		const bot = await rawBot(t, (socket) => socket.end(answer(`<p>${token}`, { status, type })));
		const proxy = await startHandrail(t, { upstream: bot.url, policy });
		const got = await chat(proxy, "c-1", "hi");
		assert.equal(got.status, 200, status);
		assert.equal(content(got.body), fallback);
	}
});

test("an answer without a body passes", async (t) => {
	const bot = await rawBot(t, (socket) => socket.end("HTTP/1.1 204 No Content\r\n\r\n"));
	const proxy = await startHandrail(t, { upstream: bot.url, policy });
	const got = await chat(proxy, "c-1", "hi");
	assert.equal(got.status, 204);
	assert.equal(got.body.length, 0);
});

test("a conversation that is busy is not asked again", async (t) => {
	const bot = await rawBot(t, (socket) => setTimeout(() => socket.end(answer(completion("Yes."))), 3000));
	const proxy = await startHandrail(t, { upstream: bot.url, policy, extra: "limits: {lease_wait_ms: 100ms}\n" });
	const first = chat(proxy, "c-1", "hi");
	await until(() => bot.requests.length === 1, "the first is being answered");
	const asking = client(proxy, "c-1").chat.completions.create({ model: "m", messages: [{ role: "user", content: "hi" }] });
	await assert.rejects(asking, (e) => e.status === 423 && e.code === "conversation_busy");
	assert.equal((await first).status, 200);
});

test("a bot that never answers is a 424", async (t) => {
	const bot = await rawBot(t, () => {});
	const proxy = await startHandrail(t, {
		upstream: bot.url, policy, extra: "limits: {answer_timeout_ms: 300ms}\n",
	});
	const got = await chat(proxy, "c-1", "hi");
	assert.equal(got.status, 424);
	assert.equal(error(got).code, "bot_failed");
});

test("SSE when JSON was asked: JSON; JSON when a stream was asked: a stream", async (t) => {
	const proxy = await table(t, [
		answer(stream(`I guarantee ${token}`), sse), answer(completion(`I guarantee ${token}`))]);
	const whole = await chat(proxy, "c-1", "case 0");
	assert.equal(everything(whole.body.toString()).includes(token), false);
	assert.match(whole.headers["content-type"], /^application\/json/);
	assert.ok(content(whole.body));
	const flow = await chat(proxy, "c-2", "case 1", { stream: true });
	assert.equal(everything(flow.body.toString()).includes(token), false);
	assert.match(flow.headers["content-type"], /^text\/event-stream/);
	assert.match(flow.body.toString(), /data: \[DONE\]\n\n$/);
});

test("a whole answer to a client that asked for a stream", async (t) => {
	const messages = [{ role: "user", content: "hi" }];
	const call = { id: "i1", type: "function", function: { name: "f", arguments: '{"a":1}' } };
	const cases = [
		completion("Hello there."),
		completion("The card is 4111 1111 1111 1111."),
		completion("", { choices: [{ index: 0, message: { role: "assistant", content: null, tool_calls: [call] }, finish_reason: "tool_calls" }] }),
		JSON.stringify({ output: `Hello ${token}` }),
		JSON.stringify({ error: { message: "Busy." } }),
	];
	const bot = await rawBot(t, (socket, request) => socket.end(answer(cases[Number(/conversation-id: c-(\d)/i.exec(request)[1])])));
	const proxy = await startHandrail(t, { upstream: bot.url, policy });
	const helper = (n) => client(proxy, `c-${n}`).chat.completions.stream({ model: "m", messages }).finalChatCompletion();
	assert.equal((await helper(0)).choices[0].message.content, "Hello there.");
	assert.equal((await helper(1)).choices[0].message.content, "The card is [number removed].");
	const { message, finish_reason } = (await helper(2)).choices[0];
	assert.equal(message.tool_calls[0].function.arguments, call.function.arguments);
	assert.equal(finish_reason, "tool_calls");
	let text = "";
	for await (const c of await client(proxy, "c-0").chat.completions.create({ model: "m", messages, stream: true }))
		text += c.choices[0].delta.content ?? "";
	assert.equal(text, "Hello there.");
	const odd = (await chat(proxy, "c-3", "hi", { stream: true })).body.toString();
	assert.ok(odd.includes(fallback) && !odd.includes(token), odd);
	await assert.rejects(helper(4), /Busy/);
});

test("an error of the bot passes with its status; if_the_bot_fails hands off after 2", async (t) => {
	const oops = answer('{"error":{"message":"Busy."}}', { status: "503 Busy" });
	const proxy = await table(t, [oops], { policy: policyWith(tempDir(t), (s) =>
		s.replace("if_the_bot_fails: error", "if_the_bot_fails: handoff after 2")) });
	const first = await chat(proxy, "c-1", "case 0");
	assert.equal(first.status, 503);
	assert.equal(error(first).message, "Busy.");
	assert.match(proxy.log(), /warn.*the bot answered with status 503/);
	const second = await chat(proxy, "c-1", "case 0");
	assert.equal(second.status, 200);
	assert.equal(content(second.body), fallback);
	assert.equal((await handoffs(proxy)).length, 1);
	assert.equal((await chat(proxy, "c-2", "case 0")).status, 503, "each conversation counts its own");
});

for (const leaves of [true, false])
	test(`a whole answer is late: ${leaves ? "who left is noticed, and the bot need not go on" : "who only ended its side gets it"}`, async (t) => {
		let gone = 0;
		const bot = await rawBot(t, (socket) => {
			socket.on("close", () => (gone = gone || Date.now()));
			setTimeout(() => socket.writable && socket.end(answer(completion("All is well."))), leaves ? 20000 : 1600);
		});
		const proxy = await startHandrail(t, { upstream: bot.url, policy });
		const socket = wire(proxy, { allowHalfOpen: true });
		socket.on("error", () => {});
		let got = "";
		socket.on("data", (d) => (got += d));
		await once(socket, "secureConnect");
		const began = Date.now();
		await new Promise((done) => socket.end(goodPost("c-1", "hello"), done));
		await until(() => bot.requests.length, "the bot has the question");
		if (!leaves) {
			await once(socket, "end");
			assert.match(got, /^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 /);
			assert.match(got, /All is well/);
			return;
		}
		socket.destroy();
		await until(() => gone, "the bot is hung up on", 15000);
		assert.ok(gone - began < 15000);
		const metrics = await (await fetch(`${proxy.console}/metrics`)).text();
		assert.match(metrics, /handrail_requests_total\{channel="openai-chat",code="gone"\} 1/);
		assert.match(metrics, /handrail_connections 0/);
		await cli(proxy, "handoff", "take", "openai-chat/c-1", "--reason", "She is upset.", "--by", "ann");
		const [h] = await handoffs(proxy);
		const { transcript } = JSON.parse(await cli(proxy, "handoff", "show", h.id, "--format", "json")).handoff.record;
		assert.deepEqual(transcript.messages.map((m) => [m.speaker, m.kind ?? "words"]), [["customer", "words"], ["system", "interrupted"]]);
	});

test("a stream broken off: nothing unsafe, and the client sees that it is cut", async (t) => {
	const bot = await rawBot(t, (socket, request) => {
		const text = "Hello there. " + (request.includes("bad") ? `I guarantee ${token}` : "I guar");
		socket.write(`HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n${frame({ role: "assistant", content: text })}`);
		setTimeout(() => socket.resetAndDestroy(), 100);
	});
	const proxy = await startHandrail(t, { upstream: bot.url, policy });
	const got = await raw(proxy, goodPost("c-1", "hi", { stream: true }));
	assert.match(got.text, /Hello there\. /);
	assert.equal(/\r\n0\r\n\r\n$/.test(got.text), false, "no last chunk");
	assert.ok(got.closed);
	const bad = await raw(proxy, goodPost("c-2", "bad", { stream: true }));
	assert.equal(everything(bad.text).includes(token), false);
	const decisions = proxy.records().filter((r) => r.type === "decision");
	assert.equal(decisions.length, 2, "both have their record");
});

test("a stream without [DONE] ends well", async (t) => {
	const body = frame({ role: "assistant", content: "Hello." }) + frame({}, { finish_reason: "stop" });
	const proxy = await table(t, [`HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n${body}`]);
	const got = await chat(proxy, "c-1", "case 0", { stream: true });
	assert.equal(got.body.toString(), body);
});

test("a long silence: heartbeats, then the answer", async (t) => {
	const bot = await rawBot(t, async (socket) => {
		socket.write(`HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n${frame({ role: "assistant", content: "Hello. " })}`);
		await sleep(1500);
		socket.end(stream("Bye."));
	});
	const dir = tempDir(t);
	const config = configuration(dir, { upstream: bot.url, policy })
		.replace("channel: openai-chat", `channel: ${channelWith(dir, (s) => s.replace("every: 10s", "every: 300ms"))}`);
	const proxy = await startHandrail(t, { dir, config });
	const got = await raw(proxy, goodPost("c-1", "hi", { stream: true }));
	assert.match(got.text, /\n: ?[^\n]*\n\n/, "a comment");
	assert.match(got.text, /Bye\./);
});

for (const [name, ca, key, good] of [
	["the right CA and name", "ca", "localhost", true],
	["a CA nobody trusts", "other", "localhost", false],
	["another's name", "ca", "elsewhere", false],
])
	test(`a bot behind TLS, ${name}: ${good ? "served" : "424"}`, async (t) => {
		let asked = 0;
		const server = https.createServer({
			key: fs.readFileSync(path.join(certificates, `${key}.key`)),
			cert: fs.readFileSync(path.join(certificates, `${key}.pem`)),
		}, (req, res) => {
			asked++;
			req.resume().on("end", () => {
				res.setHeader("content-type", "application/json");
				res.end(completion("Hello."));
			});
		});
		await new Promise((done) => server.listen(0, "127.0.0.1", done));
		t.after(() => server.close());
		const url = `https://localhost:${server.address().port}`;
		const dir = tempDir(t);
		const file = ca === "ca" ? path.join(certificates, "ca.pem") : path.join(certificates, "shop.pem");
		const config = configuration(dir, { upstream: url, policy })
			.replace(`{url: "${url}"}`, `{url: "${url}", ca: ${file}}`);
		const proxy = await startHandrail(t, { dir, config });
		const got = await chat(proxy, "c-1", "hi");
		assert.equal(got.status, good ? 200 : 424, got.body.toString());
		assert.equal(asked, good ? 1 : 0);
	});

// It answers the first question of a connection, keep-alive, and drops the
// connection at the second: that one may not be asked again (RFC 9110 9.2.2).
test("a bot that closes what it says it keeps loses three questions, not every other", async (t) => {
	const seen = new WeakSet();
	const bot = await rawBot(t, (socket) => {
		if (seen.has(socket)) return socket.destroy();
		seen.add(socket);
		socket.write(answer(completion("Fine.")));
	});
	const proxy = await startHandrail(t, { upstream: bot.url, policy,
		config: configuration(tempDir(t), { upstream: bot.url, policy }).replace("workers: 2", "workers: 1") });
	const statuses = [];
	for (let i = 0; i < 16; i++) statuses.push((await chat(proxy, `c-${i}`, "hi")).status);
	assert.deepEqual(statuses.slice(0, 6), [200, 424, 200, 424, 200, 424]);
	assert.deepEqual(statuses.slice(6), Array(10).fill(200));
	assert.match(proxy.log(), /closes what it says it keeps: no connection is used again for a minute/);
	assert.equal(bot.requests.length, 16, "none was asked twice");
});
