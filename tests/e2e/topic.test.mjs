// Learned topics: train, check, judge, explain; and a file that was touched.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { binary } from "./support.mjs";

const like = ["Buy shares while they are cheap.", "Put your savings into an index fund.",
	"Shares will go up next year.", "I would buy that stock now.",
	"Gold is a safe investment.", "You should invest in bonds.",
	"This fund returns eight percent a year.", "Sell the stock before it falls.",
	"Crypto is a good investment today.", "Move your savings into stocks.",
	"Invest in gold and hold it.", "Bonds are safer than shares."];
const unlike = ["Your order is on its way.", "The parcel will arrive on Monday.",
	"Please restart the router.", "I have refunded the fee.",
	"Which size do you need?", "The store opens at nine.",
	"Your password was reset.", "I can book a table for two.",
	"The flight leaves at noon.", "Thank you for waiting.",
	"Is there anything else?", "Your plan renews in May."];

let dir;
const run = (...args) => spawnSync(binary, args, { encoding: "utf8" });
const file = (name) => path.join(dir, name);

function writePack(likes, unlikes) {
	const list = (all) => all.map((s) => `      - ${s}\n`).join("");
	writeFileSync(file("packs/money.yaml"), `format: 1
kind: pack
pack: money
topics:
  investing:
    learned: investing.topic
    like:
${list(likes)}    unlike:
${list(unlikes)}rules:
  - id: no-advice
    title: No advice on investments
    find: {topic: investing}
    then: {block: {say: I can only help with your order.}}
    examples:
      matches:
        - Thanks. You should invest in bonds. Bye.
      passes:
        - Your order is on its way.
`);
}

before(() => {
	dir = mkdtempSync(path.join(os.tmpdir(), "handrail-topic-"));
	mkdirSync(file("packs"));
	writeFileSync(file("policy.yaml"),
		"format: 1\nkind: policy\nname: t\npacks: [money]\n");
	writePack(like, unlike);
});
after(() => rmSync(dir, { recursive: true }));

test("before it is trained the policy says what is missing", () => {
	const check = run("check", dir);
	assert.equal(check.status, 1);
	assert.match(check.stdout, /money\.yaml:6:14: error P100 there is no packs\/investing\.topic/);
	assert.match(check.stdout, /handrail topic train/);
});

test("trained, it finds its sentences, and says how sure that is", () => {
	const trained = run("topic", "train", file("packs/money.yaml"));
	assert.equal(trained.status, 0, trained.stderr);
	assert.match(trained.stdout, /like +\d+ of 12 found: \d+\.\d %, likely \d+ to \d+ %/);
	assert.match(trained.stdout, /unlike +\d+ of 12 found/);
	assert.match(trained.stdout, /wrote .*packs\/investing\.topic/);
	const check = run("check", dir);
	assert.equal(check.status, 0, check.stdout);
	assert.match(check.stdout, /P065 money\/no-advice holds a stream to the end of each sentence/);
	assert.equal(run("test", dir).status, 0);
});

test("the same sentences give the same bytes, whatever their order", () => {
	const first = readFileSync(file("packs/investing.topic"));
	writePack([...like].reverse(), [...unlike].reverse());
	const json = run("topic", "train", file("packs/money.yaml"), "--format", "json");
	const [topic] = JSON.parse(json.stdout);
	assert.equal(topic.topic, "investing");
	assert.equal(topic.like, 12);
	assert.equal(topic.lines_missed.length, topic.like - topic.like_found);
	assert.deepEqual(readFileSync(file("packs/investing.topic")), first);
	writePack(like, unlike);
});

test("explain and judge show which words weighed", () => {
	const text = "Hello. You should invest in bonds now. Bye.";
	const told = run("explain", "--policy", dir, text);
	assert.match(told.stdout, /"You should invest in bonds now\." is topic investing \d+\.\d{3} > \d+\.\d{3}/);
	assert.match(told.stdout, /most of it: .*(invest|bonds) \+\d+\.\d{3}/);
	const json = JSON.parse(run("explain", "--policy", dir, "--format", "json", text).stdout);
	const words = json.hits[0].words.map((w) => text.slice(w.start, w.end));
	assert.ok(words.includes("invest") && words.includes("bonds"), words);
	for (const how of [[], ["--split", "bytes"], ["--split", "random:7"]]) {
		const judged = spawnSync(binary, ["judge", "--policy", dir, ...how],
			{ encoding: "utf8", input: JSON.stringify({ id: 1, text }) + "\n" });
		const out = JSON.parse(judged.stdout);
		assert.equal(out.verdict, "block");
		assert.deepEqual(out.rules[0].spans, [{ start: 7, end: 38 }]);
		assert.deepEqual(out.rules[0].words.map((w) => text.slice(w.start, w.end)), words);
		if (how.length)
			assert.equal(out.released, 7, "held from where the sentence begins");
	}
});

test("sentences that changed since are told; what cannot be learned is refused", () => {
	writePack([...like, "Silver is worth buying."], unlike);
	const check = run("check", dir);
	assert.match(check.stdout, /warning P101/);
	writePack(like.slice(0, 9), unlike);
	const few = run("topic", "train", file("packs/money.yaml"));
	assert.equal(few.status, 1);
	assert.match(few.stderr, /P102 9 sentences under like: are too few/);
	writePack(like, [...unlike, "BUY shares, while they are cheap!"]);
	const both = run("topic", "train", file("packs/money.yaml"));
	assert.equal(both.status, 1);
	assert.match(both.stderr, /money\.yaml:33:9: error P102 .*line 8, which stands under like:/);
	writePack(like, unlike);
	assert.equal(run("check", dir).status, 0, "the file of before is still there");
});

test("a file somebody touched is refused where it stands", () => {
	const good = readFileSync(file("packs/investing.topic"), "utf8");
	writeFileSync(file("packs/investing.topic"), good.replace(/threshold: \d+/, "threshold: 1"));
	const touched = run("check", dir);
	assert.equal(touched.status, 1);
	assert.match(touched.stdout, /investing\.topic:521:\d+: error P100 the check does not fit/);
	writeFileSync(file("packs/investing.topic"), good.slice(0, 5000));
	assert.match(run("check", dir).stdout, /error P100 this file does not end with its check/);
	writeFileSync(file("packs/investing.topic"), good);
	const digest = (s) => s.match(/sha256:[0-9a-f]{64}/)[0];
	const before = digest(run("check", dir).stdout);
	run("topic", "train", file("packs/money.yaml"), "--false-alarms", "50");
	assert.notEqual(digest(run("check", dir).stdout), before);
});

test("wrong usage says what to do", () => {
	for (const [args, says] of [
		[[], /topic train/],
		[["lern", "x"], /topic train/],
		[["train"], /which pack/],
		[["train", file("packs/none.yaml")], /cannot be read: No such file/],
		[["train", file("packs/money.yaml"), "--topic", "x"], /no learned topic "x"; it has: "investing"/],
		[["train", file("packs/money.yaml"), "--false-alarms", "51"], /from 0 to 50/],
		[["train", file("packs/money.yaml"), "--false-alarms", "1e1"], /from 0 to 50/],
		[["train", file("packs/money.yaml"), "--format", "xml"], /text or json/],
	]) {
		const wrong = run("topic", ...args);
		assert.equal(wrong.status, 2, args.join(" "));
		assert.match(wrong.stderr, says);
	}
	assert.equal(run("topic", "--help").status, 0);
	assert.match(run("topic", "--help").stdout, /--false-alarms/);
});
