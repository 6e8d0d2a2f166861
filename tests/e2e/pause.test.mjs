// The kill switch: noticed by the running proxy in under a second, recorded.
import assert from "node:assert/strict";
import test from "node:test";
import { chat, startBot, startHandrail, until } from "./support.mjs";
import { cli, content, fallback, policy } from "./parts.mjs";

async function setup(t) {
	const bot = await startBot(t);
	const texts = { share: "You should buy some shares.", word: "A forbidden word.", hello: "Hello." };
	for (const [ask, text] of Object.entries(texts)) bot.onMessage(ask, { content: text });
	const proxy = await startHandrail(t, { upstream: bot.url, policy });
	let n = 0;
	const says = async (ask) => content((await chat(proxy, `c-${n++}`, ask)).body);
	const within = (ask, text) => until(async () => (await says(ask)) === text, `${ask} is answered with ${text}`, 1000);
	const recorded = (action) => until(() => proxy.records().find((r) =>
		r.type === "operator.action" && JSON.stringify(r).includes(`"${action}"`)), `${action} on record`, 4000);
	return { bot, proxy, texts, says, within, recorded };
}

const pause = (proxy, ...what) => cli(proxy, "pause", ...what, "--for", "15m", "--reason", "test of the switch");

test("--rule: that rule as if in shadow, the others go on; its end ends it", async (t) => {
	const { proxy, texts, says, within, recorded } = await setup(t);
	assert.equal(await says("share"), "I cannot help with investments.");
	await pause(proxy, "--rule", "actions/invest");
	await within("share", texts.share);
	assert.equal(await says("word"), "I cannot say that.");
	const shadow = proxy.records().filter((r) => r.type === "decision").find((r) => r.rules[0]?.mode === "shadow");
	assert.ok(shadow, "recorded as shadow");
	const record = await recorded("pause");
	assert.match(JSON.stringify(record), /test of the switch/);
	await cli(proxy, "pause", "end", "1");
	await within("share", "I cannot help with investments.");
	await recorded("pause.end");
});

test("--all: every rule as if in shadow", async (t) => {
	const { proxy, texts, says, within } = await setup(t);
	await pause(proxy, "--all");
	await within("share", texts.share);
	assert.equal(await says("word"), texts.word);
});

test("--ai-speech: no AI message at all, a person instead", async (t) => {
	const { bot, proxy, within } = await setup(t);
	await pause(proxy, "--ai-speech");
	await within("hello", fallback);
	const asked = bot.getRequests().length;
	await within("hello", fallback);
	assert.equal(bot.getRequests().length, asked, "the bot is not even asked");
});

test("a pause is on record before it holds the first message back", async (t) => {
	const { proxy, within } = await setup(t);
	for (let i = 0; i < 3; i++) {
		await pause(proxy, "--ai-speech");
		await within("hello", fallback);
		await cli(proxy, "pause", "end", String(i + 1));
		await within("hello", "Hello.");
	}
	const order = proxy.records().map((r) =>
		r.type === "operator.action" ? (JSON.stringify(r).includes("pause.end") ? "end" : "pause")
			: r.type === "decision" ? (r.verdict === "deliver" ? "said" : "held") : "").filter(Boolean);
	const changes = order.filter((what, i) => what !== order[i - 1]);
	assert.match(changes.join(" ") + " ", /^(said )?(pause (said )?held end (held )?said ){3}$/, order.join(" "));
});

test("a pause ends by itself", async (t) => {
	const { proxy, texts, within } = await setup(t);
	await cli(proxy, "pause", "--rule", "actions/invest", "--for", "2s", "--reason", "short");
	await within("share", texts.share);
	await new Promise((done) => setTimeout(done, 2000));
	await within("share", "I cannot help with investments.");
});
