// Complexity by emotion, in front of the bot: who gets it, who gets a draft,
// who is never asked; and bots that take too long.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { answer, cli, completion, content, everything, frame, goodPost, handoffs, raw, rawBot } from "./parts.mjs";
import { parrot } from "./parrot.mjs";
import { chat, root, sleep, startHandrail, tempDir, until } from "./support.mjs";

const policy = path.join(root, "tests/policies/zones");
const bridge = "I'm bringing in a colleague. They can see our whole chat.";
const colleague = "A colleague of mine will be with you in a moment.";

const of = (type, more = {}) => ({ metadata: { interaction_type: type, ...more } });

const say = async (proxy, conversation, text, more) => {
	const got = await chat(proxy, conversation, text, more);
	assert.equal(got.status, 200, got.body.toString());
	return content(got.body);
};

const shown = async (proxy, conversation) => {
	const one = (await handoffs(proxy)).find((h) => h.conversation === conversation);
	assert.ok(one, `no handoff of ${conversation}`);
	return JSON.parse(await cli(proxy, "handoff", "show", one.id, "--format", "json")).handoff.record;
};

test("human first: the bot is never asked", async (t) => {
	const bot = await parrot(t);
	const proxy = await startHandrail(t, { upstream: bot.url, policy });
	assert.equal(await say(proxy, "c-1", "My father died.", of("bereavement")), colleague);
	const flow = await raw(proxy, goodPost("c-2", "My mother died.", { stream: true, ...of("bereavement") }));
	assert.ok(flow.text.includes(colleague), flow.text);
	assert.equal(bot.requests.length, 0);
	const record = await shown(proxy, "c-1");
	assert.equal(record.queue, "bereavement");
	assert.equal(record.priority, "high");
	assert.equal(record.interaction_type, "bereavement");
	assert.equal(record.zone, "human first");
	assert.equal(record.customer.upset, "yes");
	assert.equal(record.reason.cause, "zone");
	// The person sees what the policy includes here: neither rule nor draft.
	assert.deepEqual(record.include, ["transcript", "interaction_type", "customer_facts"]);
	assert.deepEqual(record.missing, []);
	assert.equal(record.reason.rule, undefined);
	assert.equal(record.reason.words, "Conversations of this kind go to a person first.");
	assert.ok(!("withheld" in record) && !("open_tasks" in record));
	assert.deepEqual(record.transcript.messages.map((m) => m.text), ["My father died.", colleague]);
	const [decided] = proxy.records().filter((r) => r.verdict === "handoff");
	assert.equal(decided.speaker, "customer");
	assert.deepEqual([decided.inputs.interaction_type, decided.inputs.upset, decided.inputs.zone],
		["bereavement", true, "human first"]);
	assert.equal(decided.reason, "A person leads this conversation");
	assert.equal(decided.handoff.cause, "zone");
});

test("who returns a conversation lets the AI go on", async (t) => {
	const bot = await parrot(t);
	const proxy = await startHandrail(t, { upstream: bot.url, policy });
	assert.equal(await say(proxy, "c-1", "My father died.", of("bereavement")), colleague);
	const [one] = await handoffs(proxy);
	await cli(proxy, "handoff", "return", one.id);
	await until(async () => (await say(proxy, "c-1", "Thank you.", of("bereavement"))) === "Thank you.", "the AI answers");
	assert.ok(bot.requests.length > 0);
	assert.equal(await say(proxy, "c-1", "And now?", of("bereavement")), "And now?");
});

test("ai assists: the whole answer is a draft on the desk", async (t) => {
	const bot = await parrot(t);
	const proxy = await startHandrail(t, { upstream: bot.url, policy });
	const draft = "I see two charges of the same day. One of them will be cancelled. Is that all right?";
	assert.equal(await say(proxy, "c-1", draft, of("billing dispute")), bridge);
	const flow = await raw(proxy, goodPost("c-2", draft, { stream: true, ...of("billing dispute") }));
	assert.ok(flow.text.includes(bridge) && !everything(flow.text).includes("charges"), flow.text);
	for (const conversation of ["c-1", "c-2"]) {
		const record = await shown(proxy, conversation);
		assert.equal(record.withheld.text, draft);
		assert.equal(record.zone, "ai assists");
		assert.equal(record.customer_told, bridge);
	}
	assert.equal(bot.requests.length, 2);
	// What a rule has a reason of its own for goes to its own queue.
	await say(proxy, "c-3", "I want to end my life.", of("bereavement"));
	assert.equal((await shown(proxy, "c-3")).queue, "crisis");
});

test("open tasks are the channel's to tell, and their lack is told", async (t) => {
	const bot = await parrot(t);
	const proxy = await startHandrail(t, { upstream: bot.url, policy });
	await say(proxy, "c-1", "A refund.", of("order status", { open_tasks: "return label sent, refund not begun" }));
	await say(proxy, "c-2", "A refund.", of("order status"));
	const [told, untold] = [await shown(proxy, "c-1"), await shown(proxy, "c-2")];
	assert.equal(told.open_tasks, "return label sent, refund not begun");
	assert.deepEqual(told.missing, []);
	assert.equal(told.reason.rule, "care/refund");
	assert.equal(untold.open_tasks, undefined);
	assert.deepEqual(untold.missing, ["open_tasks"]);
	const one = (await handoffs(proxy)).find((h) => h.conversation === "c-2");
	assert.match(await cli(proxy, "handoff", "show", one.id), /^Not known +open_tasks$/m);
});

test("ai starts: two answers, then a person; upset is upset after a restart", async (t) => {
	const bot = await parrot(t);
	const dir = tempDir(t);
	const proxy = await startHandrail(t, { upstream: bot.url, policy, dir });
	const first = "This is ridiculous. Where is it?";
	assert.equal(await say(proxy, "c-1", first, of("order status")), first);
	assert.equal(await say(proxy, "c-1", "And now?", of("order status")), "And now?");
	await proxy.stop();
	const again = await startHandrail(t, { dir });
	assert.equal(await say(again, "c-1", "And then?", of("order status")), bridge);
	assert.equal(bot.requests.length, 2);
	assert.equal((await shown(again, "c-1")).reason.rule, "policy/ai starts");
	// Calm ones are the AI's for as long as it takes, whatever the client says.
	for (const text of ["One?", "Two?", "Three?", "Four?"])
		assert.equal(await say(again, "c-2", text, of("order status", { zone: "human first" })), text);
	const zones = again.records().filter((r) => r.type === "decision" && r.verdict === "deliver" && r.inputs.ai_turn === 4);
	assert.deepEqual(zones.map((r) => [r.inputs.zone, r.inputs.upset]), [["ai leads", false]]);
});

test("in shadow the zone is recorded and nothing else", async (t) => {
	const bot = await parrot(t);
	const dir = tempDir(t);
	const copy = path.join(dir, "policy");
	fs.cpSync(policy, copy, { recursive: true });
	fs.appendFileSync(path.join(copy, "policy.yaml"), "\nenvironments:\n  trial: {mode: shadow}\n");
	const proxy = await startHandrail(t, { upstream: bot.url, policy: copy, dir, extra: "environment: trial\n" });
	assert.equal(await say(proxy, "c-1", "My father died.", of("bereavement")), "My father died.");
	const [decided] = proxy.records().filter((r) => r.type === "decision" && r.speaker === "customer");
	assert.equal(decided.inputs.zone, "human first");
	assert.deepEqual(decided.rules.map((r) => [r.rule, r.mode]), [["policy/human first", "shadow"]]);
});

// Waits as long as the question says before each of its parts.
async function sluggish(t) {
	return rawBot(t, async (socket, request) => {
		const { messages, stream } = JSON.parse(request.slice(request.indexOf("\r\n\r\n") + 4));
		const [before, between] = messages.at(-1).content.split(" ").map(Number);
		await sleep(before);
		if (!stream) {
			const whole = answer(completion("Here I am."));
			socket.write(whole.slice(0, 40));
			await sleep(between);
			return socket.end(whole.slice(40));
		}
		socket.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + frame({ role: "assistant", content: "" }));
		await sleep(between);
		socket.write(frame({ content: "Here I am, " }));
		await sleep(2500); // what has begun in time may take its time
		socket.end(frame({ content: "at last." }) + frame({}, { finish_reason: "stop" }) + "data: [DONE]\n\n");
	});
}

test("a bot that is late is not waited for", async (t) => {
	const bot = await sluggish(t);
	const proxy = await startHandrail(t, { upstream: bot.url, policy });
	const calm = of("order status");
	const cases = await Promise.all([
		say(proxy, "c-1", "0 0", calm),
		say(proxy, "c-2", "9000 0", calm),
		say(proxy, "c-3", "0 9000", calm),
		raw(proxy, goodPost("c-4", "0 9000", { stream: true, ...calm }), { ms: 9000 }),
		raw(proxy, goodPost("c-5", "0 100", { stream: true, ...calm }), { ms: 9000 }),
		raw(proxy, goodPost("c-6", "9000 0", { stream: true, ...calm }), { ms: 9000 }),
	]);
	assert.deepEqual(cases.slice(0, 3), ["Here I am.", bridge, bridge]);
	for (const flow of [cases[3], cases[5]]) {
		assert.ok(flow.text.includes(bridge) && !flow.text.includes("Here"), flow.text);
		assert.ok(flow.text.includes("[DONE]"), flow.text);
	}
	assert.ok(cases[4].text.includes("at last.") && !cases[4].text.includes(bridge), cases[4].text);
	const late = (await handoffs(proxy)).map((h) => h.conversation).sort();
	assert.deepEqual(late, ["c-2", "c-3", "c-4", "c-6"]);
	const record = await shown(proxy, "c-2");
	assert.deepEqual([record.reason.cause, record.reason.words], ["bot_late", "The AI did not answer in time."]);
	const decided = proxy.records().filter((r) => r.verdict === "handoff");
	assert.deepEqual([...new Set(decided.map((r) => r.undecided))], ["bot_late"]);
});
