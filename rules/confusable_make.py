#!/usr/bin/env python3
"""Make rules/confusable_table.c: what of Unicode TR39 looks Latin.

    rules/confusable_make.py           writes it
    rules/confusable_make.py --check   1 when it is not what would be written

The data is that of ICU (Debian package libicu72), asked through its spoof
checker for the skeleton of every character. Kept are letters and, outside of
words, single signs whose skeleton is one to three ASCII letters, marks left
aside; not those that NFKC or case folding makes others of. Exits 77, which ctest calls skipped,
where this ICU is not installed.
"""

import ctypes
import os
import sys
import unicodedata

ICU = "72"
TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                     "confusable_table.c")
# Signs people write for what they are: "2 \u00d7 4".
SIGNS = {0x00D7, 0x2223, 0x2573, 0x292B, 0x292C, 0x2A2F, 0xFFE8}
PER_LINE = 4
HEAD = """\
/* confusable_table - see confusable.h. Written by confusable_make.py from the
 * confusables of Unicode TR39 as ICU {icu} has them; not to be edited.
 * Data: Copyright Unicode, Inc., SPDX-License-Identifier Unicode-DFS-2016. */
#include "rules/confusable.h"

/* clang-format off */
const struct confusable_letter confusable_letters[] = {{
"""
TAIL = """\
}};
/* clang-format on */

const size_t confusable_n_letters = {n};
"""


def open_icu():
    try:
        icu = ctypes.CDLL(f"libicui18n.so.{ICU}")
    except OSError:
        print(f"ICU {ICU} is not installed (libicu{ICU})")
        sys.exit(77)
    err = ctypes.c_int(0)
    new = getattr(icu, f"uspoof_open_{ICU}")
    new.restype = ctypes.c_void_p
    checker = ctypes.c_void_p(new(ctypes.byref(err)))
    call = getattr(icu, f"uspoof_getSkeletonUTF8_{ICU}")
    out = ctypes.create_string_buffer(256)

    def skeleton(char):
        data = char.encode()
        code = ctypes.c_int(0)
        n = call(checker, 0, data, len(data), out, len(out),
                 ctypes.byref(code))
        if code.value > 0:
            sys.exit(f"ICU: error {code.value} for U+{ord(char):04X}")
        return out.raw[:n].decode()
    return skeleton


def without_marks(text):
    return "".join(c for c in unicodedata.normalize("NFKD", text)
                   if not unicodedata.combining(c))


def latin(skeleton, char):
    """What the character looks like in small ASCII letters, or None."""
    kind = unicodedata.category(char)
    if kind[0] != "L" and not (kind in ("Sm", "So")
                               and ord(char) not in SIGNS):
        return None
    folded = unicodedata.normalize("NFKC", char).casefold()
    if len(folded) > 1 or without_marks(folded).isascii():
        return None
    text = without_marks(skeleton(char)).replace("rn", "m")
    longest = 3 if kind[0] == "L" else 1
    if not (text.isascii() and text.isalpha() and len(text) <= longest):
        return None
    # TR39 has one prototype for l, I and 1: a capital stands for I.
    return "i" if text == "l" and kind == "Lu" else text.lower()


def entries():
    skeleton = open_icu()
    for cp in range(0x80, 0x110000):
        if 0xD800 <= cp <= 0xDFFF:
            continue
        text = latin(skeleton, chr(cp))
        if text:
            yield f'{{0x{cp:04X}, "{text}"}},'


def main():
    items = list(entries())
    text = HEAD.format(icu=ICU)
    for i in range(0, len(items), PER_LINE):
        text += "\t" + " ".join(items[i:i + PER_LINE]) + "\n"
    text += TAIL.format(n=len(items))
    if "--check" in sys.argv[1:]:
        with open(TABLE, encoding="utf-8") as file:
            same = file.read() == text
        print(f"{len(items)} letters, the table is "
              + ("the same" if same else "another"))
        sys.exit(0 if same else 1)
    with open(TABLE, "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    main()
