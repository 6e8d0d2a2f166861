// Connections that only sit there never take the files that the audit log, the
// store and the bots of active conversations need.
import assert from "node:assert/strict";
import fs from "node:fs";
import https from "node:https";
import net from "node:net";
import path from "node:path";
import test from "node:test";
import { ask as say, auditRecords, chat, request, run, startHandrail, until } from "./support.mjs";
import { content, handoffs, policy } from "./parts.mjs";
import { parrot } from "./parrot.mjs";

const files = (soft, hard) => ["prlimit", `--nofile=${soft}:${hard}`];

test("idle connections beyond the limit of open files: active conversations go on", async (t) => {
	const bot = await parrot(t);
	const proxy = await startHandrail(t, { upstream: bot.url, policy, under: files(64, 200), extra: "limits: {max_segment_bytes: 64KiB}\n" });
	assert.match(proxy.log(), /limit of open files is raised from 64 to 200/);
	assert.match(proxy.log(), /max_connections is 20000, but the limit of open files is 200/);
	const ask = async (id) => {
		const got = await chat(proxy, id, "One.");
		assert.equal(got.status, 200, `${got.body}\n${proxy.log()}`);
		return content(got.body);
	};
	const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
	t.after(() => agent.destroy());
	const goOn = async (id) => content((await request(`${proxy.url}/v1/chat/completions`, {
		headers: { "content-type": "application/json", "x-conversation-id": id }, body: say("One."), agent,
	})).body);
	assert.equal(await goOn("c-0"), "One.");
	const idle = [];
	t.after(() => idle.forEach((s) => s.destroy()));
	const { port } = new URL(proxy.url);
	for (let i = 0; i < 300; i++) idle.push(net.connect(port, "127.0.0.1").on("error", () => {}));
	await until(() => /max_connections reached/.test(proxy.log()), "it is full");
	for (let i = 0; i < 90; i++) assert.equal(await goOn(`c-${i}`), "One.");
	assert.ok(fs.readdirSync(path.join(proxy.dir, "state/audit"), { recursive: true }).filter((f) => f.endsWith(".jsonl")).length > 1);
	// Who waits gets in as soon as others are gone.
	const waiting = Promise.all(Array.from({ length: 12 }, (_, i) => ask(`w-${i}`)));
	idle.slice(0, 290).forEach((s) => s.destroy());
	assert.deepEqual(await waiting, Array(12).fill("One."));
	assert.deepEqual(await handoffs(proxy), []);
	assert.equal(/Too many open files/.test(proxy.log()), false);
	assert.equal(auditRecords(proxy.dir).some((r) => r.type === "gap"), false);
});

test("run --check says what does not fit, and with room for none it does not start", async (t) => {
	const bot = await parrot(t);
	const proxy = await startHandrail(t, { upstream: bot.url, policy });
	await proxy.stop();
	const file = path.join(proxy.dir, "handrail.yaml");
	const under = async (hard, ...more) => {
		const [program, ...args] = files(hard, hard);
		return run([...args, process.env.HANDRAIL_BINARY, "run", "-c", file, ...more], { program });
	};
	const check = await under(300, "--check");
	assert.equal(check.code, 0, check.err);
	assert.match(check.err, /note: .*max_connections is 20000, but the limit of open files is 300/);
	const start = await under(56);
	assert.equal(start.code, 3, start.err);
	assert.match(start.err, /room for 0 connections/);
});
