// An answer that clients put together in more than one way: whichever way it
// is read, the withheld words are not in it.
import assert from "node:assert/strict";
import test from "node:test";
import { startHandrail } from "./support.mjs";
import { answer, everything, goodPost, policy, raw, rawBot, sse } from "./parts.mjs";

const token = "zq81vx";
const done = "data: [DONE]\n\n";
const words = ["I", " guar", "antee", ` ${token}.`];
const data = (json) => `data: ${json}\n\n`;
const choice = (index, delta) => data(`{"choices":[{"index":${index},"delta":${JSON.stringify(delta)}}]}`);
const indices = (...list) => words.map((content, i) => choice(list[i], { content })).join("");
const end = data('{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}') + done;

const streams = {
	"one index in several spellings": indices("1", "1.0", "1e0", "10e-1"),
	"an index below zero": indices("-1", "-1", "-1.0", "-1"),
	"an index that is a text": indices("0", '"0"', "0", '"0"'),
	"an index beyond what numbers can hold": indices("9007199254740992", "9007199254740993", "9007199254740992", "9007199254740993"),
	"two choices nobody asked for, in turn": indices("0", "1", "0", "1"),
	"an index that is there and is not": words.map((content, i) => (i % 2 ? choice(0, { content })
		: data(`{"choices":[{"delta":${JSON.stringify({ content })}}]}`))).join(""),
	"a member in two spellings, in turn": words.map((w, i) => choice(0, { [i % 2 ? "content" : "Content"]: w })).join(""),
};

// Every case in its own conversation of one proxy.
async function serve(t, cases, kind) {
	const list = Object.values(cases);
	const bot = await rawBot(t, (socket, request) =>
		socket.end(kind(list[Number(/conversation-id: c-(\d+)/i.exec(request)[1])])));
	return startHandrail(t, { upstream: bot.url, policy });
}

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
