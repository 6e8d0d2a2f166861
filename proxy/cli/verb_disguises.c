/*
 * verb_disguises - `handrail disguises`: what rules see through, as the page
 * docs/DISGUISES.md, which is this output.
 */
#include "proxy/cli/verbs.h"
#include "rules/guard_disguise.h"

#include <stdio.h>
#include <string.h>

static const char usage[] =
    "usage: handrail disguises\n"
    "Prints, as a page in Markdown, every way of disguising a text that rules\n"
    "see through, with where its characters come from and where it ends.\n";

static const char head[] =
    "# What rules see through\n"
    "\n"
    "A rule that finds \"refund\" finds it in each of these disguises, alone "
    "and in\n"
    "most pairs, in whole messages and in streams, and removes exactly the "
    "disguised\n"
    "bytes. Ordinary text of any language is read as it is written: a "
    "disguise only\n"
    "adds a second reading to a word no language writes. JSON escapes are "
    "decoded\n"
    "before. This page is what `handrail disguises` prints; a test compares "
    "them.\n"
    "\n"
    "| disguise | what it is | characters from | where it ends |\n"
    "| --- | --- | --- | --- |\n";

static const char tail[] =
    "\n"
    "What markup itself says is judged as well, in sentences of its own: "
    "values of\n"
    "attributes, comments, targets and titles of links, a terminal's title. "
    "It adds to\n"
    "no score or allowance of the text, no classifier is asked about it, and "
    "a phrase\n"
    "that begins in it and ends in the text is not found.\n"
    "\n"
    "A sign inside a word (_ @ $ \u00B7 a bracket) may mean nothing, be a "
    "letter, "
    "or part\n"
    "two words: money_back and refund[1] are read every way. Escapes in "
    "a URL\n"
    "(x.example/money%20back) are read as what they stand for.\n"
    "\n"
    "The number of a note, in brackets, raised or circled, hides no word, "
    "card, "
    "account\n"
    "number, e-mail address or telephone number in front of it.\n"
    "\n"
    "Markup inside a word (tags, comments, emphasis, links) may join what is "
    "around it\n"
    "or part it: `re<b>fund</b>` and `<think>refund</think>Hello` are both "
    "found. A\n"
    "whole text is read one way, then the other; what its markup joins in one "
    "place and\n"
    "parts in another is not found, and scores and allowances are counted as "
    "joined.\n"
    "\n"
    "Card and account numbers are also seen through what stands between their "
    "groups\n"
    "(any sign, brackets), a card through a word glued in front (card4111), an "
    "IBAN\n"
    "through letters of other scripts and in groups of one length (D E 8 9, DE "
    "89 37).\n"
    "Lengths and check digits are asked for all the same.\n"
    "\n"
    "No sign beside a value hides it, and none is redacted with it: an emoji, "
    "a "
    "bullet,\n"
    "an arrow, a quote, a dash, dots, one bracket of a pair. Nor do letters of "
    "a "
    "script\n"
    "that is written against it without a space (Chinese, Japanese, Korean, "
    "Thai, Arabic,\n"
    "Hindi and their like).\n"
    "\n"
    "Not seen through: encodings a reader cannot read (base64, rot13), "
    "misspellings\n"
    "and repeated letters, letters of a picture, `rn` for m, digits that are "
    "spelled\n"
    "out one by one, and whatever is longer than its limit.\n";

/* The signs of Markdown and HTML, as themselves. */
static void print_cell(const char *text)
{
	fputs(" ", stdout);
	for (; *text; text++) {
		if (strchr("\\`*_~[<&|", *text))
			putchar('\\');
		putchar(*text);
	}
	fputs(" |", stdout);
}

int verb_disguises(int argc, char **argv)
{
	if (argc == 2 &&
	    (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
		fputs(usage, stdout);
		return EXIT_GOOD;
	}
	if (argc != 1) {
		fputs(usage, stderr);
		return EXIT_USAGE;
	}
	fputs(head, stdout);
	const struct guard_disguise *d;
	for (size_t i = 0; (d = guard_disguise(i)); i++) {
		putchar('|');
		print_cell(d->name);
		print_cell(d->about);
		print_cell(d->source);
		print_cell(d->limit ? d->limit : "");
		putchar('\n');
	}
	fputs(tail, stdout);
	return EXIT_GOOD;
}
