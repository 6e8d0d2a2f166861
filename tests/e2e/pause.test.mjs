// The kill switch: noticed by the running proxy in under a second, recorded.
import assert from "node:assert/strict";
import test from "node:test";
import { chat, client, run, sleep, startBot, startHandrail, until } from "./support.mjs";
import { answer, cli, completion, content, fallback, frame, handoffs, policy, rawBot } from "./parts.mjs";

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

test("--rule: one that does not exist is refused, with what was meant", async (t) => {
	const { proxy } = await setup(t);
	const at = ["-c", `${proxy.dir}/handrail.yaml`, "--for", "1m", "--reason", "r"];
	const far = await run(["pause", "--rule", "offers/nope", ...at]);
	assert.equal(far.code, 2);
	assert.match(far.err, /no rule "offers\/nope"/);
	const near = await run(["pause", "--rule", "actions/invst", ...at]);
	assert.equal(near.code, 2);
	assert.match(near.err, /did you mean "actions\/invest"\?/);
	assert.match(await cli(proxy, "pause", "list"), /Nothing is paused/);
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

// A bot that says a word every 50 ms, for ten seconds.
const slowly = async (socket) => {
	socket.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n");
	socket.write(frame({ role: "assistant", content: "" }));
	for (let i = 0; i < 200 && !socket.destroyed; i++) {
		socket.write(frame({ content: `word${i} ` }));
		await sleep(50);
	}
	socket.end(frame({}, { finish_reason: "stop" }) + "data: [DONE]\n\n");
};

test("--ai-speech stops a stream at its next byte, well-formed, and a person takes over", async (t) => {
	const bot = await rawBot(t, slowly);
	const proxy = await startHandrail(t, { upstream: bot.url, policy });
	const stream = await client(proxy, "c-1").chat.completions.create({
		model: "m", stream: true, messages: [{ role: "user", content: "go" }],
	});
	let text = "";
	let finish = null;
	const ended = (async () => {
		for await (const chunk of stream) {
			text += chunk.choices[0]?.delta?.content ?? "";
			finish ??= chunk.choices[0]?.finish_reason;
		}
	})();
	await until(() => text.includes("word3"), "some words");
	await pause(proxy, "--ai-speech");
	const words = () => text.match(/word/g).length;
	const before = words();
	await Promise.race([ended, sleep(3000)]);
	assert.equal(finish, "stop");
	assert.ok(text.endsWith(fallback), text);
	assert.ok(words() - before < 20, `${words() - before} words after the pause`);
	const decision = proxy.records().find((r) => r.type === "decision" && r.speaker === "ai");
	assert.equal(decision.verdict, "handoff");
	assert.equal(decision.undecided, "ai_speech_paused");
	assert.equal(decision.released, text.length - fallback.length - 2);
	assert.equal((await handoffs(proxy)).length, 1);
});

test("a person who takes a conversation cuts the AI off at its next byte", async (t) => {
	const bot = await rawBot(t, slowly);
	const proxy = await startHandrail(t, { upstream: bot.url, policy });
	const stream = await client(proxy, "c-1").chat.completions.create({
		model: "m", stream: true, messages: [{ role: "user", content: "go" }],
	});
	let text = "";
	let finish = null;
	const ended = (async () => {
		for await (const chunk of stream) {
			text += chunk.choices[0]?.delta?.content ?? "";
			finish ??= chunk.choices[0]?.finish_reason;
		}
	})();
	await until(() => text.includes("word3"), "some words");
	const at = ["-c", `${proxy.dir}/handrail.yaml`];
	const none = await run(["handoff", "take", ...at, "openai-chat/c-9", "--reason", "r"]);
	assert.equal(none.code, 2);
	assert.match(none.err, /there is no conversation openai-chat\/c-9/);
	const taken = JSON.parse(await cli(proxy, "handoff", "take", "openai-chat/c-1", "--reason", "She is upset.", "--by", "ann", "--format", "json"));
	await Promise.race([ended, sleep(3000)]);
	assert.equal(finish, "stop");
	assert.ok(text.endsWith(fallback), text);
	assert.equal(content((await chat(proxy, "c-1", "hello?")).body), "", "she has been told");
	assert.equal(bot.requests.length, 1);
	const [one] = await handoffs(proxy);
	assert.deepEqual([one.id, one.state, one.words], [taken.handoff, "accepted", "She is upset."]);
	const shown = await cli(proxy, "handoff", "show", one.id);
	for (const part of ["She is upset.", "go", "word3", "this much was sent", fallback, "hello?"])
		assert.ok(shown.includes(part), `${part}\n${shown}`);
	const again = await run(["handoff", "take", ...at, "openai-chat/c-1", "--reason", "r"]);
	assert.match(again.err, new RegExp(`already: ${one.id}`));
	const records = proxy.records();
	const decision = records.find((r) => r.type === "decision" && r.speaker === "ai");
	assert.equal(decision.undecided, "conversation_locked");
	const action = records.find((r) => r.action === "handoff.take");
	assert.deepEqual([action.actor, action.detail], ["ann", "She is upset."]);
	assert.ok(action.seq < decision.seq, "recorded before it takes effect");
	await cli(proxy, "handoff", "return", one.id);
	await until(async () => {
		const stream = await client(proxy, "c-1").chat.completions.create({
			model: "m", stream: true, messages: [{ role: "user", content: "still there?" }],
		});
		for await (const chunk of stream)
			if (/word/.test(chunk.choices[0]?.delta?.content ?? "")) return true;
	}, "the AI is back");
});

test("--ai-speech stops an answer that the bot was asked for before", async (t) => {
	let reply;
	const bot = await rawBot(t, (socket) => (reply = () => socket.write(answer(completion("Hello.")))));
	const proxy = await startHandrail(t, { upstream: bot.url, policy });
	const got = chat(proxy, "c-1", "go");
	await until(() => reply, "the bot is asked");
	await pause(proxy, "--ai-speech");
	await sleep(400);
	reply();
	assert.equal(content((await got).body), fallback);
});

test("a pause ends by itself", async (t) => {
	const { proxy, texts, within } = await setup(t);
	await cli(proxy, "pause", "--rule", "actions/invest", "--for", "2s", "--reason", "short");
	await within("share", texts.share);
	await new Promise((done) => setTimeout(done, 2000));
	await within("share", "I cannot help with investments.");
});

test("pause, list and end speak JSON", async (t) => {
	const { proxy } = await setup(t);
	const json = async (...args) => JSON.parse(await cli(proxy, "pause", ...args, "--format", "json"));
	const made = await json("--rule", "actions/invest", "--for", "15m", "--reason", "a test");
	assert.deepEqual([made.id, made.scope, made.rule, made.reason, made.ended], [1, "rule", "actions/invest", "a test", null]);
	assert.ok(Date.parse(made.until) - Date.parse(made.from) === 15 * 60000);
	assert.deepEqual((await json("list")).pauses, [made]);
	assert.deepEqual(await json("end", "1"), { ended: 1 });
	assert.deepEqual((await json("list")).pauses, []);
	assert.ok((await json("list", "--all")).pauses[0].ended);
});
