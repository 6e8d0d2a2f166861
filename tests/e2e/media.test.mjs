// What a body is said to be is what was judged: an answer that says two things
// is not delivered, a question that does is not asked, and what goes on says
// what was read.
import assert from "node:assert/strict";
import test from "node:test";
import { ask, startHandrail } from "./support.mjs";
import { answer, completion, fallback, goodPost, policy, raw, rawBot, sse, stream } from "./parts.mjs";

const body = completion("Your order is on its way.");
const flow = stream("Your order ", "is on its way.");
const head = (fields, text) =>
	`HTTP/1.1 200 OK\r\n${fields.map((f) => `${f}\r\n`).join("")}Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
const json = "Content-Type: application/json";
const events = "Content-Type: text/event-stream";
const fields = (text, name) =>
	text.slice(0, text.indexOf("\r\n\r\n")).split("\r\n").filter((l) => l.toLowerCase().startsWith(`${name}:`));

// The bot answers what the question's number names.
async function start(t, answers) {
	const bot = await rawBot(t, (socket, request) =>
		socket.end(answers[Number(/"case (\d+)"/.exec(request)[1])]));
	return { bot, proxy: await startHandrail(t, { upstream: bot.url, policy }) };
}

// By the type the body really has.
const twice = {
	"two codings": (type) => [type, "Content-Encoding: identity", "Content-Encoding: deflate"],
	"an empty coding, then another": (type) => [type, "Content-Encoding:", "content-encoding: gzip"],
	"a list of codings": (type) => [type, "Content-Encoding: identity, br"],
	"the same coding twice": (type) => [type, "Content-Encoding: identity", "Content-Encoding: identity"],
	"a second type": (type) => [type, "Content-Type: text/html"],
	"the same type twice": (type) => [type, type],
	"a charset with blanks": (type) => [`${type}; charset = utf-7`],
	"a charset in RFC 8187": (type) => [`${type}; charset*=utf-8''utf-7`],
	"a charset in pieces": (type) => [`${type}; charset*0=utf; charset*1=-7`],
};

for (const streamed of [false, true])
	test(`an answer that says two things of itself is the fallback${streamed ? ", streamed" : ""}`, async (t) => {
		const [type, text] = streamed ? [events, flow] : [json, body];
		const names = Object.keys(twice);
		const { proxy } = await start(t, names.map((name) => head(twice[name](type), text)));
		for (const [i, name] of names.entries())
			await t.test(name, async () => {
				const got = await raw(proxy, goodPost(`c-${i}`, `case ${i}`, { stream: streamed }));
				assert.equal(got.text.includes("on its way"), false, got.text);
				assert.ok(got.text.includes(fallback), got.text);
				assert.equal(fields(got.text, "content-type").length, 1);
				assert.equal(fields(got.text, "content-encoding").length, 0);
			});
	});

test("the usual ways to say it pass, byte by byte", async (t) => {
	const types = ["application/json", "application/json; charset=utf-8", 'application/json;charset="UTF-8"', "Application/Json; Charset=UTF-8"];
	const streams = ["text/event-stream", "text/event-stream;charset=UTF-8", 'text/event-stream; charset="utf-8"'];
	const all = [...types.map((type) => answer(body, { type })), ...streams.map((type) => answer(flow, { type }))];
	const { proxy } = await start(t, all);
	for (const [i, type] of [...types, ...streams].entries()) {
		const got = await raw(proxy, goodPost(`c-${i}`, `case ${i}`, { stream: i >= types.length }));
		assert.deepEqual(fields(got.text, "content-type"), [`Content-Type: ${type}`]);
		if (i < types.length) assert.ok(got.text.endsWith(`\r\n\r\n${body}`), got.text);
		else assert.equal(got.text.slice(got.text.indexOf("\r\n\r\n") + 4).replace(/(^|\r\n)[0-9a-f]+\r\n/g, "").trimEnd(), flow.trimEnd());
	}
});

test("what else a head says of the body does not go on", async (t) => {
	const more = ["Content-Encoding: identity", "Content-Transfer-Encoding: base64"];
	const { proxy } = await start(t, [
		head(["Content-Type: application/json; x=y; charset=utf8", ...more], body),
		head([`${events}; x=y`, ...more], flow),
	]);
	for (const [i, type] of ["application/json; charset=utf-8", "text/event-stream"].entries()) {
		const got = await raw(proxy, goodPost(`c-${i}`, `case ${i}`, { stream: i === 1 }));
		assert.ok(got.text.includes("on its way"), got.text);
		assert.deepEqual(fields(got.text, "content-type"), [`Content-Type: ${type}`]);
		assert.equal(fields(got.text, "content-encoding").length, 0);
		assert.equal(fields(got.text, "content-transfer-encoding").length, 0);
	}
});

const question = (text, lines) =>
	`POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nX-Conversation-Id: q\r\nConnection: close\r\n` +
	`${lines.map((l) => `${l}\r\n`).join("")}Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;

const unread = {
	"a coding": [json, "Content-Encoding: gzip"],
	"an unknown coding": [json, "Content-Encoding: zzz"],
	"two codings": [json, "Content-Encoding: identity", "Content-Encoding: br"],
	"no type, and a coding": ["Content-Encoding: deflate"],
	"another type": ["Content-Type: text/html"],
	"a stream": [events],
	"a form": ["Content-Type: application/x-www-form-urlencoded"],
	"another charset": [`${json}; charset=utf-16`],
	"a charset with blanks": [`${json}; charset = utf-7`],
	"two types": [json, "Content-Type: text/plain"],
	"the same type twice": [json, json],
};

test("a question that may be read otherwise is refused", async (t) => {
	const { bot, proxy } = await start(t, []);
	for (const [name, lines] of Object.entries(unread)) {
		const got = await raw(proxy, question(ask("hi"), lines));
		assert.match(got.text, /^HTTP\/1\.1 415 Unsupported Media Type\r\n/, name);
		assert.match(got.text, /"code":"not_json"/);
	}
	assert.equal(bot.requests.length, 0);
});

test("the bot is told what was read of the question", async (t) => {
	const { bot, proxy } = await start(t, [answer(body)]);
	const rows = [
		[[], "application/json"],
		[[json], "application/json"],
		[["content-type: application/json;charset=UTF-8"], "application/json;charset=UTF-8"],
		[[`${json}; a=b; charset=utf8`, "Content-Encoding: identity", "Content_Type: text/html", "Content_Encoding: gzip"],
			"application/json; charset=utf-8"],
	];
	for (const [lines, type] of rows) {
		const got = await raw(proxy, question(ask("case 0"), lines));
		assert.ok(got.text.endsWith(body), got.text);
		const asked = bot.requests.at(-1);
		assert.deepEqual(fields(asked, "content-type"), [`Content-Type: ${type}`]);
		assert.equal(/content.encoding|content_type/i.test(asked), false, asked);
	}
});
