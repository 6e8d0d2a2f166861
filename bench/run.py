#!/usr/bin/env python3
"""run.py: Handrail beside its peers, in one run, as ratios.

    ./dev bench                     three rounds of 8 s each, c=32
    ./dev bench --seconds 3 --rounds 1

One upstream (nginx answering a fixed chat completion) behind each of: nginx as
a plain TLS proxy, nginx with ModSecurity and one response rule, the Portkey
gateway with one rule (plain HTTP: it has no TLS of its own), Handrail with the
starter policy, Handrail with 1,000 generated rules. The peers take turns, so a
noisy machine is noisy for all; ratios are the medians over the rounds. CPU is
what the proxy's own processes used for each request.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
ANSWER = ("Thanks for waiting. Your order left our warehouse this morning and "
		  "should reach you on Thursday between nine and noon. If you are not at "
		  "home, the driver leaves it with a neighbour or at the parcel shop around "
		  "the corner and puts a card in your letter box. Is there anything else?")
COMPLETION = json.dumps({
	"id": "chatcmpl-1", "object": "chat.completion", "created": 1750000000,
	"model": "m", "choices": [{"index": 0, "message": {
		"role": "assistant", "content": ANSWER}, "finish_reason": "stop"}],
	"usage": {"prompt_tokens": 9, "completion_tokens": 60, "total_tokens": 69}})
QUESTION = json.dumps({"model": "m", "messages": [
	{"role": "user", "content": "Where is my order?"}]})
LUA = """
local seed = 0
function setup(thread) seed = seed + 1; thread:set("worker", seed) end
local n = 0
local began = os.time() -- no conversation is one of an earlier round
local headers = {["Content-Type"] = "application/json", %s}
function request()
  n = n + 1
  headers["X-Conversation-Id"] = began .. "-" .. worker .. "-" .. n
  return wrk.format("POST", "/v1/chat/completions", headers, body)
end
body = %s
local bad = 0
function response(status, head, content)
  if status ~= 200 then bad = bad + 1 end
end
"""


def free_port():
	with socket.socket() as s:
		s.bind(("127.0.0.1", 0))
		return s.getsockname()[1]


def wait_for(port, seconds=30):
	end = time.time() + seconds
	while time.time() < end:
		try:
			socket.create_connection(("127.0.0.1", port), 1).close()
			return
		except OSError:
			time.sleep(0.1)
	sys.exit(f"bench: nothing listens on port {port} after {seconds} s")


class Peer:
	"""A proxy under load: its process group, address, and extra headers."""

	def __init__(self, name, command, url, cwd, env=None, headers=""):
		self.name, self.url, self.headers = name, url, headers
		self.log = open(cwd / f"{name.replace(' ', '-')}.log", "wb")
		self.process = subprocess.Popen(
			command, cwd=cwd, stdout=self.log, stderr=self.log,
			env={**os.environ, **(env or {})}, start_new_session=True)
		self.rates, self.cpus, self.p50s, self.failed = [], [], [], 0

	def cpu_seconds(self):
		"""user + system time of the process group so far."""
		total, ticks = 0, os.sysconf("SC_CLK_TCK")
		for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
			try:
				fields = stat.read_text().rsplit(")", 1)[1].split()
			except OSError:
				continue
			if int(fields[2]) == self.process.pid:
				total += int(fields[11]) + int(fields[12])
		return total / ticks

	def load(self, script, seconds, connections):
		before = self.cpu_seconds()
		out = subprocess.run(
			["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency",
			 "-s", script, self.url], capture_output=True, text=True).stdout
		used = self.cpu_seconds() - before
		requests = int(re.search(r"(\d+) requests in", out)[1])
		bad = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
		self.failed += int(bad[1]) if bad else 0
		self.rates.append(float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1]))
		latency = re.search(r"50%\s+([\d.]+)(us|ms|s)", out)
		unit = {"us": 1, "ms": 1000, "s": 1e6}[latency[2]]
		self.p50s.append(float(latency[1]) * unit)
		self.cpus.append(used / max(requests, 1) * 1e6)

	def stop(self):
		try:
			os.killpg(self.process.pid, signal.SIGTERM)
			self.process.wait(10)
		except (ProcessLookupError, subprocess.TimeoutExpired):
			self.process.kill()


def nginx(work, name, body, modules=""):
	conf = work / f"{name}.conf"
	conf.write_text(f"""daemon off; worker_processes 1; pid {work}/{name}.pid;
error_log {work}/{name}.error.log warn; {modules}
events {{ worker_connections 4096; }}
http {{ access_log off; keepalive_requests 1000000;
client_body_temp_path {work}/{name}.b; proxy_temp_path {work}/{name}.p;
fastcgi_temp_path {work}/{name}.f; uwsgi_temp_path {work}/{name}.u;
scgi_temp_path {work}/{name}.s;
{body} }}
""")
	return ["nginx", "-e", f"{work}/{name}.error.log", "-c", str(conf), "-p", str(work)]


def tls_proxy(work, port, upstream, extra=""):
	return f"""upstream bot {{ server 127.0.0.1:{upstream}; keepalive 64;
  keepalive_requests 1000000; }}
server {{ listen 127.0.0.1:{port} ssl; ssl_certificate {work}/localhost.pem;
  ssl_certificate_key {work}/localhost.key; {extra}
  location / {{ proxy_pass http://bot; proxy_http_version 1.1;
    proxy_set_header Connection ""; }} }}"""


def handrail(work, name, port, upstream, policy):
	config = work / f"{name}.yaml"
	config.write_text(f"""listen:
  - address: 127.0.0.1:{port}
    tls: {{certificate: localhost.pem, key: localhost.key}}
routes:
  - match: {{host: "*", path: /}}
    channel: openai-chat
    upstream: {{url: "http://127.0.0.1:{upstream}"}}
policy: {policy}
store: {{sqlite: {name}/handrail.db}}
audit: {{directory: {name}/audit}}
keys: {{directory: {name}/keys}}
console: {{address: 127.0.0.1:0}}
node: bench
workers: 1
""")
	return [str(ROOT / "build/release/handrail"), "run", "-c", str(config)]


def start_peers(work):
	"""The upstream and every peer that is installed, all listening."""
	up = free_port()
	peers = [Peer("upstream", nginx(work, "upstream", f"""server {{
  listen 127.0.0.1:{up}; location / {{ default_type application/json;
  return 200 '{COMPLETION}'; }} }}"""), "", work)]
	wait_for(up)
	port = free_port()
	peers.append(Peer("nginx TLS", nginx(work, "plain", tls_proxy(work, port, up)),
					  f"https://127.0.0.1:{port}", work))
	wait_for(port)
	module = pathlib.Path("/usr/lib/nginx/modules/ngx_http_modsecurity_module.so")
	if module.exists():
		port = free_port()
		rules = """modsecurity on; modsecurity_rules '
SecRuleEngine On
SecResponseBodyAccess On
SecResponseBodyMimeType application/json
SecRule RESPONSE_BODY "@rx (?i)money back guarantee" "id:1,phase:4,deny,status:403"
';"""
		peers.append(Peer("nginx + ModSecurity, 1 rule", nginx(
			work, "modsec", tls_proxy(work, port, up, rules),
			f"load_module {module};"), f"https://127.0.0.1:{port}", work))
		wait_for(port)
	gateway = HERE / "node_modules/@portkey-ai/gateway/build/start-server.js"
	if gateway.exists():
		port = free_port()
		config = json.dumps({
			"provider": "openai", "api_key": "x",
			"custom_host": f"http://127.0.0.1:{up}/v1",
			"output_guardrails": [{"default.regexMatch": {
				"rule": "money back guarantee", "not": True}, "deny": True}]})
		peers.append(Peer(
			"Portkey, 1 rule (no TLS)",
			["node", str(gateway), f"--port={port}", "--headless"],
			f"http://127.0.0.1:{port}", work,
			env={"TRUSTED_CUSTOM_HOSTS": "127.0.0.1,localhost"},
			headers=f'["x-portkey-config"] = {json.dumps(config)}'))
		wait_for(port)
	generated = work / "policy-1000"
	subprocess.run([sys.executable, HERE / "make_policy.py", "1000", generated], check=True)
	for name, policy in (("Handrail, starter", ROOT / "policies/starter"),
						 ("Handrail, 1000 rules", generated)):
		port = free_port()
		peers.append(Peer(name, handrail(work, f"h{port}", port, up, policy),
						  f"https://127.0.0.1:{port}", work))
		wait_for(port)
	return peers


def judge_cost(work):
	"""CPU of judging alone, from `handrail judge` over many messages."""
	messages = work / "messages.jsonl"
	line = json.dumps({"id": "m", "text": ANSWER[:300]})
	messages.write_text((line + "\n") * 100000)
	rows = []
	for name, policy in (("starter", ROOT / "policies/starter"),
						 ("1,000 rules", work / "policy-1000")):
		times = []
		for path in (messages, work / "one.jsonl"):
			if path.name == "one.jsonl":
				path.write_text(line + "\n")
			before = os.times()
			subprocess.run([ROOT / "build/release/handrail", "judge", "--policy", policy],
						   stdin=open(path), stdout=subprocess.DEVNULL, check=True)
			after = os.times()
			times.append(after.children_user + after.children_system
						 - before.children_user - before.children_system)
		rows.append((name, (times[0] - times[1]) / 100000 * 1e6))
	return rows


def report(peers, base, arguments):
	print(f"\n{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, one worker each, "
		  f"c={arguments.connections}, {arguments.rounds} rounds of "
		  f"{arguments.seconds} s, medians\n")
	print("| what | requests/s | of nginx TLS | p50 us | CPU us a request | of nginx TLS |")
	print("| --- | ---: | ---: | ---: | ---: | ---: |")
	for peer in peers:
		ratio = statistics.median(a / b for a, b in zip(peer.rates, base.rates))
		cpu = statistics.median(a / b for a, b in zip(peer.cpus, base.cpus))
		print(f"| {peer.name} | {statistics.median(peer.rates):,.0f} | {ratio:.2f} | "
			  f"{statistics.median(peer.p50s):,.0f} | "
			  f"{statistics.median(peer.cpus):.0f} | {cpu:.2f} |")


def main():
	parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
	parser.add_argument("--seconds", type=int, default=8)
	parser.add_argument("--rounds", type=int, default=3)
	parser.add_argument("--connections", type=int, default=32)
	arguments = parser.parse_args()
	if not (HERE / "node_modules").exists():
		print("installing the npm peer", flush=True)
		subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=HERE, check=True)
	work = pathlib.Path(tempfile.mkdtemp(prefix="handrail-bench-"))
	subprocess.run([ROOT / "tests/e2e/certificates", work], check=True)
	peers = start_peers(work)
	try:
		measured = peers[1:]
		for peer in measured:
			script = work / f"{peer.name.replace(' ', '-').replace(',', '')}.lua"
			script.write_text(LUA % (peer.headers, json.dumps(QUESTION)))
			peer.script = str(script)
			peer.load(peer.script, 2, arguments.connections)
			peer.rates, peer.cpus, peer.p50s = [], [], []
		for turn in range(arguments.rounds):
			for peer in measured:
				print(f"round {turn + 1} of {arguments.rounds}: {peer.name}", flush=True)
				peer.load(peer.script, arguments.seconds, arguments.connections)
		report(measured, measured[0], arguments)
		for peer in measured:
			if peer.failed:
				print(f"warning: {peer.name} answered {peer.failed} requests without success")
		print("\n| judging one 300-byte message | CPU us |\n| --- | ---: |")
		for name, cost in judge_cost(work):
			print(f"| {name} | {cost:.1f} |")
	finally:
		for peer in reversed(peers):
			peer.stop()
		shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
	main()
