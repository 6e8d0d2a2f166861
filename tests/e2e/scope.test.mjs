// Only the listed topics are in scope: in whole answers and streams, what
// strays is never delivered, and the record says which rule it was.
import assert from "node:assert/strict";
import path from "node:path";
import test from "node:test";
import { content } from "./parts.mjs";
import { flow, parrot } from "./parrot.mjs";
import { chat, root, startHandrail } from "./support.mjs";

const policy = path.join(root, "tests/policies/in-scope");
const instead = "I can help with parcels, refunds and your account.";

async function start(t) {
	const bot = await parrot(t);
	return startHandrail(t, { upstream: bot.url, policy });
}

test("what is out of scope is replaced, the rest passes untouched", async (t) => {
	const proxy = await start(t);
	const stray = "Happy to help! Fry the bacon, then whisk the eggs.";
	const got = content((await chat(proxy, "c-1", stray)).body);
	assert.ok(got.startsWith(instead) && !got.includes("bacon"), got);
	for (const text of ["Hello, how can I help you today?", "Your parcel arrives tomorrow. It rains there."])
		assert.equal(content((await chat(proxy, "c-1", text)).body), text);
	const [decided] = proxy.records().filter((r) => r.verdict === "replace");
	assert.equal(decided.reason, "The assistant is approved for these matters (CX-118).");
	assert.deepEqual(decided.rules.map((r) => [r.rule, r.line]), [["policy/only", "policy.yaml:8"]]);
	assert.deepEqual(decided.rules[0].spans,
		[{ start: 15, end: 50, what: "on none of the topics in scope" }]);
});

test("a stream is held from where it strays until a topic is named", async (t) => {
	const proxy = await start(t);
	const cut = await flow(proxy, "c-1", "Happy to help! Fry the bacon, then whisk the eggs.");
	assert.ok(cut.startsWith("Happy to help! ") && cut.includes(instead) && !cut.includes("Fry"), cut);
	const late = "Happy to help! It rains a lot, so your courier is late.";
	assert.equal(await flow(proxy, "c-2", late), late);
});
