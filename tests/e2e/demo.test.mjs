// ./dev run in front of a person's own bot: the configuration it writes is one
// that starts, and what cannot work is said before anything is built.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { atEnd, certificates, root, run, tempDir, until } from "./support.mjs";

// The functions of demo/run.sh as dev has them.
const script = `set -euo pipefail
fail() { printf 'dev: %s\\n' "$*" >&2; exit 1; }
demo=$1; shift
. demo/run.sh
upstream= own= ca=
read_demo_options "$@"
is_plain "$upstream" && echo plain
write_configuration "$(upstream_of "$upstream" "$ca")" 8443 8444`;
const configure = (dir, ...args) => run(["-c", script, "bash", dir, ...args], { program: "bash", cwd: root });

test("./dev run --upstream: a bot of one's own, with TLS or without", async (t) => {
	const ca = path.join(certificates, "localhost.pem");
	const rows = [
		[["--upstream", "http://127.0.0.1:9000"], "", '{url: "http://127.0.0.1:9000"}'],
		[["--upstream", "http://[::1]:9000/v1"], "", '{url: "http://[::1]:9000/v1"}'],
		[["--upstream", "http://10.0.0.9:1"], "plain\n", '{url: "http://10.0.0.9:1", allow_plain: yes}'],
		[["--upstream", "http://localhost.example"], "plain\n", '{url: "http://localhost.example", allow_plain: yes}'],
		[["--upstream", "https://bot.example"], "", '{url: "https://bot.example"}'],
		[["--ca", ca, "--upstream", "https://bot.example"], "", `{url: "https://bot.example", ca: "${fs.realpathSync(ca)}"}`],
	];
	for (const [args, said, upstream] of rows) {
		const dir = tempDir(t);
		for (const [from, to] of [["localhost.pem", "cert.pem"], ["localhost.key", "key.pem"]])
			fs.copyFileSync(path.join(certificates, from), path.join(dir, to));
		const made = await configure(dir, ...args);
		assert.deepEqual([made.code, made.out, made.err], [0, said, ""], args.join(" "));
		const file = path.join(dir, "handrail.yaml");
		const text = fs.readFileSync(file, "utf8");
		assert.ok(text.includes(`    upstream: ${upstream}\n`), text);
		fs.writeFileSync(file, text.replace("../../policies", path.join(root, "policies")));
		const checked = await run(["run", "--check", "-c", file]);
		assert.equal(checked.code, 0, checked.out + checked.err);
	}
});

test("./dev run: what cannot work is said", async (t) => {
	const rows = [
		[["--upstream", "bot.example"], /--upstream takes a URL/],
		[["--upstream", 'http://a", b: "'], /--upstream takes a URL/],
		[["--upstream"], /--upstream takes a URL/],
		[["--upstream", "https://bot.example", "--ca", "/nowhere.pem"], /--ca takes a file .* not "\/nowhere.pem"/],
		[["--ca", path.join(certificates, "localhost.pem")], /say --upstream https:\/\/\.\.\. too/],
		[["--upsteam", "x"], /unknown option --upsteam; there are --upstream URL and --ca FILE/],
	];
	for (const [args, said] of rows) {
		const { code, err } = await configure(tempDir(t), ...args);
		assert.equal(code, 1, err);
		assert.match(err, said);
	}
});

test("./dev run is killed: nothing of it is left running", async (t) => {
	const log = path.join(tempDir(t), "log");
	const dev = spawn("bash", ["-c", '. demo/run.sh; start "$1" "$2" -e "setInterval(() => {}, 1000); console.log(process.pid)"; wait', "bash", log, process.execPath], { cwd: root, stdio: "ignore" });
	atEnd(t, () => dev.kill("SIGKILL"));
	const pid = await until(() => fs.existsSync(log) && Number(fs.readFileSync(log, "utf8")), "it runs");
	atEnd(t, () => { try { process.kill(pid, "SIGKILL"); } catch {} });
	const runs = () => { try { return process.kill(pid, 0); } catch { return false; } };
	assert.equal(runs(), true);
	dev.kill("SIGKILL");
	await until(() => !runs(), "it has ended");
});
