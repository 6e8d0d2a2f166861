// TLS in front: versions, names, client certificates, resumption, garbage.
import assert from "node:assert/strict";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import test from "node:test";
import { certificates, startHandrail } from "./support.mjs";
import { answer, completion, goodPost, policy, raw, rawBot, wire } from "./parts.mjs";

const pem = (name) => fs.readFileSync(path.join(certificates, name));
const pair = (name, more = "") =>
	`{certificate: ${certificates}/${name}.pem, key: ${certificates}/${name}.key${more}}`;

async function setup(t, tls) {
	const bot = await rawBot(t, (socket) => socket.write(answer(completion("Hello."))));
	const proxy = await startHandrail(t, { upstream: bot.url, policy,
		listen: `  - address: 127.0.0.1:0\n    tls: ${tls ?? pair("localhost")}` });
	return { bot, proxy };
}

const handshake = (proxy, options) =>
	new Promise((done) => {
		const socket = wire(proxy, options);
		socket.on("secureConnect", () => {
			done({ version: socket.getProtocol(), name: socket.getPeerCertificate().subject.CN, alpn: socket.alpnProtocol });
			socket.destroy();
		});
		socket.on("error", (error) => done({ error }));
	});

test("TLS 1.2 and 1.3 are spoken, 1.1 is refused", async (t) => {
	const { proxy } = await setup(t);
	for (const version of ["TLSv1.2", "TLSv1.3"])
		assert.equal((await handshake(proxy, { minVersion: version, maxVersion: version })).version, version);
	const old = await handshake(proxy, { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "ALL:@SECLEVEL=0" });
	assert.match(old.error?.code ?? "accepted", /ALERT_PROTOCOL_VERSION/);
	await raw(proxy, goodPost("c-1"));
	await raw(proxy, "GET / HTTP/1.1\r\n\r\n");
	const metrics = await (await fetch(`${proxy.console}/metrics`)).text();
	assert.match(metrics, /^handrail_connections_refused_total\{reason="[a-z_]+"\} [1-9]/m);
	assert.match(metrics, /^handrail_requests_total\{channel="openai-chat",code="2xx"\} 1$/m);
	assert.match(metrics, /^handrail_requests_total\{channel="none",code="4xx"\} 1$/m);
});

test("ALPN: http/1.1, never another; none in common is an alert", async (t) => {
	const { proxy } = await setup(t);
	assert.equal((await handshake(proxy, { ALPNProtocols: ["h2", "http/1.1"] })).alpn, "http/1.1");
	const h2 = await handshake(proxy, { ALPNProtocols: ["h2"] });
	assert.match(h2.error?.code ?? "accepted", /NO_APPLICATION_PROTOCOL/);
});

test("the name asked for chooses the certificate, the first is the default", async (t) => {
	const { proxy } = await setup(t, `[${pair("localhost")}, ${pair("shop")}]`);
	for (const [servername, name] of [["localhost", "localhost"], ["shop.test", "shop"], ["a.shop.test", "shop"], ["unknown.test", "localhost"]])
		assert.equal((await handshake(proxy, { servername, rejectUnauthorized: false })).name, name, servername);
});

test("client_ca: without a certificate from it nothing is served", async (t) => {
	const { bot, proxy } = await setup(t, pair("localhost", `, client_ca: ${certificates}/ca.pem`));
	const without = await raw(proxy, goodPost("c-1"));
	assert.equal(without.text, "");
	assert.ok(without.error, "an alert says so");
	assert.equal(bot.requests.length, 0);
	const shown = await raw(proxy, goodPost("c-1"), { cert: pem("client.pem"), key: pem("client.key") });
	assert.match(shown.text, /^HTTP\/1\.1 200 /);
});

const plain = (proxy, bytes) =>
	new Promise((done) => {
		let text = "";
		const socket = net.connect(new URL(proxy.url).port, "127.0.0.1", () => socket.write(bytes));
		socket.on("data", (d) => (text += d.toString("latin1"))).on("error", () => {});
		socket.on("close", () => done(text));
	});

test("plain HTTP and garbage on the TLS port: closed, no HTTP answer, service goes on", async (t) => {
	const { bot, proxy } = await setup(t);
	for (const bytes of [goodPost("c-1"), "\x00".repeat(64), "\x16\x03\x01\xff\xff" + "a".repeat(100),
		"\x16\x03\x01\x00\x05\x01\xff\xff\xff\xff", "SSH-2.0-x\r\n"])
		assert.doesNotMatch(await plain(proxy, Buffer.from(bytes, "latin1")), /HTTP\/1\.1 200/);
	assert.equal(bot.requests.length, 0);
	assert.match((await raw(proxy, goodPost("c-1"))).text, /^HTTP\/1\.1 200 /);
});

for (const version of ["TLSv1.2", "TLSv1.3"])
	test(`a session is resumed, ${version}`, async (t) => {
		const { proxy } = await setup(t);
		const versions = { minVersion: version, maxVersion: version };
		const once = (session) =>
			new Promise((done, fail) => {
				let kept;
				const socket = wire(proxy, { ...versions, session });
				socket.on("session", (s) => (kept = s)).on("error", fail).resume();
				socket.on("secureConnect", () => socket.write(goodPost("c-1")));
				socket.on("end", () => done({ session: kept, reused: socket.isSessionReused() }));
			});
		const first = await once();
		assert.equal(first.reused, false);
		assert.ok(first.session, "a ticket was given");
		assert.equal((await once(first.session)).reused, true);
	});
