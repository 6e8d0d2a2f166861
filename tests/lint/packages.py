#!/usr/bin/env python3
"""One list of Debian packages.

packages.txt is what dev, CI and the images install from. An install command
anywhere else that names a package itself would drift from it unseen.
"""

import os
import re
import sys

import tree

LIST = "packages.txt"
GROUPS = {"build", "test", "bench", "run"}
READERS = ("dev", ".ci/run")
INSTALL = re.compile(r"apt(?:-get)?(?=\s)[^#\n;|&]*?\sinstall\s([^\n;|&]*)")
LITERAL = re.compile(r"^[a-z0-9][a-z0-9+.-]+$")


def check_list(text):
    seen = set()
    for n, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        words = line.split(None, 2)
        if len(words) < 3:
            yield f"{LIST}:{n}: write NAME GROUP REASON"
            continue
        if words[0] in seen:
            yield f"{LIST}:{n}: {words[0]} is listed twice"
        seen.add(words[0])
        for group in set(words[1].split(",")) - GROUPS:
            yield (f"{LIST}:{n}: {group} is no group; there are "
                   + ", ".join(sorted(GROUPS)))


def check_reader(path, text):
    text = re.sub(r"\\\n", " ", text)
    text = re.sub(r'"[^"\n]*"', '""', text)  # what is only said
    for n, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("#"):
            continue
        for command in INSTALL.finditer(line):
            for word in command.group(1).split():
                if LITERAL.match(word):
                    yield (f"{path}:{n}: installs {word} by name; put it "
                           f"into {LIST}")


def main():
    root = tree.root_of(sys.argv)
    found = list(check_list(tree.read(root, LIST)))
    readers = [r for r in READERS if os.path.exists(os.path.join(root, r))]
    readers += tree.files(root, ("docker", "bench"))
    for path in readers:
        found += check_reader(path, tree.read(root, path))
    tree.finish(found, f"{len(readers)} files install from {LIST} only")


main()
