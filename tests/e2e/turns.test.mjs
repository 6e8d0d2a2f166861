// What the customer wrote: every new message is judged, kept and shown, once,
// whatever the client's habits.
import assert from "node:assert/strict";
import test from "node:test";
import { request, startBot, startHandrail, until } from "./support.mjs";
import { answer, cli, completion, content, fallback, handoffs, policy, rawBot } from "./parts.mjs";

const user = (text) => ({ role: "user", content: text });
const ai = (text) => ({ role: "assistant", content: text });
const signal = "Let me speak to a human now";

async function setup(t, otherBot) {
	const bot = otherBot ?? (await startBot(t));
	if (!otherBot) bot.onMessage(/./, { content: "Of course." });
	const proxy = await startHandrail(t, { upstream: bot.url, policy });
	const send = async (conversation, ...messages) =>
		content((await request(`${proxy.url}/v1/chat/completions`, {
			headers: { "content-type": "application/json", "x-conversation-id": conversation },
			body: JSON.stringify({ model: "m", messages }),
		})).body);
	const transcript = async (conversation) => {
		const one = (await handoffs(proxy)).find((h) => h.conversation === conversation);
		const shown = JSON.parse(await cli(proxy, "handoff", "show", one.id, "--format", "json"));
		return [...shown.handoff.record.transcript.messages, ...shown.later];
	};
	const said = async (conversation) => (await transcript(conversation))
		.filter((m) => m.speaker === "customer").map((m) => m.text);
	const signals = () => proxy.records().filter((r) => r.type === "decision" && r.speaker === "customer");
	return { bot, proxy, send, transcript, said, signals };
}

test("a signal counts wherever it stands among several new messages", async (t) => {
	const { bot, send, said, signals } = await setup(t);
	await send("c-1", user(signal), user("hello?"));
	await send("c-2", user("hello?"), user(signal));
	assert.equal(bot.getRequests().length, 0);
	assert.deepEqual(await said("c-1"), [signal, "hello?"]);
	assert.deepEqual(await said("c-2"), ["hello?", signal]);
	assert.equal(signals().length, 2);
});

test("while a person has it, all that is new is shown, in order", async (t) => {
	const { send, said } = await setup(t);
	await send("c-1", user(signal));
	await send("c-1", user("THIRD"), user("FOURTH"));
	await send("c-1", user(signal), user("THIRD"), user("FOURTH"), ai("Please wait."), user("FIFTH"));
	assert.deepEqual(await said("c-1"), [signal, "THIRD", "FOURTH", "FIFTH"]);
});

test("a client that resends the whole chat: each message once, nothing judged again", async (t) => {
	const { bot, proxy, send, said, signals } = await setup(t);
	const chat = [];
	for (const text of ["one", "two", "two", signal]) {
		chat.push(user(text));
		chat.push(ai(await send("c-1", ...chat)));
	}
	assert.equal(bot.getRequests().length, 3);
	assert.deepEqual(await said("c-1"), ["one", "two", "two", signal]);
	const [{ id }] = await handoffs(proxy);
	await cli(proxy, "handoff", "return", id);
	chat.push(user("thanks"));
	for (let i = 0; i < 50 && bot.getRequests().length === 3; i++) await send("c-1", ...chat);
	assert.equal(bot.getRequests().length, 4, "what was said before the return hands off again");
	assert.equal(signals().length, 1);
});

test("what came before is context, marked as such, and counts as turns", async (t) => {
	const { proxy, send, transcript, signals } = await setup(t);
	await send("c-1", { role: "system", content: "be nice" }, user(signal), ai("All right."), user("and"), ai("Yes?"), user("more"));
	assert.equal(signals().length, 0, "history is not judged");
	const judged = proxy.records().find((r) => r.type === "stream.open" || r.type === "decision");
	assert.equal(judged.inputs.ai_turn, 3);
	await send("c-1", user(signal));
	assert.deepEqual(
		(await transcript("c-1")).map((m) => [m.speaker, m.kind ?? "", m.text]),
		[
			["customer", "history", signal],
			["ai", "history", "All right."],
			["customer", "history", "and"],
			["ai", "history", "Yes?"],
			["customer", "", "more"],
			["ai", "", "Of course."],
			["customer", "", signal],
			["system", "", fallback],
		],
	);
});

test("pictures and recordings leave a mark", async (t) => {
	const { send, transcript } = await setup(t);
	const image = { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } };
	await send("c-1", { role: "user", content: [{ type: "text", text: "look" }, image] });
	await send("c-1", { role: "user", content: [image] }, user(signal));
	assert.deepEqual(
		(await transcript("c-1")).filter((m) => m.speaker === "customer").map((m) => [m.kind ?? "", m.text]),
		[["", "look"], ["media", "image"], ["media", "image"], ["", signal]],
	);
});

test("a failed answer and the same request again: kept once", async (t) => {
	const bot = await rawBot(t, (socket, _, n) => (n < 3 ? socket.destroy() : socket.write(answer(completion("Yes.")))));
	const { proxy, said } = await setup(t, bot);
	const ask = () => request(`${proxy.url}/v1/chat/completions`, {
		headers: { "content-type": "application/json", "x-conversation-id": "c-1" },
		body: JSON.stringify({ model: "m", messages: [user("fails")] }),
	});
	assert.equal((await ask()).status, 424);
	await until(async () => (await ask()).status === 200, "an answer");
	await request(`${proxy.url}/v1/chat/completions`, {
		headers: { "content-type": "application/json", "x-conversation-id": "c-1" },
		body: JSON.stringify({ model: "m", messages: [user(signal)] }),
	});
	assert.deepEqual(await said("c-1"), ["fails", signal]);
});
