// judge as it is used to measure: JSON lines in and out, whole and cut.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import path from "node:path";
import { test } from "node:test";
import { binary, root } from "./support.mjs";

const starter = path.join(root, "policies/starter");
const addsUp = path.join(root, "tests/policies/adds-up");

const judge = (lines, ...options) => judgeBy(starter, lines, ...options);

function judgeBy(policy, lines, ...options) {
	const input = lines
		.map((l) => (typeof l === "string" ? l : JSON.stringify(l)) + "\n")
		.join("");
	const done = spawnSync(binary, ["judge", "--policy", policy, ...options],
		{ encoding: "utf8", input });
	assert.equal(done.signal, null, done.stderr);
	const out = done.stdout.split("\n").filter(Boolean).map((l) => JSON.parse(l));
	return { status: done.status, out, stderr: done.stderr };
}

const given = { ai_turn: 2 };
const texts = [
	{ id: "plain", text: "Your parcel is on its way.", given },
	{ id: 2, text: "I can give you 15% off your next bill.", given },
	{ id: ["any"], text: "The card is 4111 1111 1111 1111, thanks.", given },
	{ id: "late", text: "So I can waive your late fee, I think. ".repeat(40), given },
	{ text: "", given },
];

test("every text has its line, in order, and hits are no error", () => {
	const { status, out } = judge(texts);
	assert.equal(status, 0);
	assert.deepEqual(out.map((o) => o.id), ["plain", 2, ["any"], "late", null]);
	assert.deepEqual(out[0],
		{ id: "plain", verdict: "deliver", undecided: null, rules: [] });
	assert.equal(out[1].verdict, "handoff");
	assert.deepEqual(out[1].rules[0].spans, [{ start: 15, end: 18 }]);
	assert.equal(out[2].verdict, "redact");
	assert.equal(out[2].text, "The card is [number removed], thanks.");
});

test("text is what the customer gets: what had left, a blank line, the approved words", () => {
	const [ai] = judge([{ text: "Of course, thank you. I can give you 15% off your next bill.", given }], "--split", "bytes").out;
	assert.match(ai.text, /^Of course, thank you\. .*\n\n\S.*$/);
	assert.equal(ai.text.indexOf("\n\n"), ai.released);
	const [customer] = judge([{ text: "Well, let me speak to a manager right now.", speaker: "customer", given }], "--split", "bytes").out;
	assert.equal(customer.verdict, "handoff");
	assert.equal(customer.text.includes("manager"), false, "not their own words");
});

test("cut anywhere, verdicts and rules stay, and nothing withheld is let go", () => {
	const whole = judge(texts).out;
	for (const how of ["whole", "bytes", "random:1", "random:77"]) {
		const { status, out } = judge(texts, "--split", how);
		assert.equal(status, 0);
		out.forEach((o, i) => {
			assert.deepEqual([o.verdict, o.undecided, o.rules],
				[whole[i].verdict, whole[i].undecided, whole[i].rules], how);
			assert.equal(typeof o.mean_held, "number");
			assert.ok(o.released <= Buffer.byteLength(texts[i].text));
		});
		assert.ok(out[1].released <= 15);
		assert.equal(out[1].text.slice(0, out[1].released),
			texts[1].text.slice(0, out[1].released));
	}
});

test("a bad line is named, the others are judged", () => {
	const { status, out, stderr } = judge([
		texts[0], "{", '{"id": 1}', { id: 3, text: "x", given: { ai_trun: 1 } },
		{ id: 4, text: "x", given: { time: "tomorrow" } }, "[]", texts[1]]);
	assert.equal(status, 2);
	assert.deepEqual(out.map((o) => o.id), ["plain", 2]);
	for (const line of [2, 3, 4, 5, 6])
		assert.match(stderr, new RegExp(`line ${line}: `));
	assert.match(stderr, /unknown key ai_trun/);
});

test("a key that is not read is named once, and the line is judged", () => {
	const { status, out, stderr } = judge([
		{ id: 1, text: "x", spaeker: "customer", label: 1 },
		{ id: 2, text: "x", spaeker: "customer" }]);
	assert.equal(status, 0);
	assert.deepEqual(out.map((o) => o.id), [1, 2]);
	assert.equal(stderr.match(/line 1: the key spaeker is not read/g).length, 1);
	assert.match(stderr, /line 1: the key label is not read/);
	assert.doesNotMatch(stderr, /line 2/);
});

test("what is given counts", () => {
	const text = "I have refunded $75.00 to your card.";
	const { out } = judge([
		{ id: 1, text, given },
		{ id: 2, text, given: { ai_turn: 2, approvals: { refund: "APR-1" } } },
		{ id: 3, text: "I want to end my life", speaker: "customer" },
	]);
	assert.equal(out[0].verdict, "handoff");
	assert.equal(out[1].verdict, "deliver");
	assert.equal(out[2].verdict, "handoff");
});

test("what the AI said before adds up", () => {
	const text = "Another $40 credit is on its way.";
	const row = { name: "promises/credit-in-all", kind: "money", currency: "USD", value: 4000 };
	const verdicts = (...options) =>
		judgeBy(addsUp, [
			{ text },
			{ text, given: { ai_said: ["A $40 credit is on its way."] } },
			{ text, given: { counted: [row] } },
			{ text, given: { counted: [{ ...row, value: 1000, times: 1 }] } },
			{ text, given: { counted: [{ ...row, currency: "EUR", times: 9 }] } },
			{ text, given: { counted: [], ai_said: ["A $40 credit is on its way."] } },
		], ...options).out.map((o) => o.verdict);
	const expected = ["deliver", "handoff", "handoff", "deliver", "deliver", "deliver"];
	assert.deepEqual(verdicts(), expected);
	assert.deepEqual(verdicts("--split", "bytes"), expected);
	for (const counted of [{}, [row.name], [{ ...row, kind: "mony" }], [{ ...row, value: -1 }],
		[{ ...row, valeu: 1 }], [{ ...row, kind: "signal" }], [{ kind: "signal" }]]) {
		const { status, stderr } = judgeBy(addsUp, [{ text, given: { counted } }]);
		assert.equal(status, 2, JSON.stringify(counted));
		assert.match(stderr, /line 1: counted must be a list/);
	}
});

test("statistics say what was held", () => {
	const held = (text, how) => {
		const { stderr } = judge([{ text, given }], "--split", how, "--stats");
		const [, mean, max] =
			stderr.match(/; held mean ([0-9.]+) bytes, max ([0-9]+)\n$/);
		return { mean: Number(mean), max: Number(max) };
	};
	/* Only a last word is ever held: 0 bytes after the space, 3 before. */
	assert.deepEqual(held("cup cup cup ", "bytes"), { mean: 1.5, max: 3 });
	assert.deepEqual(held("cup cup cup ", "bytes:5"), { mean: 1, max: 2 });
	assert.deepEqual(held("cup cup cup ", "whole"), { mean: 0, max: 0 });
	assert.doesNotMatch(judge(texts, "--stats").stderr, /held/);
});

test("wrong usage is said", () => {
	for (const args of [[], ["--policy"], ["--policy", starter, "--split", "x"],
		["--policy", starter, "--split", "bytes:0"],
		["--policy", starter, "--split", "random:"],
		["--policy", starter, "--bogus"]]) {
		const done = spawnSync(binary, ["judge", ...args],
			{ encoding: "utf8", input: "" });
		assert.equal(done.status, 2, args.join(" "));
		assert.match(done.stderr, /usage: handrail judge/);
	}
	assert.match(judge(texts, "--stats").stderr, /5 messages, .* p50 /);
});

const classified = path.join(root, "tests/policies/classified");

test("a classifier's scores are given, for all sentences or as they were recorded", () => {
	const text = "Good day. You fool. Bye.";
	const recorded = [
		{ classifier: "tone", start: 0, end: 9, scores: { insult: 10, threat: 0 } },
		{ classifier: "tone", start: 10, end: 19, scores: { insult: 930000, threat: 0 }, version: "t-1", config: "sha256:0" },
		{ classifier: "tone", start: 20, end: 24, scores: { insult: 800000, threat: 800000 } },
	];
	const lines = [
		{ id: "none", text },
		{ id: "low", text, given: { scores: { tone: "0.8" } } },
		{ id: "recorded", text, given: { scores: recorded } },
		{ id: "one is missing", text, given: { scores: recorded.slice(1) } },
		{ id: "one failed", text, given: { scores: [...recorded.slice(0, 2), { classifier: "tone", start: 20, end: 24, failed: "late" }] } },
		{ id: "a label is missing", text, given: { scores: { "tone/insult": "0.1" } } },
	];
	for (const how of [[], ["--split", "bytes"], ["--split", "random:3"]]) {
		const { status, out } = judgeBy(classified, lines, ...how);
		assert.equal(status, 0);
		const of = Object.fromEntries(out.map((o) => [o.id, o]));
		for (const id of ["none", "one is missing", "one failed", "a label is missing"])
			assert.deepEqual([of[id].verdict, of[id].undecided], ["handoff", "classifier"], id);
		assert.equal(of.low.verdict, "deliver");
		assert.equal(of.recorded.verdict, "block");
		assert.deepEqual(of.recorded.rules[0].spans, [{ start: 10, end: 19 }]);
		if (how.length) {
			assert.equal(of.recorded.released, 10, "not a byte of the sentence");
			assert.equal(of.none.released, 0);
		}
	}
});

test("scores that are none are refused", () => {
	for (const scores of [0.9, { tone: 0.9 }, { tone: "90%" }, { tone: "1.1" }, [{ classifier: "tone" }],
		[{ classifier: "tone", start: 0, end: 1, scores: { a: 1000001 } }]]) {
		const { status, stderr } = judgeBy(classified, [{ text: "Hi.", given: { scores } }]);
		assert.equal(status, 2);
		assert.match(stderr, /scores must be/);
	}
});
