#!/usr/bin/env python3
"""make_policy.py N DIR: a policy of N generated rules, the same every time.

The rules have the shapes of real ones, in about the proportions of the packs
that ship with Handrail: groups of phrases with stars, gaps and shared lists,
words near others, amounts of money, percentages and durations with a limit,
exceptions, negation, required wording, and a few entities, secrets, links and
patterns. Their words are those of words.py, so that ordinary texts wake many
of them. Each rule carries an example of each kind, which the loader judges: a
policy that loads is a policy that fires.
"""
import pathlib
import random
import sys

from words import NOUNS, VERBS, WORDS

LISTS = 24


class Rule:
	"""What one rule looks for, and a sentence that has it."""

	def __init__(self, find, matches, then="handoff", more=""):
		self.find, self.matches, self.then, self.more = find, matches, then, more


def phrase(rng):
	"""A phrase of two to four words, and a sentence that has it."""
	verb, noun, word = rng.choice(VERBS), rng.choice(NOUNS), rng.choice(WORDS)
	return rng.choice([
		(f"{verb} your {word} {noun}", f"We can {verb} your {word} {noun}."),
		(f"{verb}* ... {word} {noun}", f"I will {verb} it as a {word} {noun}."),
		(f"{word} {noun}*", f"There is a {word} {noun} for you."),
		(f"{noun} ... {verb}*", f"That {noun} we can {verb} today."),
		(f"the {noun} will be {word}", f"I think the {noun} will be {word}."),
	])


def phrases(rng, count):
	made = [phrase(rng) for _ in range(count)]
	return ", ".join(p for p, _ in made), made[0][1]


def only_phrases(rng):
	find, text = phrases(rng, rng.randrange(2, 6))
	return Rule(f"phrases: [{find}]", text, rng.choice(["handoff", "flag", "log"]))


def from_list(rng):
	find, text = phrases(rng, 2)
	return Rule(f"phrases: [{find}, <list {rng.randrange(LISTS)}>]", text)


def near(rng):
	verb, word, noun = rng.choice(VERBS), rng.choice(WORDS), rng.choice(NOUNS)
	other, third = rng.sample(NOUNS, 2)
	return Rule(f"phrases: [{verb} the {word}, {verb} the {noun}]\n"
				f"      near: [{other}*, {third}*]\n      within: 6 words",
				f"We {verb} the {word} with {other}s today.")


def number(rng, kind, above, shown):
	word, noun = rng.choice(WORDS), rng.choice(NOUNS)
	return Rule(f"{kind}:\n        above: {above}\n"
				f"        near: [{word} {noun}, {noun} ... {word}]\n"
				f"        within: {rng.randrange(4, 10)} words",
				f"That is {shown} for the {word} {noun}.")


def money(rng):
	limit = rng.randrange(5, 90)
	return number(rng, "money", limit, f"${limit + 1}.00")


def percent(rng):
	limit = rng.randrange(5, 60)
	return number(rng, "percent", limit, f"{limit + 1}%")


def duration(rng):
	limit = rng.randrange(2, 40)
	return number(rng, "duration", f"{limit} days", f"{limit + 1} days")


def excused(rng):
	find, text = phrases(rng, 2)
	other, third = rng.choice(NOUNS), rng.choice(NOUNS)
	return Rule(f"phrases: [{find}]", text, "{block: {say: One moment please}}",
				f"\n    ignore_negated: yes\n    unless:\n      - phrases: "
				f"[other {other}, no {third}]\n      - approval: {other}")


def required(rng):
	find, text = phrases(rng, 2)
	return Rule(f"phrases: [{find}]", text, "{append: Terms apply}",
				"\n    must_also_say:\n      all:\n"
				"        - phrases: [terms ... apply, see our terms]")


def entity(rng):
	kind, text = rng.choice([
		("payment_card", "The card is 4111 1111 1111 1111."),
		("iban", "Use DE89 3704 0044 0532 0130 00."),
		("email", "Write to someone@mail.example."),
		("phone", "Call +1 415 555 0132.")])
	return Rule(f"entities: [{kind}]", text, "{redact: {with: \"[removed]\"}}")


def secret(rng):
	return Rule("secrets: [api_key, password]", "The password: Hunter2!horse")


def link(rng):
	host = f"{rng.choice(WORDS)}-{rng.choice(NOUNS)}.example"
	return Rule(f"links: {{outside: [{host}, \"*.shop.example\"]}}",
				"Pay at https://pay-now.test/login please.")


def pattern(rng):
	word = rng.choice(NOUNS)[:3].upper() + rng.choice(WORDS)[:2].upper()
	return Rule(f"pattern: '\\b{word}-\\d{{6,8}}\\b'", f"I noted {word}-0042917 for you.",
				"{redact: {with: \"[reference]\"}}")


# Ten rules in turn; of the last place, one in ten each.
COMMON = [only_phrases, near, money, from_list, percent, only_phrases, excused,
		  near, money]
SELDOM = [duration, entity, required, pattern, duration, link, required, secret,
		  entity, duration]


def rules(count):
	"""The first so many rules; more of them begin with the same."""
	rng = random.Random(20260101)
	for number in range(count):
		make = COMMON + [SELDOM[number // 10 % len(SELDOM)]]
		yield make[number % len(make)](rng)


def show(number, r):
	return f"""
  - id: rule-{number}
    title: Generated rule {number}
    severity: medium
    find:
      {r.find}{r.more}
    then: {r.then}
    examples:
      matches:
        - "{r.matches}"
      passes:
        - Thank you for waiting.
"""


def lists():
	rng = random.Random(7)
	text = "format: 1\nkind: lists\nowner: bench\n\nlists:\n"
	for n in range(LISTS):
		text += f"  list {n}:\n"
		for _ in range(rng.randrange(4, 12)):
			text += f"    - {phrase(rng)[0]}\n"
	return text


def main():
	count, folder = int(sys.argv[1]), pathlib.Path(sys.argv[2])
	(folder / "packs").mkdir(parents=True, exist_ok=True)
	(folder / "lists").mkdir(parents=True, exist_ok=True)
	(folder / "policy.yaml").write_text(
		"format: 1\nkind: policy\nname: generated\nowner: bench\n"
		"timezone: Etc/UTC\npacks: [generated]\n")
	(folder / "lists" / "shared.yaml").write_text(lists())
	pack = ("format: 1\nkind: pack\npack: generated\ntitle: Generated rules\n"
			"version: 1\nowner: bench\nlanguages: [en]\ntimezone: Etc/UTC\n"
			"use_lists: [shared]\n\nrules:\n")
	pack += "".join(show(n, r) for n, r in enumerate(rules(count)))
	(folder / "packs" / "generated.yaml").write_text(pack)


if __name__ == "__main__":
	main()
