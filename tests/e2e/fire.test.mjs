// What fires leaves no trace of the withheld text in any byte the client gets.
import assert from "node:assert/strict";
import http from "node:http";
import test from "node:test";
import { chat, client, startBot, startHandrail } from "./support.mjs";
import { answer, bridge, frame, policy, rawBot, sse } from "./parts.mjs";

const secret = "zq81vx"; // stands in every withheld text

async function setup(t, content, options = {}) {
	const bot = await startBot(t, { chunkSize: 4, ...options });
	bot.onMessage("go", { content });
	return { bot, proxy: await startHandrail(t, { upstream: bot.url, policy }) };
}

test("handoff of a whole answer: the bridge instead, then the bot is not asked", async (t) => {
	const { bot, proxy } = await setup(t, `I guarantee ${secret} will work.`);
	const openai = client(proxy, "c-1");
	const create = () =>
		openai.chat.completions.create({ model: "m", messages: [{ role: "user", content: "go" }] });
	const first = await create();
	assert.equal(first.choices[0].message.content, bridge);
	assert.equal(first.choices[0].finish_reason, "stop");
	assert.equal(JSON.stringify(first).includes(secret), false);
	assert.equal(bot.getRequests().length, 1);
	const second = await create();
	assert.equal(bot.getRequests().length, 1, "a locked conversation never reaches the bot");
	assert.equal(JSON.stringify(second).includes(secret), false);
	const other = await client(proxy, "c-2").chat.completions.create({
		model: "m",
		messages: [{ role: "user", content: "go" }],
	});
	assert.equal(other.choices[0].message.content, bridge);
	assert.equal(bot.getRequests().length, 2);
	const decision = proxy.records().find((r) => r.type === "decision" && r.verdict === "handoff");
	assert.equal(decision.rules[0].rule, "actions/promise");
	assert.equal(decision.reason, "Only a person may promise an outcome.");
});

test("handoff in mid-sentence of a stream: what was safe stays, the bridge follows", async (t) => {
	const { proxy } = await setup(t, `Of course, happy to help. And I guarantee ${secret} will work.`);
	const raw = await chat(proxy, "c-1", "go", { stream: true });
	const text = raw.body.toString();
	assert.equal(text.includes(secret), false);
	assert.equal(text.includes("guarantee"), false);
	assert.match(text, /data: \[DONE\]\n\n$/);
	const stream = client(proxy, "c-2").chat.completions.stream({
		model: "m",
		messages: [{ role: "user", content: "go" }],
	});
	const final = await stream.finalContent();
	assert.ok(final.startsWith("Of course, happy to help. And "), final);
	assert.ok(final.endsWith(bridge), final);
});

test("redact: only the number changes", async (t) => {
	const { proxy } = await setup(t, `The card on file is 4111 1111 1111 1111, and order ${secret}.`);
	const want = `The card on file is [number removed], and order ${secret}.`;
	const whole = JSON.parse((await chat(proxy, "c-1", "go")).body);
	assert.equal(whole.choices[0].message.content, want);
	const stream = client(proxy, "c-2").chat.completions.stream({
		model: "m",
		messages: [{ role: "user", content: "go" }],
	});
	assert.equal(await stream.finalContent(), want);
	const raw = (await chat(proxy, "c-3", "go", { stream: true })).body.toString();
	assert.equal(/4111|1111/.test(raw), false);
	const records = proxy.records();
	const edit = records.find((r) => r.type === "stream.edit");
	const decision = records.find((r) => r.type === "decision" && r.stream === edit.stream);
	const made = ({ rules }) => rules.map((r) => [r.rule, r.action, r.line, r.spans.map((s) => [s.start, s.end])]);
	assert.equal(edit.rules.length, 1, JSON.stringify(edit));
	assert.deepEqual(made(edit), made(decision), "which rule changed what");
	assert.equal(edit.reason, decision.reason);
	assert.ok(edit.time >= decision.time);
});

for (const [name, content, said] of [
	["replace", `You should buy some shares of ${secret}.`, "I cannot help with investments."],
	["block", `This ${secret} is a forbidden word here.`, "I cannot say that."],
])
	test(`${name}: approved words only, and the AI goes on`, async (t) => {
		const { bot, proxy } = await setup(t, content);
		const whole = await chat(proxy, "c-1", "go");
		assert.equal(JSON.parse(whole.body).choices[0].message.content, said);
		if (name === "replace") assert.equal(whole.body.includes(secret), false);
		const stream = client(proxy, "c-1").chat.completions.stream({
			model: "m",
			messages: [{ role: "user", content: "go" }],
		});
		assert.ok((await stream.finalContent()).endsWith(said));
		assert.equal(bot.getRequests().length, 2);
	});

test("append: the disclosure follows the message", async (t) => {
	const { proxy } = await setup(t, "It is $9 per month for 24 months.");
	const want = "It is $9 per month for 24 months.\n\nRepresentative example: 24.9% APR.";
	const whole = JSON.parse((await chat(proxy, "c-1", "go")).body);
	assert.equal(whole.choices[0].message.content, want);
	const stream = client(proxy, "c-2").chat.completions.stream({
		model: "m",
		messages: [{ role: "user", content: "go" }],
	});
	assert.equal(await stream.finalContent(), want);
});

const flow = (...frames) => answer(`${frames.join("")}data: [DONE]\n\n`, sse);
const piece = (more) => ({ tool_calls: [{ index: 0, ...more }] });

test("append to one of two choices, and to a message that goes on with a tool call", async (t) => {
	const said = "It is $9 per month for 24 months.";
	const more = "\n\nRepresentative example: 24.9% APR.";
	const call = piece({ id: "i1", type: "function", function: { name: "show", arguments: "{}" } });
	const bot = await rawBot(t, (socket, request) => socket.end(request.includes('"n":2')
		? flow(frame({ role: "assistant", content: said }), frame({ role: "assistant", content: "Yes." }, { index: 1 }),
			frame({}, { finish_reason: "stop" }), frame({}, { index: 1, finish_reason: "length" }))
		: flow(frame({ role: "assistant", content: said }), frame(call), frame({}, { finish_reason: "tool_calls" }))));
	const proxy = await startHandrail(t, { upstream: bot.url, policy });
	const messages = [{ role: "user", content: "go" }];
	const texts = ["", ""], ends = [];
	for await (const chunk of await client(proxy, "c-1").chat.completions.create({ model: "m", messages, n: 2, stream: true }))
		for (const c of chunk.choices) {
			texts[c.index] += c.delta.content ?? "";
			if (c.finish_reason) ends[c.index] = c.finish_reason;
		}
	assert.deepEqual(texts, [said + more, "Yes."]);
	assert.deepEqual(ends, ["stop", "length"]);
	const final = await client(proxy, "c-2").chat.completions.stream({ model: "m", messages }).finalChatCompletion();
	assert.equal(final.choices[0].message.content, said + more);
	assert.equal(final.choices[0].finish_reason, "tool_calls");
	assert.equal(final.choices[0].message.tool_calls[0].function.arguments, "{}");
});

test("a handoff in the middle of tool arguments leaves no half of a call", async (t) => {
	const bot = await rawBot(t, (socket) => socket.end(flow(
		frame({ role: "assistant", content: "One moment. " }),
		frame(piece({ id: "i1", type: "function", function: { name: "send", arguments: "" } })),
		frame(piece({ function: { arguments: '{"text":"I guarantee' } })),
		frame(piece({ function: { arguments: ' it"}' } })), frame({}, { finish_reason: "tool_calls" }))));
	const proxy = await startHandrail(t, { upstream: bot.url, policy });
	const final = await client(proxy, "c-1").chat.completions
		.stream({ model: "m", messages: [{ role: "user", content: "go" }] }).finalChatCompletion();
	assert.equal(final.choices[0].message.tool_calls, undefined);
	assert.ok(final.choices[0].message.content.startsWith("One moment. "));
	assert.ok(final.choices[0].message.content.endsWith(bridge));
	assert.equal(final.choices[0].finish_reason, "stop");
});

test("a customer's signal hands off before the bot is asked", async (t) => {
	const { bot, proxy } = await setup(t, "Hello.");
	const got = await chat(proxy, "c-1", "Let me speak to a human now");
	assert.match(JSON.parse(got.body).choices[0].message.content, /colleague/);
	assert.equal(bot.getRequests().length, 0);
});

test("disguised text is seen through", async (t) => {
	const bot = await startBot(t);
	for (const [ask, content] of [
		["one", "I gu\u200barantee it."],
		["two", "I **guar**antee it."],
		["three", "I gu\u0430rantee it."],
		["four", "\uff29 \uff47\uff55\uff41\uff52\uff41\uff4e\uff54\uff45\uff45 it."],
		["five", "I <b>guar</b>antee it."],
	])
		bot.onMessage(ask, { content });
	const proxy = await startHandrail(t, { upstream: bot.url, policy });
	for (const ask of ["one", "two", "three", "four", "five"]) {
		const got = JSON.parse((await chat(proxy, `c-${ask}`, ask)).body);
		assert.equal(got.choices[0].message.content, bridge, ask);
	}
});

test("headers and the reason phrase carry no words either", async (t) => {
	const server = http.createServer((req, res) => {
		req.resume();
		req.on("end", () => {
			res.writeHead(200, `I guarantee ${secret}`, {
				"content-type": "application/json",
				"x-note": `I guarantee ${secret}`,
				"x-request-id": "req-81",
			});
			res.end(
				'{"id":"x","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hello."},"finish_reason":"stop"}]}',
			);
		});
	});
	await new Promise((done) => server.listen(0, "127.0.0.1", done));
	t.after(() => server.close());
	const proxy = await startHandrail(t, { upstream: `http://127.0.0.1:${server.address().port}`, policy });
	const got = await chat(proxy, "c-1", "go");
	assert.equal(got.status, 200);
	assert.equal(got.reason.includes(secret), false);
	assert.equal(JSON.stringify(got.headers).includes(secret), false);
	assert.equal(got.headers["x-request-id"], "req-81");
	assert.equal(JSON.parse(got.body).choices[0].message.content, "Hello.");
});
