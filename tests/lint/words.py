#!/usr/bin/env python3
"""What no file of ours may say.

In C: functions whose use is a mistake waiting, typedefs of structs, names
that end in _t (POSIX reserves them). In every file: paths of somebody's
machine.
"""

import re
import sys

import tree

BANNED = {
    "alloca": "a length that grows with input has no place on the stack",
    "strcpy": "memcpy with a length that was checked",
    "strcat": "build with struct buf or snprintf",
    "sprintf": "snprintf",
    "vsprintf": "vsnprintf",
    "gets": "fgets or getline",
    "atoi": "strtoul and a look at the end",
    "atol": "strtoul and a look at the end",
    "atof": "numbers of ours are integers",
    "strtok": "it writes into its input",
    "rand": "id_new for ids, a seeded generator in tests",
}
CALL = re.compile(r"(?<![\w.>])(" + "|".join(BANNED) + r")\s*\(")
TYPEDEF = re.compile(r"^\s*typedef\s+(?:struct|union|enum)\b[^;(]*;", re.M)
OWN_T = re.compile(r"^(?:struct|union|enum)\s+\w+_t\b", re.M)
NOT_CODE = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', re.S)
# Spelled in pieces, so that this file passes its own test.
MACHINE = re.compile("/wor" + r"k/|/hom" + r"e/\w|(?<![\w.])/roo" + "t/|"
                     r"\.libr" + "ary/")
TEXT = (".c", ".h", ".py", ".sh", ".md", ".yaml", ".yml", ".json", ".mjs",
        ".js", ".txt", ".cmake", ".conf", "dev", "Dockerfile", "run",
        ".cases", ".dict")


def line_of(text, at):
    return text.count("\n", 0, at) + 1


def check_c(path, text):
    code = NOT_CODE.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)
    for call in CALL.finditer(code):
        word = call.group(1)
        yield (f"{path}:{line_of(code, call.start())}: {word}(): "
               f"{BANNED[word]}")
    for hit in TYPEDEF.finditer(code):
        yield f"{path}:{line_of(code, hit.start())}: a typedef hides a tag"
    for hit in OWN_T.finditer(code):
        yield f"{path}:{line_of(code, hit.start())}: _t is not ours to use"


def main():
    root = tree.root_of(sys.argv)
    found = []
    for path in tree.c_files(root):
        found += check_c(path, tree.read(root, path))
    paths = tree.files(root, endings=TEXT)
    for path in paths:
        if path.endswith("package-lock.json"):
            continue
        text = tree.read(root, path)
        for hit in MACHINE.finditer(text):
            found.append(f"{path}:{line_of(text, hit.start())}: a path of "
                         f"one machine ({hit.group()}...)")
    tree.finish(found, f"{len(paths)} files name nothing they may not")


main()
