// While the audit log cannot be written: a verdict that cannot be recorded does
// not take effect, and what needs no record to be safe is in force all the same.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { ask, atEnd, chat, configuration, request, startBot, startHandrail, tempDir, until } from "./support.mjs";
import { cli, content, fallback, fill, frame, handoffs, policyWith, rawBot, readiness, smallDisk } from "./parts.mjs";

const answerHead = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";
const end = frame({}, { finish_reason: "stop" }) + "data: [DONE]\n\n";
const words = (body) => [...body.toString().matchAll(/^data: (\{.*)$/gm)].map((m) => JSON.parse(m[1]).choices[0].delta.content ?? "").join("");

// A proxy whose audit log is on a small disk: drafts are what the bot answers,
// and /slow is a bot whose streams begin with "All is well. " and go on as the
// test says.
async function start(t, { action = "handoff", drafts = {} } = {}) {
	const audit = smallDisk(t);
	if (!audit) return t.skip("mounting a tmpfs needs root");
	const dir = tempDir(t);
	fs.mkdirSync(path.join(dir, "state"));
	fs.symlinkSync(audit, path.join(dir, "state/audit"));
	const bot = await startBot(t, { chunkSize: 5 });
	for (const [ask, content] of Object.entries({ hello: "All is well.", ...drafts })) bot.onMessage(ask, { content });
	const sockets = [];
	const slow = await rawBot(t, (s) => {
		s.write(answerHead + frame({ role: "assistant", content: "" }) + frame({ content: "All is well. " }) + frame({ content: "Your" }));
		sockets.push(s);
	});
	const policy = policyWith(dir, (s) => s.replace("cannot_write: handoff", `cannot_write: ${action}`));
	const config = configuration(dir, { upstream: bot.url, policy });
	const proxy = await startHandrail(t, {
		dir, config: config.replace("routes:\n", `routes:\n  - match: {host: "*", path: /slow}\n    channel: openai-chat\n    upstream: {url: "${slow.url}"}\n`),
	});
	atEnd(t, () => sockets.forEach((s) => s.destroy()));
	return {
		proxy,
		// A stream that is under way; the customer has its beginning.
		async stream(id) {
			const headers = { "Content-Type": "application/json", "X-Conversation-Id": id };
			const before = sockets.length;
			const got = request(`${proxy.url}/slow/v1/chat/completions`, { headers, body: ask("go", { stream: true }) });
			await until(() => sockets.length > before, "the bot is asked");
			await until(() => proxy.records().filter((r) => r.type === "stream.open").length > before, "it is open");
			return { got, socket: sockets.at(-1) };
		},
		async fill() {
			fill(audit);
			for (let i = 0; (await readiness(proxy)).status === 200 && i < 100; i++) await chat(proxy, `f-${i}`, "hello");
			assert.deepEqual(await readiness(proxy), { status: 503, text: "audit: the disk of the audit log is full\n" });
		},
		async free() {
			fs.rmSync(path.join(audit, "filler"));
			await until(async () => (await readiness(proxy)).status === 200, "it is ready again", 40000);
		},
	};
}

const drafts = { block: "Well. It is a forbidden word. So.", replace: "Well. You should buy some shares. Now." };
const own = { block: "I cannot say that.", replace: "I cannot help with investments." };

test("the audit disk is full: what a rule blocks or replaces is handed off, whole and streamed", async (t) => {
	const all = await start(t, { drafts });
	if (!all) return;
	const { proxy } = all;
	const slow = await all.stream("slow");
	await all.fill();
	for (const [id, draft] of Object.entries(drafts)) {
		assert.equal(content((await chat(proxy, id, id)).body), fallback);
		const flow = (await chat(proxy, `s-${id}`, id, { stream: true })).body;
		assert.ok(words(flow).endsWith(fallback), flow.toString());
		assert.equal(words(flow).includes(own[id]) || words(flow).includes(draft.slice(12, 25)), false, flow.toString());
	}
	slow.socket.end(frame({ content: " forbidden word" }) + frame({ content: " is here." }) + end);
	const { body } = await slow.got;
	assert.equal(words(body), `All is well. Your \n\n${fallback}`, body.toString());
	assert.match(body.toString(), /"finish_reason":"stop".*\[DONE\]/s);

	const opened = new Map((await handoffs(proxy)).map((h) => [h.conversation, h]));
	for (const id of ["block", "replace", "s-block", "s-replace", "slow"]) {
		assert.ok(opened.has(id), `${id} is before a person`);
		const { record } = JSON.parse(await cli(proxy, "handoff", "show", opened.get(id).id, "--format", "json")).handoff;
		assert.equal(record.customer_told, fallback);
		const said = record.transcript.messages.filter((m) => m.speaker === "system" && m.status === "delivered");
		assert.deepEqual(said.map((m) => m.text), [fallback], "what was not said is not told as said");
		assert.equal(content((await chat(proxy, id, "hello")).body).includes("All is well"), false);
	}
	await all.free();
	for (const id of opened.keys()) assert.equal(content((await chat(proxy, id, "hello")).body).includes("All is well"), false);
	const asked = () => proxy.records().filter((r) => r.type === "handoff.requested");
	await until(() => asked().length >= opened.size, "the handoffs are on record");
	assert.deepEqual(new Set(asked().map((r) => r.handoff.cause)), new Set(["cannot_record"]));
});

test("the audit disk is full, if_the_audit_log_cannot_write: block: the rule's own words stand", async (t) => {
	const all = await start(t, { action: "block", drafts });
	if (!all) return;
	await all.fill();
	assert.equal(content((await chat(all.proxy, "block", "block")).body), own.block);
	const blocked = content((await chat(all.proxy, "hello", "hello")).body);
	assert.match(blocked, /I can't help with that here/);
	assert.equal(content((await chat(all.proxy, "replace", "replace")).body), blocked);
	assert.deepEqual(await handoffs(all.proxy), []);
});

test("the audit disk is full: handoff take and pause --ai-speech cut the streams under way", async (t) => {
	const all = await start(t);
	if (!all) return;
	const { proxy } = all;
	const taken = await all.stream("s-0");
	const other = await all.stream("s-1");
	await all.fill();
	const at = ["-c", path.join(proxy.dir, "handrail.yaml"), "--reason", "it lies"];
	const take = await proxy.handrail("handoff", "take", "openai-chat/s-0", ...at);
	assert.equal(take.code, 0, take.err);
	assert.match(take.err, /take h-\w+ is in force, the AI is silent; its record waits: the disk of the audit log is full\n.*audit/s);
	// Whoever is cut off, is so at the bot's next word.
	for (const { socket } of [taken, other]) socket.write(frame({ content: " order" }) + frame({ content: " is fine." }));
	const first = (await taken.got).body;
	assert.ok(words(first).startsWith("All is well. ") && !words(first).includes("fine"), first.toString());
	assert.match(first.toString(), /\[DONE\]/);
	assert.ok((await handoffs(proxy)).some((h) => h.conversation === "s-0"));

	const pause = await proxy.handrail("pause", "--ai-speech", "--for", "1h", ...at);
	assert.equal(pause.code, 0, pause.err);
	assert.match(pause.err, /pause 1 is in force, the AI is silent; its record waits/);
	other.socket.write(frame({ content: " Really" }) + frame({ content: " fine." }) + end);
	const second = (await other.got).body;
	assert.equal(words(second).includes("Really"), false, second.toString());
	const over = await proxy.handrail("pause", "end", "1", ...at.slice(0, 2));
	assert.equal(over.code, 3, "that the AI speaks again is not in force without its record");
	assert.equal(content((await chat(proxy, "new-1", "hello")).body).includes("All is well"), false);

	await all.free();
	const did = () => proxy.records().filter((r) => r.type === "operator.action").map((r) => r.action);
	await until(() => did().length === 3, "what was done is on record");
	assert.deepEqual(did(), ["handoff.take", "pause", "pause.end"]);
	await until(async () => content((await chat(proxy, `new-${Math.random()}`, "hello")).body) === "All is well.", "the pause is over");
	assert.equal(content((await chat(proxy, "s-0", "hello")).body).includes("All is well"), false);
});
