// The person sees everything the customer saw, and what was withheld.
import assert from "node:assert/strict";
import test from "node:test";
import { chat, startHandrail, tempDir } from "./support.mjs";
import { answer, bridge, cli, completion, content, fallback, frame, handoffs, policy, policyWith, rawBot, sse } from "./parts.mjs";

// replies: by what is asked, the bytes the bot answers with.
async function setup(t, replies, options = {}) {
	const bot = await rawBot(t, (socket, request) => {
		const asked = Object.keys(replies).find((word) => request.includes(word));
		socket.write(replies[asked]);
	});
	const proxy = await startHandrail(t, { upstream: bot.url, policy, ...options });
	const show = async (conversation = "c-1") => {
		const { id } = (await handoffs(proxy)).find((h) => h.conversation === conversation);
		const shown = JSON.parse(await cli(proxy, "handoff", "show", id, "--format", "json"));
		const turns = [...shown.handoff.record.transcript.messages, ...shown.later];
		return {
			id, record: shown.handoff.record, text: await cli(proxy, "handoff", "show", id),
			turns: turns.map((m) => [m.speaker, m.status, m.kind ?? "", m.text]),
		};
	};
	return { bot, proxy, show };
}

const flow = (...texts) => answer(frame({ role: "assistant", content: "" }) +
	texts.map((content) => frame({ content })).join("") + frame({}, { finish_reason: "stop" }) + "data: [DONE]\n\n", sse);

test("a stream that was cut: what the customer has, then what was withheld, then the bridge", async (t) => {
	const { proxy, show } = await setup(t, { go: flow("Of course. ", "And I guar", "antee it.") });
	await chat(proxy, "c-1", "go", { stream: true });
	const { record, turns, text } = await show();
	assert.deepEqual(turns, [
		["customer", "delivered", "", "go"],
		["ai", "delivered", "part", "Of course. And "],
		["ai", "withheld", "rest", "I guarantee it."],
		["system", "delivered", "", bridge],
	]);
	assert.equal(record.withheld.text, "I guarantee it.");
	assert.equal(record.customer_told, bridge);
	assert.equal(text.split("Of course.").length, 2, text);
});

test("edited: what the customer got, and what the AI had written", async (t) => {
	const number = "4111 1111 1111 1111";
	const { proxy, show } = await setup(t, {
		one: answer(completion(`The card is ${number}.`)), two: flow(`The card is ${number}.`),
		three: answer(completion("I guarantee it.")) });
	await chat(proxy, "c-1", "one");
	await chat(proxy, "c-1", "two", { stream: true });
	await chat(proxy, "c-1", "three");
	const { turns } = await show();
	const want = [
		["ai", "edited", "", "The card is [number removed]."],
		["ai", "withheld", "original", `The card is ${number}.`],
	];
	assert.deepEqual(turns.filter((m) => m[0] === "ai").slice(0, 4), [...want, ...want]);
});

test("several rules fired: the one with the value says why, all are named", async (t) => {
	const said = "I guarantee it: we will refund $75.00 to your card.";
	const why = (s) => s.replace("    title: Refunds above 50 dollars\n", "$&    why: Refunds above 50 need a person.\n");
	const { proxy, show } = await setup(t, { one: answer(completion(said)) },
		{ policy: policyWith(tempDir(t), undefined, why) });
	await chat(proxy, "c-1", "one");
	const { record, text } = await show();
	assert.match(record.reason.rule, /refund/);
	assert.match(record.reason.match, /money 75.00 USD/);
	assert.deepEqual(record.reason.also.map((r) => [r.rule, r.action]), [["actions/promise", "handoff"]]);
	assert.match(text, /^Also .*\n +rule actions\/promise, severity high/m);
	const { rules, reason } = proxy.records().find((r) => r.type === "decision" && r.verdict === "handoff");
	assert.deepEqual(rules.map((r) => r.rule), [record.reason.rule, "actions/promise"]);
	assert.equal(reason, record.reason.words);
});

test("an answer that its edits would break: which rule, and that it was the edits", async (t) => {
	const dir = tempDir(t);
	const mended = policyWith(dir, undefined, (s) => s.replace('"[number removed]"', '"guarantee"'));
	const { proxy, show } = await setup(t, {
		one: answer(completion("I 4111 1111 1111 1111 it.")), two: flow("I 4111 1111 ", "1111 1111 it.") },
	{ policy: mended, dir });
	for (const stream of [false, true]) {
		await chat(proxy, `c-${stream}`, stream ? "two" : "one", { stream });
		const { record, text } = await show(`c-${stream}`);
		assert.equal(record.reason.cause, "cannot_decide");
		assert.equal(record.reason.rule, "actions/promise");
		assert.match(record.reason.words, /^With the changes that other rules make in it .*\(actions\/promise\)/);
		assert.match(text, /rule actions\/promise/);
	}
	const decisions = proxy.records().filter((r) => r.type === "decision" && r.verdict === "handoff");
	assert.equal(decisions.length, 2);
	for (const r of decisions) {
		assert.equal(r.undecided, "edit");
		assert.match(r.reason, /With the changes that other rules make/);
	}
});

test("a tool call that was withheld is the draft", async (t) => {
	const call = (text) => answer(JSON.stringify({
		id: "x", object: "chat.completion", created: 1, model: "m",
		choices: [{ index: 0, finish_reason: "tool_calls", message: { role: "assistant", content: null,
			tool_calls: [{ id: "a", type: "function", function: { name: "send_reply", arguments: JSON.stringify({ text }) } }] } }],
	}));
	const { proxy, show } = await setup(t, { fine: call("Good day."), go: call("I guarantee it.") });
	await chat(proxy, "c-1", "fine");
	await chat(proxy, "c-1", "go");
	const { record, turns, text } = await show();
	assert.equal(record.withheld.text, 'send_reply\n{"text":"I guarantee it."}');
	assert.equal(record.withheld.parts[0].kind, "tool");
	assert.deepEqual(turns.filter((m) => m[0] === "ai"), [
		["ai", "delivered", "tool", 'send_reply\n{"text":"Good day."}'],
		["ai", "withheld", "tool", 'send_reply\n{"text":"I guarantee it."}'],
	]);
	assert.match(text, /I guarantee it/);
});

test("reasoning that fired is the draft, with what it would have said", async (t) => {
	const { proxy, show } = await setup(t, { go: answer(JSON.stringify({
		id: "x", object: "chat.completion", created: 1, model: "m",
		choices: [{ index: 0, finish_reason: "stop",
			message: { role: "assistant", reasoning_content: "I guarantee it.", content: "Sure." } }],
	})) });
	await chat(proxy, "c-1", "go");
	const { record } = await show();
	assert.deepEqual(record.withheld.parts, [
		{ kind: "reasoning", text: "I guarantee it." }, { kind: "words", text: "Sure." }]);
	assert.equal(record.withheld.text, "I guarantee it.");
});

test("an error the customer was shown is a turn that says so", async (t) => {
	const error = JSON.stringify({ error: { message: "Down for tonight.", type: "server_error" } });
	const { proxy, show } = await setup(t, {
		one: answer(error, { status: "503 Service Unavailable" }), go: answer(completion("I guarantee it.")) });
	assert.equal((await chat(proxy, "c-1", "one")).status, 503);
	await chat(proxy, "c-1", "go");
	const { turns } = await show();
	assert.deepEqual(turns[1], ["ai", "delivered", "error", "Down for tonight."]);
	const decision = proxy.records().filter((r) => r.type === "decision" && r.verdict === "handoff")[0];
	assert.equal(decision.inputs.ai_turn, 1, "a failure is no turn of the AI");
});

for (const [name, reply, more] of [
	["a page", answer("<h1>Down for tonight</h1>", { type: "text/html" }), {}],
	["no JSON", answer("Down for tonight"), {}],
	["no frame", answer("data: Down for tonight\n\n", sse), { stream: true }],
	["a page instead of a stream", answer("<h1>Down for tonight</h1>", { type: "text/html" }), { stream: true }],
])
	test(`what cannot be read is shown as it came: ${name}`, async (t) => {
		const { proxy, show } = await setup(t, { go: reply });
		await chat(proxy, "c-1", "go", more);
		const { record, turns, text } = await show();
		assert.match(record.withheld.text, /Down for tonight/);
		assert.equal(record.withheld.parts[0].kind, "unreadable");
		assert.deepEqual(turns.map((m) => [m[0], m[2]]), [["customer", ""], ["ai", "unreadable"], ["system", ""]]);
		assert.match(text, /Down for tonight/);
	});

test("replaced: the words that went out instead are a turn, and the next one counts", async (t) => {
	const { proxy, show } = await setup(t, {
		one: answer(completion("You should buy some shares.")), two: answer(completion("You should buy some shares.")),
		go: answer(completion("I guarantee it.")) });
	for (const ask of ["one", "two", "go"]) await chat(proxy, "c-1", ask);
	const { turns } = await show();
	assert.deepEqual(turns.slice(0, 3), [
		["customer", "delivered", "", "one"],
		["ai", "withheld", "", "You should buy some shares."],
		["system", "delivered", "", "I cannot help with investments."],
	]);
	const decisions = proxy.records().filter((r) => r.type === "decision" && r.speaker === "ai");
	assert.deepEqual(decisions.map((r) => r.inputs.ai_turn), [1, 2, 3]);
});

test("the waiting text is a turn, and on record", async (t) => {
	const { proxy, show } = await setup(t, { go: answer(completion("I guarantee it.")) });
	await chat(proxy, "c-1", "go");
	assert.equal(content((await chat(proxy, "c-1", "hello?")).body), fallback);
	assert.equal(content((await chat(proxy, "c-1", "anybody?")).body), "", "once in a while only");
	const { turns, text } = await show();
	assert.deepEqual(turns.slice(-3), [
		["customer", "delivered", "", "hello?"],
		["system", "delivered", "", fallback],
		["customer", "delivered", "", "anybody?"],
	]);
	assert.match(text, /anybody\?/);
	const own = proxy.records().filter((r) => r.type === "decision" && r.speaker === "system");
	assert.equal(own.length, 1);
	assert.equal(own[0].verdict, "deliver");
	assert.equal(own[0].msg.bytes, fallback.length);
});
