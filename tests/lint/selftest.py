#!/usr/bin/env python3
"""Does each lint fail on a bad tree, name the offender, and pass a good one?

A lint that never fails looks exactly like clean code. Every case lays one
small tree, runs one lint on it and looks for the words that must be told.
"""

import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
GOOD_C = "int good(int x);\nint good(int x)\n{\n\treturn x;\n}\n"
LONG_C = ("int longer(int x);\nint longer(int x)\n{\n" + "\tx++;\n" * 57
          + "\treturn x;\n}\n")
README = "# rules\n"
LIST = "cmake build builds it\n"
SOURCE = os.path.dirname(os.path.dirname(HERE))
with open(os.path.join(SOURCE, ".clang-format"), encoding="utf-8") as style:
    STYLE = style.read()

# lint, files of the tree, exit code, words that must be told
CASES = [
    ("layers.py", {"rules/a.c": '#include "rules/b.h"\n#include <stdio.h>\n'},
     0, "keep to their layer"),
    ("layers.py", {"rules/a.c": '#include "proxy/net/conn.h"\n'},
     1, "rules/a.c: includes proxy/net/conn.h"),
    ("layers.py", {"proxy/wire/a.c": "#include <event2/event.h>\n"},
     1, "proxy/wire/a.c: includes <event2/event.h>"),
    ("layers.py", {"proxy/net/a.c": '#include "rules/guard.h"\n'},
     1, "proxy/net/a.c: includes rules/guard.h"),
    ("layers.py", {"proxy/relay/a.c": '#include "rules/policy.h"\n'},
     1, "proxy/relay/a.c: includes rules/policy.h"),
    ("layers.py", {"proxy/store/a.c": '#include "store.h"\n'},
     1, "write the path"),
    ("layers.py", {"rules/a.c": "#include <pcre2.h>\n"},
     1, "rules/a.c: includes <pcre2.h>"),
    ("layers.py", {"rules/a.c": "#include <sys/socket.h>\n"},
     1, "rules/a.c: includes <sys/socket.h>"),
    ("layers.py", {"rules/a.c": 'void f(void)\n{\n\tfopen("a", "b");\n}\n'},
     1, "rules/a.c:3: calls fopen()"),
    ("layers.py", {"rules/a.c": "/* fopen( */\n"}, 0, "keep to their layer"),
    ("layers.py", {"proxy/new/a.c": "int a;\n"},
     1, "proxy/new has no place"),

    ("budgets.py", {"rules/a.c": GOOD_C, "rules/README.md": README},
     0, "within budget"),
    ("budgets.py", {"rules/a.c": LONG_C, "rules/README.md": README},
     1, "rules/a.c longer: 61 lines, the budget is 60"),
    ("budgets.py", {"rules/a.c": "\n" * 601, "rules/README.md": README},
     1, "rules/a.c: 601 lines, the budget is 600"),
    ("budgets.py", {"rules/a.h": "\n" * 151, "rules/README.md": README},
     1, "rules/a.h: 151 lines, the budget is 150"),
    ("budgets.py", {"rules/a.c": GOOD_C}, 1, "rules/README.md is missing"),
    ("budgets.py", {"rules/a.c": GOOD_C, "rules/README.md": "\n" * 41},
     1, "rules/README.md: 41 lines"),
    ("budgets.py", {"rules/a.c": LONG_C, "rules/README.md": README,
                    "tests/lint/budget-exceptions.txt":
                    "61 rules/a.c longer\n"}, 0, "1 excepted"),
    ("budgets.py", {"rules/a.c": LONG_C, "rules/README.md": README,
                    "tests/lint/budget-exceptions.txt":
                    "62 rules/a.c longer\n"}, 1, "only 61 lines now"),
    ("budgets.py", {"rules/a.c": GOOD_C, "rules/README.md": README,
                    "tests/lint/budget-exceptions.txt":
                    "70 rules/a.c good\n"}, 1, "within its budget now"),
    ("budgets.py", {"rules/a.c": GOOD_C, "rules/README.md": README,
                    "tests/lint/budget-exceptions.txt":
                    "70 rules/a.c gone\n"}, 1, "is no more"),

    ("words.py", {"rules/a.c": "int a; /* strcpy( */\n"}, 0, "may not"),
    ("words.py", {"rules/a.c": "void f(void)\n{\n\tstrcpy(a, b);\n}\n"},
     1, "rules/a.c:3: strcpy()"),
    ("words.py", {"rules/a.c": "typedef struct a b;\n"}, 1, "typedef"),
    ("words.py", {"rules/a.c": "struct a_t {\n\tint x;\n};\n"}, 1, "_t"),
    ("words.py", {"README.md": "see /hom" + "e/me/x\n"},
     1, "README.md:1: a path of one machine"),

    ("packages.py", {"packages.txt": LIST, "dev": "apt-get install $list\n"},
     0, "from packages.txt only"),
    ("packages.py", {"packages.txt": LIST,
                     "docker/Dockerfile":
                     "RUN apt-get update && apt-get install -y \\\n nginx\n"},
     1, "docker/Dockerfile:1: installs nginx by name"),
    ("packages.py", {"packages.txt": LIST + LIST, "dev": ""},
     1, "listed twice"),
    ("packages.py", {"packages.txt": "cmake biuld x\n", "dev": ""},
     1, "biuld is no group"),

    ("format.sh", {"rules/a.c": GOOD_C, ".clang-format": STYLE},
     0, "as .clang-format says"),
    ("format.sh", {"rules/a.c": "int  a( ){return 1;}\n",
                   ".clang-format": STYLE},
     1, "rules/a.c: not laid out"),
    ("headers.sh", {"rules/a.h": "#include <stddef.h>\nextern size_t a;\n"},
     0, "compile alone"),
    ("headers.sh", {"rules/a.h": "extern size_t a;\n"},
     1, "rules/a.h: does not compile alone"),
]


def run(lint, files, want_exit, want_words):
    with tempfile.TemporaryDirectory() as root:
        for path, text in files.items():
            full = os.path.join(root, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "w", encoding="utf-8") as file:
                file.write(text)
        done = subprocess.run([os.path.join(HERE, lint), "--root", root],
                              text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
    if done.returncode == want_exit and want_words in done.stdout:
        return []
    return [f"{lint} on {sorted(files)}: exit {done.returncode}, wanted "
            f"{want_exit} and the words {want_words!r}; it said:\n"
            + done.stdout]


def a_library_left_out():
    """A program whose libraries packages.txt does not bring is told."""
    with tempfile.TemporaryDirectory() as root:
        with open(os.path.join(root, "packages.txt"), "w",
                  encoding="utf-8") as file:
            file.write("zlib1g build not for running\n")
        done = subprocess.run(
            [os.path.join(HERE, "libraries.py"), "/usr/bin/git",
             "--root", root], text=True, stdout=subprocess.PIPE)
    if done.returncode == 1 and "which is not in the group run" in done.stdout:
        return []
    return ["libraries.py let a missing library pass:\n" + done.stdout]


def shrinking_only():
    """A longer list of exceptions than an earlier commit's is told."""
    with tempfile.TemporaryDirectory() as root:
        def git(*args):
            subprocess.run(("git", "-c", "user.name=t", "-c",
                            "user.email=t@t.invalid", "-C", root) + args,
                           check=True, stdout=subprocess.DEVNULL)

        def put(path, text):
            full = os.path.join(root, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "w", encoding="utf-8") as file:
                file.write(text)

        put("rules/README.md", README)
        put("rules/a.c", LONG_C)
        put("tests/lint/budget-exceptions.txt", "# none\n")
        git("init", "-q")
        git("add", ".")
        git("commit", "-q", "-m", "none")
        put("tests/lint/budget-exceptions.txt", "61 rules/a.c longer\n")
        done = subprocess.run(
            [os.path.join(HERE, "budgets.py"), "--root", root], text=True,
            stdout=subprocess.PIPE)
    if done.returncode == 1 and "may only shrink" in done.stdout:
        return []
    return ["budgets.py let the list of exceptions grow:\n" + done.stdout]


def main():
    bad = shrinking_only() + a_library_left_out()
    for case in CASES:
        bad += run(*case)
    for line in bad:
        print(line)
    print(f"{len(CASES) + 2 - len(bad)} of {len(CASES) + 2} cases as wanted")
    sys.exit(1 if bad else 0)


main()
