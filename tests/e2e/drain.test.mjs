// The drain limit: what is still under way ends well-formed and is recorded.
import assert from "node:assert/strict";
import test from "node:test";
import { auditRecords, startHandrail, until } from "./support.mjs";
import { fallback, frame, goodPost, policy, raw, rawBot } from "./parts.mjs";

test("at the drain limit a stream ends with the fallback, a waiting request with 503", async (t) => {
	const bot = await rawBot(t, (socket, request) => {
		if (!request.includes('"stream":true')) return;
		socket.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + frame({ content: "Hello there. " }));
	});
	const proxy = await startHandrail(t, { upstream: bot.url, policy, extra: "limits: {drain_timeout_ms: 500ms}\n" });
	const stream = raw(proxy, goodPost("c-1", "hi", { stream: true }), { ms: 20000 });
	const whole = raw(proxy, goodPost("c-2"), { ms: 20000 });
	await until(() => bot.requests.length === 2, "the bot has both");
	const exit = proxy.stop();
	const [flow, answer] = await Promise.all([stream, whole]);
	assert.ok(flow.clean && answer.clean);
	assert.match(flow.text, /Hello there\. /);
	assert.ok(flow.text.includes(fallback), flow.text);
	assert.match(flow.text, /data: \[DONE\]\n\n/);
	assert.match(answer.text, /^HTTP\/1\.1 503 /);
	assert.match(answer.text, /"code":"shutting_down"/);
	assert.equal((await exit).code, 0);
	assert.match(proxy.log(), /the drain limit is reached: \d answers? under way/);
	const decision = auditRecords(proxy.dir).find((r) => r.type === "decision" && r.speaker === "ai");
	assert.deepEqual([decision.undecided, decision.verdict, decision.released], ["shutting_down", "handoff", "Hello there. ".length]);
});
