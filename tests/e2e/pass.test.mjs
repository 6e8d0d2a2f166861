// What passes is the same, byte by byte, and leaves a record.
import assert from "node:assert/strict";
import http from "node:http";
import path from "node:path";
import test from "node:test";
import { ask, chat, client, here, request, startBot, startHandrail } from "./support.mjs";

const policy = path.join(here, "policy");

test("a clean answer reaches the official client", async (t) => {
	const bot = await startBot(t);
	bot.onMessage("hello", { content: "Hi there, your order is on its way." });
	const proxy = await startHandrail(t, { upstream: bot.url, policy });
	const answer = await client(proxy, "c-1").chat.completions.create({
		model: "m",
		messages: [{ role: "user", content: "hello" }],
	});
	assert.equal(answer.choices[0].message.content, "Hi there, your order is on its way.");
	const decision = proxy.records().find((r) => r.type === "decision" && r.speaker === "ai");
	assert.equal(decision.verdict, "deliver");
	assert.match(decision.conversation, /^k:[0-9a-f]{16}$/);
	assert.equal(JSON.stringify(proxy.records()).includes("on its way"), false);
});

// A bot that answers with exactly the bytes we choose.
async function fixedBot(t, headers, body) {
	const server = http.createServer((req, res) => {
		req.resume();
		req.on("end", () => {
			res.writeHead(200, headers);
			res.end(body);
		});
	});
	await new Promise((done) => server.listen(0, "127.0.0.1", done));
	t.after(() => server.close());
	return { url: `http://127.0.0.1:${server.address().port}` };
}

test("JSON bodies are byte-identical, odd spacing and escapes included", async (t) => {
	const body =
		'{ "id":"x", "choices" : [ {"index":0,"message":{"role":"assistant","content":"Caf\\u00e9 \\/ ok \\ud83d\\ude00"},"finish_reason":"stop"} ],\r\n "usage":{"total_tokens":1e1} }';
	const bot = await fixedBot(t, { "content-type": "application/json", "x-extra": "kept" }, body);
	const proxy = await startHandrail(t, { upstream: bot.url, policy });
	const got = await chat(proxy, "c-1", "hi");
	assert.equal(got.status, 200);
	assert.equal(got.body.toString(), body);
	assert.equal(got.headers["x-extra"], "kept");
});

test("streams are byte-identical, comments and CRLF included", async (t) => {
	const frame = (delta, finish = "null") =>
		`data: {"id":"x","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":${delta},"finish_reason":${finish}}]}`;
	const body =
		": comment\r\n\r\n" +
		frame('{"role":"assistant","content":""}') + "\r\n\r\n" +
		frame('{"content":"Your order "}') + "\n\n" +
		frame('{"content":"left \\u0074oday."}') + "\n\n" +
		frame("{}", '"stop"') + "\n\n" +
		"data: [DONE]\n\n";
	const bot = await fixedBot(t, { "content-type": "text/event-stream" }, body);
	const proxy = await startHandrail(t, { upstream: bot.url, policy });
	const got = await chat(proxy, "c-1", "hi", { stream: true });
	assert.equal(got.status, 200);
	assert.equal(got.body.toString(), body);
	const types = proxy.records().map((r) => r.type);
	assert.ok(types.indexOf("stream.open") >= 0);
	assert.ok(types.indexOf("decision") > types.indexOf("stream.open"));
});

test("a streamed answer reaches the official helper", async (t) => {
	const bot = await startBot(t, { chunkSize: 3 });
	bot.onMessage("hello", { content: "Hi there, your order is on its way." });
	const proxy = await startHandrail(t, { upstream: bot.url, policy });
	const stream = client(proxy, "c-2").chat.completions.stream({
		model: "m",
		messages: [{ role: "user", content: "hello" }],
	});
	assert.equal(await stream.finalContent(), "Hi there, your order is on its way.");
});

test("keep-alive: two requests on one connection; a request without a conversation is told how", async (t) => {
	const bot = await startBot(t);
	bot.onMessage("hello", { content: "Hi." });
	const proxy = await startHandrail(t, { upstream: bot.url, policy });
	const openai = client(proxy, "c-3");
	for (let i = 0; i < 2; i++)
		await openai.chat.completions.create({ model: "m", messages: [{ role: "user", content: "hello" }] });
	const got = await request(`${proxy.url}/v1/chat/completions`, {
		headers: { "content-type": "application/json" },
		body: ask("hello"),
	});
	assert.equal(got.status, 400);
	assert.match(JSON.parse(got.body).error.message, /X-Conversation-Id/i);
});

test("paths that are not the channel's are not served", async (t) => {
	const bot = await startBot(t);
	const proxy = await startHandrail(t, { upstream: bot.url, policy });
	for (const path of ["/v1/responses", "/v1/chat//completions", "/"]) {
		const got = await request(`${proxy.url}${path}`, { body: "{}" });
		assert.equal(got.status, 404, path);
	}
	assert.equal(bot.getRequests().length, 0);
});
