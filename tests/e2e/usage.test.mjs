// The verbs beside a running proxy: what is wrong with a command line is said
// in a line, with what was meant.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { binary, configuration, run, startBot, startHandrail, tempDir } from "./support.mjs";
import { policy } from "./parts.mjs";

const wrong = [
	[["handoff", "lst"], /^handrail handoff: there is no command "lst"; did you mean "list"\?$/],
	[["handoff", "bogus"], /^handrail handoff: there is no command "bogus"$/],
	[["handoff", "list", "--al"], /^handrail handoff: there is no option "--al"; did you mean "--all"\?$/],
	[["handoff", "list", "--elsewhere"], /^handrail handoff: there is no option "--elsewhere"$/],
	[["handoff", "list", "x"], /^handrail handoff: list takes no word, only --all$/],
	[["handoff", "show"], /^handrail handoff: show takes the ID of a handoff$/],
	[["handoff", "reply", "h-1"], /^handrail handoff: reply takes the ID of a handoff and a TEXT in "quotes"$/],
	[["handoff", "reply", "h-1", "two", "words"], /^handrail handoff: too many words; a TEXT of several goes in "quotes"$/],
	[["handoff", "take", "c-1", "--reason"], /^--reason needs a value$/],
	[["handoff", "list", "--format", "xml"], /^--format is text or json, not xml$/],
	[["pause", "lits"], /^handrail pause: there is no command "lits"; did you mean "list"\?$/],
	[["pause", "end"], /^handrail pause: end takes the number of a pause$/],
	[["pause", "list", "3"], /^handrail pause: list takes no word, only --all$/],
	[["pause", "end", "1", "2"], /^handrail pause: too many words$/],
	[["pause", "--ai-speach", "--for", "1m"], /^handrail pause: there is no option "--ai-speach"; did you mean "--ai-speech"\?$/],
	[["erase", "--custmer", "ann"], /^handrail erase: there is no option "--custmer"; did you mean "--customer"\?$/],
	[["erase", "ann"], /^handrail erase: there is no command "ann"$/],
];

test("wrong usage of the verbs beside a proxy is one line that says it", async (t) => {
	for (const [args, said] of wrong) {
		const { code, err } = await run(args, { cwd: tempDir(t) });
		const lines = err.trimEnd().split("\n");
		assert.equal(code, 2, `${args.join(" ")}: ${err}`);
		assert.match(lines[0], said);
		assert.ok(lines.length <= 2, err);
		if (lines.length === 2) assert.match(lines[1], /^  handrail (handoff|pause|erase) --help says how it is used$/);
	}
	const { code, err } = await run(["handoff"], { cwd: tempDir(t) });
	assert.equal(code, 2);
	assert.match(err, /say what to do\nusage: handrail handoff list/);
});

test("help VERB is VERB --help; run says what -c lacks", async () => {
	for (const verb of ["run", "check", "handoff", "pause", "erase", "disguises"]) {
		const [a, b] = [await run(["help", verb]), await run([verb, "--help"])];
		assert.deepEqual([a.code, a.out], [0, b.out]);
		assert.deepEqual(await run([verb, "-h"]), b);
		assert.match(a.out, new RegExp(`^usage: handrail ${verb}\\b`));
	}
	assert.match((await run(["help", "chekc"])).err, /there is no verb "chekc"; did you mean "check"\?/);
	const { code, err } = await run(["run", "-c"]);
	assert.equal(code, 2);
	assert.match(err, /^handrail run: "-c" needs the name of a file behind it\nusage: /);
});

test("a pause that is not there", async (t) => {
	const bot = await startBot(t);
	const proxy = await startHandrail(t, { upstream: bot.url, policy });
	const { code, err } = await run(["pause", "end", "99", "-c", path.join(proxy.dir, "handrail.yaml")]);
	assert.deepEqual([code, err], [2, "handrail: there is no pause 99\n  `handrail pause list` shows those in force, with --all the others too\n"]);
	const long = await run(["pause", "--all", "--for", "1h30m", "--reason", "x", "-c", path.join(proxy.dir, "handrail.yaml")]);
	assert.equal(long.code, 2);
	assert.match(long.err, /--for needs a time such as 90m or 2h: one number and one of s, m, h, d, a year at most/);
});

test("run --check: what cannot work is said, once, with what would", async (t) => {
	const rows = [
		["environment: prod\n", /error P\d+ the environment "prod" is asked for and not defined\n[^]*ask for one of these: .*production/],
		["environment: productoin\n", /the environment "productoin" is asked for and not defined\n[^]*did you mean "production"\?/],
		["handoff: {destinations: {out: {preset: file, path: nowhere/out.jsonl}}}\n",
			/handrail.yaml:\d+:\d+: error C100 destination out: nothing can be written in \/.*\/nowhere: No such file or directory\n[^]*make the folder/],
		['handoff: {destinations: {out: {preset: webhook, url: "https://h/", secret: "${NO_SUCH_SECRET}"}}}\n', /NO_SUCH_SECRET/],
		['handoff: {destinations: {out: {preset: webhook, url: "https://h/", secret: ""}}}\n', /C011 the webhook out needs a url and a secret/],
	];
	for (const [extra, said] of rows) {
		const dir = tempDir(t);
		const file = path.join(dir, "handrail.yaml");
		fs.writeFileSync(file, configuration(dir, { upstream: "http://127.0.0.1:9", extra }));
		const { code, out, err } = await run(["run", "--check", "-c", file]);
		assert.notEqual(code, 0, extra);
		assert.match(out + err, said);
		assert.equal((out + err).match(/: error /g).length, 1, out + err);
	}
});

test("a reply that is not UTF-8 is refused: no client could read it", async (t) => {
	const bot = await startBot(t);
	const proxy = await startHandrail(t, { upstream: bot.url, policy });
	const { code, err } = await run(["-c", `"$0" handoff reply h-1 "$(printf 'so\\355\\240\\200rry')"`, binary],
		{ program: "bash", cwd: proxy.dir });
	assert.deepEqual([code, err.split("\n")[0]], [2, "handrail handoff: the reply is not UTF-8, and nobody could read it"]);
});
