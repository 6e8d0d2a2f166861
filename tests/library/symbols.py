#!/usr/bin/env python3
"""What the engine shows to the outside: symbols.py LIBGUARD.SO LIBGUARD.A

The shared library exports what rules/guard*.h declare and nothing else, and
no object of the engine has data that can be written: it has no globals.
"""

import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
WRITABLE = {".data", ".bss", ".tdata", ".tbss", "*COM*"}
COMMENT = re.compile(r"/\*.*?\*/", re.S)
CALL = re.compile(r"\b(guard_\w+)\s*\(")


def declared():
    """Functions of the public headers: names followed by a parenthesis that
    are no typedef of a function."""
    names = set()
    folder = os.path.join(ROOT, "rules")
    for name in sorted(os.listdir(folder)):
        if not re.fullmatch(r"guard\w*\.h", name):
            continue
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            code = COMMENT.sub("", file.read())
        code = re.sub(r"typedef[^;]*;", "", code)
        names |= set(CALL.findall(code))
    return names


def output(*command):
    return subprocess.run(command, text=True, check=True,
                          stdout=subprocess.PIPE).stdout


def exported(library):
    """Defined and visible from outside, the linker's and sanitizers' own
    aside."""
    lines = output("nm", "-D", "--defined-only", library).splitlines()
    names = {line.split()[-1].split("@")[0] for line in lines}
    return {n for n in names if not re.match(r"_|\.", n)}


def writable(archive):
    found = []
    for line in output("objdump", "-t", archive).splitlines():
        m = re.match(r"[0-9a-f]+ .{7} (\S+)\t([0-9a-f]+) (?:\.\w+ )?(\S+)$",
                     line)
        if m and m[1] in WRITABLE and int(m[2], 16) > 0 \
                and not re.match(r"__|\.", m[3]):
            found.append(m[3])
    return found


def main():
    library, archive = sys.argv[1:]
    want, have = declared(), exported(library)
    bad = [f"{n}: exported, but in no public header" for n in have - want]
    bad += [f"{n}: declared in a public header, but not exported"
            for n in want - have]
    bad += [f"{n}: data that can be written" for n in writable(archive)]
    if len(want) < 10:
        bad.append("the public headers declare hardly anything: this test "
                   "cannot read them")
    print("\n".join(sorted(bad)) if bad
          else f"{len(have)} functions exported, no globals")
    sys.exit(1 if bad else 0)


main()
