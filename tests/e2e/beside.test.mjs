// What the command line reports as done is in force in the running proxy.
import assert from "node:assert/strict";
import test from "node:test";
import { chat, run, startHandrail, until } from "./support.mjs";
import { cli, content, fallback, handoffs, policy } from "./parts.mjs";
import { parrot } from "./parrot.mjs";

async function setup(t) {
	const bot = await parrot(t);
	const proxy = await startHandrail(t, { upstream: bot.url, policy });
	const asks = async (id, text) => content((await chat(proxy, id, text)).body);
	const at = ["-c", `${proxy.dir}/handrail.yaml`];
	return { bot, proxy, asks, at };
}

test("after take, which may come right behind the first answer, the AI is silent; after return it is back", async (t) => {
	const { proxy, asks } = await setup(t);
	for (let i = 0; i < 6; i++) {
		assert.equal(await asks(`c-${i}`, "One."), "One.");
		const taken = JSON.parse(await cli(proxy, "handoff", "take", `openai-chat/c-${i}`, "--reason", "r", "--format", "json"));
		assert.notEqual(await asks(`c-${i}`, "Two."), "Two.");
		await cli(proxy, "handoff", "return", taken.handoff);
		assert.equal(await asks(`c-${i}`, "Three."), "Three.");
	}
});

test("after pause the AI is silent, after its end it speaks", async (t) => {
	const { proxy, asks } = await setup(t);
	for (let i = 0; i < 4; i++) {
		await cli(proxy, "pause", "--ai-speech", "--for", "15m", "--reason", "test");
		assert.equal(await asks(`c-${i}`, "One."), fallback);
		await cli(proxy, "pause", "end", String(i + 1));
		assert.equal(await asks(`d-${i}`, "One."), "One.");
	}
});

test("a proxy that does not take note: said plainly, and not as success", async (t) => {
	const { proxy, asks, at } = await setup(t);
	assert.equal(await asks("c-1", "One."), "One.");
	const known = (await cli(proxy, "handoff", "take", "openai-chat/c-1", "--reason", "r")).match(/h-[0-9a-f]+/)[0];
	process.kill(proxy.pid, "SIGSTOP");
	const [pause, back] = await Promise.all([
		run(["pause", ...at, "--ai-speech", "--for", "15m", "--reason", "test"]),
		run(["handoff", "return", known, ...at]),
	]);
	process.kill(proxy.pid, "SIGCONT");
	for (const [done, what] of [[pause, /pause 1 is written/], [back, new RegExp(`return ${known} is written`)]]) {
		assert.equal(done.code, 3, done.out + done.err);
		assert.equal(done.out, "");
		assert.match(done.err, what);
		assert.match(done.err, /not in force there yet/);
	}
	await until(async () => (await asks("c-2", "One.")) === fallback, "it comes into force all the same");
	assert.equal((await handoffs(proxy)).some((h) => h.id === known), false);
});

test("without a proxy it is done when it is written", async (t) => {
	const { proxy, asks } = await setup(t);
	assert.equal(await asks("c-1", "One."), "One.");
	await proxy.stop();
	const began = Date.now();
	assert.match(await cli(proxy, "handoff", "take", "openai-chat/c-1", "--reason", "r"), /It is yours/);
	assert.ok(Date.now() - began < 4500, "nobody is waited for");
	const none = await run(["handoff", "take", "openai-chat/c-9", "--reason", "r", "-c", `${proxy.dir}/handrail.yaml`]);
	assert.equal(none.code, 2);
});
