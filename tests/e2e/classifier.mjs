// A classifier that scores by words, and misbehaves as it is told.
//
//   const service = await startClassifier(t);        // https, or {plain: true}
//   service.behave = (res, text, req) => {...}       // instead of scores()
//   service.asked                                    // texts, in order
import fs from "node:fs";
import http from "node:http";
import https from "node:https";
import path from "node:path";
import { certificates, root, startHandrail } from "./support.mjs";

export const scores = (text) => ({
	scores: { insult: /fool/.test(text) ? 0.93 : 0.01, threat: /regret/.test(text) ? 9.1e-1 : 1.2e-05 },
	version: "words-1",
});

export async function startClassifier(t, { plain = false, name = "localhost" } = {}) {
	const service = { asked: [], requests: [], connections: 0, behave: null };
	const listener = (req, res) => {
		const parts = [];
		req.on("data", (d) => parts.push(d));
		req.on("end", () => {
			const body = JSON.parse(Buffer.concat(parts).toString());
			const text = body.text ?? body.input ?? body.messages.at(-1).content;
			service.asked.push(text);
			service.requests.push({ body, headers: req.headers, url: req.url });
			if (service.behave) return service.behave(res, text, req);
			reply(res, scores(text));
		});
		req.on("error", () => {});
	};
	const server = plain
		? http.createServer(listener)
		: https.createServer({
			cert: fs.readFileSync(path.join(certificates, `${name}.pem`)),
			key: fs.readFileSync(path.join(certificates, `${name}.key`)),
		}, listener);
	server.on("connection", (socket) => {
		service.connections++;
		socket.on("error", () => {});
	});
	await new Promise((done) => server.listen(0, "127.0.0.1", done));
	t.after(() => {
		server.closeAllConnections();
		server.close();
	});
	service.server = server;
	service.url = `${plain ? "http" : "https"}://localhost:${server.address().port}/v1/scores`;
	service.drop = () => server.closeAllConnections();
	return service;
}

export function reply(res, object, status = 200) {
	const body = typeof object === "string" ? object : JSON.stringify(object);
	res.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
	res.end(body);
}

export const policy = path.join(root, "tests/policies/classified");
export function classifiers(service, more = "") {
	return "classifiers:\n" + ["tone", "advice"].map((name) => `  ${name}:
    kind: scores
    url: "${service.url}"
    ca: ${certificates}/ca.pem
${more}`).join("");
}

// A bot that says what the customer's message ends with, in pieces.
export async function echoBot(t) {
	const server = http.createServer((req, res) => {
		const parts = [];
		req.on("data", (d) => parts.push(d));
		req.on("end", () => {
			const asked = JSON.parse(Buffer.concat(parts).toString());
			const content = asked.messages.at(-1).content.replace(/^.*?say: /s, "");
			if (!asked.stream)
				return reply(res, { id: "x", object: "chat.completion", created: 1, model: "m", choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }] });
			const frame = (delta, finish_reason = null) =>
				`data: ${JSON.stringify({ id: "x", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
			res.writeHead(200, { "content-type": "text/event-stream" });
			for (const piece of content.match(/.{1,7}/gs)) res.write(frame({ content: piece }));
			res.end(frame({}, "stop") + "data: [DONE]\n\n");
		});
	});
	await new Promise((done) => server.listen(0, "127.0.0.1", done));
	t.after(() => server.close());
	return { url: `http://127.0.0.1:${server.address().port}` };
}

export async function start(t, service, more) {
	const bot = await echoBot(t);
	return startHandrail(t, { upstream: bot.url, policy, extra: classifiers(service, more) });
}

export const said = (got) => JSON.parse(got.body.toString()).choices[0].message.content;
export const streamed = (body) => body.toString().split("\n\n")
	.filter((l) => l.startsWith("data: {")).map((l) => JSON.parse(l.slice(6)).choices[0]?.delta?.content ?? "").join("");
export const decisions = (proxy, speaker = "ai") => proxy.records().filter((r) => r.type === "decision" && r.speaker === speaker);
