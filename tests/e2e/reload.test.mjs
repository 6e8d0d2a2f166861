// SIGHUP: a better policy at once, a bad one never. SIGTERM: finish first.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { chat, configuration, run, sleep, startBot, startHandrail, tempDir, until } from "./support.mjs";
import { answer, bridge, completion, content, goodPost, policyWith, raw, rawBot, stream } from "./parts.mjs";

async function setup(t) {
	const bot = await startBot(t);
	bot.onMessage("go", { content: "I guarantee it." });
	bot.onMessage("hello", { content: "A mango for you." });
	const dir = tempDir(t);
	const policy = policyWith(dir);
	const proxy = await startHandrail(t, { dir, upstream: bot.url, policy });
	return { bot, dir, proxy, pack: path.join(policy, "packs/actions.yaml"),
		main: path.join(policy, "policy.yaml"), config: path.join(dir, "handrail.yaml") };
}

const edit = (file, change) => {
	const old = fs.readFileSync(file, "utf8");
	const text = change(old);
	assert.notEqual(text, old, "the edit changes something");
	fs.writeFileSync(file, text);
	return () => fs.writeFileSync(file, old);
};

test("SIGHUP with a better policy: the next message is judged by it", async (t) => {
	const { proxy, pack } = await setup(t);
	assert.equal(content((await chat(proxy, "c-1", "hello")).body), "A mango for you.");
	edit(pack, (s) => s.replace("[forbidden word]", "[forbidden word, mango]"));
	process.kill(proxy.pid, "SIGHUP");
	let n = 0;
	await until(async () => content((await chat(proxy, `n-${n++}`, "hello")).body) === "I cannot say that.", "the new rule");
	const loads = proxy.records().filter((r) => r.type === "policy.load");
	assert.equal(loads.length, 2);
	assert.ok(loads.every((r) => r.examples > 0), "how many examples were judged");
});

test("a rule for a channel that no route has is told, not only at the start", async (t) => {
	const { proxy, pack } = await setup(t);
	assert.doesNotMatch(proxy.log(), /C101/);
	edit(pack, (s) => s.replace(/^(\s*)find:/m, "$1when: {channel: [chat, email]}\n$1find:"));
	process.kill(proxy.pid, "SIGHUP");
	await until(() => /packs\/actions\.yaml:\d+.* C101 .*can never apply.*"chat"/.test(proxy.log()), "the warning");
	await until(() => /its id: "openai-chat"/.test(proxy.log()), "its next line");
});

test("SIGHUP does not drop a message under way, and it ends under its own policy", async (t) => {
	const bot = await rawBot(t, async (socket) => {
		const frames = stream("One. ", "Two. ", "A mango. ", "Bye.").split(/(?<=\n\n)/);
		socket.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
		for (const f of frames) {
			socket.write(f);
			await sleep(100);
		}
		socket.end();
	});
	const dir = tempDir(t);
	const policy = policyWith(dir);
	const proxy = await startHandrail(t, { dir, upstream: bot.url, policy });
	const flow = raw(proxy, goodPost("c-1", "hi", { stream: true }));
	await until(() => bot.requests.length, "the question");
	edit(path.join(policy, "packs/actions.yaml"), (s) => s.replace("[forbidden word]", "[forbidden word, mango]"));
	process.kill(proxy.pid, "SIGHUP");
	await until(() => proxy.records().filter((r) => r.type === "policy.load").length === 2, "the reload");
	const got = await flow;
	for (const part of ["One. ", "A mango", "Bye.", "data: [DONE]"]) assert.ok(got.text.includes(part), got.text);
	const [first, second] = proxy.records().filter((r) => r.type === "policy.load");
	const decision = proxy.records().find((r) => r.type === "decision");
	assert.equal(decision.policy, first.policy);
	assert.notEqual(second.policy, first.policy);
});

test("a reload that turns enforcement off is on record, with what it turns off", async (t) => {
	const { proxy, main, config } = await setup(t);
	const of = (type) => proxy.records().filter((r) => r.type === type);
	const [start] = of("policy.load");
	assert.equal(start.environment, undefined);
	assert.deepEqual(start.modes, { enforce: start.rules_total, off: 0, shadow: 0 });
	const again = async () => {
		const n = of("policy.load").length;
		process.kill(proxy.pid, "SIGHUP");
		await until(() => of("policy.load").length > n, "the reload");
		await sleep(100);
		return of("policy.load").at(-1);
	};
	await again();
	assert.deepEqual(of("operator.action"), [], "nothing is otherwise");
	fs.appendFileSync(main, "\nenvironments:\n  staging: {mode: shadow}\n  production: {mode: enforce}\n");
	fs.appendFileSync(config, "environment: production\n");
	assert.equal((await again()).environment, "production");
	edit(config, (s) => s.replace("environment: production", "environment: staging"));
	const load = await again();
	assert.equal(load.environment, "staging");
	assert.deepEqual(load.modes, { enforce: 0, off: 0, shadow: start.rules_total });
	const [to, off] = of("operator.action");
	assert.equal(to.detail, "environment none -> production");
	assert.equal(off.action, "mode.change");
	assert.equal(off.actor, "reload");
	assert.match(off.detail, /^environment production -> staging; enforce -> shadow: [a-z-]+\/[a-z-]+/);
});

// Each edit of the pack, and what the log must say.
const phrase = (text) => (s) => s.replace("find: {phrases: [forbidden word]}", `find:\n      phrases:\n        ${text}`);
const bad = {
	Y001: phrase("- forbidden word #12 closed"),
	Y002: (s) => s.replace(/passes:\n        - Words are fine\./, "passes: [I'm sorry, I can't.]"),
	Y003: (s) => s.replace("- Words are fine.", "- Words: they are fine."),
	Y004: (s) => s.replace("title: A word that is blocked", "title: A word\n    title: Again"),
	Y005: phrase("- *word"),
	Y006: phrase("- {forbidden word}"),
	Y007: phrase("- &a forbidden word"),
	Y008: phrase("- “forbidden word”"),
	Y009: phrase("- for\u200bbidden word"),
};

test("SIGHUP with a bad policy keeps the old one and says where and why", async (t) => {
	const { proxy, pack, main, config } = await setup(t);
	const table = Object.entries(bad).map(([code, change]) => [code, pack, change, new RegExp(`actions\\.yaml:\\d+:\\d+: error ${code} `)]);
	table.push(
		["an unknown key", pack, (s) => s.replace("title: Credit", "titel: Credit"), /actions\.yaml:\d+:\d+: error P014 /],
		["an example that fails", pack, (s) => s.replace("This is a forbidden word for us.", "Nothing of it."), /actions\.yaml:\d+:\d+: error /],
		["a text that breaks a rule", main, (s) => s.replace("A colleague will take over from here", "I guarantee a colleague"), /policy\.yaml:\d+:\d+: error /],
		["no YAML", pack, (s) => s + "\n\t}{", /actions\.yaml:\d+:\d+: error /],
		["a pack that is not there", main, (s) => s.replace("packs: [actions]", "packs: [actions, nowhere]"), /policy\.yaml:\d+:\d+: error /],
		["a key the configuration does not have", config, (s) => s + "polcy: x\n", /handrail\.yaml:\d+:\d+: error .*polcy/],
		["a limit out of bounds", config, (s) => s + "limits: {max_fields: 1}\n", /handrail\.yaml:\d+:\d+: error /],
		["a certificate that is not there", config, (s) => s.replace("localhost.pem", "nowhere.pem"), /handrail\.yaml.* error .*nowhere\.pem/],
		["a key of another certificate", config, (s) => s.replace("localhost.key", "shop.key"), /handrail\.yaml.* error C100 .*shop\.key: not the key of the certificate/],
	);
	let n = 0;
	for (const [name, file, change, says] of table)
		await t.test(name, async (t) => {
			const from = proxy.log().length;
			const undo = edit(file, change);
			t.after(undo);
			const check = await run(["run", "--check", "-c", config]);
			assert.equal(check.code, 1, check.out + check.err);
			assert.match(check.out + check.err, says);
			process.kill(proxy.pid, "SIGHUP");
			await until(() => says.test(proxy.log().slice(from)), `${says} in ${proxy.log().slice(from)}`, 3000);
			assert.equal(content((await chat(proxy, `c-${n++}`, "go")).body), bridge, "the old policy rules");
		});
	assert.equal(proxy.records().filter((r) => r.type === "policy.load").length, 1, "none of them went live");
	process.kill(proxy.pid, "SIGHUP");
	edit(pack, (s) => s.replace("[forbidden word]", "[forbidden word, mango]"));
	process.kill(proxy.pid, "SIGHUP");
	await until(async () => content((await chat(proxy, `n-${n++}`, "hello")).body) === "I cannot say that.", "a good one still goes live");
});

test("SIGHUP with a change that needs a restart is refused, key by key", async (t) => {
	const { config, proxy } = await setup(t);
	const limits = Object.fromEntries(["max_audit_queue_bytes: 1MiB", "max_segment_bytes: 1MiB", "max_store_jobs: 99",
		"max_store_bytes: 2MiB", "max_turns: 7", "max_turn_bytes: 9KiB", "max_idle_bytes: 2MiB", "max_waiting: 5",
		"lease_wait_ms: 9s"].map((set) => [`limits.${set.split(":")[0]}`, (s) => `${s}\nlimits: {${set}}\n`]));
	for (const [key, change] of Object.entries({
		...limits,
		"audit.durability": (s) => s.replace(/^(audit: .*)}$/m, "$1, durability: every}"),
		"node": (s) => s.replace(/^node: .*$/m, "node: other"),
		"store.sqlite": (s) => s.replace(/sqlite: .*}/, "sqlite: elsewhere.db}"),
		"audit.directory": (s) => s.replace(/^audit: .*$/m, "audit: {directory: elsewhere}"),
		"keys.directory": (s) => s.replace(/^keys: .*$/m, "keys: {directory: elsewhere}"),
		"console.address": (s) => s.replace(/^console: .*$/m, "console: {address: 127.0.0.1:1}"),
		"workers": (s) => s.replace(/^workers: .*\n/m, "") + "\nworkers: 7\n",
	})) {
		const from = proxy.log().length;
		const undo = edit(config, change);
		process.kill(proxy.pid, "SIGHUP");
		await until(() => new RegExp(`${key} changes only with a restart[^]*stays in force`).test(proxy.log().slice(from)), `${key}: ${proxy.log().slice(from)}`, 3000);
		undo();
	}
	assert.equal(proxy.records().filter((r) => r.type === "policy.load").length, 1);
});

test("folders that are missing are made, as run --check says", async (t) => {
	const dir = tempDir(t);
	const config = configuration(dir, { upstream: "http://127.0.0.1:9" })
		.replace("state/handrail.db", "deep/in/handrail.db");
	const file = path.join(dir, "handrail.yaml");
	fs.writeFileSync(file, config);
	const check = await run(["run", "--check", "-c", file]);
	assert.equal(check.code, 0, check.err);
	assert.deepEqual(fs.readdirSync(dir), ["handrail.yaml"]);
	await startHandrail(t, { dir });
	assert.ok(fs.existsSync(path.join(dir, "deep/in/handrail.db")));
});

test("run --check: good is 0 and starts nothing", async (t) => {
	const { config } = await setup(t);
	const check = await run(["run", "--check", "-c", config]);
	assert.equal(check.code, 0, check.err);
	assert.match(check.out, /good\. policy sha256:/);
	const none = await run(["run", "--check", "-c", `${config}.nowhere`]);
	assert.notEqual(none.code, 0);
	assert.notEqual(none.err, "");
	const good = fs.readFileSync(config, "utf8");
	for (const [change, says] of [
		[(s) => s.replace("127.0.0.1:0\n    tls", "256.1.1.1:80\n    tls"), /256\.1\.1\.1:80" is not an IP address/],
		[(s) => s.replace(/^audit: .*$/m, "audit: {directory: handrail.yaml}"), /audit\.directory cannot be kept there: it is a file/],
		[(s) => s.replace(/sqlite: .*}/, "sqlite: .}"), /store cannot be kept there: it is a folder/],
		[(s) => s.replace(/^keys: .*$/m, "keys: {directory: handrail.yaml/keys}"), /keys\.directory cannot be kept there/],
	]) {
		assert.notEqual(change(good), good, String(says));
		fs.writeFileSync(config, change(good));
		const bad = await run(["run", "--check", "-c", config]);
		assert.equal(bad.code, 1, bad.out);
		assert.match(bad.err + bad.out, says);
	}
	fs.writeFileSync(config, good);
});

test("SIGTERM: a running stream finishes, new customers are refused, exit code 0", async (t) => {
	const bot = await rawBot(t, async (socket) => {
		socket.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
		for (const f of stream("One. ", "Two. ", "Bye.").split(/(?<=\n\n)/)) {
			socket.write(f);
			await sleep(150);
		}
		socket.end();
	});
	const proxy = await startHandrail(t, { upstream: bot.url, policy: policyWith(tempDir(t)) });
	const flow = raw(proxy, goodPost("c-1", "hi", { stream: true }));
	await until(() => bot.requests.length, "the question");
	const stopped = proxy.stop();
	await sleep(150);
	const late = await raw(proxy, goodPost("c-2"));
	assert.equal(late.text, "", "no longer accepting");
	const ready = await fetch(`${proxy.console}/readyz`);
	assert.equal(ready.status, 503);
	assert.match(await ready.text(), /shutting down/);
	assert.match(await (await fetch(`${proxy.console}/metrics`)).text(), /handrail_streams 1/);
	assert.match((await flow).text, /Bye\.[^]*data: \[DONE\]\n\n\r\n0\r\n\r\n$/);
	assert.deepEqual(await stopped, { code: 0, signal: null });
	assert.equal(proxy.records().at(-1).type, "stop");
});
