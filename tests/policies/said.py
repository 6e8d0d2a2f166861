#!/usr/bin/env python3
"""The starter policy finds what it claims to find: said.py BINARY

Judges messages written for this test by hand: offences.jsonl, each about one
thing the packs claim, and ordinary.jsonl, service talk that comes close
(refusals, rules, facts, questions). The packs were tuned on them, so the
figures say what must not be lost, not how unseen texts would do. Enforced
verdicts count; a flag does not.
"""

import collections
import json
import os
import subprocess
import sys

FOLDER = os.path.dirname(os.path.abspath(__file__))
ALL_AT_LEAST = 0.95
TOPIC_AT_LEAST = 0.8
TOUCHED_AT_MOST = 0.01


def judged(name):
    with open(os.path.join(FOLDER, name), encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    lines = "".join(
        json.dumps({"id": str(i), "text": r["text"], "speaker": r["speaker"]})
        + "\n" for i, r in enumerate(rows))
    out = subprocess.run(
        [sys.argv[1], "judge", "--policy", "policies/starter"],
        input=lines, text=True, stdout=subprocess.PIPE, check=True).stdout
    verdicts = [json.loads(line)["verdict"] for line in out.splitlines()]
    if len(verdicts) != len(rows):
        sys.exit(f"{name}: {len(rows)} messages, {len(verdicts)} verdicts")
    return [(r, v not in ("deliver", "log", "flag"), v)
            for r, v in zip(rows, verdicts)]


def share(caught):
    return sum(caught) / len(caught)


def offences_are_found():
    topics = collections.defaultdict(list)
    for row, caught, verdict in judged("offences.jsonl"):
        topics[row["about"]].append(caught)
        if not caught:
            print(f"missed ({verdict}): {row['about']}: {row['text']}")
    good = True
    for topic, caught in sorted(topics.items()):
        print(f"{topic}: {sum(caught)} of {len(caught)}")
        good &= share(caught) >= TOPIC_AT_LEAST
    every = [c for caught in topics.values() for c in caught]
    print(f"offences: {sum(every)} of {len(every)} found")
    return good and share(every) >= ALL_AT_LEAST


def ordinary_talk_passes():
    rows = judged("ordinary.jsonl")
    for row, caught, verdict in rows:
        if caught:
            print(f"touched ({verdict}): {row['text']}")
    touched = [caught for _, caught, _ in rows]
    print(f"ordinary: {sum(touched)} of {len(touched)} touched")
    return share(touched) <= TOUCHED_AT_MOST


found = offences_are_found()
sys.exit(0 if ordinary_talk_passes() and found else 1)
