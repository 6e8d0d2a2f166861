// check, test and explain as an author types them: text, JSON, exit codes.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { binary, certificates, configuration, root, tempDir, writePolicy } from "./support.mjs";

const starter = path.join(root, "policies/starter");

function handrail(args, options = {}) {
	const done = spawnSync(binary, args, { encoding: "utf8", ...options });
	assert.equal(done.signal, null, done.stderr);
	return done;
}

const policy = "format: 1\nkind: policy\nname: t\npacks: [p]\n";
const pack = (phrase, example) => `format: 1
kind: pack
pack: p
rules:
  - id: a
    title: A
    why: Because.
    find: {phrases: [${phrase}]}
    unless: [{phrases: [maybe]}]
    then: {replace: Something else.}
    examples:
      matches:
        - ${example}
      passes:
        - Nothing of it.
`;

test("the starter policy is sound and its examples hold", () => {
	const check = handrail(["check", starter]);
	assert.equal(check.status, 0, check.stdout + check.stderr);
	assert.match(check.stdout, /4 packs, \d+ rules: 0 errors/);
	const run = handrail(["test", starter]);
	assert.equal(run.status, 0, run.stdout + run.stderr);
	assert.match(run.stdout, /\d+ examples: \d+ passed, 0 failed/);
});

test("check shows the line, the spot and the mend", (t) => {
	const dir = writePolicy(tempDir(t), {
		"policy.yaml": policy,
		"packs/p.yaml": pack("foo", "A foo.").replace("title:", "titel:"),
	});
	const check = handrail(["check", dir]);
	assert.equal(check.status, 1);
	const lines = check.stdout.split("\n");
	assert.equal(lines[0],
		`${dir}/packs/p.yaml:6:5: error P014 unknown key "titel" in this rule`);
	assert.equal(lines[1], "    6 |     titel: A");
	assert.equal(lines[2], "      |     ^~~~~");
	assert.match(lines[3], /did you mean "title"\?/);
	const json = handrail(["check", dir, "--format", "json"]);
	assert.equal(json.status, 1);
	const report = JSON.parse(json.stdout);
	assert.equal(report.policy, null);
	assert.equal(report.findings[0].code, "P014");
	assert.equal(report.findings[0].line, 6);
});

test("test names the example that fails, and none at all is a failure", (t) => {
	const dir = writePolicy(tempDir(t), {
		"policy.yaml": policy,
		"packs/p.yaml": pack("foo", "A bar."),
	});
	const run = handrail(["test", dir]);
	assert.equal(run.status, 1);
	assert.match(run.stdout, /^FAIL p\/a {2}.*packs\/p.yaml:13:11 {2}matches$/m);
	assert.match(run.stdout, /^ {3}nothing fired\. nearest miss: none of its phrases$/m);
	assert.match(handrail(["check", dir]).stdout,
		/P070 [^]*^ {3}none of its phrases$/m);
	assert.match(run.stdout, /2 examples: 1 passed, 1 failed/);
	const json = JSON.parse(handrail(["test", dir, "--format=json"]).stdout);
	assert.deepEqual(json.examples.map((e) => e.good), [false, true]);
	assert.equal(json.examples[0].text, "A bar.");
	assert.equal(handrail(["test", dir, "--run", "p/none"]).status, 1);
});

test("explain says what fired, where, and what the customer gets", (t) => {
	const dir = writePolicy(tempDir(t), {
		"policy.yaml": policy,
		"packs/p.yaml": pack("foo", "A foo."),
	});
	const fired = handrail(["explain", "--policy", dir, "The foo is here."]);
	assert.equal(fired.status, 0, fired.stderr);
	assert.match(fired.stdout, /^verdict {3}replace/m);
	assert.match(fired.stdout, /^because {3}p\/a .*packs\/p.yaml:5/m);
	assert.match(fired.stdout, /"foo"/);
	assert.match(fired.stdout, /^customer {2}Something else\.$/m);
	const piped = handrail(["explain", "--policy", dir, "--format", "json"],
		{ input: "Maybe a foo.\n" });
	assert.equal(JSON.parse(piped.stdout).verdict, "deliver");
	const why = handrail(
		["explain", "--policy", dir, "--why-not", "p/a", "Maybe a foo."]);
	assert.equal(why.status, 0);
	assert.match(why.stdout, /^p\/a is excused.*\n +the exception at .*packs\/p\.yaml:9$/m);
	const json = JSON.parse(handrail(["explain", "--policy", dir, "--why-not", "p/a",
		"--format", "json", "Maybe a foo."]).stdout);
	assert.deepEqual([json.exception, json.unmet], [{ file: path.join(dir, "packs/p.yaml"), line: 9 }, null]);
	assert.match(fired.stdout, /policy sha256:\w+\.\.\. {2}p@1$/m);
	assert.match(fired.stdout, /^excused\? {2}no: nothing of the exception in line 9 /m);
	assert.match(fired.stdout, /^work {6}\d+ us, 1 rule, text 16 bytes$/m);
	const miss = handrail(
		["explain", "--policy", dir, "--why-not", "p/a", "Nothing here."]);
	assert.match(miss.stdout, /^p\/a finds nothing[^]*none of its phrases$/m);
});

// Whoever says it and wherever the file came from.
test("a diagnostic names a file that can be opened", (t) => {
	const placed = (text) => {
		const place = /^(.*?):\d+:\d+: (?:error|note) P\d+/m.exec(text);
		assert.ok(place, text);
		return place[1];
	};
	const shipped = handrail(["check", starter], { cwd: root });
	assert.match(placed(shipped.stdout), /^policies\/packs\/\w+\.yaml$/);
	const elsewhere = handrail(["check", starter], { cwd: tempDir(t) });
	assert.ok(fs.existsSync(placed(elsewhere.stdout)), elsewhere.stdout);
	const dir = writePolicy(tempDir(t), {
		"policy.yaml": policy,
		"packs/p.yaml": pack("foo", "A foo.").replace("title:", "titel:"),
	});
	const judge = handrail(["judge", "--policy", dir], { input: "" });
	assert.equal(placed(judge.stderr), `${dir}/packs/p.yaml`);
	assert.match(judge.stderr, /^ {4}6 \| {5}titel: A$/m);
	const config = path.join(dir, "handrail.yaml");
	fs.writeFileSync(config, configuration(dir, { upstream: "http://127.0.0.1:9", policy: dir }));
	const run = handrail(["run", "--check", "-c", config]);
	assert.equal(placed(run.stderr), `${dir}/packs/p.yaml`);
});

// Errors that only both files together show, or the certificates.
test("run --check says where, also of what the files do not say", (t) => {
	const dir = writePolicy(tempDir(t), {
		"p/policy.yaml": policy + "queues:\n  care: {destination: dsk}\n",
		"p/packs/p.yaml": pack("foo", "A foo."),
		"open.key": fs.readFileSync(path.join(certificates, "localhost.key")),
	});
	const config = path.join(dir, "handrail.yaml");
	fs.chmodSync(path.join(dir, "open.key"), 0o644);
	const check = (listen) => {
		fs.writeFileSync(config, configuration(dir,
			{ upstream: "http://127.0.0.1:9", policy: path.join(dir, "p"), listen }));
		return handrail(["run", "--check", "-c", config]).stderr;
	};
	const queue = check();
	assert.match(queue, /^.*\/p\/policy\.yaml:6:23: error C100 .*queue "care"/m);
	assert.match(queue, /^ {4}6 \| .*\n.*\^~~\n {3}did you mean "desk"\?$/m);
	fs.writeFileSync(path.join(dir, "p/policy.yaml"), policy);
	assert.match(check(`  - address: 127.0.0.1:0
    tls: {certificate: ${certificates}/localhost.pem, key: open.key}`),
	/handrail\.yaml:3:5: error C100 .*open to others/);
	assert.match(check("  - address: 256.1.1.1:80\n    allow_plain: yes"),
		/handrail\.yaml:2:14: error C100 .*is not an IP address/);
});

test("a rule that is not there may be another one", (t) => {
	const dir = writePolicy(tempDir(t), {
		"policy.yaml": policy,
		"packs/p.yaml": pack("foo ... bar", "A foo bar."),
	});
	const why = (rule) => handrail(["explain", "--policy", dir, "--why-not", rule, "A bar."]);
	assert.equal(why("p/b").status, 2);
	assert.match(why("p/b").stderr, /no rule "p\/b"\n {2}did you mean "p\/a"\?/);
	assert.match(why("other/a").stderr, /did you mean "p\/a"\?/);
	assert.match(why("none").stderr, /PACK\/RULE/);
	assert.match(why("p/a").stdout, /\("foo \.\.\. bar" lacks "foo"\)/);
	assert.match(handrail(["test", dir, "--run", "p/b"]).stderr, /did you mean "p\/a"\?/);
	const as = handrail(["explain", "--policy", dir, "--as", "/nonexistent", "x"]);
	assert.match(as.stderr, /^unable to open \/nonexistent/m);
});

// A vendor's pack, pinned and changed by the policy that uses it.
function overlay(t, { digest, written = 3, until = "2027-01-31" } = {}) {
	const vendor = pack("foo", "A foo.").replace("pack: p",
		"pack: vendor/base\nversion: 3");
	digest ??= createHash("sha256").update(vendor).digest("hex");
	return writePolicy(tempDir(t), {
		"packs/vendor/base.yaml": vendor,
		"policy.yaml": `format: 1
kind: policy
name: t
timezone: UTC
extends:
  - {pack: vendor/base, version: 3, digest: "sha256:${digest}"}
changes:
  - rule: vendor/base/a
    written_for: ${written}
    reason: Agents quote the terms.
    ticket: COMP-7
    until: ${until}
    add_to: {unless: [{phrases: [terms of service]}]}
`,
	});
}

test("explain reads what is given in the words of examples", (t) => {
	const given = path.join(tempDir(t), "given.json");
	const explain = (approval) => {
		fs.writeFileSync(given, JSON.stringify({
			time: "2026-11-03T10:00", ai_turn: 2,
			approvals: { refund: { id: "A-1", currency: "USD", ...approval } },
		}));
		return handrail(["explain", "--policy", starter, "--as", given,
			"I have refunded $75.00 to your card."]);
	};
	for (const good of [{}, { up_to: 75 }, { up_to: "75.00" }, { up_to: "75.5" }])
		assert.match(explain(good).stdout, /^verdict {3}deliver/m);
	for (const low of [{ up_to: 74 }, { up_to: "74.99" }, { uses: 0 }])
		assert.match(explain(low).stdout, /^verdict {3}handoff/m);
	for (const bad of [{ up_to: 74.5 }, { up_to: "much" }, { up_to: "1.234" },
		{ up_to: "-1" }, { upto: 1 }])
		assert.equal(explain(bad).status, 2);
});

test("a change to a vendor's rule is checked, judged and cited", (t) => {
	const dir = overlay(t);
	const check = handrail(["check", dir, "--day", "2026-11-03"]);
	assert.equal(check.status, 0, check.stdout);
	assert.match(check.stdout, /0 errors, 0 warnings, 0 notes/);
	const later = handrail(["check", dir, "--day", "2027-02-10"]);
	assert.equal(later.status, 0);
	assert.match(later.stdout,
		/policy.yaml:8:1: warning P044 the change to vendor\/base\/a ended 9/);
	assert.equal(handrail(["check", dir, "--day", "soon"]).status, 2);
	const given = path.join(dir, "given.json");
	const explain = (time, text) => {
		fs.writeFileSync(given, JSON.stringify({ time }));
		const run = handrail(
			["explain", "--policy", dir, "--as", given, text]);
		assert.equal(run.status, 0, run.stderr);
		return run.stdout;
	};
	const quote = "The terms of service say foo.";
	assert.match(explain("2027-01-31T23:59", quote), /^verdict {3}deliver/m);
	const after = explain("2027-02-01T00:00", quote);
	assert.match(after, /^verdict {3}replace/m);
	assert.match(after, /vendor\/base\/a .*packs\/vendor\/base.yaml:6/);
	assert.match(after,
		/changed by .*policy.yaml:8 COMP-7 until 2027-01-31: Agents quote/);
	const other = handrail(["check", overlay(t, { written: 2 })]);
	assert.equal(other.status, 1);
	assert.match(other.stdout,
		/policy.yaml:9:18: error P052 .* version 2 .* version 3 is installed/);
	const bytes = handrail(["check", overlay(t, { digest: "0".repeat(64) })]);
	assert.equal(bytes.status, 1);
	assert.match(bytes.stdout, /P053[^]*base.yaml is sha256:[0-9a-f]{64}/);
});

test("wrong usage and unreadable input are exit 2", (t) => {
	const dir = tempDir(t);
	for (const args of [["chekc"], ["check", "--nosuch"], ["check", "a", "b"],
		["check", path.join(dir, "none")], ["test", "--run"],
		["check", starter, "--format", "xml"],
		["explain", "--policy", starter, "--as", path.join(dir, "none"), "x"],
		["explain", "--policy", starter, "--speaker", "dog", "x"],
		["explain", "--policy", starter, "--why-not", "no/rule", "x"]]) {
		const run = handrail(args);
		assert.equal(run.status, 2, args.join(" ") + run.stdout);
		assert.notEqual(run.stderr, "", args.join(" "));
	}
	assert.match(handrail(["chekc"]).stderr, /did you mean "check"\?/);
	assert.equal(handrail(["--help"]).status, 0);
	assert.match(handrail(["--version"]).stdout, /^handrail \d/);
	for (const verb of ["check", "test", "explain"])
		assert.match(handrail([verb, "--help"]).stdout, /^usage: handrail/);
});

test("a file that is too large is told the limit", (t) => {
	const dir = writePolicy(tempDir(t), { "policy.yaml": policy, "packs/p.yaml": "" });
	fs.truncateSync(path.join(dir, "packs/p.yaml"), (16 << 20) + 1);
	const check = handrail(["check", dir]);
	assert.notEqual(check.status, 0);
	assert.match(check.stdout + check.stderr, /p\.yaml.*larger than 16777216 bytes/);
});

test("a pipe among the packs is not waited for", (t) => {
	const dir = tempDir(t);
	writePolicy(dir, { "policy.yaml": policy, "packs/p.yaml": pack("dog", "A dog.") });
	assert.equal(spawnSync("mkfifo", [path.join(dir, "packs/q.yaml")]).status, 0);
	const check = handrail(["check", dir], { timeout: 10000 });
	assert.equal(check.status, 2);
	assert.match(check.stdout + check.stderr, /q\.yaml.*not an ordinary file/);
});

test("output that cannot be written is exit 3, a configuration that cannot be read exit 2", () => {
	const full = fs.openSync("/dev/full", "w");
	const help = spawnSync(binary, ["help"], { stdio: ["ignore", full, "pipe"], encoding: "utf8" });
	fs.closeSync(full);
	assert.equal(help.status, 3);
	assert.match(help.stderr, /cannot write its output: No space left/);
	for (const file of ["/nowhere/handrail.yaml", root]) {
		const run = handrail(["run", "-c", file]);
		assert.equal(run.status, 2, run.stderr);
		assert.match(run.stderr, /cannot read the configuration/);
	}
});
