// erase destroys the keys: no file of the state holds the words, before or
// after, the text cannot be read any more, and the records stay.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { chat, run, startBot, startHandrail } from "./support.mjs";
import { cli, handoffs, policy } from "./parts.mjs";

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
		assert.deepEqual([again.code, JSON.parse(again.out)], [1, { erased: 0 }]);
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

test("erase: why a person took it is in that person's words, and goes too", async (t) => {
	const bot = await startBot(t);
	bot.onMessage("Hello", { content: "Good morning." });
	const proxy = await startHandrail(t, { upstream: bot.url, policy });
	await chat(proxy, "one", "Hello");
	await cli(proxy, "handoff", "take", "openai-chat/one", "--reason", `${words[0]} is upset.`);
	const state = path.join(proxy.dir, "state");
	assert.notDeepEqual(holding(path.join(state), words[0]), [], "until then lists show it");
	await cli(proxy, "erase", "--conversation", "openai-chat/one", "--reason", "asked to");
	assert.deepEqual(holding(state, words[0]).filter((f) => !f.includes("audit")), []);
});
