// What the store could not keep is in the audit log, and what one of the two
// has lost the other shows: after a kill, on full disks, with files removed.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { auditRecords, chat, configuration, sleep, startBot, startHandrail, tempDir, until } from "./support.mjs";
import { bridge, cli, content, fill, handoffs, policy, readiness, smallDisk } from "./parts.mjs";

const clean = "All is well.";

async function bot(t) {
	const bot = await startBot(t, { chunkSize: 5 });
	bot.onMessage("hello", { content: clean });
	bot.onMessage("go", { content: "I guarantee it will work." });
	return bot;
}

const speaks = async (proxy, id) => (await chat(proxy, id, "hello")).body.includes(clean);

// Nothing is kept back, so that the first handoff finds no room already.
for (const end of ["SIGTERM", "SIGKILL"])
	test(`the store's disk is full and ${end}: the AI stays silent where the log has a handoff`, async (t) => {
		const disk = smallDisk(t, "1m");
		if (!disk) return t.skip("mounting a tmpfs needs root");
		const dir = tempDir(t);
		const config = configuration(dir, { upstream: (await bot(t)).url, policy });
		fs.writeFileSync(path.join(dir, "handrail.yaml"), config.replace("state/handrail.db", path.join(disk, "handrail.db")));
		const first = await startHandrail(t, { dir });
		for (const id of ["old-0", "old-1"]) assert.equal(await speaks(first, id), true);
		await sleep(2500); // the store has noted how far the log had come
		fs.rmSync(path.join(disk, "handrail.db-reserve"), { force: true });
		fill(disk);
		const told = [];
		const refused = [];
		const ids = ["old-0", "old-1", ...Array.from({ length: 20 }, (_, i) => `new-${i}`)];
		for (const [i, id] of ids.entries()) {
			const got = await chat(first, id, "go", i % 2 ? { stream: true } : {});
			assert.equal(/guarantee/.test(got.body), false);
			(got.body.includes(bridge) ? told : refused).push(id);
		}
		assert.ok(refused.length > 10, `${told.length} were told: there was room`);
		first.kill(end);
		await first.exit;
		fs.rmSync(path.join(disk, "filler"));
		spawnSync("mount", ["-o", "remount,size=20m", disk]);
		const second = await startHandrail(t, { dir });
		assert.match(second.log(), new RegExp(`the handoffs of ${refused.length} conversations are in the audit log only`));
		for (const id of ids) assert.equal(await speaks(second, id), false, `${id} after ${end}`);
		const listed = await handoffs(second);
		assert.deepEqual(listed.map((h) => h.conversation).sort(), [...ids].sort());
		const { id, reason } = listed.find((h) => h.conversation === refused[0]);
		assert.match(JSON.stringify(reason), /not_stored/);
		const shown = await cli(second, "handoff", "show", id);
		assert.match(shown, /A person was asked for at .* UTC, and the store could not keep it.*The reason was: /);
		const [returned, locked] = refused;
		await cli(second, "handoff", "return", id);
		assert.equal(await speaks(second, returned), true, "a person has given it back");
		second.kill("SIGKILL");
		await second.exit;
		const third = await startHandrail(t, { dir });
		assert.equal(await speaks(third, returned), true, "it stays given back");
		assert.equal(await speaks(third, locked), false);
		assert.doesNotMatch(third.log(), /audit log only/);
	});

// The customer has not come back meanwhile.
test("a handoff that only the log has is in force after a second start, too", async (t) => {
	const proxy = await startHandrail(t, { upstream: (await bot(t)).url, policy });
	const { dir } = proxy;
	assert.equal(content((await chat(proxy, "c-1", "go")).body), bridge);
	assert.equal(content((await chat(proxy, "c-2", "go")).body), bridge);
	const [first, { id }] = (await handoffs(proxy)).sort((a, b) => (a.conversation < b.conversation ? -1 : 1));
	await cli(proxy, "handoff", "return", id);
	await until(() => auditRecords(dir).some((r) => r.type === "handoff.returned"), "the return is on record");
	await proxy.stop();
	for (const name of fs.readdirSync(path.join(dir, "state"))) if (name.startsWith("handrail.db")) fs.rmSync(path.join(dir, "state", name));
	for (let run = 0; run < 2; run++) {
		const again = await startHandrail(t, { dir });
		assert.match(again.log(), /the handoffs of 1 conversations are in the audit log only/);
		const [h, ...more] = await until(async () => (await handoffs(again)).length && handoffs(again), "it is listed");
		assert.equal(more.length, 0);
		assert.deepEqual([h.reason, h.state, h.queue, h.priority, h.family, h.id], ["not_stored", "requested", "billing", "high", "openai-chat", first.id]);
		assert.match(h.conversation, /^k:[0-9a-f]+$/);
		assert.match(h.words, /^A person was asked for at 20.* The reason was: Only a person may promise an outcome\./);
		assert.equal(h.requested.slice(0, 19), first.requested.slice(0, 19));
		await again.stop();
	}
	const last = await startHandrail(t, { dir });
	assert.match(await cli(last, "handoff", "list"), /^1 conversation is with a person.*openai-chat\/k:.*could not keep it/s);
	assert.equal(await speaks(last, "c-1"), false);
	assert.equal(await speaks(last, "c-2"), true);
	assert.deepEqual((await handoffs(last)).map((h) => h.conversation), ["c-1"]);
});

test("a closed file of the log that is taken away while it runs is on record", async (t) => {
	const proxy = await startHandrail(t, { upstream: (await bot(t)).url, policy });
	const { dir } = proxy;
	await proxy.stop();
	const root = path.join(dir, "state/audit/e2e");
	const old = path.join(root, "2020/01/01/00.jsonl");
	const [written] = fs.readdirSync(root, { recursive: true }).filter((n) => /\d\.jsonl$/.test(n));
	fs.mkdirSync(path.dirname(old), { recursive: true });
	fs.renameSync(path.join(root, written), old);
	const again = await startHandrail(t, { dir });
	assert.equal(await speaks(again, "c-1"), true);
	fs.rmSync(old);
	await again.stop();
	const gaps = auditRecords(dir).filter((r) => r.type === "gap");
	assert.equal(gaps.length, 1, JSON.stringify(gaps));
	assert.match(gaps[0].reason, /^Closed files of the log were removed or moved away: 1, the first is 2020\/01\/01\/00\.jsonl\./);
	assert.match(again.log(), /error audit: Closed files of the log were removed/);
});

// Of each conversation the numbers of what was decided, in order.
function numbers(dir) {
	const of = new Map();
	for (const r of auditRecords(dir)) {
		if (r.type !== "decision" && r.type !== "interrupted") continue;
		of.set(r.conversation, [...(of.get(r.conversation) ?? []), r.conv_seq]);
	}
	return [...of.values()];
}

const dense = (list) => list.every((n, i) => n === i + 1);

test("every judged message of a conversation has a number, dense, over kill -9, streams and returns", async (t) => {
	const proxy = await startHandrail(t, { upstream: (await bot(t)).url, policy });
	const { dir } = proxy;
	let running = proxy;
	for (let run = 0; run < 3; run++) {
		for (let i = 0; i < 4; i++) await chat(running, "c-1", "hello", { stream: i % 2 === 1 });
		await chat(running, "c-2", "hello");
		await chat(running, "c-2", "go", { stream: true });
		await chat(running, "c-2", "hello"); // the waiting text, at most
		const { id } = (await handoffs(running)).find((h) => h.conversation === "c-2");
		await cli(running, "handoff", "return", id);
		await chat(running, "c-1", "hello"); // its texts are not stored yet
		running.kill("SIGKILL");
		await running.exit;
		running = await startHandrail(t, { dir });
	}
	const lists = numbers(dir);
	assert.equal(lists.length, 2);
	for (const list of lists) assert.ok(dense(list), JSON.stringify(list));
	const records = auditRecords(dir);
	for (const open of records.filter((r) => r.type === "stream.open")) {
		const closed = records.find((r) => r.stream === open.stream && r.type === "decision");
		assert.equal(open.conv_seq, closed.conv_seq);
	}
	for (const h of records.filter((r) => r.type === "handoff.requested")) {
		const decision = records.find((r) => r.type === "decision" && r.handoff?.id === h.handoff.id);
		assert.equal(h.conv_seq, decision.conv_seq, "of the message that led to it");
	}
	for (const r of records.filter((r) => r.type === "decision" && r.speaker === "ai")) assert.match(r.msg.vault, /^\d+$/);
});

function segments(dir) {
	return fs.readdirSync(path.join(dir, "state/audit"), { recursive: true }).filter((n) => /\d\d\.jsonl$/.test(n)).map((n) => path.join(dir, "state/audit", n)).sort();
}

test("lines that the log has lost are shown as a gap", async (t) => {
	const proxy = await startHandrail(t, { upstream: (await bot(t)).url, policy });
	const { dir } = proxy;
	for (const id of ["c-1", "c-2", "c-3"]) assert.equal(await speaks(proxy, id), true);
	const last = auditRecords(dir).length;
	const known = () => spawnSync("sqlite3", ["-cmd", ".timeout 5000", path.join(dir, "state/handrail.db"), "SELECT value FROM meta WHERE key = 'log'"]).stdout.toString();
	await until(() => known().startsWith(`${last} `), "the store knows of the last");
	proxy.kill("SIGKILL");
	await proxy.exit;
	const file = segments(dir).at(-1);
	const lines = fs.readFileSync(file, "utf8").split("\n");
	fs.writeFileSync(file, lines.slice(0, -3).join("\n") + "\n");
	const again = await startHandrail(t, { dir });
	const gap = auditRecords(dir).filter((r) => r.type === "gap");
	assert.equal(gap.length, 1);
	assert.equal(gap[0].lost, 2);
	assert.match(gap[0].reason, /ends before records that had been written/);
	assert.match(again.log(), /The log ends before records/);
	assert.equal(await speaks(again, "c-3"), true);
	const numbered = auditRecords(dir).filter((r) => r.conv_seq).map((r) => r.conv_seq);
	assert.deepEqual(numbered, [1, 2], "the number that is missing is not given again");
	again.kill("SIGKILL");
	await again.exit;
	await startHandrail(t, { dir });
	assert.equal(auditRecords(dir).filter((r) => r.type === "gap").length, 1, "a kill alone loses nothing");
});

test("the audit disk is full and kill -9: what was not recorded is a gap", async (t) => {
	const audit = smallDisk(t);
	if (!audit) return t.skip("mounting a tmpfs needs root");
	const dir = tempDir(t);
	fs.mkdirSync(path.join(dir, "state"));
	fs.symlinkSync(audit, path.join(dir, "state/audit"));
	const proxy = await startHandrail(t, { dir, upstream: (await bot(t)).url, policy });
	fill(audit);
	for (let i = 0; i < 20; i++) await chat(proxy, `c-${i}`, "hello");
	assert.equal((await readiness(proxy)).status, 503);
	proxy.kill("SIGKILL");
	await proxy.exit;
	fs.rmSync(path.join(audit, "filler"));
	await startHandrail(t, { dir });
	const gaps = auditRecords(dir).filter((r) => r.type === "gap");
	assert.equal(gaps.length, 1);
	const delivered = auditRecords(dir).filter((r) => r.verdict === "deliver").length;
	assert.ok(gaps[0].lost >= 20 - delivered, `${gaps[0].lost} lost, ${delivered} delivered`);
	assert.match(gaps[0].reason, /could not be written, and Handrail ended before it could say so/);
	assert.ok(gaps[0].from < gaps[0].to);
});

for (const how of ["removed", "moved away"])
	test(`the audit folder is ${how}: that is noticed, said and mended`, async (t) => {
		const proxy = await startHandrail(t, { upstream: (await bot(t)).url, policy });
		const folder = path.join(proxy.dir, "state/audit");
		assert.equal(await speaks(proxy, "c-1"), true);
		const before = auditRecords(proxy.dir).length;
		if (how === "removed") fs.rmSync(folder, { recursive: true });
		else fs.renameSync(folder, `${folder}.old`);
		// A handoff has to be on disk: it is not taken for that.
		assert.equal(/guarantee/.test((await chat(proxy, "c-2", "go")).body), false);
		assert.match(proxy.log(), /audit: .*No such file or directory/);
		assert.deepEqual(await readiness(proxy), { status: 503, text: "audit: the files of the audit log were removed, moved away or cut\n" });
		await until(async () => (await readiness(proxy)).status === 200, "it is written again");
		const records = auditRecords(proxy.dir);
		assert.equal(records[0].type, "gap");
		assert.ok(records[0].seq > before);
		assert.ok(records[0].lost >= records[0].seq - 1, `${records[0].lost} lost before ${records[0].seq}`);
		assert.match(records[0].reason, /Records 1 to \d+ had been written, .* were removed, moved away or cut/);
		assert.equal(await speaks(proxy, "c-3"), true);
		// Not always the last: the handoff's own record may be written later.
		assert.ok(auditRecords(proxy.dir).some((r) => r.verdict === "deliver" && r.seq > records[0].seq));
	});

test("the file of the store is removed: not ready, no handoff is promised, and the log has them", async (t) => {
	const proxy = await startHandrail(t, { upstream: (await bot(t)).url, policy });
	const { dir } = proxy;
	assert.equal(content((await chat(proxy, "c-1", "go")).body), bridge);
	for (const name of fs.readdirSync(path.join(dir, "state"))) if (/^handrail\.db(-wal|-shm)?$/.test(name)) fs.rmSync(path.join(dir, "state", name));
	const got = await chat(proxy, "c-2", "go");
	assert.equal(/guarantee/.test(got.body) || got.body.includes(bridge), false, got.body.toString());
	await until(async () => (await readiness(proxy)).text === "store: the file of the store was removed or replaced\n", "it is not ready");
	proxy.kill("SIGKILL");
	await proxy.exit;
	const again = await startHandrail(t, { dir });
	for (const id of ["c-1", "c-2"]) assert.equal(await speaks(again, id), false, id);
	assert.equal((await handoffs(again)).length, 2);
});

for (const kept of ["store", "log"])
	test(`the keys are gone while the ${kept} is there: nothing is served, nothing is made`, async (t) => {
		const env = { HANDRAIL_MASTER_KEY: "a1".repeat(32) };
		const proxy = await startHandrail(t, { upstream: (await bot(t)).url, policy, env });
		const { dir } = proxy;
		assert.equal(content((await chat(proxy, "c-1", "go")).body), bridge);
		await proxy.stop();
		const keys = path.join(dir, "state/keys");
		fs.renameSync(keys, `${keys}.away`);
		if (kept === "log") for (const name of fs.readdirSync(path.join(dir, "state"))) if (/^handrail\.db/.test(name)) fs.rmSync(path.join(dir, "state", name));
		const names = { store: "handrail.db", log: "audit" };
		await assert.rejects(startHandrail(t, { dir, env }), new RegExp(`pseudonym.key is gone while .*${names[kept]}.* is there; put it back`));
		assert.deepEqual(fs.readdirSync(keys), []);
		fs.rmdirSync(keys);
		fs.renameSync(`${keys}.away`, keys);
		assert.equal(await speaks(await startHandrail(t, { dir, env }), "c-1"), false);
	});
