// A handoff is total: the lock, the packet, the person's answers, the return.
import assert from "node:assert/strict";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import { chat, here, run, startBot, startHandrail, until } from "./support.mjs";

const policy = path.join(here, "policy");
const said = (answer) => JSON.parse(answer.body).choices[0].message.content;

async function handedOff(t) {
	const bot = await startBot(t);
	bot.onMessage("go", { content: "I guarantee a full refund of $900." });
	bot.onMessage("back", { content: "Hello again." });
	const proxy = await startHandrail(t, { upstream: bot.url, policy });
	await chat(proxy, "c-1", "go");
	const cli = (...args) =>
		run(["handoff", args[0], "-c", path.join(proxy.dir, "handrail.yaml"), ...args.slice(1)]);
	const list = JSON.parse((await cli("list", "--format", "json")).out);
	const cases = list.handoffs ?? list;
	assert.equal(cases.length, 1);
	return { bot, proxy, cli, id: cases[0].id };
}

test("the packet has the transcript, the withheld draft, the rule and its reason", async (t) => {
	const { cli, id } = await handedOff(t);
	const shown = await cli("show", id);
	assert.equal(shown.code, 0, shown.err);
	for (const part of ["go", "I guarantee a full refund of $900.", "actions/promise", "Only a person may promise"])
		assert.ok(shown.out.includes(part), `${part}\n${shown.out}`);
});

test("customer and person talk, the AI stays silent, return gives it back", async (t) => {
	const { bot, proxy, cli, id } = await handedOff(t);
	await chat(proxy, "c-1", "Are you there?");
	const reply = await cli("reply", id, "Hello, this is Ann. I have read everything.");
	assert.equal(reply.code, 0, reply.err);
	const answer = await until(async () => {
		const text = said(await chat(proxy, "c-1", "And now?"));
		return text.includes("Ann") && text;
	}, "the person's reply");
	assert.equal(answer, "Hello, this is Ann. I have read everything.");
	assert.equal(bot.getRequests().length, 1);
	const back = await cli("return", id);
	assert.equal(back.code, 0, back.err);
	await until(async () => said(await chat(proxy, "c-1", "back")) === "Hello again.", "the AI is back");
	const records = proxy.records();
	const returned = records.findIndex((r) => r.type === "handoff.returned");
	const spoke = records.findLastIndex((r) => r.type === "decision" && r.verdict === "deliver");
	assert.ok(returned >= 0 && returned < spoke, "returned on record before the AI speaks again");
});

test("a lock survives kill -9 and a restart", async (t) => {
	const { bot, proxy } = await handedOff(t);
	proxy.kill("SIGKILL");
	await proxy.exit;
	const again = await startHandrail(t, { dir: proxy.dir });
	await chat(again, "c-1", "go");
	assert.equal(bot.getRequests().length, 1);
});

test("who acts is who has logged in, whatever the environment says", async (t) => {
	const { proxy, cli, id } = await handedOff(t);
	const file = path.join(proxy.dir, "handrail.yaml");
	const env = { PATH: process.env.PATH, USER: "somebody", SUDO_USER: "" };
	assert.equal((await run(["handoff", "return", "-c", file, id], { env })).code, 0);
	const record = await until(() => proxy.records().find((r) => r.type === "operator.action"), "its record");
	assert.equal(record.actor, os.userInfo().username);
	assert.equal((await cli("list", "--by", "")).code, 2);
});
