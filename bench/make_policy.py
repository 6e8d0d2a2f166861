#!/usr/bin/env python3
"""make_policy.py N DIR: a policy of N generated rules, the same every time.

The rules look like real ones: two to four ordinary words, some with a prefix
star, a gap, a near-word or a money limit. Each carries an example of each kind,
which the loader judges, so a policy that loads is a policy that fires.
"""
import pathlib
import random
import sys

NOUNS = """account address agreement amount balance bill bonus branch cable
claim contract coupon credit customer damage deal debit deposit device
discount driver engineer estimate fee fibre gift handset installation
insurance invoice landline loan loyalty manager meter minute modem month
network number offer order package parcel partner payment penalty phone plan
policy premium price product promise quote rate rebate receipt refund renewal
rental repair replacement reward roaming router sale saving service shipment
signal statement store subscription supplier tariff tax ticket tracking
transfer upgrade voucher warranty week wire""".split()
VERBS = """accept add adjust allow apply approve arrange bring cancel change
charge cover credit cut deliver double drop extend fix forget give grant hold
keep lower match move offer pay promise raise reduce refund remove repair
replace return reverse send settle ship skip stop swap take transfer upgrade
waive write""".split()
WORDS = """always complete early exclusive extra final first free full hidden
instant last lifetime special total unlimited whole yearly""".split()


def rule(rng, number):
	verb, noun = rng.choice(VERBS), rng.choice(NOUNS)
	word = f"{rng.choice(WORDS)} {noun}"
	shape = number % 4
	other = rng.choice(NOUNS)
	if shape == 0:
		find = f"phrases: [{verb} your {word}]"
		text = f"We can {verb} your {word}."
	elif shape == 1:
		find = f"phrases: [{verb}* ... {word}]"
		text = f"I will {verb} it as a {word}."
	elif shape == 2:
		find = f"phrases: [{verb} the {word}]\n      near: [{other}*]\n      within: 6 words"
		text = f"We {verb} the {word} with {other}s today."
	else:
		limit = rng.randrange(5, 90)
		find = (f"money:\n        currency: USD\n        above: {limit}\n"
				f"        near: [{word}]\n        within: 5 words")
		text = f"That is ${limit + 1}.00 for the {word}."
	return f"""
  - id: rule-{number}
    title: Generated rule {number} about a {word}
    severity: medium
    find:
      {find}
    then: handoff
    examples:
      matches:
        - {text}
      passes:
        - Thank you for waiting.
"""


def main():
	count, folder = int(sys.argv[1]), pathlib.Path(sys.argv[2])
	rng = random.Random(20260101)
	(folder / "packs").mkdir(parents=True, exist_ok=True)
	(folder / "policy.yaml").write_text(
		"format: 1\nkind: policy\nname: generated\nowner: bench\n"
		"timezone: Etc/UTC\npacks: [generated]\n")
	pack = ("format: 1\nkind: pack\npack: generated\ntitle: Generated rules\n"
			"version: 1\nowner: bench\nlanguages: [en]\ntimezone: Etc/UTC\n\nrules:\n")
	pack += "".join(rule(rng, n) for n in range(count))
	(folder / "packs" / "generated.yaml").write_text(pack)


if __name__ == "__main__":
	main()
