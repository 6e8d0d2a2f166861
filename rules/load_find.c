/*
 * load_find - what a rule looks for: phrases, numbers, data, links, patterns,
 * topics. Each key under find becomes one clause; the first clause is the one
 * that marks the hit, so values come before words.
 */
#include "rules/chars.h"
#include "rules/link.h"
#include "rules/load_amounts.h"
#include "rules/load_classify.h"
#include "rules/load_parts.h"
#include "rules/load_words.h"
#include "rules/pattern.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

struct finder {
	struct load *l;
	struct clause clauses[LOAD_MAX_CLAUSES];
	bool can_be_near[LOAD_MAX_CLAUSES];
	size_t n;
	struct rule *rule;
	size_t adds_up; /* clause whose amounts add up; 0 also without */
	unsigned faults_before; /* find: those of the load */
};

static struct clause *add_clause(
    struct finder *f, struct any_of what, bool can_be_near)
{
	if (f->n == LOAD_MAX_CLAUSES || !what.n)
		return NULL;
	f->can_be_near[f->n] = can_be_near;
	struct clause *c = &f->clauses[f->n++];
	*c = (struct clause){.what = what, .at_least = 1};
	return c;
}

/* ---- numbers ---- */

static void find_number(struct finder *f, const struct yaml_node *n,
    enum number_kind kind, const char *where)
{
	struct load *l = f->l;
	struct number_range r;
	if (!load_range(l, n, kind, where, &r))
		return;
	bool adds_up = load_over(l, n, &r, f->rule);
	struct clause *c = add_clause(f, load_one(l, load_number(l, &r)), true);
	if (adds_up && c)
		f->adds_up = f->n - 1;
	struct near near = {0};
	if (load_near(l, n, &near) && c)
		c->near = near;
}

/* ---- data ---- */

/* The detector of one word: a kind of ours, or of the pack's own. */
/* What others call them. */
static const char *const other_names[][2] = {
    {"card", "payment_card"},
    {"bankcard", "payment_card"},
    {"cardnumber", "payment_card"},
    {"creditcard", "payment_card"},
    {"debitcard", "payment_card"},
    {"pan", "payment_card"},
    {"account", "iban"},
    {"accountnumber", "iban"},
    {"bankaccount", "iban"},
    {"ssn", "us_ssn"},
    {"socialsecurity", "us_ssn"},
    {"socialsecuritynumber", "us_ssn"},
    {"ni", "uk_nino"},
    {"nationalinsurance", "uk_nino"},
    {"nino", "uk_nino"},
    {"mail", "email"},
    {"emailaddress", "email"},
    {"mobile", "phone"},
    {"phonenumber", "phone"},
    {"telephone", "phone"},
    {"telephonenumber", "phone"},
    {"address", "postal_address"},
    {"postcode", "postal_address"},
    {"streetaddress", "postal_address"},
    {"apitoken", "api_key"},
    {"key", "api_key"},
    {"token", "api_key"},
    {"pemkey", "private_key"},
    {"sshkey", "private_key"},
    {"passphrase", "password"},
    {"passwd", "password"},
    {"entropy", "high_entropy"},
};

/* The kind that another name means, however it is written; NULL: none. */
static const char *other_name(const char *name, const char *const *words)
{
	char bare[32];
	size_t n = 0;
	for (; *name && n < sizeof(bare) - 1; name++)
		if (chars_are(*name, CHARS_LETTER))
			bare[n++] = (char)(*name | 0x20);
	bare[n] = '\0';
	for (size_t i = 0; i < sizeof(other_names) / sizeof(*other_names); i++)
		for (size_t w = 0; words[w]; w++)
			if (!strcmp(words[w], other_names[i][1]) &&
			    !strcmp(bare, other_names[i][0]))
				return words[w];
	return NULL;
}

static uint32_t find_kind(struct load *l, const struct yaml_node *w,
    enum detector_kind kind, const char *const *words)
{
	if (w->kind != YAML_TEXT) {
		load_fault(l, w, LOAD_SHAPE, NULL, "a text is expected here");
		return DETECTOR_NONE;
	}
	if (kind == DETECTOR_ENTITY) {
		uint32_t own = load_own_entity(l, w->text);
		if (own != NAMES_NONE)
			return own;
	}
	const char *meant = other_name(w->text, words);
	unsigned i = UINT_MAX;
	if (meant)
		load_fault(l, w, LOAD_VALUE,
		    load_printf(l, "did you mean \"%s\"?", meant),
		    "\"%s\" is not known here", w->text);
	else
		i = load_choice(l, w, words, UINT_MAX);
	if (i == UINT_MAX)
		return DETECTOR_NONE;
	struct detector d = {.kind = kind};
	if (kind == DETECTOR_ENTITY)
		d.entity = (enum entity_kind)i;
	else
		d.secret = (enum secret_kind)i;
	return load_detector(l, words[i], &d);
}

static void find_kinds(struct finder *f, const struct yaml_node *n,
    enum detector_kind kind, const char *const *words)
{
	struct load *l = f->l;
	if (!n || n->kind == YAML_MAP)
		return;
	size_t count = n->kind == YAML_LIST ? n->n_children : 1;
	uint32_t *all = load_alloc(l, count, sizeof(*all));
	if (!all)
		return;
	struct any_of any = {all, 0};
	const struct yaml_node *w = n->kind == YAML_LIST ? n->child : n;
	for (; w; w = n->kind == YAML_LIST ? w->next : NULL) {
		all[any.n] = find_kind(l, w, kind, words);
		any.n += all[any.n] != DETECTOR_NONE;
	}
	if (!count)
		load_fault(l, n, LOAD_EMPTY, NULL, "this list is empty");
	add_clause(f, any, false);
}

static bool check_host(struct load *l, const struct yaml_node *n)
{
	char entry[LINK_MAX_HOST + 2];
	const char *s = n->kind == YAML_TEXT ? n->text : "";
	bool good = link_list_entry(s, entry);
	if (strncmp(s, "*.", 2) == 0)
		s += 2;
	good = good && *s != '.' && strlen(s) < 254;
	for (const char *p = s; *p && good; p++)
		good = (unsigned char)*p > ' ' && !strchr("/:@*?#\\<>", *p);
	if (!good)
		load_fault(l, n, LOAD_VALUE,
		    "write acme.example, or \"*.acme.example\" for all below "
		    "it",
		    "this is not the name of a host");
	return good;
}

static const char *const *read_hosts(
    struct load *l, const struct yaml_node *n, size_t *count)
{
	const struct yaml_node *h = n->kind == YAML_LIST ? n->child : n;
	for (; h; h = n->kind == YAML_LIST ? h->next : NULL)
		if (!check_host(l, h))
			return NULL;
	const char *const *words = load_words(l, n, count);
	const char **hosts = load_alloc(l, *count + 1, sizeof(*hosts));
	for (size_t i = 0; words && hosts && i < *count; i++) {
		char entry[LINK_MAX_HOST + 2];
		if (link_list_entry(words[i], entry))
			hosts[i] = arena_strdup(&l->policy->arena, entry);
		if (!hosts[i])
			load_out_of_memory(l);
	}
	return words ? hosts : NULL;
}

static void find_links(struct finder *f, const struct yaml_node *n)
{
	struct load *l = f->l;
	if (!n || n->kind != YAML_MAP ||
	    !load_check_map(l, n, load_keys_links, "under links"))
		return;
	const struct yaml_node *outside = yaml_get(n, "outside");
	if (!outside) {
		load_fault(l, n->key, LOAD_MISSING, NULL,
		    "\"outside\" is missing under links");
		return;
	}
	size_t count = 0;
	const char *const *hosts = read_hosts(l, outside, &count);
	if (!hosts || !count)
		return;
	char *key = load_printf(l, "links");
	for (size_t i = 0; i < count && key; i++)
		key = load_printf(l, "%s %s", key, hosts[i]);
	if (!key)
		return;
	struct detector d = {.kind = DETECTOR_LINKS, .hosts = hosts};
	add_clause(f, load_one(l, load_detector(l, key, &d)), false);
}

static void find_pattern(struct finder *f, const struct yaml_node *n)
{
	struct detector d = {.kind = DETECTOR_PATTERN};
	if (n && n->kind == YAML_TEXT)
		add_clause(f,
		    load_one(f->l,
			load_pattern(f->l, n, &d,
			    load_printf(f->l, "pattern %s", n->text))),
		    true);
}

static void find_topic(struct finder *f, const struct yaml_node *n)
{
	struct load *l = f->l;
	if (!n || n->kind != YAML_TEXT || !l->pack)
		return;
	char *key = load_printf(l, "%s/%s", l->pack->name, n->text);
	if (!key)
		return;
	uint32_t number = names_find(&l->topic_names, key);
	if (number == NAMES_NONE) {
		const char *near = names_nearest(&l->topic_names, key);
		char hint[300] = "define it under topics: in this pack";
		if (near && strncmp(near, key, strlen(l->pack->name) + 1) == 0)
			snprintf(hint, sizeof(hint), "did you mean \"%s\"?",
			    near + strlen(l->pack->name) + 1);
		load_fault(l, n, LOAD_NO_TOPIC, hint,
		    "the topic \"%s\" is not defined in this pack", n->text);
		return;
	}
	struct load_topic *topic =
	    LOAD_ITEM(&l->topics, struct load_topic, number);
	topic->used = true;
	struct clause *c = add_clause(f, topic->says, false);
	if (c)
		c->at_least = topic->at_least;
}

static void find_text_is(struct finder *f, const struct yaml_node *n)
{
	struct load *l = f->l;
	if (!n || yaml_check_list(l->doc, n, load_see, l) ||
	    yaml_check_sentences(l->doc, n, NULL, load_see, l))
		return;
	size_t count = 0;
	const char *const *texts = load_words(l, n, &count);
	if (!texts || !count)
		return;
	struct detector d = {.kind = DETECTOR_TEXT_IS, .texts = texts};
	add_clause(f, load_one(l, load_detector(l, NULL, &d)), false);
}

/* The last clause: it is asked where all the others are met. */
static void find_classifier(struct finder *f, const struct yaml_node *n)
{
	uint32_t number = 0;
	struct any_of labels = load_classifier(f->l, n, &number);
	struct clause *c = add_clause(f, labels, false);
	if (c)
		c->classifier = number;
	if (n && f->rule->info.speaker == GUARD_HUMAN)
		load_fault(f->l, n->key, LOAD_FIND, NULL,
		    "what a person says is not shown to a classifier");
}

/* near beside find's other keys belongs to each that can be near something. */
static void find_near(struct finder *f, const struct yaml_node *find)
{
	struct near near = {0};
	if (!load_near(f->l, find, &near))
		return;
	size_t n_used = 0;
	for (size_t i = 0; i < f->n; i++) {
		if (!f->can_be_near[i] || f->clauses[i].near.what.n)
			continue;
		f->clauses[i].near = near;
		n_used++;
	}
	if (!n_used && f->l->n_errors == f->faults_before)
		load_fault(f->l, yaml_get(find, "near")->key, LOAD_FIND,
		    "it goes with phrases, pattern or a number that has no "
		    "near of its own",
		    "there is nothing here that could be near this");
}

void load_find(struct load *l, const struct yaml_node *n, struct rule *r)
{
	if (!n)
		return;
	r->has_find = true;
	if (n->kind != YAML_MAP)
		return;
	struct finder f = {.l = l, .rule = r, .faults_before = l->n_errors};
	load_check_map(l, n, load_keys_find, "under find");
	find_number(
	    &f, yaml_get(n, "percent"), NUMBER_PERCENT, "under percent");
	find_number(&f, yaml_get(n, "money"), NUMBER_MONEY, "under money");
	find_number(
	    &f, yaml_get(n, "duration"), NUMBER_DURATION, "under duration");
	find_number(&f, yaml_get(n, "count"), NUMBER_COUNT, "under count");
	find_kinds(
	    &f, yaml_get(n, "entities"), DETECTOR_ENTITY, load_words_entity);
	find_kinds(
	    &f, yaml_get(n, "secrets"), DETECTOR_SECRET, load_words_secret);
	find_links(&f, yaml_get(n, "links"));
	find_pattern(&f, yaml_get(n, "pattern"));
	struct any_of phrases = load_phrases(l, yaml_get(n, "phrases"));
	add_clause(&f, phrases, true);
	find_topic(&f, yaml_get(n, "topic"));
	find_text_is(&f, yaml_get(n, "text_is"));
	find_classifier(&f, yaml_get(n, "classifier"));
	find_near(&f, n);
	if (f.n > 1 && yaml_get(n, "text_is"))
		load_fault(l, yaml_get(n, "text_is")->key, LOAD_FIND, NULL,
		    "text_is compares the whole message: nothing can stand "
		    "beside it");
	if (f.n == 0 && !l->n_errors && !l->no_memory)
		load_fault(l, n->key, LOAD_EMPTY, "add phrases: [...]",
		    "find looks for nothing");
	struct clause *clauses = load_alloc(l, f.n, sizeof(*clauses));
	if (!clauses)
		return;
	memcpy(clauses, f.clauses, f.n * sizeof(*clauses));
	if (f.adds_up) { /* its amounts are the hits */
		clauses[0] = f.clauses[f.adds_up];
		clauses[f.adds_up] = f.clauses[0];
	}
	r->clauses = clauses;
	r->n_clauses = f.n;
}
