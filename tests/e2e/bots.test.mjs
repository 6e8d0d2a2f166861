// A bot that fails, lies about what it sends or hides words in odd places:
// the outcome of each, with the withheld token in no byte the client gets.
import assert from "node:assert/strict";
import http from "node:http";
import path from "node:path";
import test from "node:test";
import zlib from "node:zlib";
import { chat, configuration, here, startHandrail, tempDir } from "./support.mjs";
import fs from "node:fs";

const policy = path.join(here, "policy");
const secret = "zq81vx";
const bad = `I guarantee ${secret}`;
const message = (m) =>
	JSON.stringify({
		id: "x", object: "chat.completion", created: 1, model: "m",
		choices: [{ index: 0, message: { role: "assistant", content: "Hello.", ...m }, finish_reason: "stop" }],
	});
const chunk = (delta, finish = null, index = 0) =>
	`data: ${JSON.stringify({ id: "x", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index, delta, finish_reason: finish }] })}\n\n`;
const json = { "content-type": "application/json" };
const sse = { "content-type": "text/event-stream" };
const bridge = /colleague/;
const args = JSON.stringify({ text: bad }).replace("guarantee", "gu\\u0061rantee");
const pieces = (text, n) => text.match(new RegExp(`[^]{1,${n}}`, "g"));

// [name, stream asked, status, headers, body parts, wanted status, wanted text]
const cases = [
	["HTML instead of JSON", false, 200, { "content-type": "text/html" }, [bad], 200, bridge],
	["gzip nobody asked for", false, 200, { ...json, "content-encoding": "gzip" }, [zlib.gzipSync(message({}))], 200, bridge],
	["a stream nobody asked for", false, 200, sse, [chunk({ content: bad })], 200, bridge],
	["HTML instead of a stream", true, 200, { "content-type": "text/html" }, [bad], 200, bridge],
	["not JSON at all", false, 200, json, [`{"choices": ${bad}`], 200, bridge],
	["the same key twice", false, 200, json, [message({}).replace('"content"', `"content":"${bad}","content"`)], 200, bridge],
	["an error page", false, 500, { "content-type": "text/html" }, [bad], 502, /bot_failed/],
	["an error message that breaks a rule", false, 500, json, [JSON.stringify({ error: { message: bad } })], 200, bridge],
	["an honest error message", false, 429, json, [JSON.stringify({ error: { message: "Slow down." } })], 429, /Slow down/],
	["tool arguments, escaped twice", false, 200, json, [message({ content: null, tool_calls: [{ id: "t", type: "function", function: { name: "send", arguments: args } }] })], 200, bridge],
	["a refusal", false, 200, json, [message({ content: null, refusal: bad })], 200, bridge],
	["content parts", false, 200, json, [message({ content: [{ type: "text", text: "I guaran" }, { type: "text", text: `tee ${secret}` }] })], 200, bridge],
	["a field nobody knows", false, 200, json, [message({ surprise: { deep: [bad] } })], 200, bridge],
	["a key nobody knows", false, 200, json, [message({ [bad]: 1 })], 200, bridge],
	["words in a comment of the stream", true, 200, sse, [`: ${bad}\n\n`, chunk({ role: "assistant", content: "Hi." }), chunk({}, "stop"), "data: [DONE]\n\n"], 200, bridge],
	["words in an event name", true, 200, sse, [`event: ${bad}\n${chunk({ role: "assistant", content: "Hi." })}`, chunk({}, "stop"), "data: [DONE]\n\n"], 200, bridge],
	["tool arguments in small deltas", true, 200, sse, [chunk({ role: "assistant", tool_calls: [{ index: 0, id: "t", type: "function", function: { name: "send", arguments: "" } }] }), ...pieces(args, 3).map((a) => chunk({ tool_calls: [{ index: 0, function: { arguments: a } }] })), chunk({}, "tool_calls"), "data: [DONE]\n\n"], 200, bridge],
	["one letter at a time", true, 200, sse, [...pieces(`Sure. ${bad} today.`, 1).map((c) => chunk({ role: "assistant", content: c })), chunk({}, "stop"), "data: [DONE]\n\n"], 200, bridge],
	["the second of two choices", true, 200, sse, [chunk({ role: "assistant", content: "Hi." }), ...pieces(bad, 4).map((c) => chunk({ role: "assistant", content: c }, null, 1)), chunk({}, "stop"), chunk({}, "stop", 1), "data: [DONE]\n\n"], 200, bridge],
	["a stream without its end", true, 200, sse, pieces(bad, 5).map((c) => chunk({ role: "assistant", content: c })), 200, bridge],
	["a frame that is no JSON", true, 200, sse, [chunk({ role: "assistant", content: "Hi." }), `data: {${bad}\n\n`], 200, bridge],
];

async function scripted(t) {
	let now;
	const server = http.createServer((req, res) => {
		req.resume();
		req.on("end", () => {
			res.writeHead(now[2], now[3]);
			for (const part of now[4]) res.write(part);
			res.end();
		});
	});
	await new Promise((done) => server.listen(0, "127.0.0.1", done));
	t.after(() => server.close());
	return { url: `http://127.0.0.1:${server.address().port}`, play: (c) => (now = c), server };
}

test("whatever a bot sends, no withheld word arrives", async (t) => {
	const bot = await scripted(t);
	const proxy = await startHandrail(t, { upstream: bot.url, policy });
	for (const [i, c] of cases.entries())
		await t.test(c[0], async () => {
			bot.play(c);
			const got = await chat(proxy, `c-${i}`, "go", c[1] ? { stream: true } : {});
			const all = JSON.stringify(got.headers) + got.body.toString("latin1");
			assert.equal(all.includes(secret), false, all);
			assert.equal(got.status, c[5], all);
			assert.match(all, c[6]);
			if (c[1]) assert.match(got.body.toString(), /data: \[DONE\]\n\n$/);
		});
});

test("a dead bot is an error the client can read; a bot back from the dead is used", async (t) => {
	const bot = await scripted(t);
	const { port } = bot.server.address();
	const proxy = await startHandrail(t, { upstream: bot.url, policy });
	bot.server.closeAllConnections();
	await new Promise((done) => bot.server.close(done));
	const dead = await chat(proxy, "c-1", "go");
	assert.equal(dead.status, 502);
	assert.equal(JSON.parse(dead.body).error.code, "bot_failed");
	const again = http.createServer((req, res) => {
		req.resume();
		req.on("end", () => res.writeHead(200, json).end(message({})));
	});
	await new Promise((done) => again.listen(port, "127.0.0.1", done));
	t.after(() => again.close());
	assert.equal((await chat(proxy, "c-1", "go")).status, 200);
});

test("SIGHUP: a bad policy is refused with its place, a good one takes effect", async (t) => {
	const bot = await scripted(t);
	bot.play(["", false, 200, json, [message({ content: "Blue sky." })]]);
	const dir = tempDir(t);
	fs.cpSync(policy, path.join(dir, "policy"), { recursive: true });
	fs.writeFileSync(path.join(dir, "handrail.yaml"), configuration(dir, { upstream: bot.url, policy: "policy" }));
	const proxy = await startHandrail(t, { dir });
	const file = path.join(dir, "policy/packs/actions.yaml");
	const good = fs.readFileSync(file, "utf8");
	const said = async (c) => JSON.parse((await chat(proxy, c, "go")).body).choices[0].message.content;
	const waitFor = async (pattern) => {
		for (let i = 0; i < 200 && !pattern.test(proxy.log()); i++) await new Promise((d) => setTimeout(d, 25));
		assert.match(proxy.log(), pattern);
	};
	fs.writeFileSync(file, good.replace("phrases: [forbidden word]", "phrases: [<no such list>]"));
	proxy.kill("SIGHUP");
	await waitFor(/actions\.yaml:\d+:\d+: error P021/);
	await waitFor(/refused: what was in force stays in force/);
	assert.equal(await said("c-1"), "Blue sky.");
	fs.writeFileSync(file, good.replace("phrases: [forbidden word]", "phrases: [forbidden word, blue sky]"));
	proxy.kill("SIGHUP");
	await waitFor(/reload: policy sha256:\w+ in force/);
	assert.equal(await said("c-2"), "I cannot say that.");
	const loads = proxy.records().filter((r) => r.type === "policy.load");
	assert.equal(loads.length, 2);
});
