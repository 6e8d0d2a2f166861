// Words held for longer than the limit could not be decided: the policy's
// fallback, whatever the bot goes on with meanwhile.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { configuration, root, sleep, startHandrail, tempDir, until } from "./support.mjs";
import { fallback, frame, goodPost, handoffs, policy, raw, rawBot } from "./parts.mjs";

const head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
const tool = (args) => frame({ tool_calls: [{ index: 0, ...args }] });
const said = (text) =>
	[...text.matchAll(/"content":"((?:[^"\\]|\\.)*)"/g)].map((m) => m[1]).join("");

// What begins, and what comes every 100 ms behind it until the bot is hung up on.
async function setup(t, begins, goes, options = {}) {
	const bot = await rawBot(t, (socket) => {
		bot.closed = false;
		const more = setInterval(() => goes && socket.write(goes), 100);
		socket.on("close", () => (clearInterval(more), (bot.closed = true)));
		socket.write(head + begins);
	});
	const extra = options.extra ?? "limits: {hold_timeout_ms: 600ms}\n";
	return { bot, proxy: await startHandrail(t, { upstream: bot.url, policy, ...options, extra }) };
}

// "I" may be the beginning of "I guarantee".
const cases = {
	"the bot stalls": [frame({ content: "Hello. I" })],
	"it goes on with comments": [frame({ content: "Hello. I" }), ": still here\n\n"],
	"with empty pieces": [frame({ content: "Hello. I" }), frame({ content: "" })],
	"with a tool call that grows": [
		frame({ content: "Hello. " }) + tool({ id: "i1", type: "function", function: { name: "find", arguments: '{"a":"' } }),
		tool({ function: { arguments: "b" } })],
	"with a line that does not end": [frame({ content: "Hello. " }) + 'data: {"id":"x', "x"],
};

for (const [name, [begins, goes]] of Object.entries(cases))
	test(`held too long: ${name}`, async (t) => {
		const { bot, proxy } = await setup(t, begins, goes);
		const began = Date.now();
		const got = await raw(proxy, goodPost("c-1", "hi", { stream: true }), { ms: 20000 });
		assert.ok(Date.now() - began >= 600, "not before the limit");
		assert.match(said(got.text), new RegExp(`^Hello\\. (\\\\n)*${fallback}$`));
		assert.match(got.text, /data: \[DONE\]\n\n/);
		assert.ok(got.clean);
		await until(() => bot.closed, "the bot is hung up on");
		const decision = proxy.records().find((r) => r.type === "decision" && r.speaker === "ai");
		assert.equal(decision.verdict, "handoff");
		assert.equal(decision.undecided, "hold_timeout");
		assert.equal(decision.released, "Hello. ".length);
		assert.equal(decision.handoff.cause, "cannot_decide");
		assert.equal((await handoffs(proxy)).length, 1);
		const metrics = await (await fetch(`${proxy.console}/metrics`)).text();
		assert.match(metrics, /handrail_undecided_total\{reason="hold_timeout"\} 1/);
		assert.match(proxy.log(), /held for longer than the limit/);
	});

test("the channel's own limit is kept too", async (t) => {
	const dir = tempDir(t);
	const preset = fs.readFileSync(path.join(root, "proxy/channel/presets/openai-chat.yaml"), "utf8");
	const channel = path.join(dir, "channel.yaml");
	fs.writeFileSync(channel, preset.replace("max_hold: 60s", "max_hold: 400ms"));
	const bot = await rawBot(t, (socket) => socket.write(head + frame({ content: "Hello. I" })));
	const config = configuration(dir, { upstream: bot.url, policy }).replace("channel: openai-chat", `channel: ${channel}`);
	const proxy = await startHandrail(t, { dir, config });
	const got = await raw(proxy, goodPost("c-1", "hi", { stream: true }), { ms: 20000 });
	assert.ok(got.clean);
	assert.ok(said(got.text).endsWith(fallback));
});

test("a stream that goes on, or has said all, holds nothing", async (t) => {
	const words = frame({ content: "word " });
	const bot = await rawBot(t, async (socket) => {
		socket.write(head);
		for (let i = 0; i < 12; i++) {
			socket.write(words);
			await sleep(100);
		}
		socket.write(frame({}, { finish_reason: "stop" }));
		await sleep(1200);
		socket.end("data: [DONE]\n\n");
	});
	const proxy = await startHandrail(t, { upstream: bot.url, policy, extra: "limits: {hold_timeout_ms: 500ms}\n" });
	const got = await raw(proxy, goodPost("c-1", "hi", { stream: true }), { ms: 20000 });
	assert.equal(said(got.text), "word ".repeat(12));
	assert.equal((await handoffs(proxy)).length, 0);
	assert.equal(proxy.records().find((r) => r.type === "decision" && r.speaker === "ai").verdict, "deliver");
});

test("a finish_reason in each frame holds that frame until more comes, and no longer", async (t) => {
	const words = frame({ content: "word " }, { finish_reason: "stop" });
	const bot = await rawBot(t, async (socket) => {
		socket.write(head);
		for (let i = 0; i < 12; i++) {
			socket.write(words);
			await sleep(100);
		}
		socket.end("data: [DONE]\n\n");
	});
	const proxy = await startHandrail(t, { upstream: bot.url, policy, extra: "limits: {hold_timeout_ms: 500ms}\n" });
	const got = await raw(proxy, goodPost("c-1", "hi", { stream: true }), { ms: 20000 });
	const body = got.text.replace(/\r\n[0-9a-f]+\r\n/g, "");
	assert.ok(body.includes(words.repeat(12) + "data: [DONE]\n\n"));
	assert.equal((await handoffs(proxy)).length, 0);
	assert.equal(proxy.records().find((r) => r.type === "decision" && r.speaker === "ai").verdict, "deliver");
});
