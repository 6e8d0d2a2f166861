// The disk is full, of the audit log: nothing unrecorded is delivered, and
// service resumes by itself when there is room again. Of the store: a handoff
// that the customer was told of is not forgotten, whatever comes next.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { ask, chat, configuration, request, sleep, startBot, startHandrail, tempDir, until } from "./support.mjs";
import { bridge, cli, content, fallback, fill, frame, handoffs, policy, policyWith, rawBot, readiness, smallDisk } from "./parts.mjs";

const answerHead = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";

for (const [action, said] of [
	["handoff", "A colleague will take over from here and can see our whole chat."],
	["block", ""],
])
	test(`a full disk, if_the_audit_log_cannot_write: ${action}`, async (t) => {
		const audit = smallDisk(t);
		if (!audit) return t.skip("mounting a tmpfs needs root");
		const dir = tempDir(t);
		fs.mkdirSync(path.join(dir, "state"));
		fs.symlinkSync(audit, path.join(dir, "state/audit"));
		const bot = await startBot(t, { chunkSize: 5 });
		const clean = "All is well with your order.";
		bot.onMessage("hello", { content: clean });
		const strict = policyWith(dir, (s) => s.replace("cannot_write: handoff", `cannot_write: ${action}`));
		const proxy = await startHandrail(t, { dir, upstream: bot.url, policy: strict });
		assert.equal(content((await chat(proxy, "c-1", "hello")).body), clean);
		fill(audit);
		// What is left of the log's last page takes a few records more.
		let delivered = 1;
		let got;
		for (let i = 0; i < 100; i++) {
			got = await chat(proxy, `f-${i}`, "hello");
			if (!got.body.includes(clean)) break;
			delivered++;
		}
		assert.equal(got.body.includes(clean), false, "withheld at last");
		assert.equal(got.status, 200);
		if (said) assert.equal(content(got.body), said);
		assert.deepEqual(await readiness(proxy), { status: 503, text: "audit: the disk of the audit log is full\n" });
		const metrics = await (await fetch(`${proxy.console}/metrics`)).text();
		const counted = (verdict) => Number(new RegExp(`^handrail_messages_total\\{verdict="${verdict}",.*\\} (\\d+)$`, "m").exec(metrics)?.[1]);
		assert.equal(counted("deliver"), delivered, metrics);
		assert.equal(counted(action), 1, "what was withheld is counted as that");
		const flow = await chat(proxy, "s-1", "hello", { stream: true });
		assert.equal(/well|order/.test(flow.body), false, flow.body.toString());
		const written = () => proxy.records().filter((r) => r.type === "decision" && r.verdict === "deliver").length;
		assert.ok(written() >= delivered, `${delivered} delivered, ${written()} recorded`);

		fs.rmSync(path.join(audit, "filler"));
		let n = 0;
		await until(async () => (await chat(proxy, `r-${n++}`, "hello")).body.includes(clean), "service resumes", 20000);
		await until(() => proxy.records().some((r) => r.type === "gap"), "the gap is on record");
		await until(async () => (await readiness(proxy)).status === 200, "it is ready again");
		await expectRequested(proxy);
	});

// What has left before the disk was full has been seen, whatever is decided.
for (const { ends, name } of [
	{ ends: false, name: "is cut" },
	{ ends: true, name: "is over" },
])
	test(`the audit disk is full while a stream is under way, which ${name}: packet and log say what the customer has`, async (t) => {
		const audit = smallDisk(t);
		if (!audit) return t.skip("mounting a tmpfs needs root");
		const dir = tempDir(t);
		fs.mkdirSync(path.join(dir, "state"));
		fs.symlinkSync(audit, path.join(dir, "state/audit"));
		let socket;
		const bot = await rawBot(t, (s) => {
			socket = s;
			s.write(answerHead + frame({ role: "assistant", content: "" }) + frame({ content: "All is well. " }) + frame({ content: "Your order " }));
		});
		const other = await startBot(t);
		other.onMessage("hello", { content: "All is well." });
		const proxy = await startHandrail(t, {
			dir, config: configuration(dir, { upstream: other.url, policy }).replace("routes:\n", `routes:\n  - match: {host: "*", path: /slow}\n    channel: openai-chat\n    upstream: {url: "${bot.url}"}\n`),
		});
		t.after(() => socket?.destroy());
		// The end of a line that does not fit is there for a moment.
		const recordOf = (type) => {
			try {
				return proxy.records().find((r) => r.type === type);
			} catch {
				return undefined;
			}
		};
		const got = request(`${proxy.url}/slow/v1/chat/completions`, { headers: { "Content-Type": "application/json", "X-Conversation-Id": "s-1" }, body: ask("go", { stream: true }) });
		await until(() => recordOf("stream.open"), "it is open");
		await until(() => socket, "it is asked");
		await sleep(200);
		fill(audit);
		for (let i = 0; (await readiness(proxy)).status === 200 && i < 100; i++) await chat(proxy, `f-${i}`, "hello");
		if (ends) socket.end(frame({ content: "has left." }) + frame({}, { finish_reason: "stop" }) + "data: [DONE]\n\n");
		else socket.end(frame({ content: "I guarantee it will work." }));
		const body = (await got).body.toString();
		const said = [...body.matchAll(/^data: (\{.*)$/gm)].map((m) => JSON.parse(m[1]).choices[0].delta.content ?? "").join("");
		const seen = ends ? "All is well. Your order has left." : "All is well. Your order ";
		assert.equal(said.slice(0, seen.length), seen, body);
		const [{ id }] = (await handoffs(proxy)).filter((h) => h.conversation === "s-1");
		const { transcript } = JSON.parse(await cli(proxy, "handoff", "show", id, "--format", "json")).handoff.record;
		const ai = transcript.messages.filter((m) => m.speaker === "ai").map((m) => [m.status, m.kind, m.text]);
		assert.deepEqual(ai[0], ["delivered", "part", seen]);
		assert.equal(ai.length, ends ? 1 : 2, JSON.stringify(ai));
		if (!ends) assert.deepEqual(ai[1].slice(0, 2), ["withheld", "rest"]);
		fs.rmSync(path.join(audit, "filler"));
		const end = await until(() => recordOf("interrupted"), "its end is on record", 40000);
		const opened = recordOf("stream.open");
		assert.equal(end.stream, opened.stream);
		assert.equal(end.opened, opened.seq);
		assert.equal(end.released, Buffer.byteLength(seen));
		assert.match(end.reason, /ended while the audit log could not be written/);
	});

// Every handoff has one record that it was requested.
async function expectRequested(proxy) {
	const open = await handoffs(proxy);
	const recorded = () => proxy.records().filter((r) => r.type === "handoff.requested").map((r) => r.handoff);
	await until(() => recorded().length >= open.length, "the handoffs are on record");
	assert.deepEqual(recorded().map((h) => h.id).sort(), open.map((h) => h.id).sort());
	for (const h of recorded()) assert.match(h.cause, /^cannot_record$|^rule$/);
}

test("the audit disk is full: who has a person reads the waiting text, and a reply waits for its record", async (t) => {
	const audit = smallDisk(t);
	if (!audit) return t.skip("mounting a tmpfs needs root");
	const dir = tempDir(t);
	fs.mkdirSync(path.join(dir, "state"));
	fs.symlinkSync(audit, path.join(dir, "state/audit"));
	const bot = await startBot(t);
	bot.onMessage("go", { content: "I guarantee it will work." });
	const proxy = await startHandrail(t, { dir, upstream: bot.url, policy });
	for (const id of ["c-1", "c-2", "c-3"]) assert.equal(content((await chat(proxy, id, "go")).body), bridge);
	const of = (await handoffs(proxy)).find((h) => h.conversation === "c-1");
	await cli(proxy, "handoff", "reply", of.id, "Ann is here.");
	fill(audit);
	for (let i = 0; i < 100 && (await readiness(proxy)).status === 200; i++) await chat(proxy, `f-${i}`, "go");
	assert.equal((await readiness(proxy)).text, "audit: the disk of the audit log is full\n");
	for (const id of ["c-1", "c-2"]) {
		const got = await chat(proxy, id, "are you there?");
		assert.equal(got.status, 200, got.body.toString());
		assert.equal(content(got.body), fallback, "the policy's words; nobody's that are not on record");
		const flow = await chat(proxy, id, "and in a stream?", { stream: true });
		assert.equal(flow.status, 200);
		assert.equal(/Ann|colleague/.test(flow.body), false, "once in a while");
		assert.match(flow.body.toString(), /"finish_reason":"stop".*\[DONE\]/s);
	}
	const flow = await chat(proxy, "c-3", "are you there?", { stream: true });
	assert.match(flow.body.toString(), /A colleague will take over.*"finish_reason":"stop".*\[DONE\]/s);
	assert.match(proxy.log(), /a person's words wait until the audit log can be written/);
	const shown = JSON.parse(await cli(proxy, "handoff", "show", of.id, "--format", "json"));
	assert.ok(shown.later.some((m) => m.speaker === "system" && m.text === fallback), "people see what the customer was told");
	const more = await proxy.handrail("handoff", "reply", of.id, "Still there?");
	assert.equal(more.code, 3);
	assert.match(more.err, /is written.*the disk of the audit log is full.*mend that \(audit\.directory: .*audit\).*needs not be done again/s);
	fs.rmSync(path.join(audit, "filler"));
	await until(async () => (await readiness(proxy)).status === 200, "it is written again");
	assert.equal(content((await chat(proxy, "c-1", "hello?")).body), "Ann is here.\n\nStill there?");
});

for (const end of ["SIGTERM", "SIGKILL"])
	test(`a handoff of a full audit disk is on record after ${end} and a start`, async (t) => {
		const audit = smallDisk(t);
		if (!audit) return t.skip("mounting a tmpfs needs root");
		const dir = tempDir(t);
		fs.mkdirSync(path.join(dir, "state"));
		fs.symlinkSync(audit, path.join(dir, "state/audit"));
		const bot = await startBot(t);
		bot.onMessage("go", { content: "I guarantee it will work." });
		const proxy = await startHandrail(t, { dir, upstream: bot.url, policy });
		fill(audit);
		for (let i = 0; i < 20; i++) await chat(proxy, `c-${i}`, "go");
		await until(async () => (await readiness(proxy)).status === 503, "it is full");
		await sleep(300); // what waits is in the store
		proxy.kill(end);
		await proxy.exit;
		fs.rmSync(path.join(audit, "filler"));
		const again = await startHandrail(t, { dir });
		assert.equal((await handoffs(again)).length, 20);
		await expectRequested(again);
	});

for (const end of ["SIGTERM", "SIGKILL"])
	test(`the store's disk is full: a handoff outlives ${end}`, async (t) => {
		const disk = smallDisk(t, "2m");
		if (!disk) return t.skip("mounting a tmpfs needs root");
		const dir = tempDir(t);
		const bot = await startBot(t, { chunkSize: 5 });
		bot.onMessage("hello", { content: "All is well." });
		bot.onMessage("go", { content: "I guarantee it will work." });
		const options = { dir };
		const config = configuration(dir, { upstream: bot.url, policy });
		fs.writeFileSync(path.join(dir, "handrail.yaml"), config.replace("state/handrail.db", path.join(disk, "handrail.db")));
		const first = await startHandrail(t, options);
		assert.equal(content((await chat(first, "c-1", "hello")).body), "All is well.");
		fill(disk);
		for (let i = 0; i < 5; i++) await chat(first, `f-${i}`, "hello");
		assert.equal(content((await chat(first, "c-1", "go")).body), bridge);
		await sleep(1500); // what is kept back is in use: a while is not enough
		assert.deepEqual(await readiness(first), { status: 503, text: "store: the disk is full\n" });
		first.kill(end);
		await first.exit;
		fs.rmSync(path.join(disk, "filler"));
		const second = await startHandrail(t, options);
		const asked = bot.getRequests().length;
		const got = await chat(second, "c-1", "hello");
		assert.equal(got.body.includes("All is well."), false, got.body.toString());
		assert.equal(bot.getRequests().length, asked, "the bot is not asked");
		assert.equal((await handoffs(second)).length, 1);
		assert.equal(content((await chat(second, "c-2", "hello")).body), "All is well.");
	});

// Some 480 KiB are kept back. The write-ahead log alone grows by 80 KiB for each
// handoff, unless it begins anew in the room it has.
test("the store's disk is full: what is kept back is enough for many handoffs", async (t) => {
	const disk = smallDisk(t, "2m");
	if (!disk) return t.skip("mounting a tmpfs needs root");
	const dir = tempDir(t);
	const bot = await startBot(t);
	bot.onMessage("go", { content: "I guarantee it will work." });
	const config = configuration(dir, { upstream: bot.url, policy });
	fs.writeFileSync(path.join(dir, "handrail.yaml"), config.replace("state/handrail.db", path.join(disk, "handrail.db")));
	const proxy = await startHandrail(t, { dir });
	fill(disk);
	let promised = 0;
	for (let i = 0; i < 20; i++) promised += content((await chat(proxy, `c-${i}`, "go")).body) === bridge;
	assert.equal(promised, 20);
	assert.deepEqual(await readiness(proxy), { status: 503, text: "store: the disk is full\n" });
	proxy.kill("SIGKILL");
	await proxy.exit;
	fs.rmSync(path.join(disk, "filler"));
	assert.equal((await handoffs(await startHandrail(t, { dir }))).length, 20);
});

// Whoever fills the disk goes on: it gets a step of it each time, not all.
test("the store's disk is full and others take what is given up: there are handoffs all the same", async (t) => {
	const disk = smallDisk(t, "16m");
	if (!disk) return t.skip("mounting a tmpfs needs root");
	const dir = tempDir(t);
	const bot = await startBot(t);
	bot.onMessage("go", { content: "I guarantee it will work." });
	const config = configuration(dir, { upstream: bot.url, policy });
	fs.writeFileSync(path.join(dir, "handrail.yaml"), config.replace("state/handrail.db", path.join(disk, "handrail.db")));
	const proxy = await startHandrail(t, { dir });
	let promised = 0;
	for (let i = 0; i < 12; i++) {
		fill(disk, `filler-${i}`);
		promised += (await chat(proxy, `c-${i}`, "go")).body.includes(bridge);
	}
	assert.equal(promised, 12);
});

// Larger than what is kept back on the full disk of the store.
async function handOffLong(t) {
	const disk = smallDisk(t, "2m");
	if (!disk) return t.skip("mounting a tmpfs needs root");
	const dir = tempDir(t);
	const bot = await startBot(t, { chunkSize: 50000 });
	bot.onMessage("hello", { content: "All is well." });
	bot.onMessage("go", { content: `I guarantee it will work. ${"And so on. ".repeat(50000)}` });
	const config = configuration(dir, { upstream: bot.url, policy });
	fs.writeFileSync(path.join(dir, "handrail.yaml"), config.replace("state/handrail.db", path.join(disk, "handrail.db")));
	const proxy = await startHandrail(t, { dir });
	assert.equal(content((await chat(proxy, "c-1", "hello")).body), "All is well.");
	fill(disk);
	for (let i = 0; i < 5; i++) await chat(proxy, `f-${i}`, "hello");
	assert.equal(content((await chat(proxy, "c-1", "go")).body), bridge, "a person is promised");
	const [{ id }] = await handoffs(proxy);
	return { disk, dir, bot, proxy, id };
}

const recordOf = async (proxy, id) => JSON.parse(await cli(proxy, "handoff", "show", id, "--format", "json")).handoff.record;

test("the store's disk is full, and the packet is too large for it: the lock outlives kill -9", async (t) => {
	const all = await handOffLong(t);
	if (!all) return;
	const { disk, dir, bot, proxy, id } = all;
	assert.equal((await recordOf(proxy, id)).incomplete, true);
	proxy.kill("SIGKILL");
	await proxy.exit;
	fs.rmSync(path.join(disk, "filler"));
	const again = await startHandrail(t, { dir });
	const asked = bot.getRequests().length;
	assert.equal((await chat(again, "c-1", "hello")).body.includes("All is well."), false);
	assert.equal(bot.getRequests().length, asked, "the bot is not asked");
	assert.match((await recordOf(again, id)).summary, /Withheld from the AI: "I guarantee it will work/);
	assert.match(await cli(again, "handoff", "show", id), /The disk was full.*What is kept of it.*hello/s);
	await expectRequested(again);
});

test("room comes back: the packet gets its texts", async (t) => {
	const all = await handOffLong(t);
	if (!all) return;
	const { disk, proxy, id } = all;
	fs.rmSync(path.join(disk, "filler"));
	spawnSync("mount", ["-o", "remount,size=20m", disk]);
	await until(async () => !(await recordOf(proxy, id)).incomplete, "it is whole", 20000);
	const record = await recordOf(proxy, id);
	assert.ok(record.withheld.text.length > 500000);
	assert.equal(record.transcript.messages.at(-1).text, bridge);
	assert.equal(record.customer_told, bridge);
});

// What an operator has to do then is not to wait for room.
for (const first of ["pause", "erase", "take"])
	test(`the store's disk is full: what the command line does is done, beginning with ${first}`, async (t) => {
		const disk = smallDisk(t, "2m");
		if (!disk) return t.skip("mounting a tmpfs needs root");
		const dir = tempDir(t);
		const bot = await startBot(t, { chunkSize: 5 });
		bot.onMessage("hello", { content: "All is well." });
		const config = configuration(dir, { upstream: bot.url, policy });
		fs.writeFileSync(path.join(dir, "handrail.yaml"), config.replace("state/handrail.db", path.join(disk, "handrail.db")));
		const proxy = await startHandrail(t, { dir });
		for (const id of ["c-1", "c-2"]) await chat(proxy, id, "hello");
		await sleep(300);
		fill(disk);
		for (let i = 0; i < 5; i++) await chat(proxy, `f-${i}`, "hello");
		const does = {
			async pause() {
				await cli(proxy, "pause", "--ai-speech", "--for", "1h", "--reason", "it lies");
				assert.equal((await chat(proxy, "c-9", "hello")).body.includes("All is well."), false);
				await cli(proxy, "pause", "end", "1");
			},
			async erase() {
				await cli(proxy, "erase", "--conversation", "openai-chat/c-2", "--reason", "asked to");
			},
			async take() {
				await cli(proxy, "handoff", "take", "openai-chat/c-1", "--reason", "she is upset");
				const { id } = (await handoffs(proxy)).find((h) => h.conversation === "c-1");
				await cli(proxy, "handoff", "reply", id, "I am Ann.");
				assert.equal(content((await chat(proxy, "c-1", "hello")).body), "I am Ann.");
				await cli(proxy, "handoff", "return", id);
				assert.equal(content((await chat(proxy, "c-1", "hello")).body), "All is well.");
			},
		};
		await does[first]();
		for (const one of Object.keys(does)) if (one !== first) await does[one]();
		proxy.kill("SIGKILL");
		await proxy.exit;
		await cli(proxy, "erase", "--conversation", "openai-chat/c-1", "--reason", "asked to");
	});

test("the store's disk is full and nothing is kept back: no person is promised", async (t) => {
	const disk = smallDisk(t, "400k");
	if (!disk) return t.skip("mounting a tmpfs needs root");
	const dir = tempDir(t);
	const bot = await startBot(t, { chunkSize: 5 });
	bot.onMessage("hello", { content: "All is well." });
	bot.onMessage("go", { content: "I guarantee it will work." });
	const config = configuration(dir, { upstream: bot.url, policy });
	fs.writeFileSync(path.join(dir, "handrail.yaml"), config.replace("state/handrail.db", path.join(disk, "handrail.db")));
	const proxy = await startHandrail(t, { dir });
	assert.equal(content((await chat(proxy, "c-1", "hello")).body), "All is well.");
	fs.rmSync(path.join(disk, "handrail.db-reserve"), { force: true });
	fill(disk);
	const seen = [];
	for (const more of [{}, { stream: true }])
		for (let i = 0; i < 4; i++) {
			const got = await chat(proxy, `${more.stream ?? false}-${i}`, "go", more);
			assert.equal(/guarantee/.test(got.body), false, got.body.toString());
			seen.push(got.body.includes(bridge));
		}
	const promised = seen.filter(Boolean).length;
	assert.ok(promised < seen.length, "there is no room at last");
	assert.deepEqual(await readiness(proxy), { status: 503, text: "store: the disk is full\n" });
	proxy.kill("SIGKILL");
	await proxy.exit;
	fs.rmSync(path.join(disk, "filler"));
	const again = await startHandrail(t, { dir });
	assert.ok((await handoffs(again)).length >= promised, "whoever was told of a person has one");
});

test("room comes back: it is ready, and the packet does not say that a refused customer was told", async (t) => {
	const disk = smallDisk(t, "1m");
	if (!disk) return t.skip("mounting a tmpfs needs root");
	const dir = tempDir(t);
	const bot = await startBot(t, { chunkSize: 5 });
	bot.onMessage("go", { content: "I guarantee it will work." });
	const config = configuration(dir, { upstream: bot.url, policy });
	fs.writeFileSync(path.join(dir, "handrail.yaml"), config.replace("state/handrail.db", path.join(disk, "handrail.db")));
	const proxy = await startHandrail(t, { dir });
	fs.rmSync(path.join(disk, "handrail.db-reserve"), { force: true });
	fill(disk);
	const told = new Map();
	for (const stream of [false, true])
		for (let i = 0; i < 4; i++) {
			const id = `${stream ? "s" : "w"}-${i}`;
			told.set(id, (await chat(proxy, id, "go", { stream })).body.includes(bridge));
		}
	assert.ok([...told.values()].includes(false), "somebody was refused");
	fs.rmSync(path.join(disk, "filler"));
	await until(async () => (await handoffs(proxy)).length === told.size, "all are kept", 20000);
	await until(async () => (await readiness(proxy)).status === 200, "it is ready again");
	for (const h of await handoffs(proxy)) {
		const { record } = JSON.parse(await cli(proxy, "handoff", "show", h.id, "--format", "json")).handoff;
		const was = told.get(record.conversation_id);
		assert.equal(record.customer_told, was ? bridge : null);
		assert.equal(record.summary.includes(bridge), was, record.summary);
		assert.equal(/could not be told/.test(record.summary), !was, record.summary);
		const own = record.transcript.messages.filter((m) => m.speaker === "system");
		assert.deepEqual(own.map((m) => m.status), [was ? "delivered" : "withheld"]);
	}
});
