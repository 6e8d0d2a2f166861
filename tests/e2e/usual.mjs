// Answers as the servers people use send them, member by member. They say
// nothing that breaks a rule, so they have to pass as the bytes they are.
const line = (object) => `data: ${JSON.stringify(object)}\n\n`;
const done = "data: [DONE]\n\n";

const chunks = (top, deltas, finish = "stop", more = {}) => [
	...deltas.map((delta) => ({ delta, finish_reason: null })),
	{ delta: {}, finish_reason: finish },
].map((choice) => line({ ...top, choices: [{ index: 0, ...choice, ...more }] })).join("");

const openai = {
	id: "chatcmpl-BnX2aQ9vKcLr7Tz1mYp0WsUe4Hd8i", object: "chat.completion.chunk", created: 1751234567,
	model: "gpt-4o-mini-2024-07-18", service_tier: "default", system_fingerprint: "fp_34a54ae93c",
};
const usage = {
	prompt_tokens: 19, completion_tokens: 10, total_tokens: 29,
	prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
	completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0, accepted_prediction_tokens: 0, rejected_prediction_tokens: 0 },
};
const call = (name, args, more = {}) => ({
	...more, id: "call_w8Dk2mQpXz6RtYb4Nf1LsV0c", type: "function", function: { name, arguments: args },
});
const filters = Object.fromEntries(["hate", "self_harm", "sexual", "violence"].map((k) => [k, { filtered: false, severity: "safe" }]));
const prob = (token, others) => ({
	token, logprob: -0.00012, bytes: [...Buffer.from(token)],
	top_logprobs: [token, ...others].map((t, i) => ({ token: t, logprob: -0.5 - i, bytes: [...Buffer.from(t)] })),
});
const chosen = [["I", ["We", "It"]], [" can", [" may", " will"]], [" help", [" do", " guarantee"]], [".", ["!", " it"]]];

export const bodies = {
	OpenAI: {
		...openai, object: "chat.completion",
		choices: [{ index: 0, message: { role: "assistant", content: "Your order left us.\nIt comes on \u201cFriday\u201d.", refusal: null, annotations: [] }, logprobs: null, finish_reason: "stop" }],
		usage,
	},
	"OpenAI, tool calls": {
		...openai, object: "chat.completion",
		choices: [{ index: 0, message: { role: "assistant", content: null, tool_calls: [call("find", '{"path":"C:\\\\new\\\\x","q":"a \\"b\\"","n":12}'), call("find", "{}"), call("draw", '{"percent":[30,75,69,16,47,77,60,80,74,8,77,1]}')], refusal: null, annotations: [] }, logprobs: null, finish_reason: "tool_calls" }],
		usage,
	},
	"OpenAI, arguments cut off": {
		...openai, object: "chat.completion",
		choices: [{ index: 0, message: { role: "assistant", content: null, tool_calls: [call("find", '{"text":"A line\\nand \\u00e9 more, and th')], refusal: null }, logprobs: null, finish_reason: "length" }],
		usage,
	},
	"OpenAI, JSON mode": {
		...openai, object: "chat.completion",
		choices: [{ index: 0, message: { role: "assistant", content: '{"reply":"Line one\\nLine \\"two\\" caf\\u00e9","n":1}', refusal: null }, logprobs: null, finish_reason: "stop" }],
	},
	"OpenAI, log probabilities": {
		...openai, object: "chat.completion",
		choices: [{ index: 0, message: { role: "assistant", content: "I can help.", refusal: null }, logprobs: { content: chosen.map(([t, o]) => prob(t, o)), refusal: null }, finish_reason: "stop" }],
	},
	"OpenAI, citations": {
		...openai, object: "chat.completion",
		choices: [{ index: 0, message: { role: "assistant", content: "See the page.", annotations: [{ type: "url_citation", url_citation: { start_index: 4, end_index: 12, title: "Orders", url: "https://shop.example/orders" } }] }, finish_reason: "stop" }],
	},
	Azure: {
		...openai, object: "chat.completion",
		choices: [{ content_filter_results: filters, finish_reason: "stop", index: 0, logprobs: null, message: { content: "Hello there.", refusal: null, role: "assistant" } }],
		prompt_filter_results: [{ prompt_index: 0, content_filter_results: { ...filters, jailbreak: { filtered: false, detected: false } } }],
		usage,
	},
	vLLM: {
		id: "chatcmpl-5f0c7d1e2b3a4c5d8e9f0a1b2c3d4e5f", object: "chat.completion", created: 1751234567, model: "Qwen/Qwen3-8B",
		choices: [{ index: 0, message: { role: "assistant", content: "\n\nIt left us.", refusal: null, annotations: null, audio: null, function_call: null, tool_calls: [], reasoning: "They ask. I look", reasoning_content: "They ask. I look" }, logprobs: null, finish_reason: "stop", stop_reason: null, token_ids: null }],
		service_tier: null, system_fingerprint: null,
		usage: { prompt_tokens: 9, total_tokens: 19, completion_tokens: 10, prompt_tokens_details: null },
		prompt_logprobs: null, prompt_token_ids: null, kv_transfer_params: null,
	},
	Ollama: {
		id: "chatcmpl-512", object: "chat.completion", created: 1751234567, model: "llama3.2", system_fingerprint: "fp_ollama",
		choices: [{ index: 0, message: { role: "assistant", content: "Hello.", reasoning: "Short is good" }, finish_reason: "stop" }],
		usage: { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 },
	},
	"llama.cpp": {
		choices: [{ finish_reason: "stop", index: 0, message: { role: "assistant", content: "Hello." } }],
		created: 1751234567, model: "gpt-3.5-turbo", system_fingerprint: "b5123-a1b2c3d4", object: "chat.completion",
		usage: { completion_tokens: 2, prompt_tokens: 9, total_tokens: 11 }, id: "chatcmpl-7Qm2VxT9hLk4RzPw8YcJ3bNd6FsG1aUe",
		timings: { prompt_n: 9, prompt_ms: 41.221, prompt_per_token_ms: 4.580111111111111, prompt_per_second: 218.33531452415032, predicted_n: 2, predicted_ms: 17.03571428571429, predicted_per_token_ms: 8.517857142857145, predicted_per_second: 117.40041928721174 },
	},
	DeepSeek: {
		id: "930c60df-bf64-41c9-a88e-3ec75f81e00e", object: "chat.completion", created: 1751234567, model: "deepseek-reasoner",
		choices: [{ index: 0, message: { role: "assistant", content: "It left us", reasoning_content: "Okay, the user asks. I should look" }, logprobs: null, finish_reason: "stop" }],
		usage: { prompt_tokens: 9, completion_tokens: 12, total_tokens: 21, prompt_tokens_details: { cached_tokens: 0 }, completion_tokens_details: { reasoning_tokens: 7 }, prompt_cache_hit_tokens: 0, prompt_cache_miss_tokens: 9 },
		system_fingerprint: "fp_8802369eaa_prod0425fp8",
	},
	OpenRouter: {
		id: "gen-1751234567-Kx3PqLm8RtZ2", provider: "Together", model: "qwen/qwen3-32b", object: "chat.completion", created: 1751234567,
		choices: [{ logprobs: null, finish_reason: "stop", native_finish_reason: "stop", index: 0, message: { role: "assistant", content: "It left us.", refusal: null, reasoning: "They ask.", reasoning_details: [{ type: "reasoning.text", text: "They ask.", format: "unknown", index: 0 }] } }],
		usage,
	},
	Mistral: {
		id: "cmpl-e5cc70bb28c444948073e77776eb30ef", object: "chat.completion", created: 1751234567, model: "magistral-medium-latest",
		choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", tool_calls: null, content: [
			{ type: "thinking", thinking: [{ type: "text", text: "They ask where it is." }] },
			{ type: "text", text: "See " }, { type: "reference", reference_ids: [1, 2] }, { type: "text", text: " for the order." }] } }],
		usage: { prompt_tokens: 9, completion_tokens: 12, total_tokens: 21 },
	},
	Groq: {
		...openai, object: "chat.completion", system_fingerprint: "fp_c5f20b5bb1",
		choices: [{ index: 0, message: { role: "assistant", content: "Hello." }, logprobs: null, finish_reason: "stop" }],
		usage: { queue_time: 0.05, prompt_tokens: 9, prompt_time: 0.0021, completion_tokens: 2, completion_time: 0.016, total_tokens: 11, total_time: 0.0181 },
		usage_breakdown: null, x_groq: { id: "req_01jbd6g2qdfw2adyrt2az8hz4w" }, service_tier: "on_demand",
	},
};

export const streams = {
	OpenAI: chunks({ ...openai, usage: null, obfuscation: "aZ3" }, [
		{ role: "assistant", content: "", refusal: null }, ..."Your order left us. It comes on Friday.".split(/(?= )/).map((content) => ({ content }))],
	"stop", { logprobs: null }) + line({ ...openai, choices: [], usage, obfuscation: "kQ7mW2xYpL" }) + done,
	"OpenAI, tool calls": chunks(openai, [
		{ role: "assistant", content: null, tool_calls: [call("find", "", { index: 0 })], refusal: null },
		...['{"q', '":"a \\', '"b\\""', "}"].map((a) => ({ tool_calls: [{ index: 0, function: { arguments: a } }] })),
		{ tool_calls: [call("look", "", { index: 1 })] }, { tool_calls: [{ index: 1, function: { arguments: "{}" } }] }], "tool_calls") + done,
	"OpenAI, arguments cut off": chunks(openai, [
		{ role: "assistant", content: null, tool_calls: [call("find", "", { index: 0 })] },
		...['{"q":"A line\\', "nand mo"].map((a) => ({ tool_calls: [{ index: 0, function: { arguments: a } }] }))], "length") + done,
	"OpenAI, log probabilities": chosen.map(([content, o]) => line({ ...openai, choices: [{ index: 0, delta: { content }, logprobs: { content: [prob(content, o)], refusal: null }, finish_reason: null }] })).join("") +
		chunks(openai, []) + done,
	Azure: line({ choices: [], created: 0, id: "", model: "", object: "", prompt_filter_results: [{ prompt_index: 0, content_filter_results: filters }] }) +
		chunks(openai, [{ role: "assistant", content: "", refusal: null }, { content: "Hello" }, { content: " there." }], "stop", { content_filter_results: filters, logprobs: null }) + done,
	vLLM: chunks({ id: "chatcmpl-5f0c7d1e", object: "chat.completion.chunk", created: 1751234567, model: "Qwen/Qwen3-8B" }, [
		{ role: "assistant", content: "", reasoning_content: null },
		...["They", " ask", ". I", " look"].map((t) => ({ reasoning: t, reasoning_content: t })),
		{ content: "\n\nIt" }, { content: " left us." }], "stop", { logprobs: null, stop_reason: null, token_ids: null }) + done,
	Ollama: chunks({ id: "chatcmpl-512", object: "chat.completion.chunk", created: 1751234567, model: "llama3.2", system_fingerprint: "fp_ollama" }, [
		{ role: "assistant", content: "Hel" }, { role: "assistant", content: "lo." }]) + done,
	"llama.cpp": chunks({ created: 1751234567, id: "chatcmpl-7Qm2VxT9hLk4RzPw8YcJ3bNd6FsG1aUe", model: "gpt-3.5-turbo", system_fingerprint: "b5123-a1b2c3d4", object: "chat.completion.chunk" }, [
		{ role: "assistant", content: null }, { content: "Hel" }, { content: "lo." }]) + done,
	DeepSeek: ": keep-alive\n\n" + chunks({ id: "930c60df-bf64-41c9-a88e-3ec75f81e00e", object: "chat.completion.chunk", created: 1751234567, model: "deepseek-reasoner", system_fingerprint: "fp_8802369eaa" }, [
		{ role: "assistant", content: null, reasoning_content: "" },
		...["Okay", ". I", " should", " look"].map((reasoning_content) => ({ content: null, reasoning_content })),
		{ content: "It", reasoning_content: null }, { content: " left", reasoning_content: null }], "stop", { logprobs: null }) + done,
	OpenRouter: ": OPENROUTER PROCESSING\n\n: OPENROUTER PROCESSING\n\n" + chunks({ id: "gen-1751234567-Kx3PqLm8RtZ2", provider: "Together", model: "qwen/qwen3-32b", object: "chat.completion.chunk", created: 1751234567 }, [
		...["They", " ask."].map((t) => ({ role: "assistant", content: "", reasoning: t, reasoning_details: [{ type: "reasoning.text", text: t, format: "unknown", index: 0 }] })),
		{ role: "assistant", content: "It left us." }], "stop", { native_finish_reason: "stop", logprobs: null }) + done,
	"with ids and names of events": [1, 2, 3].map((i) => `event: message\nid: ${i}\n${line({ ...openai, choices: [{ index: 0, delta: { content: `part ${i}. ` }, finish_reason: null }] })}`).join("") + chunks(openai, []) + done,
	"a reason to end in every frame, empty": ["It ", "left", " us."].map((content) => line({ ...openai, choices: [{ index: 0, delta: { content }, finish_reason: "" }] })).join("") + chunks(openai, []) + done,
	"a formula, its backslash first": chunks(openai, ["\\", "[ x = 1 ", "\\", "]"].map((content) => ({ content }))) + done,
};
