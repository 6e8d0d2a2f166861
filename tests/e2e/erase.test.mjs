// erase destroys the keys: no file of the state holds the words, before or
// after, the text cannot be read any more, and the records stay.
import assert from "node:assert/strict";
import { once } from "node:events";
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import test from "node:test";
import { chat, run, sleep, startBot, startHandrail, tempDir, until } from "./support.mjs";
import { answer, cli, completion, frame, handoffs, policy, policyWith, rawBot } from "./parts.mjs";

const words = ["Wintergreen", "persimmon"];

function holding(dir, word) {
	const found = [];
	for (const e of fs.readdirSync(dir, { withFileTypes: true, recursive: true }))
		if (e.isFile()) {
			const file = path.join(e.parentPath ?? e.path, e.name);
			if (fs.readFileSync(file).includes(word)) found.push(file);
		}
	return found;
}

for (const by of ["conversation", "customer"])
	test(`erase --${by}`, async (t) => {
		const bot = await startBot(t);
		bot.onMessage(words[0], { content: `I guarantee the ${words[1]}.` });
		const proxy = await startHandrail(t, { upstream: bot.url, policy });
		for (const id of ["one", "two"])
			await chat(proxy, id, `My name is ${words[0]}.`, { metadata: { customer_id: `customer-${id}` } });
		const state = path.join(proxy.dir, "state");
		for (const word of words) assert.deepEqual(holding(state, word), [], `${word} at rest`);
		const id = (await handoffs(proxy)).find((h) => h.conversation === "one").id;
		const other = (await handoffs(proxy)).find((h) => h.conversation === "two").id;
		const show = (which) => run(["handoff", "show", "-c", path.join(proxy.dir, "handrail.yaml"), which]);
		assert.ok((await show(id)).out.includes(words[1]));
		const before = proxy.records().length;
		await cli(proxy, "erase", `--${by}`, by === "customer" ? "customer-one" : "openai-chat/one", "--reason", "asked to");
		const again = await run(["erase", "-c", path.join(proxy.dir, "handrail.yaml"), "--conversation", "openai-chat/three",
			"--reason", "asked to", "--format", "json"]);
		assert.deepEqual([again.code, JSON.parse(again.out)], [1, { erased: 0, handed_out: [] }]);
		const after = await show(id);
		for (const word of words) {
			assert.equal((after.out + after.err).includes(word), false, after.out);
			assert.deepEqual(holding(state, word), []);
		}
		assert.ok((await show(other)).out.includes(words[1]), "the other conversation is untouched");
		assert.ok(proxy.records().length >= before, "the records stay");
		const asked = bot.getRequests().length;
		await chat(proxy, "one", "Hello?");
		assert.equal(bot.getRequests().length, asked, "and so does the lock");
	});

test("erase says which copies were handed out", async (t) => {
	const bot = await startBot(t);
	bot.onMessage("go", { content: "I guarantee it." });
	const dir = tempDir(t);
	const toOut = policyWith(dir, (s) => s.replace("destination: desk", "destination: out"));
	const proxy = await startHandrail(t, { dir, upstream: bot.url, policy: toOut,
		extra: "handoff:\n  destinations:\n    out: {preset: file, path: out.jsonl}\n  default: out\n" });
	for (const id of ["one", "one", "two"]) await chat(proxy, id, "go", { metadata: { customer_id: "ann" } });
	await chat(proxy, "three", "go", { metadata: { customer_id: "bob" } });
	const out = path.join(dir, "out.jsonl"); // made with the first event
	const handedOut = () => (fs.existsSync(out) ? fs.readFileSync(out, "utf8").split("\n").length - 1 : 0);
	await until(() => handedOut() === 4, "all are handed out");
	await until(async () => /Nothing is owed/.test(await cli(proxy, "handoff", "retry", "--all")), "and that is known");
	const id = (await handoffs(proxy)).find((h) => h.conversation === "one").id;
	const erase = (...args) => cli(proxy, "erase", ...args, "--reason", "asked to");
	const said = await erase("--conversation", "openai-chat/one");
	assert.match(said, new RegExp(`can no longer be read.\nCopies were handed out before[^\n]*\n  out: 2 events of ${id}, the last of [-0-9]{10} [:0-9]{8} UTC\n$`));
	const all = JSON.parse(await erase("--customer", "ann", "--format", "json"));
	assert.deepEqual(all.handed_out.filter((c) => c.handoff === id).map((c) => [c.event, c.destination, c.certain]),
		[["handoff.requested", "out", true], ["message.customer", "out", true]]);
	assert.equal(all.handed_out.length, 3);
});

// A try that nobody saw the end of: under way when it is erased, or cut off.
for (const cut of [false, true])
	test(`erase names the copy of a try that ${cut ? "kill -9 cut off" : "is under way"}`, async (t) => {
		const bot = await startBot(t);
		bot.onMessage("go", { content: "I guarantee it." });
		const got = [];
		const hook = http.createServer((req) => {
			let body = "";
			req.on("data", (d) => (body += d));
			req.on("end", () => got.push(body)); // and never an answer
		}).listen(0, "127.0.0.1");
		t.after(() => { hook.closeAllConnections(); hook.close(); });
		await once(hook, "listening");
		const dir = tempDir(t);
		const toOut = policyWith(dir, (s) => s.replace("destination: desk", "destination: out"));
		const proxy = await startHandrail(t, { dir, upstream: bot.url, policy: toOut,
			extra: `handoff:\n  destinations:\n    out: {preset: webhook, url: "http://127.0.0.1:${hook.address().port}/", secret: "0123456789abcdef", timeout_ms: 30s}\n  default: out\n` });
		await chat(proxy, "one", `go ${words[0]}`);
		await until(() => got.length, "the webhook has it");
		assert.ok(got[0].includes(words[0]));
		const id = (await handoffs(proxy))[0].id;
		if (cut) {
			proxy.kill("SIGKILL");
			await proxy.exit;
		}
		const said = await cli(proxy, "erase", "--conversation", "openai-chat/one", "--reason", "asked to");
		assert.match(said, new RegExp(`  out: 1 event of ${id}, the last of [-0-9]{10} [:0-9]{8} UTC; of 1 it is not known whether it arrived \\(a try was under way\\)\n$`));
		const all = JSON.parse((await run(["erase", "-c", path.join(dir, "handrail.yaml"), "--conversation", "openai-chat/one",
			"--reason", "asked to", "--format", "json"])).out);
		assert.deepEqual(all.handed_out.map((c) => [c.certain, c.under_way]), [[false, true]]);
	});

test("erase: why a person took it is in that person's words, and goes too", async (t) => {
	const bot = await startBot(t);
	bot.onMessage("Hello", { content: "Good morning." });
	const proxy = await startHandrail(t, { upstream: bot.url, policy });
	await chat(proxy, "one", "Hello");
	// Stopped, so that the reason is still on its way to the log when it erases.
	const take = ["handoff", "take", "-c", path.join(proxy.dir, "handrail.yaml"), "openai-chat/one", "--reason", `${words[0]} is upset.`];
	await until(async () => {
		await sleep(200); // not in the middle of a transaction
		proxy.kill("SIGSTOP");
		const { err } = await run(take);
		const taken = /is written/.test(err); // and not in force yet
		if (!taken) proxy.kill("SIGCONT");
		return taken;
	}, "the conversation is stored and taken", 30000);
	const state = path.join(proxy.dir, "state");
	assert.notDeepEqual(holding(path.join(state), words[0]), [], "until then lists show it");
	const args = ["erase", "-c", path.join(proxy.dir, "handrail.yaml"), "--conversation", "openai-chat/one", "--reason", "asked to"];
	const early = await run(args);
	assert.equal(early.code, 3, "a proxy that is stopped has not taken note");
	assert.match(early.err, /has not taken note of it within 5 s.*erase again/s);
	proxy.kill("SIGCONT");
	// On its way to the audit log, which keeps it, it is in the store once more.
	await until(() => !holding(state, words[0]).some((f) => !f.includes("audit")), "the words are gone from the store");
});

// Also of what was said a moment ago, and is not in the store yet.
for (const [by, of] of [["customer", ""], ["conversation", "openai-chat/"]])
	test(`erase --${by} right behind a message: it is erased, and on record`, async (t) => {
		const bot = await startBot(t);
		bot.onMessage(words[0], { content: `Welcome, ${words[1]}.` });
		const proxy = await startHandrail(t, { upstream: bot.url, policy });
		const at = ["-c", path.join(proxy.dir, "handrail.yaml")];
		const n = 10;
		for (let i = 0; i < n; i++) {
			await chat(proxy, `x-${i}`, `My name is ${words[0]}.`, { metadata: { customer_id: `x-${i}` } });
			process.kill(proxy.pid, "SIGSTOP"); // so that it stores nothing meanwhile
			const asked = run(["erase", ...at, `--${by}`, `${of}x-${i}`, "--reason", `asked ${i}`]);
			await sleep(400);
			process.kill(proxy.pid, "SIGCONT");
			const erased = await asked;
			if (by === "customer") assert.equal(erased.code, 0, `${i}: ${erased.out}${erased.err}`);
			await cli(proxy, "handoff", "take", `openai-chat/x-${i}`, "--reason", "to look");
		}
		for (const h of await handoffs(proxy)) {
			const shown = await cli(proxy, "handoff", "show", h.id);
			for (const word of words) assert.equal(shown.includes(word), false, shown);
		}
		const recorded = proxy.records().filter((r) => r.type === "erase").map((r) => r.detail);
		assert.deepEqual(recorded.sort(), Array.from({ length: n }, (_, i) => `asked ${i}`).sort());
		const none = await run(["erase", ...at, `--${by}`, `${of}nobody`, "--reason", "asked to"]);
		assert.equal(none.code, 1, none.out + none.err);
	});

// What the proxy remembers is not stored once more under a new key.
test("erase, and the customer writes on in that moment", async (t) => {
	const bot = await startBot(t);
	bot.onMessage("name", { content: `Welcome, ${words[1]}.` });
	bot.onMessage("Promise", { content: "I guarantee it." });
	const proxy = await startHandrail(t, { upstream: bot.url, policy });
	for (const wait of [0, 20, 40, 60, 80, 100, 120, 150]) {
		const id = `c-${wait}`;
		await chat(proxy, id, `My name is ${words[0]}.`);
		const erased = run(["erase", "-c", path.join(proxy.dir, "handrail.yaml"), "--conversation", `openai-chat/${id}`, "--reason", "asked to"]);
		await sleep(wait);
		await chat(proxy, id, "Promise me.");
		const { code, err } = await erased;
		assert.ok(code === 0 || code === 1, err);
	}
	const all = await handoffs(proxy);
	assert.equal(all.length, 8);
	for (const h of all) {
		const shown = await cli(proxy, "handoff", "show", h.id, "--format", "json");
		for (const word of words) assert.equal(shown.includes(word), false, `${h.conversation}: ${shown}`);
	}
});

// An answer that has begun when the erasure comes: what was said before it is
// not stored when the stream ends, and the conversation goes on.
for (const wait of [0, 400])
	test(`erase while the first answer streams, ${wait ? "its question kept" : "nothing kept yet"}`, async (t) => {
		let finish;
		const bot = await rawBot(t, (socket, _, n) => {
			if (n > 1) return socket.write(answer(completion("Plain words.")));
			socket.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
			const chunk = (s) => socket.write(`${Buffer.byteLength(s).toString(16)}\r\n${s}\r\n`);
			chunk(frame({ role: "assistant", content: `The ${words[1]} ` }));
			finish = () => {
				chunk(frame({ content: "is here." }) + frame({}, { finish_reason: "stop" }) + "data: [DONE]\n\n");
				socket.write("0\r\n\r\n");
			};
		});
		const proxy = await startHandrail(t, { upstream: bot.url, policy });
		const first = chat(proxy, "c-1", `My name is ${words[0]}.`, { stream: true });
		await until(() => finish, "the bot speaks");
		await sleep(wait);
		const erased = await run(["erase", "-c", path.join(proxy.dir, "handrail.yaml"), "--conversation", "openai-chat/c-1", "--reason", "asked to"]);
		assert.equal(erased.code, wait ? 0 : erased.code, erased.err);
		await sleep(300);
		finish();
		assert.ok((await first).body.includes(words[1]));
		await chat(proxy, "c-1", "Hello again.");
		await chat(proxy, "c-1", "Let me speak to a human now");
		const [{ id }] = await handoffs(proxy);
		const shown = JSON.parse(await cli(proxy, "handoff", "show", id, "--format", "json"));
		const text = JSON.stringify(shown);
		for (const word of words) assert.equal(text.includes(word), false, text);
		assert.ok(text.includes("Hello again."), text);
		proxy.kill("SIGKILL");
		await proxy.exit;
		const again = await startHandrail(t, { dir: proxy.dir });
		const later = await cli(again, "handoff", "show", id, "--format", "json");
		for (const word of words) assert.equal(later.includes(word), false, later);
	});
