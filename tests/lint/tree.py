"""What every lint shares: which files there are and how findings are told."""

import os
import sys

CODE = ("rules", "proxy", "fuzz", "tests", "bench")
SKIP = {"node_modules", "build", "state", ".git", "corpus", "repro"}


def root_of(argv):
    """The tree to read: --root DIR, else the repository of this file."""
    if len(argv) == 3 and argv[1] == "--root":
        return os.path.abspath(argv[2])
    if len(argv) != 1:
        sys.exit(f"usage: {os.path.basename(argv[0])} [--root DIR]")
    return os.path.dirname(os.path.dirname(os.path.dirname(
        os.path.abspath(__file__))))


def files(root, folders=("",), endings=None):
    """Paths below the root, sorted, with / and without the root."""
    found = []
    for folder in folders:
        for here, subfolders, names in os.walk(os.path.join(root, folder)):
            subfolders[:] = sorted(s for s in subfolders if s not in SKIP
                                   and not s.startswith("build-"))
            for name in names:
                if endings is None or name.endswith(endings):
                    path = os.path.join(here, name)
                    if os.path.isfile(path):
                        found.append(os.path.relpath(path, root))
    return sorted(set(found))


def c_files(root):
    return files(root, CODE, (".c", ".h"))


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8",
              errors="replace") as file:
        return file.read()


def finish(offenders, good):
    """Print the offenders, or what was found good, and end the program."""
    for offender in offenders:
        print(offender)
    if offenders:
        print(f"{len(offenders)} to mend")
        sys.exit(1)
    print(good)
    sys.exit(0)
