#!/usr/bin/env python3
"""engine.py: what judging costs, without any network.

    ./dev bench engine              all of it, some minutes
    ./dev bench engine --quick      fewer rounds; instructions stay exact

Times are of this machine at this moment: on a shared one only the smallest of
several runs means something. Instructions are counted by callgrind and are the
same on every run of the same binary, so that they show a regression where
times cannot. Policies and texts are generated (make_policy.py, make_texts.py).
"""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

import make_texts

HERE = pathlib.Path(__file__).resolve().parent
BENCH = HERE.parent / "build/release/bench/bench_engine"
RULES = [10, 100, 1000, 10000]
SIZES = [90, 300, 10240]
COUNTS = {90: 400, 300: 400, 10240: 40}  # texts of each size


def say(text):
	print(f"... {text}", file=sys.stderr, flush=True)


def figures(*arguments, before=()):
	"""bench_engine's figures by name."""
	out = subprocess.run([*before, BENCH, *map(str, arguments)], check=True,
						 capture_output=True, text=True)
	found = dict(line.split() for line in out.stdout.splitlines())
	collected = re.search(r"Collected : (\d+)", out.stderr)
	if collected:
		found["instructions"] = collected[1]
	return {name: int(value) for name, value in found.items()}


def best(runs, *arguments):
	"""The smallest of each figure: what the machine adds is only ever more."""
	all_runs = [figures(*arguments) for _ in range(runs)]
	return {name: min(run[name] for run in all_runs) for name in all_runs[0]}


def count(work, *arguments):
	return figures(*arguments, before=[
		"valgrind", "--tool=callgrind", "--toggle-collect=bench_counted",
		f"--callgrind-out-file={work}/callgrind.out"])


def table(title, head, rows):
	print(f"\n{title}\n\n| {' | '.join(head)} |")
	print(f"| {' | '.join(['---'] + ['---:'] * (len(head) - 1))} |")
	for row in rows:
		print(f"| {' | '.join(row)} |", flush=True)


def make(work):
	for rules in RULES:
		subprocess.run([sys.executable, HERE / "make_policy.py", str(rules),
						work / f"policy-{rules}"], check=True)
	for size in SIZES:
		for kind in ("ordinary", "violating"):
			make_texts.write(kind, size, COUNTS[size], work / f"{kind}-{size}")
	for kind in make_texts.WORST:
		make_texts.write(kind, 16384, 1, work / f"worst-{kind}")


def whole(work, arguments):
	for kind in ("ordinary", "violating"):
		rows = []
		for rules in RULES:
			for size in SIZES:
				say(f"whole: {kind}, {rules} rules, {size} bytes")
				given = (work / f"policy-{rules}", work / f"{kind}-{size}")
				rounds = max(1, arguments.texts // COUNTS[size])
				f = best(arguments.runs, "check", *given, rounds)
				ir = count(work, "check", *given, 1)
				rows.append([f"{rules:,}", f"{size:,}", f"{f['p50_ns'] / 1000:.1f}",
							 f"{f['p99_ns'] / 1000:.1f}",
							 f"{f['cpu_ns'] / f['texts'] / 1000:.1f}",
							 f"{ir['instructions'] / ir['texts']:,.0f}"])
		table(f"Whole messages, {kind}", ["rules", "bytes", "p50 us", "p99 us",
			  "mean CPU us", "instructions"], rows)


def streams(work, arguments):
	rows = []
	for rules in RULES:
		for piece in ("4", "words"):
			say(f"streams: {rules} rules, pieces: {piece}")
			given = (work / f"policy-{rules}", work / "ordinary-300")
			f = best(arguments.runs, "stream", *given,
					 max(1, arguments.texts // 4 // COUNTS[300]), piece)
			ir = count(work, "stream", *given, 1, piece)
			rows.append([f"{rules:,}", "4 bytes" if piece == "4" else "words",
						 f"{f['cpu_ns'] / f['pieces'] / 1000:.2f}",
						 f"{ir['instructions'] / ir['pieces']:,.0f}",
						 f"{ir['instructions'] / ir['texts']:,.0f}"])
	table("Streams of 300 bytes, ordinary (opening and closing them included)",
		  ["rules", "token", "CPU us a token", "instructions a token",
		   "instructions a stream"], rows)


def memory(work, arguments):
	rows = []
	for rules in RULES:
		say(f"load and memory: {rules} rules")
		policy = work / f"policy-{rules}"
		load = figures("load", policy, arguments.runs)
		m = figures("memory", policy, work / "ordinary-10240")
		rows.append([f"{rules:,}", f"{load['p50_us'] / 1000:.0f}",
					 f"{m['policy_heap'] / 1024:,.0f}",
					 f"{m['scanner_heap'] / 1024:,.0f}"]
					+ [f"{m[f'stream_{n}_heap'] / 1024:.1f} ({m[f'stream_{n}_resident'] / 1024:.1f})"
					   for n in (0, 300, 4096)])
	table("Load and memory (in brackets: resident)", ["rules", "load ms",
		  "policy KiB", "scanner KiB", "open stream KiB", "after 300 bytes",
		  "after 4,096"], rows)


def worst(work, arguments):
	rows = []
	for kind in make_texts.WORST:
		say(f"worst cases: {kind}")
		given = (work / "policy-1000", work / f"worst-{kind}")
		f = best(arguments.runs, "check", *given, 5)
		ir = count(work, "check", *given, 1)
		rows.append([kind, f"{f['p50_ns'] / 1e6:.2f}",
					 f"{ir['instructions'] / 16384:,.0f}"])
	table("Worst cases: 16 KiB of one thing, 1,000 rules",
		  ["text", "ms", "instructions a byte"], rows)


PARTS = {"whole": whole, "streams": streams, "memory": memory, "worst": worst}


def main():
	parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
	parser.add_argument("--quick", action="store_true", help="one short run of each")
	parser.add_argument("--part", choices=PARTS, help="only this table")
	arguments = parser.parse_args()
	arguments.runs = 1 if arguments.quick else 5
	arguments.texts = 2000 if arguments.quick else 20000
	work = pathlib.Path(tempfile.mkdtemp(prefix="handrail-engine-"))
	try:
		say("making policies and texts")
		make(work)
		print(f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores")
		for name, part in PARTS.items():
			if arguments.part in (None, name):
				part(work, arguments)
	finally:
		shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
	main()
