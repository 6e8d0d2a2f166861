// An edit in JSON that is text in JSON: every level of it still parses, and
// holds the replacement as its author wrote it.
import assert from "node:assert/strict";
import test from "node:test";
import { chat, startHandrail, tempDir } from "./support.mjs";
import { answer, completion, content, frame, policyWith, rawBot, sse, stream } from "./parts.mjs";

const card = "4111 1111 1111 1111";
const words = 'say "no" \\ or\nnot';
const text = (number) => `The card ${number} is on file`;
const inner = (number) => JSON.stringify({ t: text(number) });
const args = (number) => JSON.stringify({ note: text(number), body: inner(number), deep: JSON.stringify({ x: inner(number) }) });
const call = (value) => ({ tool_calls: [{ id: "c", type: "function", function: { name: "send", arguments: value } }] });
const pack = (s) => s.replace('"[number removed]"', JSON.stringify(words));

const setup = async (t, body, how) => {
	const bot = await rawBot(t, (socket) => socket.end(answer(body, how)));
	return startHandrail(t, { upstream: bot.url, policy: policyWith(tempDir(t), undefined, pack) });
};

const said = (body) => body.toString().split("\n").filter((l) => l.startsWith("data: {")).map((l) => JSON.parse(l.slice(6)))
	.map((f) => f.choices[0].delta.content ?? "").join("");

test("whole: tool arguments stay JSON at every level", async (t) => {
	const body = JSON.parse(completion(null));
	body.choices[0].message = { role: "assistant", content: null, ...call(args(card)) };
	const proxy = await setup(t, JSON.stringify(body));
	const got = JSON.parse((await chat(proxy, "c-1", "go")).body);
	assert.deepEqual(JSON.parse(got.choices[0].message.tool_calls[0].function.arguments), JSON.parse(args(words)));
});

test("stream: tool arguments stay JSON at every level", async (t) => {
	const pieces = args(card).match(/[^]{1,7}/g).map((piece, i) =>
		frame({ tool_calls: [{ index: 0, ...(i ? { function: { arguments: piece } } : call(piece).tool_calls[0]) }] }));
	const end = frame({}, { finish_reason: "tool_calls" }) + "data: [DONE]\n\n";
	const proxy = await setup(t, frame({ role: "assistant", content: null }) + pieces.join("") + end, sse);
	const got = (await chat(proxy, "c-1", "go", { stream: true })).body.toString();
	const value = got.split("\n").filter((l) => l.startsWith("data: {")).map((l) => JSON.parse(l.slice(6)))
		.map((f) => f.choices[0].delta.tool_calls?.[0].function?.arguments ?? "").join("");
	assert.deepEqual(JSON.parse(value), JSON.parse(args(words)));
});

// Structured outputs: the content itself is JSON.
for (const [name, build] of [["object", args], ["list", (number) => JSON.stringify([{ n: text(number) }, 1])]]) {
	test(`whole: content that is a JSON ${name} stays one`, async (t) => {
		const proxy = await setup(t, completion(build(card)));
		const got = content((await chat(proxy, "c-1", "go")).body);
		assert.deepEqual(JSON.parse(got), JSON.parse(build(words)));
	});

	for (const size of [1, 7, 1000])
		test(`stream: content that is a JSON ${name} stays one, by ${size}`, async (t) => {
			const pieces = build(card).match(new RegExp(`[^]{1,${size}}`, "g"));
			const proxy = await setup(t, stream(...pieces), sse);
			const got = said((await chat(proxy, "c-1", "go", { stream: true })).body);
			assert.deepEqual(JSON.parse(got), JSON.parse(build(words)));
		});
}

test("content that is JSON: an edit that would take its structure is none", async (t) => {
	const value = '{"a":["It is in two"],"b":{"c":"halves here."}}';
	const rule = (s) => s.replace("find: {entities: [payment_card]}", "find: {phrases: [in two ... halves here]}")
		.replace("The card is 4111 1111 1111 1111.", "It is in two halves here.");
	for (const how of [false, true]) {
		const bot = await rawBot(t, (socket) => socket.end(how ? answer(stream(...value), sse) : answer(completion(value))));
		const proxy = await startHandrail(t, { upstream: bot.url, policy: policyWith(tempDir(t), undefined, rule) });
		const { body } = await chat(proxy, "c-1", "go", { stream: how });
		assert.match(how ? said(body) : content(body), /A colleague/);
	}
});
