// While a person has the conversation what the customer writes is judged all
// the same, and what is more urgent than what is open raises it.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { chat, startHandrail, tempDir, until } from "./support.mjs";
import { bridge, cli, content, handoffs, policyWith } from "./parts.mjs";
import { parrot } from "./parrot.mjs";

const help = "Please call 112 now if you are in danger. A colleague is on the way to this chat.";
const rules = `
  - id: crisis
    title: A life in danger
    why: Whoever wants to die gets a person of the crisis team at once.
    severity: critical
    speaker: customer
    find: {phrases: [end my life]}
    then: {handoff: {queue: crisis, priority: urgent, say: "${help}"}}
    examples:
      matches:
        - I will end my life.
      passes:
        - My life is fine.
  - id: angry
    title: Anger is noted
    severity: low
    speaker: customer
    find: {phrases: [so angry]}
    then: flag
    examples:
      matches:
        - I am so angry.
      passes:
        - Hello.
`;

async function setup(t) {
	const dir = tempDir(t);
	const policy = policyWith(dir,
		(s) => s.replace("queues:\n", "queues:\n  crisis: {destination: team, priority: urgent}\n").replace("destination: desk, priority: high", "destination: care, priority: high"),
		(s) => s + rules);
	const files = { care: path.join(dir, "care.jsonl"), team: path.join(dir, "team.jsonl") };
	const extra = `handoff:
  destinations:
    care: {preset: file, path: "${files.care}"}
    team: {preset: file, path: "${files.team}"}
`;
	const bot = await parrot(t);
	const proxy = await startHandrail(t, { dir, upstream: bot.url, policy, extra });
	const says = async (text) => content((await chat(proxy, "c-1", text)).body);
	const sent = (name) => fs.existsSync(files[name])
		? fs.readFileSync(files[name], "utf8").split("\n").filter(Boolean).map((l) => JSON.parse(l)) : [];
	return { bot, proxy, says, sent };
}

test("a life in danger in a conversation that waits for billing goes to the crisis team", async (t) => {
	const { bot, proxy, says, sent } = await setup(t);
	assert.equal(await says("I guarantee it."), bridge);
	const [{ id }] = await handoffs(proxy);
	await says("I am so angry.");
	assert.deepEqual((await handoffs(proxy)).map((h) => [h.queue, h.priority]), [["billing", "high"]]);
	assert.equal(await says("I will end my life"), help);
	const [raised] = await handoffs(proxy);
	assert.deepEqual([raised.id, raised.queue, raised.priority], [id, "crisis", "urgent"]);
	assert.match(raised.words, /crisis team at once/);
	const shown = await cli(proxy, "handoff", "show", id);
	for (const part of ["queue crisis, priority urgent", "I will end my life", help]) assert.ok(shown.includes(part), `${part}\n${shown}`);
	await until(() => sent("team").length, "the crisis team is told");
	await until(() => sent("care").some((e) => e.event === "handoff.raised"), "and who had it");
	const event = sent("team")[0];
	assert.deepEqual([event.event, event.handoff_id, event.queue, event.priority, event.destination],
		["handoff.raised", id, "crisis", "urgent", "team"]);
	assert.equal(event.reason.rule, "actions/crisis");
	assert.equal(event.handoff.handoff_id, id);
	// Once raised, the customer is not told again, and writes to the new team.
	assert.notEqual(await says("I will end my life tonight"), help);
	await until(() => sent("team").some((e) => e.event === "message.customer" && e.message.text.includes("tonight")), "it goes to the new team");
	assert.equal(sent("team").filter((e) => e.event === "handoff.raised").length, 1);
	assert.equal(bot.requests.length, 1, "the AI is silent all the while");
	const metrics = await (await fetch(`${proxy.console}/metrics`)).text();
	assert.match(metrics, /handrail_rule_fires_total\{rule="actions\/crisis",mode="enforce",action="handoff"\} 2/);
	assert.match(metrics, /handrail_rule_fires_total\{rule="actions\/angry".*\} 1/);
	const records = proxy.records().filter((r) => r.type === "decision" && r.speaker === "customer");
	assert.deepEqual(records.map((r) => [r.rules[0].rule, r.verdict]),
		[["actions/angry", "flag"], ["actions/crisis", "handoff"], ["actions/crisis", "handoff"]]);
	assert.deepEqual([records[1].handoff.id, records[1].handoff.queue], [id, "crisis"]);
});

test("what is less urgent changes nothing, and a person's reply is not lost", async (t) => {
	const { proxy, says } = await setup(t);
	assert.equal(await says("I will end my life"), help);
	const [{ id }] = await handoffs(proxy);
	await cli(proxy, "handoff", "reply", id, "I am Ann, I am here.");
	assert.equal(await says("Let me speak to a human now"), "I am Ann, I am here.");
	assert.equal(await says("thanks"), "", "a person has just spoken: no waiting text");
	assert.deepEqual((await handoffs(proxy)).map((h) => [h.queue, h.priority]), [["crisis", "urgent"]]);
});

test("a reply that waits comes behind the words that could not", async (t) => {
	const { proxy, says } = await setup(t);
	assert.equal(await says("I guarantee it."), bridge);
	const [{ id }] = await handoffs(proxy);
	await cli(proxy, "handoff", "reply", id, "I am Ann.");
	assert.equal(await says("I will end my life"), help);
	assert.equal(await says("hello?"), "I am Ann.");
});
