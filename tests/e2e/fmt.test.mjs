// `handrail fmt`: a policy's files in one layout, and nothing else changed.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { binary, root, tempDir, writePolicy } from "./support.mjs";

function handrail(args, options = {}) {
	const done = spawnSync(binary, args, { encoding: "utf8", ...options });
	assert.equal(done.signal, null, done.stderr);
	return done;
}

const policy = "format: 1\nkind: policy\nname: t\npacks: [p]\n";
const untidy = `format:   1
kind: pack   # of words
pack: p
rules:
- id: a
  title:    A
  find: {phrases: [ foo,bar ]}
  then: log
  mode: shadow
- id: b
  title: B
  find: {phrases: [baz]}
  then: log
  mode: shadow
`;
const tidy = `format: 1
kind: pack  # of words
pack: p
rules:
  - id: a
    title: A
    find: {phrases: [foo, bar]}
    then: log
    mode: shadow

  - id: b
    title: B
    find: {phrases: [baz]}
    then: log
    mode: shadow
`;

const written = (t, text) => writePolicy(tempDir(t), {
	"policy.yaml": policy,
	"packs/p.yaml": text,
});

test("a folder's files are laid out in place, with their modes", (t) => {
	const dir = written(t, untidy);
	const pack = path.join(dir, "packs/p.yaml");
	fs.chmodSync(pack, 0o640);
	const run = handrail(["fmt", dir]);
	assert.equal(run.status, 0, run.stderr);
	assert.equal(run.stdout, `${pack}\n2 files, 1 changed\n`);
	assert.equal(fs.readFileSync(pack, "utf8"), tidy);
	assert.equal(fs.statSync(pack).mode & 0o7777, 0o640);
	assert.deepEqual(fs.readdirSync(path.join(dir, "packs")), ["p.yaml"]);
	const before = fs.statSync(pack).ino;
	const again = handrail(["fmt"], { cwd: dir });
	assert.equal(again.stdout, "2 files, 0 changed\n");
	assert.equal(fs.statSync(pack).ino, before, "not written again");
});

test("--check names what would change, and changes nothing", (t) => {
	const dir = written(t, untidy);
	const pack = path.join(dir, "packs/p.yaml");
	const check = handrail(["fmt", "--check", dir]);
	assert.equal(check.status, 1);
	assert.equal(check.stdout, `${pack}\n2 files, 1 not laid out\n`);
	assert.equal(fs.readFileSync(pack, "utf8"), untidy);
	const json = handrail(["fmt", "--check", dir, "--format", "json"]);
	assert.equal(json.status, 1);
	assert.deepEqual(JSON.parse(json.stdout), [
		{ file: pack, result: "changed" },
		{ file: path.join(dir, "policy.yaml"), result: "unchanged" },
	]);
	handrail(["fmt", dir]);
	assert.equal(handrail(["fmt", "--check", dir]).status, 0);
});

test("- reads stdin and writes stdout", () => {
	const run = handrail(["fmt", "-"], { input: untidy });
	assert.equal(run.status, 0, run.stderr);
	assert.equal(run.stdout, tidy);
	const check = handrail(["fmt", "--check", "-"], { input: untidy });
	assert.equal(check.status, 1);
	assert.equal(check.stdout, "-\n");
	assert.equal(handrail(["fmt", "-", "--check"], { input: tidy }).status, 0);
	const two = handrail(["fmt", "-", "x.yaml"], { input: tidy });
	assert.equal(two.status, 2);
	assert.equal(two.stdout, "");
});

test("a file that does not parse is left alone, the others are not", (t) => {
	const dir = written(t, untidy);
	const bad = path.join(dir, "packs/bad.yaml");
	const text = "kind: pack\nkind:   pack\n";
	fs.writeFileSync(bad, text);
	const run = handrail(["fmt", dir]);
	assert.equal(run.status, 1);
	assert.ok(run.stderr.startsWith(`${bad}:2:1: error Y004 `), run.stderr);
	assert.equal(fs.readFileSync(bad, "utf8"), text);
	assert.match(run.stdout, /^3 files, 1 changed, 1 does not parse$/m);
	const input = handrail(["fmt", "-"], { input: text });
	assert.equal(input.status, 1);
	assert.equal(input.stdout, "");
	assert.match(input.stderr, /^-:2:1: error Y004 /);
});

test("only a policy's files are taken from a folder", (t) => {
	const dir = written(t, tidy);
	fs.mkdirSync(path.join(dir, "tests"));
	fs.writeFileSync(path.join(dir, "compose.yaml"), "a:   b\n");
	fs.writeFileSync(path.join(dir, "tests/other.yaml"), "a:   b\n");
	fs.writeFileSync(path.join(dir, "packs/notes.txt"), "a:   b\n");
	const run = handrail(["fmt", dir]);
	assert.equal(run.stdout, "2 files, 0 changed\n");
	// Named, any file is.
	const named = handrail(["fmt", path.join(dir, "compose.yaml")]);
	assert.equal(named.status, 0);
	assert.equal(fs.readFileSync(path.join(dir, "compose.yaml"), "utf8"), "a: b\n");
});

test("a link stays one, and what it names is laid out", (t) => {
	const dir = written(t, untidy);
	const link = path.join(dir, "link.yaml");
	fs.symlinkSync("packs/p.yaml", link);
	assert.equal(handrail(["fmt", link]).status, 0);
	assert.ok(fs.lstatSync(link).isSymbolicLink());
	assert.equal(fs.readFileSync(path.join(dir, "packs/p.yaml"), "utf8"), tidy);
});

test("what cannot be read or is not there is said", (t) => {
	const dir = tempDir(t);
	const none = handrail(["fmt", path.join(dir, "none.yaml")]);
	assert.equal(none.status, 2);
	assert.match(none.stderr, /none\.yaml: cannot be read: No such file/);
	const empty = handrail(["fmt", dir]);
	assert.equal(empty.status, 1);
	assert.match(empty.stderr, /there are no policy files here/);
	assert.equal(handrail(["fmt", "--format", "sarif", dir]).status, 2);
});

// White space an author may have left, where it means nothing.
const loosen = (text) => text
	.replace(/^(\s*)- (?=[^\s])/gm, "$1- ")
	.replace(/: (?=[[{])/g, ":   ")
	.replace(/\n\n/g, "\n\n  \n")
	.replace(/$/gm, (_, at) => (at % 3 ? "" : "  "))
	.replace(/\n/g, "\r\n");

test("the loaded policy is the same before and after", (t) => {
	const dir = tempDir(t);
	fs.cpSync(path.join(root, "policies"), dir, { recursive: true });
	const names = fs.readdirSync(dir, { recursive: true })
		.filter((name) => name.endsWith(".yaml"));
	const shipped = names.map((name) => fs.readFileSync(path.join(dir, name), "utf8"));
	names.forEach((name, i) =>
		fs.writeFileSync(path.join(dir, name), loosen(shipped[i])));
	const texts = shipped.join("\n").split("\n").filter((_, i) => i % 40 === 0)
		.map((text, i) => JSON.stringify({ id: i, text })).join("\n");
	const env = { ...process.env, HANDRAIL_SHARE: dir };
	const judge = () => handrail(
		["judge", "--policy", path.join(dir, "starter")], { input: texts, env });
	const before = judge();
	assert.equal(before.status, 0, before.stderr);
	const run = handrail(["fmt", dir]);
	assert.equal(run.status, 0, run.stderr);
	assert.match(run.stdout, new RegExp(`^${names.length} files, ${names.length} changed$`, "m"));
	names.forEach((name, i) =>
		assert.equal(fs.readFileSync(path.join(dir, name), "utf8"), shipped[i], name));
	assert.equal(judge().stdout, before.stdout);
	const diff = handrail(["diff", path.join(root, "policies/starter"),
		path.join(dir, "starter")], { env });
	assert.match(diff.stdout, /^0 looser, 0 stricter, 0 other, 0 wording$/m);
});
