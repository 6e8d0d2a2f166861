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
const finished = (reason) => words.map((content) => data(JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason: reason }] }))).join("");
const end = data('{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}') + done;

const bad = `I guarantee ${token}`;
const call = (args, name = "send") => ({ content: null, tool_calls: [{ id: "c", type: "function", function: { name, arguments: args } }] });
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
	"a list nobody knows": message({ content: "ok", notes: ["Well, I", ` guarantee ${token}`] }),
	"a list nobody knows, at the top": JSON.stringify({ ...JSON.parse(message({ content: "ok" })), notes: ["Well, I", ` guarantee ${token}`] }),
	"thinking in pieces": message({ content: [{ type: "thinking", thinking: [part("Well, I"), part(` guarantee ${token}`)] }, part("ok")] }),
	"thinking in parts": message({ content: [{ type: "thinking", thinking: "Well, I" }, { type: "thinking", thinking: ` guarantee ${token}` }] }),
	"thinking, then a text": message({ content: [{ type: "thinking", thinking: "Well, I" }, part(` guarantee ${token}`)] }),
	"details of reasoning": message({ content: "ok", reasoning_details: [{ type: "reasoning.text", text: "Well, I" }, { type: "reasoning.text", text: ` guarantee ${token}` }] }),
	"titles of pages": message({ content: "ok", annotations: [{ type: "url_citation", url_citation: { title: "Well, I" } }, { type: "url_citation", url_citation: { title: ` guarantee ${token}` } }] }),
	"a part that is only a text": message({ content: ["Good news", bad] }),
	"what one part denies and the next says": message({ content: [part("I will never"), part(bad)] }),
	"content and the old text": message({ content: "ok" }, { text: bad }),
	"the old text and content": message({ content: bad }, { text: "ok" }),
	"two fields of reasoning that differ": message({ content: "ok", reasoning: "ok", reasoning_content: bad }),
	"content, and a delta beside it": message({ content: "ok" }, { delta: { content: bad } }),
	"words over content and a delta": message({ content: "Well, I" }, { delta: { content: ` guarantee ${token}` } }),
	"words over a delta and content": JSON.stringify({ choices: [{ index: 0, delta: { content: "Well, I" }, message: { role: "assistant", content: ` guarantee ${token}` } }] }),
	"words over content and a delta's text": message({ content: "Well, I" }, { delta: { text: ` guarantee ${token}` } }),
	"words over content and a delta's parts": message({ content: "Well, I" }, { delta: { content: [part(` guarantee ${token}`)] } }),
	"content and refusal": message({ content: "Well, I", refusal: `guarantee ${token}` }),
	"reasoning and content": message({ reasoning: "Well, I guar", content: `antee ${token}` }),
	"arguments cut off in an escape's shadow": message(call('{"text":"I guar\\u0061ntee ' + token), { finish_reason: "length" }),
	"arguments with a comma too many": message(call(`{"text":"I guar\\u0061ntee ${token}",}`)),
	"arguments of two documents": message(call(`{"text":"ok"}{"text":"I guar\\u0061ntee ${token}"}`)),
	"arguments that are numbers": message({ ...call("4111 1111 1111 1111"), refusal: token }),
	"arguments that are a few texts": message({ ...call('"I" "guarantee"'), refusal: token }),
	"arguments that begin like JSON": message(call(`{"a":1} "I guarantee" ${JSON.stringify(token)}`)),
	"a card in a list of numbers": message({ ...call("[4111,1111,1111,1111]"), refusal: token }),
	"words in a list": message(call(JSON.stringify({ lines: ["Well, I", " guarantee", ` ${token}`] }))),
	"arguments without quotes": message(call(`{text:'I guar\\u0061ntee ${token}'}`)),
	"arguments of a programming language": message(call(`{'text': 'I guar\\x61ntee ${token}'}`)),
	"JSON in a string in the arguments": message(call(JSON.stringify({ body: `{"t":"I guar\\u0061ntee ${token}"}` }))),
	"not quite JSON in a string in the arguments": message(call(JSON.stringify({ body: `{"t":"I guar\\u0061ntee ${token}"` }))),
	"JSON as content": message({ content: `{"reply":"I guar\\u0061ntee ${token}"}` }),
	"a line end in JSON as content": message({ content: `{"reply":"I\\nguarantee ${token}"}` }),
	"a number among the parts": message({ content: [4111111111111111, part(token)] }),
	"a card over two fields": message({ content: "4111 1111", refusal: `1111 1111 ${token}` }),
};

const streams = {
	"a comment of two lines, cut inside a word": `: I guar\n: antee it ${token}\n\n${choice(0, { content: "fine" })}`,
	"comments of two frames, cut inside a word": `: I guar\n\n${choice(0, { content: "fine" })}: antee it ${token}\n\n`,
	"comments between others, cut inside a word": `: hold\n\n: I guar\n${choice(0, { content: "fine" })}:antee it ${token}\n${choice(0, { content: "fine" })}`,
	"one index in several spellings": indices("1", "1.0", "1e0", "10e-1"),
	"an index below zero": indices("-1", "-1", "-1.0", "-1"),
	"an index that is a text": indices("0", '"0"', "0", '"0"'),
	"an index beyond what numbers can hold": indices("9007199254740992", "9007199254740993", "9007199254740992", "9007199254740993"),
	"two choices nobody asked for, in turn": indices("0", "1", "0", "1"),
	"an index that is there and is not": words.map((content, i) => (i % 2 ? choice(0, { content })
		: data(`{"choices":[{"delta":${JSON.stringify({ content })}}]}`))).join(""),
	"every frame the last": finished("stop"),
	"an empty reason to end in every frame": finished(""),
	"a reason to end that is false": finished(false),
	"a word behind the end": choice(0, { content: "Well, I guar" }) + end.replace(done, "") + choice(0, { content: `antee ${token}.` }),
	"an unknown field, behind a frame of no known shape": data(`{"id":"x","x":{"role":"assistant","text":"hi "}}`) + `zzz: I guarantee ${token}\n\n`,
	"a backslash alone": choice(0, { content: "\\" }) + indices("0", "0", "0", "0"),
	"parts in one frame": choice(0, { content: [part("Good news"), part(bad)] }),
	"parts and texts in turn": words.map((w, i) => choice(0, { content: i % 2 ? w : [part(w)] })).join(""),
	"a list nobody knows, in one frame": choice(0, { notes: ["Well, I", ` guarantee ${token}`] }),
	"a list nobody knows, its places moved": choice(0, { notes: ["ok", "Well, I"] }) + choice(0, { notes: [` guarantee ${token}`] }),
	"a text nobody knows, then a list": choice(0, { notes: "Well, I" }) + choice(0, { notes: [` guarantee ${token}`] }),
	"thinking in pieces": choice(0, { content: [{ type: "thinking", thinking: [part("Well, I"), part(` guarantee ${token}`)] }] }),
	"an unknown part, then a known one": choice(0, { content: [{ type: "thinking", thinking: "Well, I" }] }) + choice(0, { content: ` guarantee ${token}` }),
	"words over a delta and a message": data(JSON.stringify({ choices: [{ index: 0, delta: { content: "Well, I" }, message: { content: ` guarantee ${token}` } }] })),
	"words over a delta and a message's parts": data(JSON.stringify({ choices: [{ index: 0, delta: { content: "Well, I" }, message: { content: [part(` guarantee ${token}`)] } }] })),
	"an error": data(JSON.stringify({ error: { message: `Well, ${bad}` } })),
	"an error in two": ["Well, I", ` guarantee ${token}`].map((message) => data(JSON.stringify({ error: { message } }))).join(""),
	"a text, then parts": choice(0, { content: bad }) + choice(0, { content: [part("Hello!")] }),
	"parts, then a text": choice(0, { content: [part(bad)] }) + choice(0, { content: "Hello!" }),
	"bare parts, then a text": choice(0, { content: [bad] }) + choice(0, { content: "Hello!" }),
	"a refusal, then one among parts": choice(0, { refusal: bad }) + choice(0, { content: [{ type: "refusal", refusal: "Hello!" }] }),
	"a part, then another by its number": choice(0, { content: [{ index: 0, ...part(bad) }] }) + choice(0, { content: [{ index: 1, ...part("Hello!") }] }),
	"content and the old text in turn": words.map((w, i) => (i % 2 ? data(`{"choices":[{"index":0,"text":${JSON.stringify(w)}}]}`) : choice(0, { content: w }))).join(""),
	"two fields of reasoning in turn": words.map((w, i) => choice(0, { [i % 2 ? "reasoning" : "reasoning_content"]: w })).join(""),
	"both fields of reasoning at once": words.map((w) => choice(0, { reasoning: w, reasoning_content: w })).join(""),
	"one field between the pieces of another": words.map((w) => choice(0, { reasoning: w }) + choice(0, { reasoning_content: "well, " })).join(""),
	"reasoning and content in turn": words.map((w, i) => choice(0, { [i % 2 ? "content" : "reasoning_content"]: w })).join(""),
	"content and refusal in turn": words.map((w, i) => choice(0, { [i % 2 ? "refusal" : "content"]: w })).join(""),
	"arguments cut off": choice(0, { tool_calls: [{ index: 0, id: "c", type: "function", function: { name: "send", arguments: '{"text":"I guar\\u00' } }] }) + choice(0, { tool_calls: [{ index: 0, function: { arguments: `61ntee ${token}` } }] }),
	"JSON as content, escapes cut": ['{"reply":"I guar\\', "u00", "61ntee\\", `n${token}"}`].map((content) => choice(0, { content })).join(""),
	"a member in two spellings, in turn": words.map((w, i) => choice(0, { [i % 2 ? "content" : "Content"]: w })).join(""),
};

const tokens = (...list) => ({ logprobs: { content: list.map((token) => ({ token, logprob: -1, bytes: [...Buffer.from(token)], top_logprobs: [] })), refusal: null } });
const tops = (...list) => ({ logprobs: { content: list.map((top) => ({ token: "ok", logprob: -1, bytes: null, top_logprobs: [{ token: "ok" }, { token: top, logprob: -2, bytes: null }] })) } });
const hidden = `I-guarantee-${token}`;

// Places nobody reads, but could: what breaks a rule there is left out, and the
// answer passes without it.
const labelled = {
	"a number nobody knows": message({ content: "fine", card: 4111111111111111 }),
	"a number with an exponent": message({ content: "fine", card: "@" }).replace('"@"', "4.111111111111111e15"),
	"a token that was not chosen": message({ content: "fine" }, tops(bad)),
	"tokens that were not chosen, in a row": message({ content: "fine fine fine" }, tops(...words)),
	"tokens that are another text": message({ content: "fine" }, tokens(...words)),
	"bytes that are another text": message({ content: "fine" }, { logprobs: { content: [{ token: "fine", bytes: [...Buffer.from(bad)] }] } }),
	"an unknown member of log probabilities": message({ content: "fine" }, { logprobs: { content: [{ token: "fine" }], note: bad } }),
	"the name of such a member": message({ content: "fine" }, { logprobs: { content: [{ token: "fine", [bad]: 1 }] } }),
	"log probabilities that are a text": message({ content: "fine" }, { logprobs: bad }),
	"numbers that are texts": message({ content: "fine" }, { logprobs: { content: [{ token: "fine", logprob: bad, bytes: bad, top_logprobs: bad }] } }),
	"an id": message({ content: "fine" }).replace('"x"', `"${hidden}"`),
	"a model": message({ content: "fine" }).replace('"m"', `"${hidden}"`),
	"an id and a model": message({ content: "fine" }).replace('"x"', '"I"').replace('"m"', `"guarantee-${token}"`),
	"a card as an id": message({ content: "fine" }).replace('"x"', `"4111-1111-1111-1111:${token}"`),
	"a reason to finish": message({ content: "fine" }, { finish_reason: hidden }),
	"a role": message({ content: "fine", role: hidden }),
	"the name of a count": JSON.stringify({ ...JSON.parse(message({ content: "fine" })), usage: { [hidden]: 1 } }),
};

const sameText = (fields) => words.map((w, i) => `${fields(i)}${choice(0, { content: "fine " })}`).join("");
const split = ["I", "guarantee", token, "it"];
const labelledStreams = {
	"tokens that were not chosen": words.map((w) => data(JSON.stringify({ choices: [{ index: 0, delta: { content: "fine " }, ...tops(w) }] }))).join(""),
	"a whole sentence that was not chosen": data(JSON.stringify({ choices: [{ index: 0, delta: { content: "fine " }, ...tops(bad) }] })),
	"tokens of another text": words.map((w) => data(JSON.stringify({ choices: [{ index: 0, delta: { content: "fine " }, ...tokens(w) }] }))).join(""),
	"names of events": sameText((i) => `event: ${split[i]}\n`),
	"one name of an event": sameText(() => `event: ${hidden}\n`),
	"ids of events": sameText((i) => `id: ${split[i]}\n`),
	"comments": sameText((i) => `: ${split[i]}\n`),
	"ids": split.map((id) => data(JSON.stringify({ id, choices: [{ index: 0, delta: { content: "fine " } }] }))).join(""),
	"padding": split.map((obfuscation) => data(JSON.stringify({ obfuscation, choices: [{ index: 0, delta: { content: "fine " } }] }))).join(""),
	"padding of more than a word": data(JSON.stringify({ obfuscation: hidden, choices: [{ index: 0, delta: { content: "fine " } }] })),
	"reasons": split.map((service_tier) => data(JSON.stringify({ service_tier, choices: [{ index: 0, delta: { content: "fine " } }] }))).join(""),
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

for (const [kind, cases] of [["bodies", labelled], ["streams", labelledStreams]])
	test(`${kind}: what nobody has to read is left out`, async (t) => {
		const flow = kind === "streams";
		const proxy = await serve(t, cases, (body) => (flow ? answer(body + end, sse) : answer(body)));
		for (const [i, name] of Object.keys(cases).entries())
			await t.test(name, async () => {
				const got = await chat(proxy, `c-${i}`, "hi", flow ? { stream: true } : {});
				const body = got.body.toString();
				assert.equal(everything(body).includes(token), false, body);
				assert.doesNotMatch(body, /4\.?1{15}/);
				assert.ok(body.includes("fine"), body);
				for (const d of flow ? body.match(/^data: \{.*$/gm).map((l) => l.slice(6)) : [body])
					assert.ok(JSON.parse(d).choices, d);
			});
	});

test("streams", async (t) => {
	const proxy = await serve(t, streams, (body) => answer(body + end, sse));
	for (const [i, name] of Object.keys(streams).entries())
		await t.test(name, async () => {
			const got = await raw(proxy, goodPost(`c-${i}`, "hi", { stream: true }));
			assert.match(got.text, /^HTTP\/1\.1 200 /);
			assert.equal(everything(got.text).includes(token), false, got.text);
			// A client gives up at an error, before our words.
			assert.equal(got.text.includes('"error"'), false, got.text);
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
