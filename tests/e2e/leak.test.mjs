// Whatever place of an answer the withheld text stands in, no byte of it
// reaches the client: the raw TLS bytes are searched, escapes undone.
import assert from "node:assert/strict";
import test from "node:test";
import { startHandrail } from "./support.mjs";
import {
	answer, bridge, completion, everything, frame, goodPost, policy, raw, rawBot, sse, stream,
} from "./parts.mjs";

const token = "zq81vx";
const bad = `I guarantee ${token} will work.`;
const escaped = [...bad].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
const choice = (message, more = {}) =>
	completion("", { choices: [{ index: 0, message: { role: "assistant", ...message }, finish_reason: "stop", ...more }] });
const call = (text) => ({
	content: null,
	tool_calls: [{ id: "1", type: "function", function: { name: "say", arguments: text } }],
});
const logprobs = {
	content: bad.split(/(?= )/).map((piece) => ({
		token: piece, logprob: -1, bytes: [...Buffer.from(piece)], top_logprobs: [],
	})),
};
const chunked = (body, trailers = "", extension = "") =>
	`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n` +
	`${body.length.toString(16)}${extension}\r\n${body}\r\n0\r\n${trailers}\r\n`;

const cases = {
	content: answer(completion(bad)),
	"content in escapes": answer(completion("@").replace('"@"', `"${escaped}"`)),
	"content parts": answer(choice({ content: [{ type: "text", text: bad }] })),
	"text cut over two parts": answer(choice({ content: [
		{ type: "text", text: "I guar" }, { type: "text", text: `antee ${token}` }] })),
	refusal: answer(choice({ content: null, refusal: bad })),
	"tool call arguments": answer(choice(call(JSON.stringify({ text: bad })))),
	"arguments in nested escapes": answer(choice(call(`{"text":"${escaped}"}`))),
	"arguments that are no JSON": answer(choice(call(bad))),
	"function_call": answer(choice({ content: null, function_call: { name: "f", arguments: JSON.stringify({ a: bad }) } })),
	"logprobs of a withheld text": answer(choice({ content: bad }, { logprobs })),
	"logprobs that say something else": answer(choice({ content: "Hello." }, { logprobs })),
	"the second of two choices": answer(completion("", { choices: [
		{ index: 0, message: { role: "assistant", content: "Hello." }, finish_reason: "stop" },
		{ index: 1, message: { role: "assistant", content: bad }, finish_reason: "stop" }] })),
	"an unknown member": answer(choice({ content: "Hello.", answer_html: bad })),
	"an unknown member at the top": answer(completion("Hello.", { debug: { draft: [bad] } })),
	"a member's name": answer(completion("Hello.", { [bad]: 1 })),
	reasoning: answer(choice({ content: "Hello.", reasoning_content: bad })),
	"a 400's message": answer(JSON.stringify({ error: { message: bad } }), { status: "400 Bad Request" }),
	"a 500's message": answer(JSON.stringify({ error: { message: bad } }), { status: "500 Oops" }),
	"a 500 of HTML": answer(`<h1>${bad}</h1>`, { status: "500 Oops", type: "text/html" }),
	"a 500 of plain text": answer(bad, { status: "503 Oops", type: "text/plain" }),
	"a 404 of another shape": answer(JSON.stringify({ detail: bad }), { status: "404 Not Found" }),
	"an error's code": answer(JSON.stringify({ error: { message: "no", code: bad } }), { status: "400 Bad Request" }),
	"text/html": answer(`<p>${bad}</p>`, { type: "text/html" }),
	"the reason phrase": answer(completion("Hello."), { status: `200 ${bad}` }),
	"a header's value": answer(completion("Hello."), { headers: `X-Answer: ${bad}\r\n` }),
	"a header's value in percent code": answer(completion("Hello."), { headers: `X-Answer: ${encodeURIComponent(bad)}\r\n` }),
	"a parameter of the type": answer(completion("Hello."), { type: `application/json; draft="${bad}"` }),
	"a cookie": answer(completion("Hello."), { headers: `Set-Cookie: a="${bad}"\r\n` }),
	"a link header": answer(completion("Hello."), { headers: `Link: <https://a.test/>; title="${bad}"\r\n` }),
	"a trailer": chunked(completion("Hello."), `X-Answer: ${bad}\r\n`),
	"a chunk extension": chunked(completion("Hello."), "", `;a="${bad}"`),
	"an interim answer": `HTTP/1.1 103 ${bad}\r\nX-Answer: ${bad}\r\n\r\n` + answer(completion("Hello.")),
	"bytes behind the body": answer(completion("Hello.")) + bad,
};

const streams = {
	content: stream(bad),
	"content letter by letter": stream(...bad),
	"content after safe text": stream("Hello there. ", "I guar", "antee ", token),
	"SSE comment": `: ${bad}\n\n` + stream("Hello."),
	"event name": `event: ${bad}\n` + stream("Hello."),
	"event id": `id: ${bad}\n` + stream("Hello."),
	"an unknown SSE field": `draft: ${bad}\n` + stream("Hello."),
	"retry field": `retry: ${bad}\n` + stream("Hello."),
	refusal: frame({ role: "assistant", refusal: bad }) + stream(),
	"tool call arguments in pieces": frame({ role: "assistant", tool_calls: [{ index: 0, id: "1", type: "function", function: { name: "f", arguments: '{"t":"I guar' } }] }) +
		frame({ tool_calls: [{ index: 0, function: { arguments: `antee ${token}"}` } }] }) + stream(),
	"logprobs that say something else": frame({ role: "assistant", content: "Hello." }, { logprobs }) + stream(),
	"an unknown member": frame({ role: "assistant", content: "Hello.", html: bad }) + stream(),
	"an error event": `data: ${JSON.stringify({ error: { message: bad } })}\n\n`,
	"behind [DONE]": stream("Hello.") + `data: ${bad}\n\n`,
	"no JSON": `data: ${bad}\n\n`,
	"two choices in turn": [
		{ index: 0, delta: { role: "assistant", content: "Hello. " } },
		{ index: 1, delta: { role: "assistant", content: "I guar" } },
		{ index: 0, delta: { content: "How are you?" } },
		{ index: 1, delta: { content: `antee ${token}` } },
	].map((c) => frame({}, c)).join("") + stream(),
};

// The bot answers what the question's number names.
async function setup(t, answers) {
	const bot = await rawBot(t, (socket, request) => {
		const at = Number(/"case (\d+)"/.exec(request)[1]);
		socket.end(Buffer.from(answers[at], "latin1"));
	});
	return startHandrail(t, { upstream: bot.url, policy });
}

async function search(t, table, more) {
	const names = Object.keys(table);
	const proxy = await setup(t, Object.values(table));
	for (const [i, name] of names.entries())
		await t.test(name, async () => {
			const got = await raw(proxy, goodPost(`c-${i}`, `case ${i}`, more));
			assert.match(got.text, /^HTTP\/1\.1 \d{3} /, got.error?.message);
			assert.ok(got.closed, "the answer ends");
			const seen = everything(got.text);
			assert.equal(seen.includes(token), false, got.text);
			assert.equal(/guarantee/i.test(seen), false, got.text);
		});
}

test("a whole answer", (t) => search(t, cases, {}));

test("a streamed answer", (t) => {
	const table = {};
	for (const [name, body] of Object.entries(streams))
		table[name] = answer(body, sse);
	table["a header's value"] = answer(stream("Hello."), { ...sse, headers: `X-Answer: ${bad}\r\n` });
	table["the reason phrase"] = answer(stream("Hello."), { ...sse, status: `200 ${bad}` });
	return search(t, table, { stream: true });
});

test("cut in two at every byte, the answer is the same and holds nothing", async (t) => {
	const body = stream("Hi. ", "I guar", `antee ${token}.`);
	// It says that it closes: a question on its way to one that does not is lost.
	const whole = Buffer.from(answer(body, { ...sse, headers: "Connection: close\r\n" }));
	const bot = await rawBot(t, (socket, request) => {
		const at = Number(/"case (\d+)"/.exec(request)[1]);
		socket.write(whole.subarray(0, at));
		setTimeout(() => socket.end(whole.subarray(at)), 4);
	});
	const proxy = await startHandrail(t, { upstream: bot.url, policy });
	const texts = new Set();
	let next = 1;
	const one = async () => {
		while (next < whole.length) {
			const at = next++;
			const got = await raw(proxy, goodPost(`c-${at}`, `case ${at}`, { stream: true }));
			assert.equal(everything(got.text).includes(token), false, `cut at ${at}: ${got.text}`);
			assert.match(got.text, /data: \[DONE\]/, `cut at ${at}`);
			const said = [...got.text.matchAll(/"content":"([^"]*)"/g)].map((m) => m[1]).join("");
			texts.add(said);
		}
	};
	await Promise.all([one(), one(), one(), one(), one(), one()]);
	assert.deepEqual([...texts], [`Hi. \\n\\n${bridge}`]);
});
