// A reload takes everything or nothing.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { chat, configuration, here, startBot, startHandrail, tempDir } from "./support.mjs";

const policy = path.join(here, "policy");

test("SIGHUP: a bad policy is refused with its place, a good one takes effect", async (t) => {
	const bot = await startBot(t);
	bot.onMessage("go", { content: "Blue sky." });
	const dir = tempDir(t);
	fs.cpSync(policy, path.join(dir, "policy"), { recursive: true });
	fs.writeFileSync(path.join(dir, "handrail.yaml"), configuration(dir, { upstream: bot.url, policy: "policy" }));
	const proxy = await startHandrail(t, { dir });
	const file = path.join(dir, "policy/packs/actions.yaml");
	const good = fs.readFileSync(file, "utf8");
	const said = async (c) => JSON.parse((await chat(proxy, c, "go")).body).choices[0].message.content;
	const waitFor = async (pattern) => {
		for (let i = 0; i < 200 && !pattern.test(proxy.log()); i++) await new Promise((d) => setTimeout(d, 25));
		assert.match(proxy.log(), pattern);
	};
	fs.writeFileSync(file, good.replace("phrases: [forbidden word]", "phrases: [<no such list>]"));
	proxy.kill("SIGHUP");
	await waitFor(/actions\.yaml:\d+:\d+: error P021/);
	await waitFor(/refused: what was in force stays in force/);
	assert.equal(await said("c-1"), "Blue sky.");
	fs.writeFileSync(file, good.replace("phrases: [forbidden word]", "phrases: [forbidden word, blue sky]"));
	proxy.kill("SIGHUP");
	await waitFor(/reload: policy sha256:\w+ in force/);
	assert.equal(await said("c-2"), "I cannot say that.");
	const loads = proxy.records().filter((r) => r.type === "policy.load");
	assert.equal(loads.length, 2);
});
