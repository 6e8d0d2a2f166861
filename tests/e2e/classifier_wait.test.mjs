// What else happens while classifiers are being asked: a reload, the end of the
// process, a customer who leaves, somebody who takes the conversation.
import assert from "node:assert/strict";
import fs from "node:fs";
import https from "node:https";
import path from "node:path";
import test from "node:test";
import { classifiers, decisions, echoBot, policy, reply, said, scores, start, startClassifier, streamed } from "./classifier.mjs";
import { answer, cli, frame, rawBot, sse, stream } from "./parts.mjs";
import { ask, chat, configuration, startHandrail, tempDir, until, writePolicy } from "./support.mjs";

const patient = "    timeout_ms: 60s\n    cached_texts: 0\n";

// A service that says nothing of what contains "wait" until it is let go.
async function slowService(t) {
	const service = await startClassifier(t);
	service.open = [];
	service.behave = (res, text) => (/wait/.test(text) ? service.open.push([res, text]) : reply(res, scores(text)));
	service.go = () => {
		for (const [res, text] of service.open.splice(0)) reply(res, scores(text));
		service.behave = null;
	};
	return service;
}

// A request the client hangs up on with leave().
function leaving(proxy, conversation, text, more) {
	const req = https.request(new URL(`${proxy.url}/v1/chat/completions`), {
		method: "POST", headers: { "content-type": "application/json", "x-conversation-id": conversation } });
	req.on("error", () => {});
	req.end(ask(text, more));
	return { leave: () => req.destroy() };
}

test("a reload meanwhile: what was asked is answered by the old service, what comes by the new", async (t) => {
	const [first, second] = [await slowService(t), await startClassifier(t)];
	const bot = await echoBot(t);
	const dir = tempDir(t);
	const proxy = await startHandrail(t, { dir, upstream: bot.url, policy, extra: classifiers(first, patient) });
	const whole = chat(proxy, "c-1", "say: Please wait.");
	const stream = chat(proxy, "c-2", "say: Do wait, please. Well.", { stream: true });
	await until(() => first.open.length === 2, "both customers' texts are asked about");
	fs.writeFileSync(path.join(dir, "handrail.yaml"), configuration(dir, { upstream: bot.url, policy, extra: classifiers(second) }));
	process.kill(proxy.pid, "SIGHUP");
	await until(() => /reload.* in force/.test(proxy.log()), "the reload"); // which is on record before
	assert.equal(said(await chat(proxy, "c-3", "say: All is well.")), "All is well.");
	assert.deepEqual(second.asked, ["say: All is well.", "All is well."]);
	first.go();
	assert.equal(said(await whole), "Please wait.");
	assert.equal(streamed((await stream).body), "Do wait, please. Well.");
	assert.equal(second.asked.length, 2, "the old ones are no business of the new service");
	assert.equal(decisions(proxy).length, 3);
});

test("at the drain limit nobody waits any more: an answer is not decided, a question is refused", async (t) => {
	const service = await slowService(t);
	const bot = await echoBot(t);
	const proxy = await startHandrail(t, { upstream: bot.url, policy, extra: classifiers(service, patient) + "limits: {drain_timeout_ms: 500ms}\n" });
	const whole = chat(proxy, "c-1", "Hello. say: Please wait.");
	const stream = chat(proxy, "c-2", "Hello. say: Good. Please wait now. Well.", { stream: true });
	const question = chat(proxy, "c-3", "I cannot wait.");
	// The customers' own texts contain it, too.
	await until(() => service.open.length === 3, "the customers' texts are asked about");
	for (const [res, text] of service.open.splice(0, 3))
		if (/cannot/.test(text)) service.open.push([res, text]);
		else reply(res, scores(text));
	await until(() => service.open.length === 3, "one of each is under way");
	const began = Date.now();
	const exit = proxy.stop();
	assert.match(said(await whole), /colleague/);
	const flow = streamed((await stream).body);
	assert.ok(flow.startsWith("Good.") && flow.includes("colleague") && !flow.includes("wait"), flow);
	assert.equal((await question).status, 503);
	assert.equal((await exit).code, 0);
	assert.ok(Date.now() - began < 8000, "long before the classifier's time is over");
	const ended = decisions(proxy);
	assert.deepEqual(ended.map((d) => d.verdict), ["handoff", "handoff"]);
	for (const d of ended) assert.ok(d.inputs.scores.some((s) => s.failed === "ended"), JSON.stringify(d.inputs.scores));
});

test("a customer who leaves before the bot is asked: on record, the bot is left in peace", async (t) => {
	const service = await slowService(t);
	const asked = [];
	const bot = await rawBot(t, (socket, request) => asked.push(request));
	const proxy = await startHandrail(t, { upstream: bot.url, policy, extra: classifiers(service, patient) });
	const one = leaving(proxy, "c-1", "I cannot wait.");
	const other = leaving(proxy, "c-2", "You will wait and regret it.");
	await until(() => service.open.length === 2, "both are asked about");
	one.leave();
	other.leave();
	await until(async () => /handrail_connections[^\n]* 0\n/.test(await (await fetch(`${proxy.console}/metrics`)).text()), "both have left");
	service.go();
	await until(() => decisions(proxy, "customer").some((d) => d.verdict === "handoff"), "the threat is on record");
	assert.equal(asked.length, 0);
});

test("somebody silences the AI meanwhile: a good answer is not shown", async (t) => {
	const service = await slowService(t);
	const proxy = await start(t, service, patient);
	service.behave = (res, text) => (/^Do wait/.test(text) ? service.open.push([res, text]) : reply(res, scores(text)));
	const whole = chat(proxy, "c-1", "say: Do wait.");
	const stream = chat(proxy, "c-2", "say: Do wait a bit.", { stream: true });
	await until(() => service.open.length === 2, "both answers are asked about");
	await cli(proxy, "pause", "--ai-speech", "--for", "15m", "--reason", "test");
	await until(() => proxy.records().some((r) => r.type === "operator.action"), "the pause is in force");
	service.go();
	for (const text of [said(await whole), streamed((await stream).body)]) {
		assert.match(text, /colleague/);
		assert.equal(text.includes("wait"), false);
	}
});

test("held for longer than the limit: not decided, though the classifier has time left", async (t) => {
	const service = await slowService(t);
	const bot = await rawBot(t, (socket) => {
		socket.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + frame({ content: "Good day. " }) + frame({ content: "Do wait. And" }));
	});
	const proxy = await startHandrail(t, { upstream: bot.url, policy, extra: classifiers(service, patient) + "limits: {hold_timeout_ms: 600ms}\n" });
	const got = await chat(proxy, "c-1", "hi", { stream: true });
	assert.match(streamed(got.body), /^Good day\.\s+I'm bringing in a colleague/);
	const last = decisions(proxy).at(-1);
	assert.equal(last.undecided, "hold_timeout");
	assert.deepEqual(last.inputs.scores.map((s) => s.failed ?? "answered"), ["answered", "ended", "ended"]);
});

test("a bot that is faster than the classifier is held up, not cut off", async (t) => {
	const service = await slowService(t);
	const long = "Do wait, " + "and so on, ".repeat(60) + "please. ";
	const text = long.repeat(40);
	const bot = await echoBot(t);
	const proxy = await startHandrail(t, { upstream: bot.url, policy,
		extra: classifiers(service, patient) + "limits: {max_held_bytes: 64KiB, max_classified_texts: 1000}\n" });
	service.behave = (res, said) => (/^Do wait/.test(said) && !service.open.done ? service.open.push([res, said]) : reply(res, scores(said)));
	const stream = chat(proxy, "c-1", `Hello. say: ${text}`, { stream: true });
	await until(() => service.open.length >= 1, "the first sentence is asked about");
	service.open.done = true;
	service.go();
	assert.equal(streamed((await stream).body).trim(), text.trim());
	assert.equal(decisions(proxy)[0].verdict, "deliver");
});

test("more sentences than may be asked about: a stream is not decided, and ends", async (t) => {
	const service = await startClassifier(t);
	let says = "";
	const bot = await rawBot(t, (socket) => socket.end(answer(stream(...says.match(/.{1,5}/g)), sse)));
	const proxy = await startHandrail(t, { upstream: bot.url, policy, extra: classifiers(service, patient) + "limits: {max_classified_texts: 3}\n" });
	for (const [n, text] of ["One. Two. Three. Four.", "One. Two. Three. Four. Five. Six.", "One. Two. Three. Four. "].entries()) {
		says = text;
		const got = streamed((await chat(proxy, `c-${n}`, "hi", { stream: true })).body);
		assert.ok(got.includes("colleague") && !got.includes("Four"), got);
		assert.equal(decisions(proxy).at(-1).inputs.scores.at(-1).failed, "too_many");
	}
	says = "One. Two. Three.";
	assert.equal(streamed((await chat(proxy, "c-9", "hi", { stream: true })).body), says);
});

test("what a customer's rule is for is known before the classifier is asked", async (t) => {
	const service = await startClassifier(t);
	const bot = await echoBot(t);
	const dir = tempDir(t);
	const zones = `interactions:
  types: {unknown: {complexity: low}}
  upset_when: [{phrases: [furious]}]
  zones:
    low complexity:  {calm: ai leads, upset: ai starts}
    high complexity: {calm: ai leads, upset: ai starts}
  zone_behaviour:
    ai leads:  {ai_sends: yes}
    ai starts: {ai_sends: yes, hand_off_after: 5 ai turns}
`;
	const pack = fs.readFileSync(path.join(policy, "packs/tone.yaml"), "utf8");
	const mine = pack.slice(0, pack.indexOf("  - id: insult")) + pack.slice(pack.indexOf("  - id: customer-threat"))
		.replace("    speaker: customer\n", "    speaker: customer\n    when: {zone: [ai starts]}\n")
		.replaceAll("given: {scores", "given: {zone: ai starts, scores");
	writePolicy(dir, {
		"policy.yaml": fs.readFileSync(path.join(policy, "policy.yaml"), "utf8") + zones,
		"packs/tone.yaml": mine,
	});
	const proxy = await startHandrail(t, { upstream: bot.url, policy: dir, extra: classifiers(service) });
	assert.equal(said(await chat(proxy, "c-1", "say: Fine.")), "Fine.");
	assert.equal(service.asked.length, 0, "a calm one is nobody's business");
	assert.equal(said(await chat(proxy, "c-2", "I am furious. say: Fine.")), "Fine.");
	assert.deepEqual(service.asked, ["I am furious.", "say: Fine."]);
	assert.match(said(await chat(proxy, "c-2", "You will regret this.")), /colleague/);
});
