/*
 * load_detect - detectors: each thing that can be found has one number,
 * however many rules look for it. A key in words tells equal ones.
 */
#include "rules/chars.h"
#include "rules/load_amounts.h"
#include "rules/load_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint32_t load_detector(
    struct load *l, const char *key, const struct detector *d)
{
	uint32_t known = key ? names_find(&l->detector_names, key) : NAMES_NONE;
	if (known != NAMES_NONE)
		return known;
	struct detector *slot = load_push(l, &l->detectors);
	if (!slot)
		return DETECTOR_NONE;
	*slot = *d;
	uint32_t number = (uint32_t)l->detectors.n - 1;
	const char **words =
	    l->written_phrases ? load_push(l, &l->detector_words) : NULL;
	if (words)
		*words = key;
	if (key && names_add(&l->detector_names, key, number))
		load_out_of_memory(l);
	return number;
}

struct any_of load_one(struct load *l, uint32_t detector)
{
	uint32_t *one = load_alloc(l, 1, sizeof(*one));
	if (!one || detector == DETECTOR_NONE)
		return (struct any_of){0};
	*one = detector;
	return (struct any_of){one, 1};
}

/* ---- phrases ---- */

/* Not "<us> or <them>": these are two inside a phrase. */
static bool is_list_name(const struct yaml_node *n)
{
	const char *end = strchr(n->text, '>');
	return n->len > 2 && n->text[0] == '<' && end == n->text + n->len - 1;
}

static bool has_list_inside(const struct yaml_node *n)
{
	return !is_list_name(n) && strchr(n->text, '<') && strchr(n->text, '>');
}

static bool is_wordish(char c)
{
	return chars_are(c, CHARS_LETTER | CHARS_DIGIT | CHARS_HIGH);
}

/* Two dots or four, the half of a list's name, signs of a pattern: each would
 * be read as nothing, and the phrase as another. What to write instead, or
 * NULL. */
static const char *slip_in(const char *s)
{
	for (size_t i = 0; s[i]; i++) {
		char before = i ? s[i - 1] : ' ', next = s[i + 1];
		if (s[i] == '.' && next == '.') {
			size_t dots = strspn(s + i, ".");
			if (dots != 3)
				return "write ... for a gap of up to six words";
			i += dots - 1;
		} else if (s[i] == '<' && is_wordish(next) &&
		    !strchr(s + i, '>')) {
			return "write <name> for any phrase of the list name";
		} else if (s[i] == '>' && is_wordish(before) &&
		    !memchr(s, '<', i)) {
			return "write <name> for any phrase of the list name";
		} else if (s[i] == '|' && is_wordish(before) &&
		    is_wordish(next)) {
			return "write each as a phrase of its own; regular "
			       "expressions stand under pattern:";
		}
	}
	return NULL;
}

static bool check_phrase(struct load *l, const struct yaml_node *n)
{
	if (n->kind != YAML_TEXT) {
		load_fault(l, n, LOAD_SHAPE, "one phrase a line",
		    "a phrase is expected here");
		return false;
	}
	if (yaml_check_letters(l->doc, n, load_see, l))
		return false;
	const char *instead = slip_in(n->text);
	if (n->last_line > n->line && !n->quoted)
		yaml_report(l->doc, n, DIAG_WARNING, "Y012",
		    "begin each phrase with \"- \", or in [ ] write a comma "
		    "behind it; if it is one, write it on one line",
		    load_see, l,
		    "YAML reads these %u lines as one phrase: "
		    "\"%.100s\"",
		    n->last_line - n->line + 1, n->text);
	if (instead)
		load_fault(l, n, LOAD_PHRASE, instead,
		    "the phrase \"%s\" has signs that mean nothing here",
		    n->text);
	return !instead;
}

static uint32_t list_detector(struct load *l, struct load_list *list)
{
	if (list->detector != DETECTOR_NONE)
		return list->detector;
	list->detector = load_detector(
	    l, NULL, &(struct detector){.kind = DETECTOR_PHRASES});
	if (list->detector == DETECTOR_NONE)
		return DETECTOR_NONE;
	const struct yaml_doc *outer = l->doc;
	l->doc = list->doc;
	for (const struct yaml_node *n = list->node->child; n; n = n->next)
		load_spell(l, list->detector, n);
	l->doc = outer;
	return list->detector;
}

/* Are its phrases phrases? Asked once, and what is not is reported. */
static bool check_list(struct load *l, struct load_list *list)
{
	if (list->checked)
		return list->good;
	const struct yaml_doc *outer = l->doc;
	l->doc = list->doc;
	list->checked = list->good = true;
	for (const struct yaml_node *n = list->node->child; n; n = n->next) {
		if (!check_phrase(l, n)) {
			list->good = false;
		} else if (is_list_name(n) || has_list_inside(n)) {
			load_fault(l, n, LOAD_LIST_IN_LIST,
			    "write its phrases out",
			    "a list cannot use another list");
			list->good = false;
		}
	}
	l->doc = outer;
	return list->good;
}

/* Which of the files the pack uses defines the list? */
static uint32_t find_list(const struct load *l, const char *name)
{
	char key[512];
	const char *const *file = l->pack ? l->pack->lists : NULL;
	for (; file && *file; file++) {
		snprintf(key, sizeof(key), "%s/%s", *file, name);
		uint32_t found = names_find(&l->list_names, key);
		if (found != NAMES_NONE)
			return found;
	}
	return NAMES_NONE;
}

static void no_list(struct load *l, const struct yaml_node *n, const char *name)
{
	char key[512],
	    hint[640] = "define it under lists: in a file that "
			"use_lists: names";
	if (!load_is_whole(l))
		return; /* a file that was refused may have it */
	const char *const *file = l->pack ? l->pack->lists : NULL;
	for (; file && *file; file++) {
		snprintf(key, sizeof(key), "%s/%s", *file, name);
		const char *near = names_nearest(&l->list_names, key);
		if (!near)
			continue;
		const struct load_list *list = LOAD_ITEM(&l->lists,
		    struct load_list, names_find(&l->list_names, near));
		snprintf(hint, sizeof(hint), "did you mean <%s> (%s:%u)?",
		    list->node->key->text, yaml_file(list->doc),
		    list->node->key->line);
		break;
	}
	load_fault(l, n, LOAD_NO_LIST, hint, "list <%s> is not defined", name);
}

struct load_list *load_list_named(
    struct load *l, const struct yaml_node *n, const char *s, size_t len)
{
	char name[256];
	if (len >= sizeof(name)) {
		load_fault(l, n, LOAD_TOO_MANY, NULL,
		    "this name of a list is too long");
		return NULL;
	}
	memcpy(name, s, len);
	name[len] = '\0';
	uint32_t found = find_list(l, name);
	if (found == NAMES_NONE) {
		no_list(l, n, name);
		return NULL;
	}
	struct load_list *list = LOAD_ITEM(&l->lists, struct load_list, found);
	return check_list(l, list) ? list : NULL;
}

static uint32_t use_list(struct load *l, const struct yaml_node *n)
{
	struct load_list *list = load_list_named(l, n, n->text + 1, n->len - 2);
	return list ? list_detector(l, list) : DETECTOR_NONE;
}

uint32_t load_list(struct load *l, const char *name)
{
	uint32_t found = find_list(l, name);
	if (found == NAMES_NONE)
		return DETECTOR_NONE;
	struct load_list *list = LOAD_ITEM(&l->lists, struct load_list, found);
	return check_list(l, list) ? list_detector(l, list) : DETECTOR_NONE;
}

/* A phrase of fixed words: such are one group, the others are one each. */
static bool is_plain(const struct yaml_node *n)
{
	return n->kind == YAML_TEXT && !is_list_name(n) && !has_list_inside(n);
}

/* All plain phrases, joined: the key of their detector. */
static char *group_key(struct load *l, const struct yaml_node *first)
{
	size_t len = sizeof("phrases");
	for (const struct yaml_node *n = first; n; n = n->next)
		if (is_plain(n))
			len += n->len + 1;
	char *key = load_alloc(l, len + 1, 1);
	if (!key)
		return NULL;
	size_t used = sizeof("phrases") - 1;
	memcpy(key, "phrases", used);
	for (const struct yaml_node *n = first; n; n = n->next) {
		if (!is_plain(n))
			continue;
		key[used++] = '\n';
		memcpy(key + used, n->text, n->len);
		used += n->len;
	}
	key[used] = '\0';
	return key;
}

static uint32_t inline_detector(struct load *l, const struct yaml_node *first)
{
	char *key = group_key(l, first);
	if (!key)
		return DETECTOR_NONE;
	size_t before = l->detectors.n;
	uint32_t d =
	    load_detector(l, key, &(struct detector){.kind = DETECTOR_PHRASES});
	if (d == DETECTOR_NONE || l->detectors.n == before)
		return d;
	for (const struct yaml_node *n = first; n; n = n->next)
		if (is_plain(n))
			load_spell(l, d, n);
	return d;
}

/* A phrase with lists inside is spelled out once for all rules that use it;
 * packs that use other files may mean other lists by the same names. */
static uint32_t spelled_detector(struct load *l, const struct yaml_node *n)
{
	char *key = load_printf(l, "spelled %s", n->text);
	const char *const *file = l->pack ? l->pack->lists : NULL;
	for (; file && *file && key; file++)
		key = load_printf(l, "%s\n%s", key, *file);
	if (!key)
		return DETECTOR_NONE;
	size_t before = l->detectors.n;
	uint32_t d =
	    load_detector(l, key, &(struct detector){.kind = DETECTOR_PHRASES});
	if (d != DETECTOR_NONE && l->detectors.n != before)
		load_spell(l, d, n);
	return d;
}

/* "phrases: dagger, sword" is one phrase with a comma. */
static bool is_row(struct load *l, const struct yaml_node *n)
{
	if (n->kind != YAML_TEXT || n->quoted || !strstr(n->text, ", "))
		return false;
	load_fault(l, n, LOAD_PHRASE,
	    "write several in [ ]; put it in \"quotes\" if it is one phrase "
	    "with a comma",
	    "\"%s\" is one phrase here", n->text);
	return true;
}

struct any_of load_phrases(struct load *l, const struct yaml_node *node)
{
	if (!node || node->kind == YAML_MAP)
		return (struct any_of){0};
	/* A single text is a list of one; its siblings are other keys. */
	struct yaml_node one = *node;
	one.next = NULL;
	const struct yaml_node *first =
	    node->kind == YAML_LIST ? node->child : &one;
	if (yaml_check_list(l->doc, node, load_see, l) || is_row(l, node))
		return (struct any_of){0};
	if (!first) {
		load_fault(l, node, LOAD_EMPTY, NULL, "this list is empty");
		return (struct any_of){0};
	}
	size_t n_own = 0, n_plain = 0;
	for (const struct yaml_node *n = first; n; n = n->next) {
		if (!check_phrase(l, n))
			return (struct any_of){0};
		n_plain += is_plain(n);
		n_own += !is_plain(n);
	}
	uint32_t *all = load_alloc(l, n_own + 1, sizeof(*all));
	if (!all)
		return (struct any_of){0};
	struct any_of out = {all, 0};
	for (const struct yaml_node *n = first; n; n = n->next) {
		if (is_plain(n))
			continue;
		uint32_t d =
		    is_list_name(n) ? use_list(l, n) : spelled_detector(l, n);
		if (d != DETECTOR_NONE)
			all[out.n++] = d;
	}
	uint32_t d = n_plain ? inline_detector(l, first) : DETECTOR_NONE;
	if (d != DETECTOR_NONE)
		all[out.n++] = d;
	return out;
}

/* ---- negations ---- */

/* Bare "not" and "never" are left out, as are "don't" and its like without a
 * verb of giving: "not only", "never mind", "don't worry" promise as firmly as
 * anything. How far a "no" reaches says clause_end. */
static const char *const negations[] = {
    "can't",
    "cant",
    "cannot",
    "can not",
    "couldn't",
    "could not",
    "won't",
    "wont",
    "will not",
    "wouldn't",
    "would not",
    "shouldn't",
    "should not",
    "mustn't",
    "must not",
    "may not",
    "haven't",
    "have not",
    "hasn't",
    "has not",
    "hadn't",
    "had not",
    "won't be able",
    "wouldn't be able",
    "not be able",
    "unable to",
    "not able",
    "not possible",
    "not allowed",
    "not authorized",
    "not authorised",
    "not permitted",
    "not eligible",
    "not entitled",
    "not available",
    "not in a position",
    "not going to",
    "not our policy",
    "isn't possible",
    "isn't available",
    "isn't eligible",
    "aren't able",
    "aren't eligible",
    "aren't allowed",
    "impossible",
    "no",
    "no longer",
    "no way",
    "no way for me",
    "no way for us",
    "don't have the ability",
    "do not have the ability",
    "no chance",
    "no reason",
    "no circumstances",
    "not to",
    "unfortunately",
    "regrettably",
    "i'm afraid",
    "i am afraid",
    "we're afraid",
    "we are afraid",
    "instead of",
    "rather than",
    "without",
    "neither",
    "nor",
    "ineligible",
    "refuse* to",
    "decline* to",
};
static const char *const deniers[] = {
    "don't",
    "dont",
    "do not",
    "doesn't",
    "doesnt",
    "does not",
    "didn't",
    "didnt",
    "did not",
    "never",
    "not",
    "nobody",
    "no one",
};
static const char *const verbs[] = {
    "offer*",
    "give*",
    "gave",
    "giving",
    "provide*",
    "have",
    "do",
    "waive*",
    "waiving",
    "refund*",
    "allow*",
    "issue*",
    "issuing",
    "make",
    "made",
    "promise*",
    "guarantee*",
    "grant*",
    "apply",
    "applied",
    "accept*",
    "cover*",
    "include*",
    "credit*",
    "reimburse*",
    "compensate*",
    "discount*",
    "qualify",
    "authorize*",
    "authorise*",
    "approve*",
    "match*",
    "price",
    "beat",
    "lower*",
    "reduce*",
    "cut",
    "change*",
    "remove*",
    "send*",
    "sell*",
    "ship*",
    "return*",
    "process*",
    "decide*",
    "replace*",
    "exchange*",
    "add",
    "upgrade*",
    "extend*",
    "let",
    "freeze",
    "transfer*",
    "connect*",
    "escalate*",
    "mean*",
    "run",
    "see a",
    "see any",
    "find a",
    "find any",
};

static int add_negation(
    struct load *l, uint32_t detector, const char *a, const char *b)
{
	char phrase[64];
	snprintf(phrase, sizeof(phrase), "%s%s%s", a, *b ? " " : "", b);
	enum phrase_err err =
	    phrase_builder_add(l->phrases, detector, phrase, strlen(phrase));
	if (err == PHRASE_OK)
		return 0;
	load_out_of_memory(l); /* the words are ours: nothing else can fail */
	return -1;
}

uint32_t load_negation(struct load *l)
{
	uint32_t d = load_detector(
	    l, "negation", &(struct detector){.kind = DETECTOR_PHRASES});
	if (d == DETECTOR_NONE)
		return d;
	for (size_t i = 0; i < sizeof(negations) / sizeof(*negations); i++)
		if (add_negation(l, d, negations[i], ""))
			return d;
	for (size_t i = 0; i < sizeof(deniers) / sizeof(*deniers); i++)
		for (size_t k = 0; k < sizeof(verbs) / sizeof(*verbs); k++)
			if (add_negation(l, d, deniers[i], verbs[k]))
				return d;
	return d;
}
