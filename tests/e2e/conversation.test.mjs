// Conversation tests as `handrail test` runs them and a reload judges them,
// and the reports for build servers.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { XMLParser } from "fast-xml-parser";
import { binary, tempDir, writePolicy } from "./support.mjs";

function handrail(...args) {
	const done = spawnSync(binary, args, { encoding: "utf8" });
	assert.equal(done.signal, null, done.stderr);
	return done;
}

const files = (turns) => ({
	"policy.yaml": "format: 1\nkind: policy\nname: t\npacks: [p]\n",
	"packs/p.yaml": `format: 1
kind: pack
pack: p
rules:
  - id: refund
    title: Refunds above 50 need an approval
    find: {money: {above: 50}, near: [refund*], within: 10 words}
    unless: [{approval: refund}]
    then: handoff
    examples:
      matches:
        - I have refunded $75.00.
      passes:
        - I have refunded $50.00.
        - text: I have refunded $75.00.
          given: {approvals: {refund: APR-1}}
  - id: promise
    title: No promises
    find: {phrases: [guarantee]}
    then: {block: {say: "I can't promise that."}}
    examples:
      matches:
        - We guarantee it.
      passes:
        - We hope so.
`,
	"tests/refunds.yaml": `format: 1
kind: conversation tests
tests:
  - name: approval arrives, then the refund passes once
    turns:
      - customer: I was charged twice.
      - given: {approvals: {refund: APR-20931}}
      - ai: I have refunded $75.00 to your card.
        expect: deliver
      - ai: I have refunded $75.00 to your card.
        expect: handoff
        because: p/refund
${turns}`,
});

test("turns are judged one after the other", (t) => {
	const dir = writePolicy(tempDir(t), files(""));
	const run = handrail("test", dir);
	assert.equal(run.status, 0, run.stdout);
	assert.match(run.stdout, /^5 examples: 5 passed, 0 failed {6}2 conversation steps: 2 passed, 0 failed$/m);
	assert.equal(handrail("check", dir).status, 0);
});

const bad = `      - ai: It is <b>refunded</b> & "done".
        expect: handoff
        because: p/refund
`;

test("a turn that goes otherwise says what, why and where", (t) => {
	const dir = writePolicy(tempDir(t), files(bad));
	const run = handrail("test", dir);
	assert.equal(run.status, 1);
	assert.match(run.stdout,
		/^FAIL approval arrives.* {2}.*tests\/refunds.yaml:13:13 {2}handoff because of p\/refund$/m);
	assert.match(run.stdout, /^ {3}deliver: no rule fired$/m);
	assert.match(run.stdout, /^ {3}p\/refund finds nothing of what it looks for$/m);
	assert.match(run.stdout, /3 conversation steps: 2 passed, 1 failed/);
	const json = JSON.parse(handrail("test", dir, "--format=json").stdout);
	assert.deepEqual(json.steps.map((s) => s.good), [true, true, false]);
	assert.equal(json.steps[2].line, 13);
	assert.equal(json.failed, 1);
	assert.equal(json.passed, 7);
	// The same refuses a reload, and so a check.
	const check = handrail("check", dir);
	assert.equal(check.status, 1);
	assert.match(check.stdout,
		/tests\/refunds.yaml:13:13: error P074 expected handoff, but got deliver/);
});

test("JUnit XML counts examples, turns and a policy that does not load", (t) => {
	const parser = new XMLParser({ ignoreAttributes: false });
	const dir = writePolicy(tempDir(t), files(bad));
	const run = handrail("test", dir, "--format", "junit");
	assert.equal(run.status, 1);
	const suites = parser.parse(run.stdout).testsuites;
	assert.equal(suites["@_tests"], "9");
	assert.equal(suites["@_failures"], "1");
	const [policy, examples, turns] = suites.testsuite;
	assert.equal(policy.testcase["@_name"], "loads");
	assert.equal(examples.testcase.length, 5);
	assert.equal(examples.testcase[0]["@_classname"], "p/promise");
	const failing = turns.testcase.filter((c) => c.failure);
	assert.equal(failing.length, 1);
	assert.match(failing[0]["@_name"], /It is <b>refunded<\/b> & "done"\.$/);
	assert.match(failing[0]["@_file"], /refunds.yaml$/);
	assert.match(failing[0].failure["@_message"], /no rule fired/);
	const broken = handrail("test",
		writePolicy(tempDir(t), { ...files(""), "packs/p.yaml": "kind: pack\n" }),
		"--format", "junit");
	assert.equal(broken.status, 1);
	assert.equal(parser.parse(broken.stdout).testsuites["@_errors"], "1");
	assert.match(broken.stderr, /P002/);
});

test("no example and no test at all is a failure", (t) => {
	const dir = writePolicy(tempDir(t), {
		"policy.yaml": "format: 1\nkind: policy\nname: t\npacks: [p]\n",
		"packs/p.yaml": `format: 1
kind: pack
pack: p
rules:
  - {id: a, title: A, mode: shadow, find: {phrases: [foo]}, then: log}
`,
	});
	const run = handrail("test", dir);
	assert.equal(run.status, 1);
	assert.match(run.stdout, /no examples were found/);
});

test("what the examples reach, and what they would not notice", (t) => {
	const dir = writePolicy(tempDir(t), files(""));
	const run = handrail("test", dir, "--cover", "--weaken");
	assert.equal(run.status, 0, run.stdout);
	assert.match(run.stdout, /^cover: 2\/2 rules fired by an example; 1\/1 phrases exercised$/m);
	assert.match(run.stdout, /^weaken: 1 of 3 weakened rules were noticed$/m);
	assert.match(run.stdout, new RegExp("^   p/refund  limit 50 -> 70 went unnoticed\\n" +
		"      add a matches: example between 50 and 70, " +
		"e.g. \"I have refunded \\$51.\"$", "m"));
	const json = JSON.parse(handrail("test", dir, "--cover", "--weaken",
		"--run", "p/refund", "--format", "json").stdout);
	assert.deepEqual(json.cover.map((c) => c.rule), ["p/refund"]);
	assert.equal(json.weaken.filter((w) => w.noticed).length, 1);
	assert.deepEqual(json.steps, []);
});

test("check as SARIF", (t) => {
	const dir = writePolicy(tempDir(t), files(bad));
	const run = handrail("check", dir, "--format", "sarif");
	assert.equal(run.status, 1);
	const log = JSON.parse(run.stdout);
	assert.equal(log.version, "2.1.0");
	assert.equal(log.runs[0].tool.driver.name, "handrail");
	const result = log.runs[0].results.find((r) => r.ruleId === "P074");
	assert.equal(result.level, "error");
	assert.match(result.message.text, /expected handoff/);
	const place = result.locations[0].physicalLocation;
	assert.equal(place.artifactLocation.uri, `${dir}/tests/refunds.yaml`);
	assert.deepEqual(place.region, { endColumn: 14, startColumn: 13, startLine: 13 });
	assert.equal(handrail("test", dir, "--format", "sarif").status, 2);
});
