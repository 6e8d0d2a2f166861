// An answer that clients put together in more than one way: whichever way it
// is read, the withheld words are not in it.
import assert from "node:assert/strict";
import test from "node:test";
import { chat, startHandrail } from "./support.mjs";
import { answer, bridge, everything, fallback, goodPost, policy, raw, rawBot, sse } from "./parts.mjs";
import * as usual from "./usual.mjs";

const token = "zq81vx";
const done = "data: [DONE]\n\n";
const words = ["I", " guar", "antee", ` ${token}.`];
const data = (json) => `data: ${json}\n\n`;
const choice = (index, delta) => data(`{"choices":[{"index":${index},"delta":${JSON.stringify(delta)}}]}`);
const indices = (...list) => words.map((content, i) => choice(list[i], { content })).join("");
const end = data('{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}') + done;

const bad = `I guarantee ${token}`;
const part = (text) => ({ type: "text", text });
const message = (fields, more = {}) => JSON.stringify({
	id: "x", object: "chat.completion", created: 1, model: "m",
	choices: [{ index: 0, message: { role: "assistant", ...fields }, finish_reason: "stop", ...more }],
});

const bodies = {
	"a part of its own": message({ content: [part("Good news"), part(bad)] }),
	"a part of its own, after a letter": message({ content: [part("A"), part(`${bad} it`)] }),
	"words over two parts": message({ content: [part("Good news: I"), part(`guarantee ${token}`)] }),
	"an amount over two parts": message({ content: [part(`${token}: We will refund`), part("$75.00 to your card")] }),
	"a part that is only a text": message({ content: ["Good news", bad] }),
	"what one part denies and the next says": message({ content: [part("I will never"), part(bad)] }),
	"content and the old text": message({ content: "ok" }, { text: bad }),
	"the old text and content": message({ content: bad }, { text: "ok" }),
	"two fields of reasoning that differ": message({ content: "ok", reasoning: "ok", reasoning_content: bad }),
	"content and refusal": message({ content: "Well, I", refusal: `guarantee ${token}` }),
	"reasoning and content": message({ reasoning: "Well, I guar", content: `antee ${token}` }),
	"a card over two fields": message({ content: "4111 1111", refusal: `1111 1111 ${token}` }),
};

const streams = {
	"one index in several spellings": indices("1", "1.0", "1e0", "10e-1"),
	"an index below zero": indices("-1", "-1", "-1.0", "-1"),
	"an index that is a text": indices("0", '"0"', "0", '"0"'),
	"an index beyond what numbers can hold": indices("9007199254740992", "9007199254740993", "9007199254740992", "9007199254740993"),
	"two choices nobody asked for, in turn": indices("0", "1", "0", "1"),
	"an index that is there and is not": words.map((content, i) => (i % 2 ? choice(0, { content })
		: data(`{"choices":[{"delta":${JSON.stringify({ content })}}]}`))).join(""),
	"parts in one frame": choice(0, { content: [part("Good news"), part(bad)] }),
	"parts and texts in turn": words.map((w, i) => choice(0, { content: i % 2 ? w : [part(w)] })).join(""),
	"content and the old text in turn": words.map((w, i) => (i % 2 ? data(`{"choices":[{"index":0,"text":${JSON.stringify(w)}}]}`) : choice(0, { content: w }))).join(""),
	"two fields of reasoning in turn": words.map((w, i) => choice(0, { [i % 2 ? "reasoning" : "reasoning_content"]: w })).join(""),
	"both fields of reasoning at once": words.map((w) => choice(0, { reasoning: w, reasoning_content: w })).join(""),
	"one field between the pieces of another": words.map((w) => choice(0, { reasoning: w }) + choice(0, { reasoning_content: "well, " })).join(""),
	"reasoning and content in turn": words.map((w, i) => choice(0, { [i % 2 ? "content" : "reasoning_content"]: w })).join(""),
	"content and refusal in turn": words.map((w, i) => choice(0, { [i % 2 ? "refusal" : "content"]: w })).join(""),
	"a member in two spellings, in turn": words.map((w, i) => choice(0, { [i % 2 ? "content" : "Content"]: w })).join(""),
};

// Every case in its own conversation of one proxy.
async function serve(t, cases, kind) {
	const list = Object.values(cases);
	const bot = await rawBot(t, (socket, request) =>
		socket.end(kind(list[Number(/conversation-id: c-(\d+)/i.exec(request)[1])])));
	return startHandrail(t, { upstream: bot.url, policy });
}

test("bodies", async (t) => {
	const proxy = await serve(t, bodies, (body) => answer(body));
	for (const [i, name] of Object.keys(bodies).entries())
		await t.test(name, async () => {
			const got = await raw(proxy, goodPost(`c-${i}`));
			assert.match(got.text, /^HTTP\/1\.1 200 /);
			assert.equal(everything(got.text).includes(token), false, got.text);
			assert.ok(got.text.includes(bridge) || got.text.includes(fallback), got.text);
		});
});

test("streams", async (t) => {
	const proxy = await serve(t, streams, (body) => answer(body + end, sse));
	for (const [i, name] of Object.keys(streams).entries())
		await t.test(name, async () => {
			const got = await raw(proxy, goodPost(`c-${i}`, "hi", { stream: true }));
			assert.match(got.text, /^HTTP\/1\.1 200 /);
			assert.equal(everything(got.text).includes(token), false, got.text);
			assert.match(got.text, /data: \[DONE\]\n\n/);
		});
});

for (const [kind, list, of] of [
	["bodies", Object.values(usual.bodies).map((b) => JSON.stringify(b)), usual.bodies],
	["streams", Object.values(usual.streams), usual.streams],
])
	test(`${kind} of well-known servers pass as they are`, async (t) => {
		const type = kind === "streams" ? sse : {};
		const proxy = await serve(t, list, (body) => answer(body, type));
		for (const [i, name] of Object.keys(of).entries())
			await t.test(name, async () => {
				const got = await chat(proxy, `c-${i}`, "hi", kind === "streams" ? { stream: true } : {});
				assert.equal(got.body.toString(), list[i]);
			});
	});
