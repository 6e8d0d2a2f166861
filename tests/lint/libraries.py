#!/usr/bin/env python3
"""Does packages.txt bring every library the program is linked to?

    libraries.py BINARY [--root DIR]

A machine that builds has them all through the -dev packages; an image or a
server that only runs has what the group "run" says, and nothing else.
"""

import os
import re
import subprocess
import sys

import tree

LIST = "packages.txt"
# On every Debian; and what only instrumented builds need.
BASE = re.compile(r"lib(c6|gcc-s1|asan\d+|ubsan\d+|tsan\d+|lsan\d+)$")
LOADED = re.compile(r"^\s*(\S+) => (\S+) \(0x", re.MULTILINE)


def output(*command):
    return subprocess.run(command, check=True, text=True,
                          stdout=subprocess.PIPE).stdout


def owner(path):
    """The package of a library, by either name of a merged /usr."""
    for name in (path, os.path.realpath(path),
                 re.sub("^/usr", "", os.path.realpath(path))):
        done = subprocess.run(["dpkg-query", "-S", name], text=True,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL)
        if done.returncode == 0:
            return done.stdout.split(":", 1)[0]
    return None


def main():
    binary = sys.argv.pop(1)
    root = tree.root_of(sys.argv)
    rows = [line.split(None, 2) for line in tree.read(root, LIST).splitlines()
            if line.strip() and not line.startswith("#")]
    brought = {row[0] for row in rows if "run" in row[1].split(",")}
    needed = re.findall(r"\(NEEDED\).*\[(.*)\]", output("readelf", "-d", binary))
    loaded = dict(LOADED.findall(output("ldd", binary)))
    found = []
    for library in needed:
        package = owner(loaded.get(library, library))
        if package is None:
            found.append(f"{binary}: {library} is of no package")
        elif package not in brought and not BASE.match(package):
            found.append(f"{LIST}: {library} is linked and of {package}, "
                         "which is not in the group run")
    tree.finish(found, f"{len(needed)} libraries come with {LIST}")


main()
