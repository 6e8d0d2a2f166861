#!/usr/bin/env python3
"""Who may include what.

The layers keep the engine free of the network and the codecs free of I/O; the
compiler does not mind a crossing, so this reads every #include. A folder that
is not in the table is an offender too: decide where it stands before filling
it.
"""

import re
import sys

import tree

# What policy-reading folders may use of the engine besides its face.
YAML = {"rules/yaml.h", "rules/diag.h"}
GUARD = {"rules/guard.h", "rules/diag.h"}

# folder: (folders and single headers of ours, prefixes of library headers)
LAYERS = {
    "rules": ({"rules"}, ()),
    "proxy/base": ({"proxy/base"}, ("openssl/",)),
    "proxy/wire": ({"proxy/wire", "proxy/base"}, ()),
    "proxy/net": ({"proxy/net", "proxy/base"}, ("event2/", "openssl/")),
    "proxy/http": ({"proxy/http", "proxy/net", "proxy/wire", "proxy/base"}, ()),
    "proxy/channel": ({"proxy/channel", "proxy/wire", "proxy/base"}
                      | GUARD | YAML, ()),
    "proxy/config": ({"proxy/config", "proxy/channel", "proxy/base"}
                     | GUARD | YAML, ()),
    "proxy/classifier": ({"proxy/classifier", "proxy/http", "proxy/net",
                          "proxy/wire", "proxy/config", "proxy/base"} | GUARD,
                         ()),
    "proxy/store": ({"proxy/store", "proxy/base"} | GUARD,
                    ("sqlite3.h", "openssl/")),
    "proxy/audit": ({"proxy/audit", "proxy/base"} | GUARD, ("openssl/",)),
    "proxy/handoff": ({"proxy/handoff", "proxy/store", "proxy/config",
                       "proxy/base"} | GUARD,
                      ("jansson.h", "curl/", "openssl/")),
    "proxy/admin": ({"proxy/admin", "proxy/net", "proxy/base", "proxy/config",
                     "proxy/store", "proxy/handoff", "proxy/audit"} | GUARD,
                    ("event2/",)),
    "proxy/relay": ({"proxy/relay", "proxy/admin", "proxy/net", "proxy/wire",
                     "proxy/http", "proxy/channel", "proxy/config",
                     "proxy/classifier", "proxy/store",
                     "proxy/audit", "proxy/handoff", "proxy/base"}
                    | GUARD | YAML, ("event2/",)),
    "proxy/topic": ({"proxy/topic", "proxy/base", "rules/guard_topic.h"},
                    ("linear.h",)),
    "proxy/cli": ({"proxy/cli", "proxy/topic", "proxy/relay", "proxy/admin", "proxy/net",
                   "proxy/channel", "proxy/config", "proxy/store",
                   "proxy/audit", "proxy/handoff", "proxy/base"}
                  | GUARD | YAML | {"rules/yaml_layout.h", "rules/guard_author.h", "rules/guard_tests.h",
                                     "rules/guard_topic.h",
                                     "rules/guard_keys.h",
                                     "rules/guard_disguise.h",
                                     "rules/guard_diff.h"},
                  ("event2/", "openssl/", "jansson.h")),
}

# Libraries that belong to one idea of the engine: header -> whose.
ENGINE_LIBRARIES = {
    "yaml.h": r"rules/yaml\w*\.[ch]",
    "pcre2.h": r"rules/pattern_chars\.c",
    "utf8proc.h": r"rules/(normalise|fold|glyph|text)\w*\.[ch]",
}

# What the engine and the codecs must not reach: files, network, clock.
PURE = ("rules", "proxy/wire")
IMPURE_HEADERS = re.compile(
    r"^(sys/(socket|stat|mman|select|epoll|un|time)|netinet/|arpa/"
    r"|netdb|fcntl|unistd|dirent|poll|pthread|threads|signal|time)")
IMPURE_CALLS = re.compile(
    r"(?<![\w.>])(fopen|open|openat|read|write|socket|connect|time|clock"
    r"|clock_gettime|gettimeofday|getenv|localtime|localtime_r|system|popen"
    r"|fprintf|printf|exit|abort)\s*\(")

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)
LIBRARIES = re.compile(
    r"^(event2/|event\.h|openssl/|sqlite3\.h|jansson\.h|curl/|yaml\.h|pcre2"
    r"|utf8proc|linear\.h|zlib|nghttp2|libpq|cmocka)")
NOT_CODE = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', re.S)


def folder_of(path):
    parts = path.split("/")
    return parts[0] if parts[0] != "proxy" else "/".join(parts[:2])


def check_ours(path, target, allowed):
    if target in allowed or folder_of(target) in allowed:
        return None
    if "/" not in target:
        return (f'{path}: includes "{target}"; write the path from the '
                "repository's root")
    return (f"{path}: includes {target}; {folder_of(path)} may use only "
            + ", ".join(sorted(allowed)))


def check_library(path, target, libraries):
    if path.startswith("rules/") and target in ENGINE_LIBRARIES:
        if re.fullmatch(ENGINE_LIBRARIES[target], path):
            return None
        return (f"{path}: includes <{target}>; only "
                f"{ENGINE_LIBRARIES[target]} may")
    if LIBRARIES.match(target) and not target.startswith(tuple(libraries)):
        return f"{path}: includes <{target}>; not a library of this folder"
    if folder_of(path) in PURE and IMPURE_HEADERS.match(target):
        return (f"{path}: includes <{target}>; {folder_of(path)} has no "
                "files, network, clock or threads")
    return None


def check_calls(path, text):
    if folder_of(path) not in PURE:
        return []
    code = NOT_CODE.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)
    return [f"{path}:{code.count(chr(10), 0, call.start()) + 1}: calls "
            f"{call.group(1)}(); {folder_of(path)} does no I/O"
            for call in IMPURE_CALLS.finditer(code)]


def check_file(root, path):
    folder = folder_of(path)
    if folder not in LAYERS:
        return [f"{path}: {folder} has no place in tests/lint/layers.py"]
    allowed, libraries = LAYERS[folder]
    text = tree.read(root, path)
    found = check_calls(path, text)
    for kind, target in INCLUDE.findall(text):
        if kind == '"':
            found.append(check_ours(path, target, allowed))
        else:
            found.append(check_library(path, target, libraries))
    return [f for f in found if f]


def main():
    root = tree.root_of(sys.argv)
    paths = tree.files(root, ("rules", "proxy"), (".c", ".h"))
    tree.finish([f for path in paths for f in check_file(root, path)],
                f"{len(paths)} files keep to their layer")


main()
