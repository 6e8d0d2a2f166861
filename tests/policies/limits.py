#!/usr/bin/env python3
"""A limit of the starter policy is changed where it stands: limits.py BINARY

In a copy of the shipped policies the number of offers/refund-over-limit is
another one: all refunds up to it pass, however they are worded, and no other
rule has to be touched. A limit that stands in several rules and is changed in
one of them only is refused by check, which names the conversation tests.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile

REFUNDS = """\
I have refunded {} to your card.
I've refunded {} to your Visa.
Your refund of {} has been issued.
I have issued a refund of {}.
You will get a refund of {} within five days.
I've processed your {} refund.
We have refunded you {}.
I refunded {} to your account.
I've sent {} back to your card.
I have refunded the delivery fee of {} to your card.
You'll get {} back on your card in about a week.
I've just returned {} to your bank account.
I've refunded the {} you were charged twice.
I have reversed the duplicate charge of {}.
I reversed the {} charge on your bill.
I'll refund your {} shipping cost.
I have refunded your purchase of {}.
I've refunded the payment of {} in full.
Sure, I can give you the {} back.
Your {} has been refunded.
""".splitlines()
PASSES = ("deliver", "flag")


def own_copy(folder):
    """The starter as an author has it: with a pack of offers of its own."""
    shutil.copytree("policies/starter", folder)
    os.mkdir(os.path.join(folder, "packs"))
    shutil.copy("policies/packs/offers.yaml", os.path.join(folder, "packs"))


def changed(folder, rule, old, new):
    """The number of one rule of the offers pack is another one."""
    path = os.path.join(folder, "packs", "offers.yaml")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    head, mark, rest = text.partition(f"  - id: {rule}\n")
    if not mark or old not in rest:
        sys.exit(f"{rule} has no {old}")
    with open(path, "w", encoding="utf-8") as file:
        file.write(head + mark + rest.replace(old, new, 1))


def verdicts(starter, amount):
    lines = "".join(json.dumps({"id": r, "text": r.format(amount)}) + "\n"
                    for r in REFUNDS)
    out = subprocess.run([sys.argv[1], "judge", "--policy", starter],
                         input=lines, text=True, stdout=subprocess.PIPE,
                         check=True).stdout
    return {j["id"]: j["verdict"] for j in map(json.loads, out.splitlines())}


def refunds_have_one_limit(starter, limit):
    wrong = [(f"${amount}", words, verdict)
             for amount in (1, limit // 2 + 1, limit, limit + 1, 20 * limit)
             for words, verdict in verdicts(starter, f"${amount}").items()
             if (verdict in PASSES) != (amount <= limit)]
    print(f"refunds up to {limit}: {len(wrong)} wrong {wrong[:5]}")
    return not wrong


def check_names_the_tests(folder):
    out = subprocess.run([sys.argv[1], "check", folder], text=True, check=False,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    print(f"check of limits that differ: {out.returncode}")
    return out.returncode == 1 and "tests/limits.yaml" in out.stdout


def main():
    good = refunds_have_one_limit("policies/starter", 50)
    with tempfile.TemporaryDirectory() as scratch:
        folder = os.path.join(scratch, "desk")
        own_copy(folder)
        changed(folder, "goodwill-amount", "above: 25", "above: 29")
        good &= check_names_the_tests(folder)
        os.remove(os.path.join(folder, "tests", "limits.yaml"))
        changed(folder, "refund-over-limit", "above: 50", "above: 60")
        good &= refunds_have_one_limit(folder, 60)
    sys.exit(not good)


main()
