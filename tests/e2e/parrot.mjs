// A bot that says what it is asked to say, whole or in a stream of words.
import { answer, completion, goodPost, raw, rawBot, stream } from "./parts.mjs";

export async function parrot(t) {
	return rawBot(t, (socket, request) => {
		const { messages } = JSON.parse(request.slice(request.indexOf("\r\n\r\n") + 4));
		const text = messages.at(-1).content;
		if (!request.includes('"stream":true'))
			return socket.end(answer(completion(text)));
		socket.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
		socket.end(stream(...text.split(/(?<= )/)));
	});
}

// The text of a streamed answer to this message.
export const flow = async (proxy, conversation, text) =>
	[...(await raw(proxy, goodPost(conversation, text, { stream: true }))).text
		.matchAll(/"content":"((?:[^"\\]|\\.)*)"/g)].map((m) => JSON.parse(`"${m[1]}"`)).join("");
