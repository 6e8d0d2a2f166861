// An answer that cannot be read: the log, the desk and the record say why. And
// an error of the bot stays one, whatever becomes of its words.
import assert from "node:assert/strict";
import test from "node:test";
import { startHandrail, tempDir } from "./support.mjs";
import { answer, completion, goodPost, handoffs, policy, policyWith, raw, rawBot, sse, stream } from "./parts.mjs";

const body = completion("Your order is on its way.");
const parts = (n) => completion(Array.from({ length: n }, (_, i) => ({ type: "text", text: `Part ${i} <b>x</b>.` })));
const rows = {
	"text": [answer("Your order is on its way.", { type: "text/plain" }), false,
		'its Content-Type is "text/plain"; application/json in UTF-8 can be read'],
	"gzip": [answer(body, { headers: "Content-Encoding: gzip\r\n" }), false, 'its Content-Encoding is "gzip"'],
	"no type": [`HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}`, false, "it names no Content-Type"],
	"cut": [answer(body.slice(0, 60)), false, "its JSON has a fault at byte 60 of 60: JSON that ends too early"],
	"many parts": [answer(parts(5000)), false, "it has too many texts or parts"],
	"two choices": [answer(JSON.stringify({ ...JSON.parse(body), choices: [0, 1].map((index) => ({ ...JSON.parse(body).choices[0], index })) })),
		false, "it has 2 choices where 1 was asked for"],
	"a stream nobody asked for": [answer(stream("It is on its way."), sse), false, "it is an event stream with status 200"],
	"no stream": [answer("data: {\"choices\":\n\n", sse), true, "an event of its stream is not what the channel describes"],
};

test("an answer that cannot be read: log, desk and record say why", async (t) => {
	const names = Object.keys(rows);
	const bot = await rawBot(t, (socket, request) => socket.end(rows[names[Number(/"case (\d+)"/.exec(request)[1])]][0]));
	const proxy = await startHandrail(t, { upstream: bot.url, policy });
	for (const [i, name] of names.entries()) {
		const got = await raw(proxy, goodPost(`c-${i}`, `case ${i}`, { stream: rows[name][1] }));
		assert.ok(!got.text.includes("on its way"), got.text);
	}
	const list = await handoffs(proxy);
	for (const [i, name] of names.entries()) {
		const why = rows[name][2];
		assert.ok(proxy.log().includes(`the bot's answer cannot be read: ${why}`), `${name}:\n${proxy.log()}`);
		const h = list.find((one) => one.conversation === `c-${i}`);
		assert.ok(JSON.stringify(h).includes(JSON.stringify(why).slice(1, -1)), `${name}: ${JSON.stringify(h)}`);
		const decision = proxy.records().find((r) => r.type === "decision" && r.handoff?.id === h.id);
		assert.ok((decision?.reason ?? "").startsWith(`The answer could not be read: ${why}`), `${name}: ${JSON.stringify(decision)}`);
	}
});
