// Handoffs by signed webhook: verified, retried under one key, never lost.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import crypto from "node:crypto";
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import test from "node:test";
import { chat, root, sleep, startBot, startHandrail, tempDir, until } from "./support.mjs";
import { cli, handoffs, policyWith } from "./parts.mjs";

const secret = "s3cret-of-the-test";

// reply(n, event) -> status, or 0: no answer at all.
async function receiver(t, reply) {
	const got = [];
	const server = http.createServer((req, res) => {
		const parts = [];
		req.on("data", (d) => parts.push(d)).on("end", () => {
			const body = Buffer.concat(parts);
			const event = JSON.parse(body);
			got.push({ headers: req.headers, body, event });
			const status = reply(got.length, event);
			if (status) res.writeHead(status).end();
		});
	});
	await new Promise((done) => server.listen(0, "127.0.0.1", done));
	t.after(() => {
		server.closeAllConnections();
		server.close();
	});
	return { got, url: `http://127.0.0.1:${server.address().port}/hook` };
}

async function setup(t, reply, more = "", waits = "base_ms: 50ms, max_wait_ms: 100ms") {
	const hook = await receiver(t, reply);
	const bot = await startBot(t);
	bot.onMessage("go", { content: "I guarantee a refund." });
	const dir = tempDir(t);
	const policy = policyWith(dir, (s) => s.replace("destination: desk", "destination: care"));
	const proxy = await startHandrail(t, { dir, upstream: bot.url, policy,
		env: { HOOK_SECRET: secret }, // of the proxy alone: the desk does without
		extra: `handoff:
  destinations:
    care: {preset: webhook, url: "${hook.url}", secret: "\${HOOK_SECRET}", ${waits}, timeout_ms: 300ms${more}}
  default: care
` });
	await chat(proxy, "c-1", "go");
	return { hook, bot, proxy };
}

// What docs/HANDOFF.md tells receivers to do is what works.
const block = (language) =>
	fs.readFileSync(path.join(root, "docs/HANDOFF.md"), "utf8").split("```" + language + "\n")[1].split("```")[0];

async function documented(t) {
	const file = path.join(tempDir(t), "verify.mjs");
	fs.writeFileSync(file, block("js"));
	return import(file);
}

async function inPython(t, signature, body) {
	const dir = tempDir(t);
	fs.writeFileSync(path.join(dir, "body"), body);
	fs.writeFileSync(path.join(dir, "verify.py"), `${block("python")}
body = open("body", "rb").read()
print(is_from_handrail("${signature}", body, "${secret}"), is_from_handrail("${signature}", body + b" ", "${secret}"))
`);
	return execFileSync("python3", ["verify.py"], { cwd: dir }).toString();
}

const ofEvent = (hook, name) => hook.got.filter((g) => g.event.event === name);

test("signed with the secret over time and body, and events follow in order", async (t) => {
	const { hook, bot, proxy } = await setup(t, () => 200);
	await until(() => hook.got.length === 1, "the webhook");
	const { headers, body, event } = hook.got[0];
	const { isFromHandrail } = await documented(t);
	assert.equal(isFromHandrail(headers, body, secret), true);
	assert.equal(isFromHandrail(headers, Buffer.concat([body, Buffer.from(" ")]), secret), false);
	assert.equal(isFromHandrail(headers, body, "another"), false);
	assert.equal(isFromHandrail(headers, body, secret, -1), false, "too old");
	assert.equal(isFromHandrail({}, body, secret), false);
	assert.equal(await inPython(t, headers["x-handrail-signature"], body), "True False\n");
	const [, time, mac] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(headers["x-handrail-signature"]);
	assert.equal(mac, crypto.createHmac("sha256", secret).update(`${time}.`).update(body).digest("hex"));
	assert.ok(Math.abs(Date.now() / 1000 - time) < 60);
	assert.equal(event.event, "handoff.requested");
	assert.equal(event.handoff.withheld.text, "I guarantee a refund.");
	assert.equal(headers["idempotency-key"], event.id);
	for (const text of ["Are you there?", "Please!"]) await chat(proxy, "c-1", text);
	await until(() => ofEvent(hook, "message.customer").length === 2, "what the customer writes while locked");
	assert.deepEqual(ofEvent(hook, "message.customer").map((g) => g.event.message.text), ["Are you there?", "Please!"]);
	assert.equal(bot.getRequests().length, 1);
	assert.equal(new Set(hook.got.map((g) => g.headers["idempotency-key"])).size, 3);
});

test("a time-out, then a 500, then taken: one key, no more than that", async (t) => {
	const { hook, proxy } = await setup(t, (n) => [0, 500][n - 1] ?? 204);
	await until(() => hook.got.length === 3, "the third try");
	await sleep(600);
	assert.equal(hook.got.length, 3);
	assert.equal(new Set(hook.got.map((g) => g.headers["idempotency-key"])).size, 1);
	assert.equal(new Set(hook.got.map((g) => g.body.toString())).size, 1);
	assert.equal((await handoffs(proxy)).length, 1);
});

test("one that never works: a dead letter somebody sees, and the lock holds", async (t) => {
	let works = false;
	const { hook, bot, proxy } = await setup(t, () => (works ? 200 : 503), ", max_tries: 3");
	await until(() => hook.got.length === 3, "three tries");
	await until(async () => /GIVEN UP/.test(await cli(proxy, "handoff", "list")), "it is shown in the list");
	await sleep(300);
	assert.equal(hook.got.length, 3, "no try more");
	await until(() => proxy.records().some((r) => r.type === "handoff.failed"), "its record");
	const [{ id, state }] = await handoffs(proxy);
	assert.equal(state, "failed");
	await chat(proxy, "c-1", "go");
	assert.equal(bot.getRequests().length, 1, "still locked");
	await until(() => hook.got.length === 6, "there is something new: it is tried again");
	await until(async () => (await handoffs(proxy))[0].state === "failed", "and given up");
	assert.deepEqual([...new Set(hook.got.map((g) => g.event.event))], ["handoff.requested"], "nothing comes before it");
	works = true;
	assert.match(await cli(proxy, "handoff", "list"), new RegExp(`handoff retry ${id}`));
	assert.match(await cli(proxy, "handoff", "retry", id), /deliver(y is|ies are) tried again/);
	await until(() => hook.got.some((g) => g.event.event === "message.customer"), "it is delivered, and what came since");
	assert.deepEqual(hook.got.slice(-2).map((g) => g.event.event), ["handoff.requested", "message.customer"]);
	await until(() => proxy.records().some((r) => r.action_name === "handoff.retry" || r.action === "handoff.retry"), "its record");
	assert.equal((await handoffs(proxy))[0].state, "requested");
	await until(async () => /Nothing is owed/.test(await cli(proxy, "handoff", "retry", "--all")), "nothing is owed");
});

test("one event that is never taken: a person does without it, and the next one comes", async (t) => {
	const { hook, proxy } = await setup(t, (_, e) => (e.event === "handoff.requested" ? 413 : 200), ", max_tries: 2");
	await until(async () => /GIVEN UP/.test(await cli(proxy, "handoff", "list")), "it is given up");
	await chat(proxy, "c-1", "Are you there?");
	await until(() => hook.got.length === 4, "it is tried again");
	const [{ id }] = await handoffs(proxy);
	await until(async () => new RegExp(`handoff drop ${id}`).test(await cli(proxy, "handoff", "list")), "and given up again");
	assert.match(await cli(proxy, "handoff", "drop", id), /^1 delivery is dropped/);
	await until(() => ofEvent(hook, "message.customer").length === 1, "what came after it");
	assert.match(await cli(proxy, "handoff", "show", id), /dropped +handoff.requested to care/);
	assert.match(await cli(proxy, "handoff", "drop", id), /Nothing was given up/);
	await until(() => proxy.records().some((r) => r.action === "handoff.drop"), "its record");
});

test("kill -9 between two tries: delivered once more under the same key, then never", async (t) => {
	let works = false;
	const { hook, proxy } = await setup(t, () => (works ? 200 : 503));
	await until(() => hook.got.length >= 2, "a try that failed");
	proxy.kill("SIGKILL");
	await proxy.exit;
	works = true;
	const before = hook.got.length;
	const again = await startHandrail(t, { env: { HOOK_SECRET: secret }, dir: proxy.dir });
	await until(() => hook.got.length > before, "the try after the restart");
	await sleep(500);
	assert.equal(hook.got.length, before + 1);
	assert.equal(new Set(hook.got.map((g) => g.headers["idempotency-key"])).size, 1);
	await again.stop();
	const third = await startHandrail(t, { env: { HOOK_SECRET: secret }, dir: proxy.dir });
	await sleep(500);
	assert.equal(hook.got.length, before + 1, "a restart does not double");
	assert.equal((await handoffs(third)).length, 1);
});

test("the list says when it is tried again", async (t) => {
	const { hook, proxy } = await setup(t, () => 503, "", "base_ms: 1h, max_wait_ms: 1h");
	await until(() => hook.got.length === 1, "the webhook");
	const list = await until(async () => {
		const text = await cli(proxy, "handoff", "list");
		return text.includes("answered 503") && text;
	}, "the try is written down");
	const [, day, time] = /1 try, answered 503; tried again at (\S+) (\S+)\n/.exec(list) ?? assert.fail(list);
	const wait = Date.parse(`${day}T${time}Z`) - Date.now();
	assert.ok(wait > 25 * 60e3 && wait <= 60 * 60e3, list);
});

test("a destination is taken out of the configuration: what it is owed is not forgotten", async (t) => {
	const { hook, proxy } = await setup(t, () => 500, "", "base_ms: 100s, max_wait_ms: 100s");
	await until(() => hook.got.length, "it was tried");
	const [{ id }] = await handoffs(proxy);
	await proxy.stop();
	const file = path.join(proxy.dir, "handrail.yaml");
	fs.writeFileSync(file, fs.readFileSync(file, "utf8").replace(/^handoff:\n(?:  .*\n)+/m, ""));
	const policy = path.join(proxy.dir, "policy/policy.yaml");
	fs.writeFileSync(policy, fs.readFileSync(policy, "utf8").replace("destination: care", "destination: desk"));
	const again = await startHandrail(t, { dir: proxy.dir });
	await until(() => /error outbox: 1 delivery is owed to care, which is not configured/.test(again.log()), "it is in the log");
	for (const verb of [["list"], ["show", id]]) assert.match(await cli(again, "handoff", ...verb), /handoff\.requested to care: .*no destination of this name is configured.*handrail handoff drop h-/s);
	const metrics = await (await fetch(`${again.console}/metrics`)).text();
	assert.match(metrics, /^handrail_outbox_deliveries\{state="no_destination"\} 1$/m);
	assert.match(await cli(again, "handoff", "drop", id), /^1 delivery is dropped/);
	assert.doesNotMatch(await cli(again, "handoff", "list"), /owed/);
});
