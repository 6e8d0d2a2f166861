// `handrail schema` against what the loader does: a validator nobody here wrote
// reads the shipped policies, and refuses what the loader refuses.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import Ajv from "ajv";
import YAML from "yaml";
import { binary, root, tempDir, writePolicy } from "./support.mjs";

function handrail(...args) {
	return spawnSync(binary, args, { encoding: "utf8" });
}

function schemaOf(kind) {
	const run = handrail("schema", kind);
	assert.equal(run.status, 0, run.stderr);
	return JSON.parse(run.stdout);
}

function validatorOf(kind) {
	const ajv = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true });
	ajv.addKeyword("defaultSnippets"); // of yaml-language-server
	const schema = schemaOf(kind);
	assert.ok(ajv.validateSchema(schema), ajv.errorsText());
	return ajv.compile(schema);
}

const yamlFiles = (dir) => fs.existsSync(dir)
	? fs.readdirSync(dir, { recursive: true })
		.filter((name) => name.endsWith(".yaml"))
		.map((name) => path.join(dir, name))
	: [];

test("the shipped policies are valid", () => {
	const policies = path.join(root, "policies");
	const all = {
		policy: [path.join(policies, "starter/policy.yaml")],
		pack: yamlFiles(path.join(policies, "packs")),
		lists: yamlFiles(path.join(policies, "lists")),
		tests: yamlFiles(path.join(policies, "starter/tests")),
	};
	for (const [kind, names] of Object.entries(all)) {
		const validate = validatorOf(kind);
		assert.ok(names.length > 0, kind);
		for (const name of names) {
			const text = fs.readFileSync(name, "utf8");
			validate(YAML.parse(text));
			assert.equal(validate.errors, null,
				name + JSON.stringify(validate.errors?.slice(0, 3)));
		}
	}
});

// Every object of the schema is closed, and every key is explained.
function walk(schema, where) {
	if (schema.properties) {
		assert.equal(schema.additionalProperties, false, where);
		for (const [key, value] of Object.entries(schema.properties))
			assert.ok(value.description?.length > 5, `${where}/${key}`);
	}
	for (const [name, inner] of Object.entries(schema.definitions ?? {}))
		walk(inner, `${where}/${name}`);
}

test("every object is closed and every key is explained", () => {
	for (const kind of ["policy", "pack", "lists", "tests"]) {
		const schema = schemaOf(kind);
		assert.equal(schema.$schema, "http://json-schema.org/draft-07/schema#");
		walk(schema, kind);
	}
	const [snippet] = schemaOf("pack").definitions.rule.defaultSnippets;
	assert.match(snippet.bodyText, /^mode: shadow$/m);
});

const policyText = "format: 1\nkind: policy\nname: t\npacks: [p]\n";
const packText = `format: 1
kind: pack
pack: p
rules:
  - id: a
    title: A
    mode: shadow
    find: {phrases: [foo], money: {above: 5}}
    when: {resolved: no}
    unless: [{approval: x}]
    then: {handoff: {priority: high}}
`;

test("what the schema refuses the loader refuses, and the other way round", (t) => {
	const validate = { policy: validatorOf("policy"), pack: validatorOf("pack") };
	const cases = [
		["policy", "name: t", "nmae: t"],
		["policy", "packs: [p]", "packs: [p]\nextends: {a: b}"],
		["policy", "packs: [p]", "packs: [p]\nchanges: [{rule: p/a}]"],
		["policy", "packs: [p]", "packs: [p]\nenvironments: {e: {mode: on}}"],
		["policy", "packs: [p]", "packs: [p]\nqueues: {q: {destinaton: x}}"],
		["policy", "kind: policy", "kind: pack"],
		["policy", "format: 1", "format: 2"],
		["pack", "title: A", "titel: A"],
		["pack", "title: A", "why: A"],
		["pack", "mode: shadow", "mode: soft"],
		["pack", "mode: shadow", "severity: worst"],
		["pack", "above: 5", "abov: 5"],
		["pack", "above: 5", "above: [5]"],
		["pack", "resolved: no", "resolved: perhaps"],
		["pack", "[{approval: x}]", "{approval: x}"],
		["pack", "[{approval: x}]", "[{aproval: x}]"],
		["pack", "{handoff: {priority: high}}", "hadnoff"],
		["pack", "priority: high", "priority: most"],
		["pack", "{handoff: {priority: high}}", "{handoff: {quue: x}}"],
		["pack", "phrases: [foo]", "phrases: {foo: bar}"],
		["pack", "phrases: [foo]", "links: {}"],
	];
	const check = (policy, pack) => {
		const dir = writePolicy(tempDir(t),
			{ "policy.yaml": policy, "packs/p.yaml": pack });
		return handrail("check", dir).status;
	};
	assert.equal(check(policyText, packText), 0);
	assert.ok(validate.policy(YAML.parse(policyText)));
	assert.ok(validate.pack(YAML.parse(packText)));
	for (const [kind, from, to] of cases) {
		const texts = { policy: policyText, pack: packText };
		assert.ok(texts[kind].includes(from), from);
		texts[kind] = texts[kind].replace(from, to);
		assert.equal(validate[kind](YAML.parse(texts[kind])), false, to);
		assert.equal(check(texts.policy, texts.pack), 1, to);
	}
});

test("a kind that is not there is wrong usage", () => {
	for (const args of [["schema"], ["schema", "rules"], ["schema", "pack", "x"]])
		assert.equal(handrail(...args).status, 2, args.join(" "));
});
