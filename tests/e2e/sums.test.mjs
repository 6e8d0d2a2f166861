// Promises add up over a conversation: in whole answers and streams, by text
// as it was delivered, after a kill -9 too, and the person sees the sums.
import assert from "node:assert/strict";
import path from "node:path";
import test from "node:test";
import { answer, cli, completion, content, goodPost, handoffs, raw, rawBot, sse } from "./parts.mjs";
import { flow, parrot } from "./parrot.mjs";
import { ask, chat, root, startHandrail, tempDir } from "./support.mjs";

const policy = path.join(root, "tests/policies/adds-up");
const first = "I have credited $40 to your account.";
const second = "And I have credited $40 for the other bill.";
const bridge = "I'm bringing in a colleague.";

async function start(t, options = {}) {
	const bot = await parrot(t);
	return startHandrail(t, { upstream: bot.url, policy, ...options });
}

const say = async (proxy, conversation, text) => {
	const got = await chat(proxy, conversation, text);
	assert.equal(got.status, 200, got.body.toString());
	return content(got.body);
};

test("two credits break a limit that one does not", async (t) => {
	const proxy = await start(t);
	assert.equal(await say(proxy, "c-1", first), first);
	assert.equal(await say(proxy, "c-2", first), first, "another conversation has a sum of its own");
	assert.match(await say(proxy, "c-1", second), new RegExp(bridge));
	const [decided] = proxy.records().filter((r) => r.verdict === "handoff");
	assert.deepEqual(decided.inputs.counted,
		[{ currency: "USD", kind: "money", name: "promises/credit-in-all", times: 1, value: 4000 }]);
	const [one] = await handoffs(proxy);
	const shown = JSON.parse(await cli(proxy, "handoff", "show", one.id, "--format", "json"));
	const { record } = shown.handoff;
	assert.deepEqual(record.amounts,
		[{ currency: "USD", kind: "money", name: "promises/credit-in-all", total: 4000, words: "40.00 USD" }]);
	assert.match(await cli(proxy, "handoff", "show", one.id), /Promised +40\.00 USD in all, promises\/credit-in-all/);
});

test("a sum survives kill -9 at the moment of delivery", async (t) => {
	const dir = tempDir(t);
	const proxy = await start(t, { dir });
	for (let i = 0; i < 5; i++) assert.equal(await say(proxy, `c-${i}`, first), first);
	proxy.kill("SIGKILL");
	await proxy.exit;
	const again = await startHandrail(t, { dir });
	for (let i = 0; i < 5; i++)
		assert.match(await say(again, `c-${i}`, second), new RegExp(bridge), `c-${i}`);
});

test("streams count what has left, and stop at the number that breaks the limit", async (t) => {
	const proxy = await start(t);
	assert.equal(await flow(proxy, "c-1", first), first);
	const cut = await flow(proxy, "c-1", second);
	assert.ok(cut.startsWith("And I have credited "), cut);
	assert.ok(cut.includes(bridge) && !cut.includes("$40"), cut);
	// Withheld, so of the second nothing counts; but what a stream had said
	// before it was cut does.
	const both = "A credit of $30 is on its way. And then a credit of $30.";
	assert.ok((await flow(proxy, "c-2", both)).startsWith("A credit of $30 is on its way. And then a credit of "));
	const cases = await handoffs(proxy);
	const totals = {};
	for (const one of cases) {
		const shown = JSON.parse(await cli(proxy, "handoff", "show", one.id, "--format", "json"));
		totals[one.conversation] = shown.handoff.record.amounts.map((a) => a.words);
	}
	assert.deepEqual(totals, { "c-1": ["40.00 USD"], "c-2": ["30.00 USD"] });
});

test("weak signals add up, and what was said again counts once", async (t) => {
	const proxy = await start(t);
	assert.equal(await say(proxy, "c-1", "That price is only today."), "That price is only today.");
	assert.match(await say(proxy, "c-1", "We will make it worth your while."), new RegExp(bridge));
	const again = `As I said: a credit of $40.`;
	for (const text of [first, again, again]) assert.equal(await say(proxy, "c-2", text), text);
	assert.match(await say(proxy, "c-2", second), new RegExp(bridge));
});

test("what was said once is not asked for again, however long ago", async (t) => {
	const dir = tempDir(t);
	const proxy = await start(t, { dir });
	const offer = "You get two months free.";
	assert.match(await say(proxy, "c-1", offer), /Terms apply/);
	await say(proxy, "c-2", "Terms apply to all we offer.");
	// More than the transcript keeps in memory (200 messages), and a restart.
	for (let i = 0; i < 105; i++) await say(proxy, "c-2", `This is answer ${i}.`);
	assert.equal(await proxy.stop().then(({ code }) => code), 0);
	const again = await startHandrail(t, { dir });
	assert.equal(await say(again, "c-2", offer), offer);
});

test("the texts of one answer add up", async (t) => {
	const bot = await rawBot(t, (socket, request) => {
		const choice = (index, text) => ({ index, message: { role: "assistant", content: text }, finish_reason: "stop" });
		if (request.includes('"stream":true')) {
			const frame = (index, delta, finish_reason = null) =>
				`data: ${JSON.stringify({ id: "x", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index, delta, finish_reason }] })}\n\n`;
			return socket.end(answer(
				frame(0, { role: "assistant", content: "" }) + frame(0, { content: first }) + frame(0, {}, "stop") +
				frame(1, { role: "assistant", content: "" }) + frame(1, { content: second }) + frame(1, {}, "stop") +
				"data: [DONE]\n\n", sse));
		}
		socket.end(answer(completion("", { choices: [choice(0, first), choice(1, second)] })));
	});
	const proxy = await startHandrail(t, { upstream: bot.url, policy });
	for (const [conversation, more] of [["c-1", { n: 2 }], ["c-2", { n: 2, stream: true }]]) {
		const { text } = await raw(proxy, goodPost(conversation, "go", more));
		assert.ok(text.includes(bridge), text);
		assert.ok(!text.includes("other bill"), text);
	}
});
