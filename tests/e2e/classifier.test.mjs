// Classifiers: a real service beside the proxy, that answers, and that
// misbehaves in every way it can. A missing answer is never "deliver".
import assert from "node:assert/strict";
import fs from "node:fs";
import https from "node:https";
import net from "node:net";
import path from "node:path";
import test from "node:test";
import { classifiers, decisions, echoBot, policy, reply, said, scores, start, startClassifier, streamed } from "./classifier.mjs";
import { ask, certificates, chat, configuration, run, sleep, startHandrail, tempDir, until, writePolicy } from "./support.mjs";

test("answers, records and metrics", async (t) => {
	const service = await startClassifier(t);
	const proxy = await start(t, service);
	let got = await chat(proxy, "c-1", "say: Good day. All is well.");
	assert.equal(said(got), "Good day. All is well.");
	assert.deepEqual(service.asked.toSorted(), ["All is well.", "Good day.", "say: Good day."].toSorted(),
		"the customer's sentences and the AI's, each once");
	got = await chat(proxy, "c-1", "say: Good day. You fool!");
	assert.equal(said(got), "Let me put that another way.");
	const [first, second] = decisions(proxy);
	assert.equal(first.verdict, "deliver");
	assert.equal(second.verdict, "block");
	assert.equal(second.rules[0].spans[0].what, "tone insult 0.93 > 0.8");
	const inputs = second.inputs.scores;
	assert.deepEqual(inputs.map((s) => [s.classifier, s.start, s.end, s.scores, s.version]), [
		["tone", 0, 9, { insult: 10000, threat: 12 }, "words-1"],
		["tone", 10, 19, { insult: 930000, threat: 12 }, "words-1"],
	]);
	assert.match(inputs[0].config, /^sha256:[0-9a-f]{64}$/);
	assert.equal(JSON.stringify(proxy.records()).includes("fool"), false);
	const again = await run(["judge", "--policy", policy], { input: JSON.stringify({ text: "Good day. You fool!", given: { scores: inputs } }) + "\n" });
	assert.equal(JSON.parse(again.out).verdict, "block", "the record reproduces it without the service");
	const metrics = await (await fetch(`${proxy.console}/metrics`)).text();
	assert.match(metrics, /handrail_classifier_answers_total\{classifier="tone",outcome="answered"\} [1-9]/);
	assert.match(metrics, /handrail_classifier_answers_total\{classifier="tone",outcome="cached"\} [1-9]/);
	assert.match(metrics, /handrail_classifier_seconds_count\{classifier="tone"\} [1-9]/);
	assert.ok(service.connections < service.asked.length, "connections are kept");
});

test("phrases choose which sentences are asked about", async (t) => {
	const service = await startClassifier(t);
	service.behave = (res, text, req) => reply(res, /invest/.test(text) && req.url ? { scores: { insult: 0, threat: 0, advice: 0.9 } } : scores(text));
	const proxy = await start(t, service);
	const got = await chat(proxy, "c-1", "say: Good day. Do invest it all.");
	assert.match(said(got), /colleague/);
	const [ai] = decisions(proxy);
	assert.deepEqual(ai.inputs.scores.filter((s) => s.classifier === "advice").map((s) => [s.start, s.end]), [[10, 27]]);
	assert.equal(ai.rules.at(-1).rule, "tone/advice");
});

test("what the customer writes is asked about before the bot is", async (t) => {
	const service = await startClassifier(t);
	const proxy = await start(t, service);
	const got = await chat(proxy, "c-1", "You will regret this!");
	assert.match(said(got), /colleague/);
	const [customer] = decisions(proxy, "customer");
	assert.equal(customer.verdict, "handoff");
	assert.deepEqual(customer.inputs.scores.map((s) => [s.start, s.end, s.scores.threat]), [[0, 21, 910000]]);
	assert.equal(decisions(proxy).length, 0, "the bot was not asked");
});

test("a stream is held sentence by sentence, and no byte of a bad one leaves", async (t) => {
	const service = await startClassifier(t);
	let open = [];
	const customer = ["say: All good so far.", "It is well.", "You fool, you."];
	service.behave = (res, text) => {
		const i = customer.indexOf(text);
		if (i < 0) return open.push([res, text]);
		customer.splice(i, 1);
		reply(res, scores(text));
	};
	const proxy = await start(t, service, "    timeout_ms: 20s\n    cached_texts: 0\n    max_at_once: 3\n");
	const parts = [];
	const url = new URL(`${proxy.url}/v1/chat/completions`);
	const over = new Promise((done, fail) => {
		const req = https.request(url, { method: "POST", headers: { "content-type": "application/json", "x-conversation-id": "c-1" } }, (res) => {
			res.on("data", (d) => parts.push(d));
			res.on("end", done);
		});
		req.on("error", fail);
		req.end(ask("say: All good so far. It is well. You fool, you.", { stream: true }));
	});
	const text = () => streamed(Buffer.concat(parts));
	await until(() => open.length === 3, "all sentences are asked about at once");
	assert.equal(text(), "");
	const answer = (part) => {
		const i = open.findIndex(([, said]) => said.includes(part));
		const [[res, said]] = open.splice(i, 1);
		reply(res, scores(said));
	};
	answer("fool"); // the last one first: it waits for those before it
	await sleep(200);
	assert.equal(text(), "");
	answer("far");
	await until(() => text() === "All good so fa", "the frames of the first sentence leave");
	assert.equal(text().includes("well"), false);
	answer("well");
	await over;
	assert.match(text(), /^All good so far\. It is well\.\s*Let me put that another way\.$/);
	assert.equal(decisions(proxy)[0].verdict, "block");
	assert.deepEqual(decisions(proxy)[0].inputs.scores.map((s) => s.start).toSorted((a, b) => a - b), [0, 17, 29]);
});

// Every way not to answer, and what it is called.
const ways = {
	"it never answers": [() => {}, "late"],
	"it answers too late": [(res, text) => setTimeout(() => reply(res, scores(text)), 1500), "late"],
	"it drips": [(res) => {
		res.writeHead(200, { "content-type": "application/json" });
		const timer = setInterval(() => res.write(" "), 50);
		res.on("close", () => clearInterval(timer));
	}, "late"],
	"it hangs up": [(res) => res.socket.destroy(), "reset"],
	"it stops half-way": [(res) => {
		res.writeHead(200, { "content-type": "application/json", "content-length": 100 });
		res.write('{"scores": {"insult"');
		setTimeout(() => res.socket.destroy(), 20);
	}, "reset"],
	"no HTTP": [(res) => res.socket.end("220 smtp.example ESMTP\r\n"), "protocol"],
	"two lengths": [(res) => res.socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}"), "protocol"],
	"no end": [(res) => {
		res.writeHead(200, { "content-type": "application/json" });
		const more = () => { while (!res.destroyed && res.write(" ".repeat(65536))); };
		res.on("drain", more);
		more();
	}, "protocol"],
	"an error": [(res) => reply(res, { error: "overloaded" }, 503), "status"],
	"a redirect": [(res) => { res.writeHead(302, { location: "http://127.0.0.1:1/" }); res.end(); }, "status"],
	"a redirect with an answer": [(res, text) => reply(res, scores(text), 301), "status"],
	"nothing": [(res) => reply(res, ""), "malformed"],
	"no JSON": [(res) => reply(res, "<html>fine</html>"), "malformed"],
	"half a document": [(res) => reply(res, '{"scores": {"insult": 0.01, "threat": 0.01}'), "malformed"],
	"two documents": [(res) => reply(res, '{"scores": {"insult": 0, "threat": 0}} {}'), "malformed"],
	"a key twice": [(res) => reply(res, '{"scores": {"insult": 0, "insult": 0, "threat": 0}}'), "malformed"],
	"a text for a score": [(res) => reply(res, { scores: { insult: "0.01", threat: 0 } }), "malformed"],
	"null for a score": [(res) => reply(res, { scores: { insult: null, threat: 0 } }), "malformed"],
	"a score below 0": [(res) => reply(res, { scores: { insult: -0.5, threat: 0 } }), "malformed"],
	"a score above 1": [(res) => reply(res, { scores: { insult: 1.5, threat: 0 } }), "malformed"],
	"per cent": [(res) => reply(res, { scores: { insult: 12, threat: 0 } }), "malformed"],
	"no scores": [(res) => reply(res, { scores: {} }), "malformed"],
	"another shape": [(res) => reply(res, { results: [{ category_scores: { insult: 0, threat: 0 } }] }), "malformed"],
	"a list": [(res) => reply(res, [0.1]), "malformed"],
	"deeply nested": [(res) => reply(res, "[".repeat(5000) + "]".repeat(5000)), "malformed"],
	"other labels": [(res) => reply(res, { scores: { kindness: 0 } }), null],
};

test("whatever is no answer is no decision, whole or streamed, and the proxy goes on", async (t) => {
	const service = await startClassifier(t);
	const proxy = await start(t, service, "    timeout_ms: 500ms\n    max_failures: 1000000\n    cached_texts: 0\n");
	let n = 0;
	for (const [name, [behave, word]] of Object.entries(ways))
		for (const stream of [false, true]) {
			service.behave = (res, text) => (/^say/.test(text) ? reply(res, scores(text)) : behave(res, text));
			const got = await chat(proxy, `c-${n++}`, "say: Your parcel is on its way, fine.", { stream });
			const text = stream ? streamed(got.body) : said(got);
			assert.match(text, /colleague/, name);
			assert.equal(text.includes("parcel"), false, `${name}: not a word of it`);
			const last = decisions(proxy).at(-1);
			assert.deepEqual([last.verdict, last.undecided], ["handoff", "classifier"], name);
			const [score] = last.inputs.scores;
			if (word) assert.equal(score.failed, word, name);
			else assert.deepEqual(score.scores, { kindness: 0 }, name);
		}
	service.behave = null;
	assert.equal(said(await chat(proxy, "c-last", "say: All is well.")), "All is well.");
});

test("a service of another name, an unknown issuer, nobody there: not trusted, not asked", async (t) => {
	const elsewhere = await startClassifier(t, { name: "elsewhere" });
	const proxy = await start(t, elsewhere);
	assert.match(said(await chat(proxy, "c-1", "say: All is well.")), /colleague/);
	assert.equal(elsewhere.asked.length, 0, "not a byte of a text");
	assert.equal(decisions(proxy, "customer").at(-1).inputs.scores[0].failed, "tls");

	const closed = net.createServer();
	await new Promise((done) => closed.listen(0, "127.0.0.1", done));
	const url = `https://localhost:${closed.address().port}/`;
	await new Promise((done) => closed.close(done));
	const alone = await start(t, { url });
	assert.match(said(await chat(alone, "c-1", "say: All is well.")), /colleague/);
	assert.equal(decisions(alone, "customer").at(-1).inputs.scores[0].failed, "connect");
});

test("a connection the service has closed meanwhile is no failure", async (t) => {
	const service = await startClassifier(t);
	const proxy = await start(t, service, "    cached_texts: 0\n");
	for (let i = 0; i < 5; i++) {
		assert.equal(said(await chat(proxy, `c-${i}`, "say: All is well.")), "All is well.");
		service.drop();
	}
});

test("a slow service holds up nobody else", async (t) => {
	const service = await startClassifier(t);
	service.behave = (res, text) => (/slow/.test(text) ? setTimeout(() => reply(res, scores(text)), 3000) : reply(res, scores(text)));
	const proxy = await start(t, service, "    timeout_ms: 10s\n");
	await chat(proxy, "warm", "say: Hello.");
	const slow = Promise.all([1, 2, 3, 4].map((i) => chat(proxy, `slow-${i}`, `say: A slow one, ${i}.`)));
	let over = false;
	slow.then(() => (over = true));
	for (let i = 0; i < 10; i++) assert.equal(said(await chat(proxy, `c-${i}`, `say: Quick ${i}.`)), `Quick ${i}.`);
	assert.equal(over, false, "ten others were answered meanwhile");
	assert.equal(said((await slow)[0]), "A slow one, 1.");
});

test("a dead service is left alone for a while, then tried by one", async (t) => {
	const service = await startClassifier(t);
	const proxy = await start(t, service, "    max_failures: 3\n    pause_ms: 1500ms\n    cached_texts: 0\n    timeout_ms: 2s\n");
	let dead = true;
	service.behave = (res, text) => (dead ? reply(res, "{}", 500) : reply(res, scores(text)));
	// Two workers, each with a count of its own.
	for (let i = 0; i < 30; i++) await chat(proxy, `c-${i}`, "say: All is well.");
	const asked = service.asked.length;
	assert.ok(asked < 30, `${asked} of 30 were asked`);
	const failed = decisions(proxy, "customer").map((d) => d.inputs.scores[0].failed);
	assert.ok(failed.includes("paused") && failed.includes("status"));
	assert.match(proxy.log(), /tone is not asked for 1500 ms after 3 failures in a row/);
	dead = false;
	await until(async () => said(await chat(proxy, `d-${Math.random()}`, "say: All is well.")) === "All is well.", "it is tried again");
	assert.match(proxy.log(), /tone answers again/);
});

test("only so many at a time, only so many sentences", async (t) => {
	const service = await startClassifier(t);
	let now = 0, most = 0;
	service.behave = (res, text) => {
		most = Math.max(most, ++now);
		setTimeout(() => { now--; reply(res, scores(text)); }, 30);
	};
	const bot = await echoBot(t);
	const proxy = await startHandrail(t, { upstream: bot.url, policy,
		extra: classifiers(service, "    max_at_once: 2\n    timeout_ms: 20s\n") + "limits: {max_classified_texts: 20}\n" });
	const many = Array.from({ length: 8 }, (_, i) => `Sentence ${i}.`).join(" ");
	assert.equal(said(await chat(proxy, "c-1", `say: ${many}`)), many);
	assert.ok(most <= 4, `${most} at a time, of two workers`);
	const more = Array.from({ length: 30 }, (_, i) => `Phrase ${i}.`).join(" ");
	assert.match(said(await chat(proxy, "c-2", `say: ${more}`)), /colleague/);
	assert.ok([...decisions(proxy), ...decisions(proxy, "customer")].some((d) => d.inputs.scores?.some((s) => s.failed === "too_many")));
});

test("the client goes away while it is judged: recorded all the same", async (t) => {
	const service = await startClassifier(t);
	service.behave = (res, text) => setTimeout(() => reply(res, scores(text)), /^say/.test(text) ? 0 : 600);
	const proxy = await start(t, service, "    timeout_ms: 5s\n");
	for (const stream of [false, true]) {
		const before = service.asked.length;
		const url = new URL(`${proxy.url}/v1/chat/completions`);
			const req = https.request(url, { method: "POST", headers: { "content-type": "application/json", "x-conversation-id": `c-${stream}` } });
		req.on("error", () => {});
		req.end(ask(`say: Never mind, ${stream}.`, { stream }));
		await until(() => service.asked.slice(before).some((x) => /^Never/.test(x)), "it is asked");
		req.destroy();
	}
	await until(() => decisions(proxy).length === 2, "both are recorded");
	assert.equal(said(await chat(proxy, "c-after", "say: All is well.")), "All is well.");
});

test("the dialects of others: moderation and chat", async (t) => {
	const service = await startClassifier(t);
	service.behave = (res, text, req) => {
		if (/moderations/.test(req.url))
			reply(res, { id: "modr-1", model: "omni-moderation-2024-09-26", results: [{ flagged: false, categories: { insult: false }, category_scores: scores(text).scores }] });
		else
			reply(res, { id: "c", model: "judge-7b", choices: [{ index: 0, message: { role: "assistant", content: /invest/.test(text) ? " Advice.\n" : "ok" }, finish_reason: "stop" }] });
	};
	const bot = await echoBot(t);
	const base = service.url.replace("/v1/scores", "/v1");
	const proxy = await startHandrail(t, { upstream: bot.url, policy: writePolicy(tempDir(t), {
		"policy.yaml": fs.readFileSync(path.join(policy, "policy.yaml"), "utf8"),
		"packs/tone.yaml": fs.readFileSync(path.join(policy, "packs/tone.yaml"), "utf8").replace("{name: advice, score_above", "{name: advice, label: advice, score_above"),
	}), env: { KEY: "k-1" }, extra: `classifiers:
  tone: {kind: moderation, url: "${base}/moderations", ca: ${certificates}/ca.pem, model: omni-moderation-latest, headers: {Authorization: "Bearer \${KEY}", x-team: care}}
  advice:
    kind: chat
    url: "${base}/chat/completions"
    ca: ${certificates}/ca.pem
    model: judge-7b
    instruction: Answer with one word, advice or ok.
    labels: [ok, advice]
` });
	assert.equal(said(await chat(proxy, "c-1", "say: We invest. No.").then((g) => g)).includes("invest"), false);
	assert.equal(said(await chat(proxy, "c-2", "say: You fool.")), "Let me put that another way.");
	const moderation = service.requests.find((r) => /moderations/.test(r.url));
	assert.deepEqual(moderation.body, { model: "omni-moderation-latest", input: moderation.body.input });
	assert.equal(moderation.headers.authorization, "Bearer k-1");
	assert.equal(moderation.headers["x-team"], "care");
	const judged = service.requests.find((r) => /completions/.test(r.url));
	assert.deepEqual(judged.body.messages.map((m) => m.role), ["system", "user"]);
	assert.equal(judged.body.temperature, 0);
	const all = decisions(proxy).flatMap((d) => d.inputs.scores);
	assert.ok(all.some((s) => s.version === "judge-7b" && s.scores.advice === 1000000));
	assert.ok(all.some((s) => s.version === "omni-moderation-2024-09-26"));
	assert.equal(proxy.log().includes("k-1"), false);
});

test("a policy that names a classifier nobody has configured is refused", async (t) => {
	const dir = tempDir(t);
	const config = (extra) => configuration(dir, { upstream: "http://127.0.0.1:9", policy, extra });
	const check = async (extra) => {
		fs.writeFileSync(path.join(dir, "handrail.yaml"), config(extra));
		return run(["run", "-c", path.join(dir, "handrail.yaml"), "--check"]);
	};
	let got = await check("");
	assert.notEqual(got.code, 0);
	assert.match(got.err, /packs\/tone\.yaml:15:15: error C100 the policy asks the classifier "tone", which is not under classifiers/);
	got = await check("classifiers:\n  tone: {kind: scores, url: \"http://127.0.0.1:9/\"}\n  advise: {kind: scores, url: \"http://127.0.0.1:9/\"}\n");
	assert.match(got.err, /did you mean "advise"\?/);
	for (const [block, said] of [
		["{kind: scores, url: \"http://scores.example/\"}", /could be read on the way/],
		["{kind: scores}", /url/],
		["{kind: words, url: \"http://127.0.0.1:9/\"}", /scores/],
		["{kind: chat, url: \"http://127.0.0.1:9/\"}", /needs a model, an instruction and at least two labels/],
		["{kind: scores, url: \"http://127.0.0.1:9/\", labels: [a, b]}", /for chat classifiers/],
		["{kind: scores, url: \"http://127.0.0.1:9/\", timeout: 1s}", /timeout_ms/],
	]) {
		got = await check(`classifiers:\n  tone: ${block}\n`);
		assert.notEqual(got.code, 0, block);
		assert.match(got.err, said, block);
	}
});
