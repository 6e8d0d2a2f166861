// kill -9 under load, then restart: what customers got is on record, locks are
// there, and no handoff is lost or doubled.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { auditRecords, chat, run, sleep, startBot, startHandrail, tempDir, until } from "./support.mjs";
import { answer, bridge, cli, completion, fallback, goodPost, handoffs, policyWith, raw, rawBot, sse, stream } from "./parts.mjs";

const errorBody = '{"error":{"message":"The assistant cannot answer at the moment.","type":"handrail","code":"bot_failed"}}';
const file = "handoff:\n  destinations:\n    out: {preset: file, path: out.jsonl, base_ms: 20ms}\n  default: out\n";

// One message a conversation, its trace id ours, so that an answer finds its
// record. kind: what the bot says, whether in a stream, or that it says nothing.
async function ask(proxy, seen, id) {
	const kind = ["plain", "flow", "hand", "flow-hand", "flow-lost"][id % 5];
	const trace = crypto.randomBytes(16).toString("hex");
	const more = kind.startsWith("flow") ? { stream: true } : {};
	const got = await raw(proxy, goodPost(`c-${id}`, kind, more).replace("\r\n", `\r\ntraceparent: 00-${trace}-00f067aa0ba902b7-01\r\n`));
	const [head, body = ""] = got.text.split(/\r\n\r\n([^]*)/);
	const length = /content-length: (\d+)/i.exec(head);
	const complete = length ? Buffer.byteLength(body) === Number(length[1]) : body.endsWith("0\r\n\r\n");
	seen.push({ id, kind, trace, status: head.split(" ")[1], bytes: body.length, body, complete: complete && got.clean });
}

// Of a line of the file; null: of one that is not whole.
function event(line) {
	try {
		return JSON.parse(line);
	} catch {
		return null;
	}
}

test("kill -9 under load", async (t) => {
	let stopped = false;
	const bot = await rawBot(t, async (socket, request) => {
		const text = request.includes("hand\"") ? "Hello there. I guarantee it." : "Hello there. All is well.";
		if (request.includes('lost"')) return socket.destroy();
		// It says that it closes: what is asked on a connection that it is about
		// to close would be lost, and answered with an error.
		if (!request.includes('"stream":true')) return socket.end(answer(completion(text), { headers: "Connection: close\r\n" }));
		socket.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
		const frames = stream("Hello ", "there. ", text.slice(13)).split(/(?<=\n\n)/);
		for (const f of frames) {
			socket.write(f);
			await sleep(15);
		}
		socket.end();
	});
	const dir = tempDir(t);
	const policy = policyWith(dir, (s) => s.replace("destination: desk", "destination: out"));
	const proxy = await startHandrail(t, { dir, upstream: bot.url, policy, extra: file });
	const seen = [];
	let next = 0;
	const customers = Array.from({ length: 8 }, async () => {
		while (!stopped) await ask(proxy, seen, next++);
	});
	// In the middle of it, however slow the machine.
	await until(() => seen.filter((s) => s.status === "200").length > 60, "some load", 60000);
	proxy.kill("SIGKILL");
	stopped = true;
	await proxy.exit;
	await Promise.all(customers);
	let before = 0; // what the dead proxy had asked still reaches the bot
	do {
		before = bot.requests.length;
		await sleep(300);
	} while (bot.requests.length > before);

	const again = await startHandrail(t, { dir });
	const records = auditRecords(dir);
	const of = (type) => new Map(records.filter((r) => r.type === type && r.speaker === "ai").map((r) => [r.trace, r]));
	const decisions = of("decision");
	const opened = of("stream.open");
	const complete = seen.filter((s) => s.complete && s.status === "200");
	assert.ok(complete.length > 20, `only ${complete.length} answers before the kill`);
	for (const s of complete)
		assert.ok(decisions.has(s.trace), `${s.kind} ${s.id} was delivered without a decision`);
	for (const s of seen.filter((s) => s.kind.startsWith("flow") && s.status === "200"))
		assert.ok(opened.has(s.trace), `${s.kind} ${s.id} began but was never opened: ${s.body}`);
	const errors = seen.filter((s) => s.status && s.status !== "200");
	assert.ok(errors.length > 5, "questions that were lost");
	for (const s of errors) {
		assert.equal(s.kind, "flow-lost", `${s.kind} ${s.id} has ${s.status}: ${s.body}`);
		assert.equal(s.body, errorBody, `${s.status} for ${s.id}`);
	}

	const ended = new Set(records.filter((r) => r.type !== "stream.open" && r.type !== "stream.edit").map((r) => r.stream));
	for (const r of records.filter((r) => r.type === "stream.open"))
		assert.ok(ended.has(r.stream), `stream ${r.stream} has neither decision nor interrupted`);
	const seqs = records.map((r) => r.seq);
	assert.deepEqual(seqs, seqs.map((_, i) => i + 1), "no number missing or twice");

	const listed = await handoffs(again);
	// What the log says is so: a decision to hand off, and each handoff once.
	const known = new Set(listed.map((h) => h.id));
	for (const r of records.filter((r) => r.handoff?.id))
		assert.ok(known.has(r.handoff.id), `${r.type} of ${r.handoff.id}, which is not there`);
	const requested = records.filter((r) => r.type === "handoff.requested").map((r) => r.handoff.id);
	for (const h of listed) assert.ok(requested.includes(h.id), `${h.id} is not on record`);
	const told = seen.filter((s) => s.body.includes(bridge));
	assert.ok(told.length > 5);
	for (const s of told)
		assert.equal(listed.filter((h) => h.conversation === `c-${s.id}`).length, 1, `handoff of c-${s.id}`);
	assert.equal(new Set(listed.map((h) => h.conversation)).size, listed.length, "no conversation twice");
	for (const s of told.slice(0, 5).concat(told.slice(-5))) {
		const got = await chat(again, `c-${s.id}`, "plain");
		assert.equal(got.body.includes("All is well"), false, `c-${s.id} is locked`);
	}
	assert.equal(bot.requests.length, before, "the bot was not asked again");

	const written = () => fs.readFileSync(path.join(dir, "out.jsonl"), "utf8").split("\n").filter(Boolean).map(event)
		.filter((e) => !e || e.event === "handoff.requested");
	const whole = () => new Set(written().filter(Boolean).map((e) => e.id));
	await until(() => whole().size === listed.length, "every handoff in the file", 60000);
	// The line that the kill came into is cut or, just written, written again
	// under its key.
	const extra = written().length - whole().size;
	assert.ok(extra <= 1, `${extra} lines are cut or doubled`);
});

test("kill -9 in the middle of an answer: the person is told that there was one", async (t) => {
	const bot = await rawBot(t, (socket, request) => {
		if (!request.includes('"stream":true')) return socket.end(answer(completion("All is well.")));
		socket.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + stream("one ", "two ").split("data: [DONE]")[0].replace('"stop"', "null"));
	});
	const policy = policyWith(tempDir(t));
	const proxy = await startHandrail(t, { upstream: bot.url, policy });
	await chat(proxy, "c-1", "First.");
	await chat(proxy, "c-2", "First.");
	raw(proxy, goodPost("c-1", "Count, please.", { stream: true }));
	await until(() => bot.requests.length === 3, "the bot speaks");
	await sleep(400);
	proxy.kill("SIGKILL");
	await proxy.exit;
	const again = await startHandrail(t, { dir: proxy.dir });
	for (const id of ["c-1", "c-2"]) {
		await chat(again, id, "Are you there?");
		await chat(again, id, "Let me speak to a human now");
	}
	const shown = async (id) => {
		const one = (await handoffs(again)).find((h) => h.conversation === id);
		const { handoff } = JSON.parse(await cli(again, "handoff", "show", one.id, "--format", "json"));
		return [handoff.record.transcript.messages.map((m) => m.kind ?? m.text), await cli(again, "handoff", "show", one.id)];
	};
	const [c1, text] = await shown("c-1");
	const rest = ["Are you there?", "All is well.", "Let me speak to a human now", fallback];
	assert.deepEqual(c1, ["First.", "All is well.", "Count, please.", "interrupted", ...rest]);
	assert.match(text, /\[interrupted\][^]*The service stopped while the AI was answering/);
	assert.deepEqual((await shown("c-2"))[0], ["First.", "All is well.", ...rest], "where nothing was under way");
});

// The kill comes when they are in the log and not yet out of the store.
test("kill -9 right after records were written: none is written twice", async (t) => {
	const bot = await startBot(t);
	bot.onMessage("go", { content: "I guarantee it will work." });
	const proxy = await startHandrail(t, { upstream: bot.url, policy: policyWith(tempDir(t)) });
	const sql = (text) => execFileSync("sqlite3", ["-cmd", ".timeout 5000", path.join(proxy.dir, "state/handrail.db"), text]);
	sql("CREATE TRIGGER stays BEFORE DELETE ON audit_pending BEGIN SELECT RAISE(ABORT, 'not yet'); END");
	for (const id of ["c-1", "c-2"]) await chat(proxy, id, "go");
	const requested = () => auditRecords(proxy.dir).filter((r) => r.type === "handoff.requested");
	await until(() => requested().length === 2, "they are on record");
	run(["pause", "-c", path.join(proxy.dir, "handrail.yaml"), "--ai-speech", "--for", "1h", "--reason", "a test"]);
	const paused = () => auditRecords(proxy.dir).filter((r) => r.action === "pause");
	await until(() => paused().length === 1, "the pause is on record");
	proxy.kill("SIGKILL");
	await proxy.exit;
	sql("DROP TRIGGER stays");
	const again = await startHandrail(t, { dir: proxy.dir });
	assert.equal(sql("SELECT COUNT(*) FROM audit_pending").toString(), "0\n", "they have left the store");
	assert.equal(requested().length, 2);
	assert.equal(new Set(requested().map((r) => r.handoff.id)).size, 2);
	assert.equal(paused().length, 1);
	assert.equal((await handoffs(again)).length, 2);
});

// Each would have locks the other does not see.
test("a store serves one process at a time", async (t) => {
	const bot = await startBot(t);
	const first = await startHandrail(t, { upstream: bot.url });
	const file = path.join(first.dir, "handrail.yaml");
	const other = path.join(first.dir, "other.yaml");
	fs.writeFileSync(other, fs.readFileSync(file, "utf8").replace("node: e2e", "node: other"));
	const second = await run(["run", "-c", other]);
	assert.equal(second.code, 3, second.err);
	assert.match(second.err, new RegExp(`process ${first.pid} serves with the store .*handrail\\.db; stop it`));
	first.kill("SIGKILL");
	await first.exit;
	const again = await startHandrail(t, { dir: first.dir });
	assert.match(again.ready, /^ready/);
});
