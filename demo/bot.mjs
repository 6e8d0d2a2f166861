// A small chatbot that speaks the OpenAI chat completions protocol, for trying
// Handrail without a model. Answers come from topics.mjs.
//
//   node demo/bot.mjs [--port N] [--delay MS]
//
// Listens on loopback only, on a port the system chooses unless told, and says
// which on its first line. It refuses what it does not understand in the
// protocol's own error shape.
import http from "node:http";
import { randomUUID } from "node:crypto";
import { otherwise, topicOf } from "./topics.mjs";

const MAX_BODY_BYTES = 1024 * 1024;

function option(name, usual) {
	const at = process.argv.indexOf(name);
	if (at < 0) return usual;
	const value = Number(process.argv[at + 1]);
	if (!Number.isInteger(value) || value < 0) {
		console.error(`demo bot: ${name} takes a number`);
		process.exit(2);
	}
	return value;
}

const port = option("--port", 0);
const delayMs = option("--delay", 60); // between words of a stream

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

function refuse(res, status, message) {
	res.writeHead(status, { "content-type": "application/json" });
	res.end(JSON.stringify({ error: { message, type: "invalid_request_error", param: null, code: null } }));
}

async function bodyOf(req) {
	const parts = [];
	let size = 0;
	for await (const part of req) {
		size += part.length;
		if (size > MAX_BODY_BYTES) throw new Error("the request is too large");
		parts.push(part);
	}
	return JSON.parse(Buffer.concat(parts).toString("utf8"));
}

// The customer's last message: a string, or the text parts of a list.
function lastAsked(messages) {
	const last = messages.filter((m) => m?.role === "user").pop();
	const content = last?.content ?? "";
	if (typeof content === "string") return content;
	return content.map((part) => part?.text ?? "").join(" ");
}

const words = (text) => text.match(/\s*\S+/g) ?? [];
const usageOf = (asked, answer) => {
	const prompt_tokens = words(asked).length;
	const completion_tokens = words(answer).length;
	return { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens };
};

function whole(res, base, asked, answer) {
	const message = { role: "assistant", content: answer, refusal: null };
	const body = JSON.stringify({
		...base,
		object: "chat.completion",
		choices: [{ index: 0, message, logprobs: null, finish_reason: "stop" }],
		usage: usageOf(asked, answer),
	});
	res.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
	res.end(body);
}

async function streamed(res, base, asked, answer, withUsage) {
	const send = (more) =>
		res.write(`data: ${JSON.stringify({ ...base, object: "chat.completion.chunk", ...more })}\n\n`);
	const delta = (delta, finish_reason = null) =>
		send({ choices: [{ index: 0, delta, finish_reason }] });

	res.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
	delta({ role: "assistant", content: "" });
	for (const word of words(answer)) {
		await sleep(delayMs);
		if (res.destroyed) return; // cut: nobody listens any more
		delta({ content: word });
	}
	delta({}, "stop");
	if (withUsage) send({ choices: [], usage: usageOf(asked, answer) });
	res.end("data: [DONE]\n\n");
}

async function complete(req, res) {
	let ask;
	try {
		ask = await bodyOf(req);
	} catch (error) {
		return refuse(res, 400, `cannot read the request: ${error.message}`);
	}
	if (!Array.isArray(ask?.messages)) return refuse(res, 400, "messages must be a list");
	const asked = lastAsked(ask.messages);
	const topic = topicOf(asked);
	const answer = topic?.answer ?? otherwise;
	const base = {
		id: `chatcmpl-${randomUUID()}`,
		created: Math.floor(Date.now() / 1000),
		model: typeof ask.model === "string" ? ask.model : "demo",
	};
	console.log(`${new Date().toISOString()} ${ask.stream ? "stream" : "whole "} ${topic?.name ?? "small talk"}`);
	if (ask.stream) return streamed(res, base, asked, answer, ask.stream_options?.include_usage);
	return whole(res, base, asked, answer);
}

const server = http.createServer((req, res) => {
	const path = new URL(req.url, "http://demo").pathname;
	if (req.method === "POST" && path === "/v1/chat/completions") {
		complete(req, res).catch((error) => {
			console.error(error);
			res.destroy();
		});
	} else if (req.method === "GET" && path === "/v1/models") {
		res.writeHead(200, { "content-type": "application/json" });
		res.end(JSON.stringify({ object: "list", data: [{ id: "demo", object: "model", owned_by: "demo" }] }));
	} else {
		refuse(res, 404, "try POST /v1/chat/completions");
	}
});

server.listen(port, "127.0.0.1", () => {
	console.log(`listening http://127.0.0.1:${server.address().port}`);
});
for (const signal of ["SIGINT", "SIGTERM"]) {
	process.on(signal, () => process.exit(0));
}
