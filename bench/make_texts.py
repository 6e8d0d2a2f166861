#!/usr/bin/env python3
"""make_texts.py KIND BYTES COUNT FILE: texts for `bench_engine`, the same every
time, each of about so many bytes and followed by a NUL.

    ordinary    answers of a service desk, with the words the generated rules
                look for (words.py), prices, dates and order numbers
    violating   the same, with a sentence in every 300 bytes that one of the
                first ten rules of make_policy.py finds, one in eight disguised
    NAME        a worst case: the same thing over and over (see WORST)
"""
import pathlib
import random
import sys

import make_policy
from words import NOUNS, VERBS, WORDS

SENTENCES = """Thanks for waiting while I looked into your {noun}.
I can see that your {noun} was sent on {day} and should reach you by {time}.
Your {noun} of ${price} is due on the {date} of next month.
We have added the {noun} to your {noun} and you will find it on your next {noun}.
If you would like to {verb} your {noun}, please reply with yes.
The {noun} you asked about is part of the {word} {noun} and costs ${price} a month.
I'm sorry that the {noun} did not arrive as promised.
Could you tell me the last four digits of the {noun} number?
It usually takes {few} business days until the {noun} shows on your account.
You can {verb} or {verb} the {noun} at any time in the app.
There is nothing you need to do, we will {verb} the {noun} for you.
Our records show a payment of ${price} on {day}, order {order}.
The technician can come between {time} and {time} on {day}.
To {verb} a {noun} you need the {noun} and the code we sent you.
About {percent}% of our customers choose the {word} {noun}.
Is there anything else I can do for you today?
Please switch the {noun} off, wait for thirty seconds and switch it on again.
Your {word} {noun} stays the same until the contract ends.
No worries, it happens, and we can look at that together.
The driver leaves it with a neighbour or at the shop around the corner.
You'll get a message as soon as the {noun} has been checked by my colleagues.
For more about the {noun} see https://help.shop.example/{noun}/{order}.""".split("\n")

WORST = {
	"digits": "1234567890 4111111111111111 ",
	"spaces": " ",
	"marks": "a" + "\u0301" * 40 + " ",
	"tags": "<",
	"entities": "&",
	"letters": "r e f u n d ",
	"beginnings": "refund your ",
	"gaps": "cancel it ",
	"money": "$75 ",
	"ats": "a@b.c ",
	"dashes": "-----BEGIN ",
	"links": "http://a.",
	"wakes": "refund your full account credit, ",
}

VIOLATIONS = [r.matches for r in make_policy.rules(10)]


def fill(rng, text):
	while "{" in text:
		before, rest = text.split("{", 1)
		name, after = rest.split("}", 1)
		text = before + {
			"noun": lambda: rng.choice(NOUNS),
			"verb": lambda: rng.choice(VERBS),
			"word": lambda: rng.choice(WORDS),
			"day": lambda: rng.choice(["Monday", "Tuesday", "Friday", "Sunday"]),
			"time": lambda: f"{rng.randrange(1, 12)} {rng.choice(['am', 'pm'])}",
			"date": lambda: rng.choice(["1st", "15th", "twentieth"]),
			"price": lambda: f"{rng.randrange(1, 90)}.{rng.randrange(10, 99)}",
			"few": lambda: rng.choice(["two", "three", "3 to 5"]),
			"percent": lambda: str(rng.randrange(1, 99)),
			"order": lambda: str(rng.randrange(100000, 999999)),
		}[name]() + after
	return text


def disguise(rng, text):
	return rng.choice([
		lambda s: "".join(c + "\u200b" if c.isalpha() else c for c in s),
		lambda s: s.replace("e", "\u0435").replace("o", "\u043e"),
		lambda s: s.replace("e", "3").replace("i", "1"),
		lambda s: " ".join("**" + w[:1] + "**" + w[1:] for w in s.split(" ")),
	])(text)


def violation(rng):
	text = rng.choice(VIOLATIONS)
	return disguise(rng, text) if rng.randrange(8) == 0 else text


def text_of(rng, kind, size):
	if kind in WORST:
		unit = WORST[kind].encode()
		return unit * (size // len(unit))
	out, since = b"", 300 if size < 200 else rng.randrange(200)
	while len(out) < size:
		bad = kind == "violating" and since > 200
		made = violation(rng) if bad else fill(rng, rng.choice(SENTENCES))
		since = -100 if bad else since + len(made)
		out += made.encode() + b" "
	return out[:size].decode(errors="ignore").rstrip().encode()


def write(kind, size, count, path):
	rng = random.Random(f"{kind} {size}")
	texts = b"".join(text_of(rng, kind, size) + b"\0" for _ in range(count))
	pathlib.Path(path).write_bytes(texts)


if __name__ == "__main__":
	write(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
