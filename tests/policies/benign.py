#!/usr/bin/env python3
"""Ordinary service talk passes the starter policy: benign.py BINARY

Judges public sentences of human and scripted agents and of customers, where
they lie beside the repository (HANDRAIL_SHARED, or ../shared); exits 77, which
ctest calls skipped, where they do not. At most 3 in 1,000 may be touched.
"""

import json
import os
import subprocess
import sys

FILES = ("benign_agent_sgd.jsonl", "unicode_benign.jsonl")
AT_MOST = 0.003


def main():
    folder = os.path.join(os.environ.get("HANDRAIL_SHARED") or "../shared",
                          "data")
    paths = [p for p in (os.path.join(folder, f) for f in FILES)
             if os.path.exists(p)]
    if not paths:
        print(f"no public sentences in {folder}")
        sys.exit(77)
    bad = 0
    for path in paths:
        with open(path, encoding="utf-8") as file:
            rows = [json.loads(line) for line in file]
        lines = "".join(json.dumps({"id": r["id"], "text": r["text"]}) + "\n"
                        for r in rows)
        out = subprocess.run(
            [sys.argv[1], "judge", "--policy", "policies/starter"],
            input=lines, text=True, stdout=subprocess.PIPE, check=True).stdout
        judged = [json.loads(line) for line in out.splitlines()]
        touched = [j["id"] for j in judged if j["verdict"] != "deliver"]
        print(f"{os.path.basename(path)}: {len(touched)} of {len(rows)} "
              f"touched {touched[:10]}")
        if len(judged) != len(rows) or len(touched) > AT_MOST * len(rows):
            bad = 1
    sys.exit(bad)


main()
