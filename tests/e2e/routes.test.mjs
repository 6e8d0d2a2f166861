// Routes that belong to no conversation: no way round the judge, and no way to
// speak in a conversation that a person has.
import assert from "node:assert/strict";
import test from "node:test";
import { ask, request, startHandrail } from "./support.mjs";
import { answer, completion, everything, goodPost, policy, raw, rawBot, sse, stream } from "./parts.mjs";

const token = "zq81vx";
const bad = `I guarantee ${token}`;
const models = JSON.stringify({
	object: "list",
	data: [{ id: "meta-llama/Llama-3.1-8B", object: "model", created: 1751234567, owned_by: "vllm", root: null, permission: [{ id: "modelperm-1f", allow_view: true }] }],
});

const get = (path, method = "GET", more = "", body = "") =>
	`${method} ${path} HTTP/1.1\r\nHost: localhost\r\nX-Conversation-Id: c-1\r\nX-Customer-Id: u-1\r\n${more}Connection: close\r\n\r\n${body}`;

async function serve(t, reply) {
	const bot = await rawBot(t, (socket, req) => socket.end(reply(req)));
	const proxy = await startHandrail(t, { upstream: bot.url, policy });
	return { bot, proxy };
}

test("a list of models passes as it is, and names nobody to the bot", async (t) => {
	const { bot, proxy } = await serve(t, () => answer(models));
	for (const path of ["/v1/models", "/v1/models/m", "/models"]) {
		const got = await request(`${proxy.url}${path}`, { method: "GET", headers: { "x-conversation-id": "c-1" } });
		assert.equal(got.status, 200);
		assert.equal(got.body.toString(), models);
	}
	await raw(proxy, get("/v1/models"));
	for (const seen of bot.requests)
		assert.equal(/x-conversation-id|x-customer-id/i.test(seen), false, seen);
});

for (const [name, reply] of Object.entries({
	"a completion": answer(completion(bad)),
	"a model's name": answer(models.replace("vllm", bad)),
	"a member's name": answer(`{"${bad}":1}`),
	"a text over two strings": answer(JSON.stringify([{ id: "I" }, { id: `guarantee ${token}` }])),
	"a long number": answer(`{"n":4111111111111111,"${token}":1}`),
	"an event stream": answer(stream(bad), sse),
	"a page": answer(bad, { type: "text/html" }),
	"something coded": answer(completion(bad), { headers: "Content-Encoding: x\r\n" }),
	"an error": answer(JSON.stringify({ error: { message: bad } }), { status: "404 Not Found" }),
	"a field of the head": answer(models, { headers: `X-Note: ${bad}\r\n` }),
}))
	test(`not by way of a list of models: ${name}`, async (t) => {
		const { proxy } = await serve(t, () => reply);
		const got = await raw(proxy, get("/v1/models/m"));
		assert.match(got.text, /^HTTP\/1\.1 (200|403) /);
		assert.equal(everything(got.text).includes(token), false, got.text);
	});

test("OPTIONS has a head and no body, either way", async (t) => {
	const { bot, proxy } = await serve(t, () =>
		answer(completion(`Hello ${token}`), { headers: `Access-Control-Allow-Origin: *\r\nX-Note: ${bad}\r\n` }));
	const got = await raw(proxy, get("/v1/chat/completions", "OPTIONS"));
	assert.match(got.text, /^HTTP\/1\.1 200 /);
	assert.match(got.text, /Access-Control-Allow-Origin: \*/);
	assert.match(got.text, /content-length: 0\r\n/i);
	assert.equal(got.text.includes(token), false, got.text);
	assert.equal(/x-conversation-id/i.test(bot.requests[0]), false);
	const body = ask("hi");
	for (const more of [`Content-Length: ${body.length}\r\n`, "Transfer-Encoding: chunked\r\n"])
		for (const method of ["OPTIONS", "GET"]) {
			const path = method === "GET" ? "/v1/models" : "/v1/chat/completions";
			const refused = await raw(proxy, get(path, method, more, body));
			assert.match(refused.text, /^HTTP\/1\.1 400 /);
		}
	assert.equal(bot.requests.length, 1);
});

test("in a conversation that a person has, the AI has no other way to speak", async (t) => {
	const { bot, proxy } = await serve(t, (req) => answer(completion(req.includes("lock me") ? bad : `AI says ${token}`)));
	await raw(proxy, goodPost("c-1", "lock me"));
	for (const bytes of [goodPost("c-1", "again"), get("/v1/chat/completions", "OPTIONS")]) {
		const got = await raw(proxy, bytes);
		assert.equal(got.text.includes("AI says"), false, got.text);
	}
	assert.equal(bot.requests.filter((r) => r.startsWith("POST")).length, 1);
});
