// `handrail diff`: two versions of a policy as an approver reads them.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import path from "node:path";
import { test } from "node:test";
import { binary, root, tempDir, writePolicy } from "./support.mjs";

function handrail(...args) {
	return spawnSync(binary, args, { encoding: "utf8" });
}

const version = (t, limit, say) => writePolicy(tempDir(t), {
	"policy.yaml": "format: 1\nkind: policy\nname: t\npacks: [p]\n",
	"packs/p.yaml": `format: 1
kind: pack
pack: p
rules:
  - id: refund
    title: Refunds
    mode: shadow
    find: {money: {above: ${limit}}}
    then: {block: {say: "${say}"}}
`,
});

test("looser needs a second approver and is exit 1", (t) => {
	const older = version(t, 50, "No."), newer = version(t, 75, "Sorry.");
	const looser = handrail("diff", older, newer);
	assert.equal(looser.status, 1, looser.stderr);
	assert.match(looser.stdout,
		/^LOOSER {3}p\/refund {2}limit 50 -> 75 {3}needs a second approver$/m);
	assert.match(looser.stdout, /^WORDING {2}p\/refund {2}customer text changed/m);
	assert.match(looser.stdout, /^ {9}.*packs\/p.yaml:5$/m);
	assert.match(looser.stdout, /^1 looser, 0 stricter, 0 other, 1 wording$/m);
	const stricter = handrail("diff", newer, older, "--format=json");
	assert.equal(stricter.status, 0);
	const report = JSON.parse(stricter.stdout);
	assert.deepEqual(report.differences.map((d) => d.direction),
		["stricter", "wording"]);
	assert.match(report.old, /^sha256:/);
	assert.notEqual(report.old, report.new);
});

test("nothing differs from itself", () => {
	const starter = path.join(root, "policies/starter");
	const run = handrail("diff", starter, starter);
	assert.equal(run.status, 0);
	assert.equal(run.stdout, "0 looser, 0 stricter, 0 other, 0 wording\n");
});

test("what cannot be compared is exit 2", (t) => {
	const good = version(t, 1, "No.");
	const bad = writePolicy(tempDir(t), { "policy.yaml": "format: 1\n" });
	for (const args of [["diff"], ["diff", good], ["diff", good, bad],
		["diff", path.join(bad, "none"), good]]) {
		const run = handrail(...args);
		assert.equal(run.status, 2, args.join(" "));
		assert.notEqual(run.stderr, "");
	}
});
