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

const failure = (message) => JSON.stringify({ error: { message, type: "requests", code: "x" } });

test("an error of the bot that breaks a rule stays an error, and is not asked again", async (t) => {
	const errors = [["429 Too Many Requests", 424], ["404 Not Found", 404], ["503 Service Unavailable", 424], ["400 Bad Request", 400]];
	const bot = await rawBot(t, (socket, request) => {
		const [, i, word] = /"case (\d+) (\w+)"/.exec(request);
		socket.end(answer(failure(`No ${word} here.`), { status: errors[i][0] }));
	});
	const dir = tempDir(t);
	const rule = (id, then) => `  - id: ${id}
    title: ${id}
    severity: low
    find: {phrases: [${id}word]}
    then: ${then}
    examples:
      matches:
        - The ${id}word.
      passes:
        - Nothing.
`;
	const own = policyWith(dir, (s) => s, (s) => s.replace("rules:\n", "rules:\n" +
		rule("block", "{block: {say: Sorry.}}") + rule("hand", "handoff")));
	const proxy = await startHandrail(t, { dir, upstream: bot.url, policy: own });
	for (const [i, [status, sent]] of errors.entries())
		for (const stream of [false, true]) {
			const got = await raw(proxy, goodPost(`c-${i}-${stream}`, `case ${i} blockword`, { stream }));
			assert.match(got.text, new RegExp(`^HTTP/1.1 ${sent} `), status);
			assert.match(got.text, /\r\nX-Should-Retry: false\r\n/);
			assert.equal(JSON.parse(got.text.split("\r\n\r\n")[1]).error.message, "Sorry.");
			assert.ok(proxy.log().includes(`the bot answered with status ${status.slice(0, 3)}`), proxy.log());
		}
	assert.ok(proxy.log().includes("the bot's error breaks a rule"), proxy.log());
	// One that may be shown is the bot's own, one that asks for a person gets one.
	const shown = await raw(proxy, goodPost("c-shown", "case 0 word"));
	assert.match(shown.text, /^HTTP\/1.1 429 [^]*No word here/);
	const handed = await raw(proxy, goodPost("c-hand", "case 0 handword"));
	assert.match(handed.text, /^HTTP\/1.1 200 [^]*A colleague will take over/);
});
