#!/usr/bin/env python3
"""Small enough to read: functions, files, headers and folder pages.

tests/lint/budget-exceptions.txt lists what is over, each with its size, as
"SIZE PATH" or "SIZE PATH FUNCTION". It may only shrink: an entry that is
larger than it says, smaller than it says, no longer over or no longer there
is an offender, and so is a list longer than in any earlier commit.
"""

import json
import os
import subprocess
import sys

import tree

FUNCTION_LINES = 60
SOURCE_LINES = 600
HEADER_LINES = 150
README_LINES = 40
EXCEPTIONS = "tests/lint/budget-exceptions.txt"


def function_sizes(root, paths):
    """{(path, function): lines}, by universal-ctags."""
    out = subprocess.run(
        ["ctags", "-f", "-", "--languages=C", "--langmap=C:.c.h",
         "--kinds-C=f", "--fields=+ne", "--output-format=json", "-L", "-"],
        input="\n".join(paths), cwd=root, text=True, check=True,
        stdout=subprocess.PIPE).stdout
    sizes = {}
    for line in out.splitlines():
        tag = json.loads(line)
        if tag.get("_type") == "tag" and "end" in tag:
            key = (tag["path"], tag["name"])
            sizes[key] = max(sizes.get(key, 0),
                             tag["end"] - tag["line"] + 1)
    return sizes


def measure(root):
    """{key: (size, budget)} of everything that has a budget."""
    paths = tree.c_files(root)
    sized = {key: (size, FUNCTION_LINES)
             for key, size in function_sizes(root, paths).items()}
    for path in paths:
        budget = HEADER_LINES if path.endswith(".h") else SOURCE_LINES
        sized[(path,)] = (len(tree.read(root, path).splitlines()), budget)
    for folder in {os.path.dirname(p) for p in paths
                   if p.startswith(("rules/", "proxy/"))}:
        page = f"{folder}/README.md"
        lines = README_LINES + 1
        if os.path.exists(os.path.join(root, page)):
            lines = len(tree.read(root, page).splitlines())
        sized[(page,)] = (lines, README_LINES)
    return sized


def parse_exceptions(text):
    entries = {}
    for line in text.splitlines():
        words = line.split()
        if words and not words[0].startswith("#"):
            entries[tuple(words[1:])] = int(words[0])
    return entries


def shortest_before(root):
    """Entries in the shortest version ever committed, or None."""
    def git(*args):
        return subprocess.run(("git", "-C", root) + args, text=True,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL)

    log = git("log", "--format=%H", "--", EXCEPTIONS)
    lengths = []
    for commit in log.stdout.split() if log.returncode == 0 else []:
        shown = git("show", f"{commit}:{EXCEPTIONS}")
        if shown.returncode == 0:
            lengths.append(len(parse_exceptions(shown.stdout)))
    return min(lengths, default=None)


def check(root):
    sized = measure(root)
    listed = {}
    if os.path.exists(os.path.join(root, EXCEPTIONS)):
        listed = parse_exceptions(tree.read(root, EXCEPTIONS))
    found = []
    for key, (size, budget) in sorted(sized.items()):
        name = " ".join(key)
        if key[0].endswith("README.md") and size > budget \
                and not os.path.exists(os.path.join(root, key[0])):
            found.append(f"{key[0]} is missing: say in under {budget} lines "
                         "what the folder is for")
        elif key not in listed and size > budget:
            found.append(f"{name}: {size} lines, the budget is {budget}")
        elif key in listed and size > listed[key]:
            found.append(f"{name}: {size} lines, its exception is for "
                         f"{listed[key]}")
        elif key in listed and size <= budget:
            found.append(f"{name}: within its budget now; take it out of "
                         f"{EXCEPTIONS}")
        elif key in listed and size < listed[key]:
            found.append(f"{name}: only {size} lines now; write that into "
                         f"{EXCEPTIONS}")
    for key in listed:
        if key not in sized:
            found.append(f"{' '.join(key)}: is no more; take it out of "
                         f"{EXCEPTIONS}")
    before = shortest_before(root)
    if before is not None and len(listed) > before:
        found.append(f"{EXCEPTIONS} has {len(listed)} entries; it had "
                     f"{before} before, and may only shrink")
    return found, len(sized), len(listed)


def main():
    found, n, excepted = check(tree.root_of(sys.argv))
    tree.finish(found, f"{n} sizes are within budget, {excepted} excepted")


main()
