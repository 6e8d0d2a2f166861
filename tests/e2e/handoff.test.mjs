// A handoff is total: the lock, the packet, the person's answers, the return.
import assert from "node:assert/strict";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import { post, wire } from "./parts.mjs";
import { ask, chat, here, request, run, startBot, startHandrail, tempDir, until } from "./support.mjs";

const policy = path.join(here, "policy");
const said = (answer) => JSON.parse(answer.body).choices[0].message.content;

async function handedOff(t, from = policy) {
	const bot = await startBot(t);
	bot.onMessage("go", { content: "I guarantee a full refund of $900." });
	bot.onMessage("back", { content: "Hello again." });
	const proxy = await startHandrail(t, { upstream: bot.url, policy: from });
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
	assert.equal(records[returned].actor, os.userInfo().username);
	const action = records.find((r) => r.type === "operator.action");
	assert.deepEqual([action.action, action.handoff.id], ["handoff.return", id]);
});

for (const leaves of [true, false])
	test(`a person's words and a client that ${leaves ? "left before they came" : "only ended its side"}`, async (t) => {
		const { proxy, cli, id } = await handedOff(t);
		const texts = ["one,", "two,", "three,"];
		for (const text of texts) assert.equal((await cli("reply", id, text)).code, 0);
		const socket = wire(proxy);
		socket.on("error", () => {});
		let got = "";
		socket.on("data", (d) => (got += d));
		await once(socket, "secureConnect");
		const bytes = post("c-1", ask("Hello?"));
		if (leaves) {
			await new Promise((done) => socket.end(bytes, done)); // with close_notify
			socket.destroy();
			await until(async () => JSON.parse((await cli("show", id, "--format", "json")).out).later.length, "its message is kept");
		} else {
			socket.end(bytes);
			await once(socket, "close");
			assert.ok(texts.every((text) => got.includes(text)), got);
		}
		const next = said(await chat(proxy, "c-1", "Still there?"));
		for (const text of texts) assert.equal(next.includes(text), leaves, next);
		const third = said(await chat(proxy, "c-1", "And now?"));
		for (const text of texts) assert.equal(third.includes(text), false, third);
	});

// A whole answer, and the connection is closed with nothing said.
const chatAndHangUp = (proxy, id, text) =>
	new Promise((done, fail) => {
		const socket = wire(proxy);
		let got = "";
		socket.on("error", fail);
		socket.on("secureConnect", () => socket.write(post(id, ask(text))));
		socket.on("data", (d) => {
			got += d;
			const at = got.indexOf("\r\n\r\n");
			const length = Number(/content-length: (\d+)/i.exec(got)?.[1] ?? Infinity);
			if (at < 0 || Buffer.byteLength(got.slice(at + 4)) < length) return;
			socket.on("close", () => done({ body: got.slice(at + 4) }));
			socket.destroy();
		});
	});

for (const [how, say] of [["", chat], [" and hangs up", chatAndHangUp]]) test(`who writes on behind the last reply of a conversation that goes back${how} finds the AI`, async (t) => {
	const { bot, proxy, cli } = await handedOff(t);
	bot.onMessage("on", { content: "The AI again." });
	for (let i = 0; i < 8; i++) {
		await chat(proxy, `on-${i}`, "go");
		const { id } = JSON.parse((await cli("list", "--format", "json")).out).handoffs.find((h) => h.conversation === `on-${i}`);
		await cli("reply", id, "Bye.");
		await cli("return", id);
		assert.equal(said(await say(proxy, `on-${i}`, "Well?")), "Bye.");
		let next = said(await say(proxy, `on-${i}`, "on"));
		// Who hung up before it was seen that they read it gets it again.
		if (say !== chat && next === "Bye.") next = said(await say(proxy, `on-${i}`, "on"));
		assert.equal(next, "The AI again.");
	}
	const records = proxy.records();
	for (const back of records.filter((r) => r.type === "handoff.returned")) {
		const spoke = records.findLast((r) => r.type === "decision" && r.speaker === "ai" && r.conversation === back.conversation);
		assert.ok(back.seq < spoke.seq, "returned on record before the AI speaks again");
	}
});

test("a return that waits for a reply to be read is recorded under who asked for it", async (t) => {
	const { proxy, cli, id } = await handedOff(t);
	await cli("reply", id, "One more thing.");
	assert.equal((await cli("return", id, "--by", "ann")).code, 0);
	assert.equal(proxy.records().some((r) => r.type === "handoff.returned"), false);
	assert.match(said(await chat(proxy, "c-1", "Yes?")), /One more thing/);
	const record = await until(() => proxy.records().find((r) => r.type === "handoff.returned"), "its record");
	assert.equal(record.actor, "ann");
});

test("where the AI may speak again, an answer gives it back, and nothing else does", async (t) => {
	const dir = tempDir(t);
	fs.cpSync(policy, dir, { recursive: true });
	const file = path.join(dir, "policy.yaml");
	const text = fs.readFileSync(file, "utf8");
	fs.writeFileSync(file, text.replace("handoff_defaults:", "$&\n  ai_may_speak_again: yes"));
	const { bot, proxy, cli, id } = await handedOff(t, dir);
	const shown = await cli("show", id);
	assert.match(shown.out, /nobody has answered yet; an answer gives it back to the AI/);
	assert.equal(JSON.parse((await cli("show", id, "--format", "json")).out).handoff.ai_may_speak_again, true);
	await chat(proxy, "c-1", "back");
	assert.equal(bot.getRequests().length, 1, "the AI is silent until somebody answers");
	const reply = await cli("reply", id, "Hello, this is Ann.", "--by", "ann");
	assert.match(reply.out, /then the AI has the conversation again/);
	const answers = [];
	for (let i = 0; i < 3; i++) answers.push(said(await chat(proxy, "c-1", "back")));
	assert.equal(answers[0], "Hello, this is Ann.");
	assert.equal(answers.at(-1), "Hello again.", answers.join(" | "));
	const record = await until(() => proxy.records().find((r) => r.type === "handoff.returned"), "its record");
	assert.equal(record.actor, "ann");
	// And is handed off anew, like any other.
	assert.notEqual(said(await chat(proxy, "c-1", "go")), "I guarantee a full refund of $900.");
	const open = JSON.parse((await cli("list", "--format", "json")).out);
	assert.equal((open.handoffs ?? open).length, 1);
});

test("another name does not lead away from a person", async (t) => {
	const { bot, proxy, cli } = await handedOff(t);
	const send = (headers, more) => request(`${proxy.url}/v1/chat/completions`, {
		headers: { "content-type": "application/json", ...headers }, body: ask("back", more) });
	const asked = bot.getRequests().length;
	const two = await send({ "x-conversation-id": "other" }, { metadata: { conversation_id: "c-1" } });
	assert.equal(two.status, 400);
	assert.match(JSON.parse(two.body).error.message, /names two conversations/);
	assert.equal(bot.getRequests().length, asked);
	// known by the customer's id alone, then by a name as well
	assert.equal((await send({}, { user: "u-1" })).status, 200);
	assert.equal(bot.getRequests().length, asked + 1);
	assert.equal((await cli("take", "openai-chat/u-1", "--reason", "She is upset.")).code, 0);
	const again = await until(async () => {
		const before = bot.getRequests().length;
		const got = await send({ "x-conversation-id": `n-${before}` }, { user: "u-1" });
		return bot.getRequests().length === before && got;
	}, "the lock is known");
	assert.equal(again.status, 200);
	assert.equal((await send({ "x-conversation-id": "n" }, { user: "u-2" })).status, 200);
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

test("the list says why in words, and what each one waits for", async (t) => {
	const { cli, id } = await handedOff(t);
	const before = (await cli("list")).out;
	for (const part of [id, "Only a person may promise", "actions/promise", "severity high", "priority high",
		"queue billing", "openai-chat/c-1", "nobody has answered yet"])
		assert.ok(before.includes(part), `${part}\n${before}`);
	assert.match(before, /just now|\d s ago/);
	assert.match(before, new RegExp(`^${id}  openai-chat/c-1 `, "m"), "one line has both, for scripts");
	await cli("reply", id, "Hello.");
	const after = (await cli("list")).out;
	assert.match(after, /a person has answered, a reply waits for the customer/);
});

test("the case: who, why, what was withheld, what they were told, then and since", async (t) => {
	const { proxy, cli, id } = await handedOff(t);
	await chat(proxy, "c-1", "Are you there?");
	await cli("reply", id, "Hello, this is Ann.", "--by", "ann");
	const { out } = await cli("show", id);
	const order = ["Handoff", "Where", "Why", "severity high", "Withheld", "I guarantee a full refund", "Told",
		"In short", "The conversation", "Customer", "go", "WITHHELD: the customer has not seen this",
		"Handrail", "Let me bring in a colleague", "Since the handoff", "Are you there?",
		"A colleague will take over", "ann", "not delivered yet", "Hello, this is Ann."];
	let at = 0;
	for (const part of order) {
		const found = out.indexOf(part, at);
		assert.ok(found >= at, `${part}\n${out}`);
		at = found;
	}
});

test("what cannot be done is said, with what to do", async (t) => {
	const { cli, id } = await handedOff(t);
	for (const empty of ["", "  \n"]) {
		const reply = await cli("reply", id, empty);
		assert.equal(reply.code, 2);
		assert.match(reply.err, /the reply is empty/);
	}
	const absent = await cli("show", "h-zz");
	assert.equal(absent.code, 2);
	assert.match(absent.err, /there is no handoff h-zz\n.*handoff list/);
	assert.equal((await cli("return", id)).code, 0);
	const late = await cli("reply", id.slice(0, 10), "too late");
	assert.equal(late.code, 2);
	assert.match(late.err, new RegExp(`${id} was given back to the AI at 20`));
	assert.equal((await cli("retry")).code, 2);
});

test("every verb of the desk speaks JSON", async (t) => {
	const { cli, id } = await handedOff(t);
	const json = async (...args) => JSON.parse((await cli(...args, "--format", "json")).out);
	assert.deepEqual(await json("retry", "--all"), { done: "retry", handoff: null, retried: 0 });
	assert.deepEqual(await json("reply", id, "Hello."), { done: "reply", handoff: id });
	assert.deepEqual(await json("return", id), { done: "return", handoff: id, waits_for_replies: true });
	const [one] = (await json("list")).handoffs;
	assert.equal(one.words, "Only a person may promise an outcome.");
	assert.equal(one.severity, "high");
});

test("when people have as many as there is room for, /readyz and the metrics say so", async (t) => {
	const bot = await startBot(t);
	bot.onMessage("go", { content: "I guarantee it." });
	const proxy = await startHandrail(t, { upstream: bot.url, policy, extra: "limits: {max_conversations: 100}\n" });
	const page = async (name) => (await fetch(`${proxy.console}/${name}`)).text();
	await Promise.all(Array.from({ length: 100 }, (_, i) => chat(proxy, `full-${i}`, "go")));
	assert.equal((await chat(proxy, "one-more", "go")).status, 503);
	assert.equal(await page("readyz"), "ready\nconversations: people have 100 of limits.max_conversations, 100: " +
		"new ones are refused until some are given back\n");
	const metrics = await page("metrics");
	for (const [state, n] of [["locked", 100], ["limit", 100]])
		assert.ok(metrics.includes(`\nhandrail_conversations{state="${state}"} ${n}\n`), metrics);
	assert.equal((await chat(proxy, "full-7", "still there?")).status, 200);
	// The operator raises it: no restart.
	const file = path.join(proxy.dir, "handrail.yaml");
	fs.writeFileSync(file, fs.readFileSync(file, "utf8").replace("max_conversations: 100", "max_conversations: 200"));
	process.kill(proxy.pid, "SIGHUP");
	await until(async () => (await page("readyz")) === "ready\n", "room again");
	assert.equal((await chat(proxy, "one-more", "go")).status, 200);
	assert.ok((await page("metrics")).includes('\nhandrail_conversations{state="limit"} 200\n'));
});

// JSON may have any character: what no terminal may get is shown as '?'.
test("U+0000 and half a character in what is said: people are shown all the rest", async (t) => {
	const bot = await startBot(t);
	bot.onMessage(/^first/, { content: "Hello\u0000 there." });
	bot.onMessage(/go/, { content: "I guarantee a full refund\u0000 of $900." });
	const proxy = await startHandrail(t, { upstream: bot.url, policy });
	const cli = (...args) => run(["handoff", args[0], "-c", path.join(proxy.dir, "handrail.yaml"), ...args.slice(1)]);
	const first = await chat(proxy, "c-1", "first\u0000 words");
	assert.equal(said(first), "Hello\u0000 there.", first.body.toString());
	await chat(proxy, "c-1", "go\u0000 on");
	await chat(proxy, "c-1", "and\u0000 then");
	await request(`${proxy.url}/v1/chat/completions`, {
		headers: { "Content-Type": "application/json", "X-Conversation-Id": "c-2" },
		body: ask("go on", { stream: true }).replace("go on", "go \\ud83d on"),
	});
	const { handoffs } = JSON.parse((await cli("list", "--format", "json")).out);
	const shown = async (id) => (await cli("show", handoffs.find((h) => h.conversation === id).id)).out;
	const text = await shown("c-1");
	for (const part of ["Only a person may promise", "I guarantee a full refund? of $900.", "first? words", "Hello? there.", "go? on", "Since the handoff", "and? then"])
		assert.ok(text.includes(part), `${part}\n${text}`);
	assert.doesNotMatch(text, /erased|\0/);
	assert.match(await shown("c-2"), /Withheld.*I guarantee a full r.*Customer\n +go .* on/s);
});
