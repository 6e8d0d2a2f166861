/* load_classify - see load_classify.h. */
#include "rules/load_classify.h"

#include "rules/load_parts.h"

#include <string.h>

#define SCORE_DIGITS 6

/* "0.8" as millionths. */
static bool parse_score(const char *s, uint32_t *out)
{
	uint32_t value = 0;
	size_t digits = 0;
	if ((*s != '0' && *s != '1') || (s[1] && s[1] != '.'))
		return false;
	value = (uint32_t)(*s - '0');
	if (s[1] == '.') {
		for (s += 2; s[digits] >= '0' && s[digits] <= '9' &&
		     digits < SCORE_DIGITS;
		     digits++)
			value = value * 10 + (uint32_t)(s[digits] - '0');
		if (!digits || s[digits])
			return false;
	}
	for (; digits < SCORE_DIGITS; digits++)
		value *= 10;
	*out = value;
	return value <= GUARD_SCORE_ONE;
}

static bool read_score(struct load *l, const struct yaml_node *n, uint32_t *out)
{
	if (n->kind == YAML_TEXT && parse_score(n->text, out))
		return true;
	load_fault(l, n, LOAD_NUMBER,
	    "write it like 0.8: at most six digits after the point",
	    "this is not a score from 0 to 1");
	return false;
}

/* ---- under find ---- */

static bool is_name(const char *s)
{
	return load_is_id(s) && strlen(s) <= LOAD_MAX_NAME_BYTES;
}

/* Its number, or POLICY_MAX_CLASSIFIERS after reporting. */
static uint32_t classifier_number(struct load *l, const struct yaml_node *n)
{
	struct classifier *all = l->classifiers.items;
	uint32_t i = 0;
	if (!is_name(n->text)) {
		load_fault(l, n, LOAD_ID, "letters, digits, - and _",
		    "\"%s\" cannot be the name of a classifier", n->text);
		return POLICY_MAX_CLASSIFIERS;
	}
	while (i < l->classifiers.n && strcmp(all[i].name, n->text) != 0)
		i++;
	if (i < l->classifiers.n)
		return i;
	if (i == POLICY_MAX_CLASSIFIERS) {
		load_fault(l, n, LOAD_TOO_MANY, NULL,
		    "a policy may ask %u classifiers", POLICY_MAX_CLASSIFIERS);
		return i;
	}
	struct classifier *new = load_push(l, &l->classifiers);
	if (!new)
		return POLICY_MAX_CLASSIFIERS;
	new->name = load_printf(l, "%s", n->text);
	new->at = (struct guard_place){
	    load_printf(l, "%s", n->file), n->line, n->col, n->width};
	return new->name &&new->at.file ? i : POLICY_MAX_CLASSIFIERS;
}

static uint32_t add_label(struct load *l, const struct detector *d)
{
	const struct classifier *c =
	    LOAD_ITEM(&l->classifiers, struct classifier, d->classifier);
	char *key =
	    load_printf(l, "classifier %s%s%s above %u millionths", c->name,
		d->label ? " " : "", d->label ? d->label : "", d->score_above);
	return key ? load_detector(l, key, d) : DETECTOR_NONE;
}

static struct any_of add_labels(
    struct load *l, const struct yaml_node *labels, struct detector d)
{
	size_t n = 0;
	if (!labels)
		return load_one(l, add_label(l, &d));
	const char *const *words = load_words(l, labels, &n);
	uint32_t *all = load_alloc(l, n, sizeof(*all));
	struct any_of any = {all, 0};
	for (size_t i = 0; words && all && i < n; i++) {
		if (strlen(words[i]) > LOAD_MAX_NAME_BYTES)
			load_fault(l, labels, LOAD_TOO_MANY, NULL,
			    "a label has at most %u bytes",
			    LOAD_MAX_NAME_BYTES);
		d.label = words[i];
		all[any.n] = add_label(l, &d);
		any.n += all[any.n] != DETECTOR_NONE;
	}
	return any;
}

struct any_of load_classifier(
    struct load *l, const struct yaml_node *n, uint32_t *number)
{
	const struct any_of none = {0};
	struct detector d = {.kind = DETECTOR_CLASSIFIER};
	if (!n || n->kind != YAML_MAP ||
	    !load_check_map(l, n, load_keys_classifier, "under classifier") ||
	    !load_text(l, n, "name", true))
		return none;
	const struct yaml_node *above = yaml_get(n, "score_above");
	if (!above) {
		load_fault(l, n->key, LOAD_MISSING, "write score_above: 0.8",
		    "\"score_above\" is missing under classifier");
		return none;
	}
	if (!read_score(l, above, &d.score_above))
		return none;
	if (d.score_above == GUARD_SCORE_ONE) {
		load_fault(l, above, LOAD_NUMBER, "write less than 1",
		    "no score is above 1");
		return none;
	}
	d.classifier = classifier_number(l, yaml_get(n, "name"));
	if (d.classifier == POLICY_MAX_CLASSIFIERS)
		return none;
	*number = d.classifier + 1;
	return add_labels(l, yaml_get(n, "label"), d);
}

/* ---- under given ---- */

/* One score of "toxicity" (whatever the label) or "toxicity/insult"; those of
 * one classifier are one answer. */
static void add_score(struct load *l, const struct yaml_node *n,
    struct guard_answer *answers, size_t *n_answers)
{
	const char *slash = strchr(n->key->text, '/');
	size_t len = slash ? (size_t)(slash - n->key->text) : n->key->len;
	struct guard_score score = {0};
	bool none = yaml_is(n, "none");
	if (!none && !read_score(l, n, &score.score))
		return;
	if (slash)
		score.label = load_printf(l, "%s", slash + 1);
	size_t i = 0;
	while (i < *n_answers &&
	    (strncmp(answers[i].classifier, n->key->text, len) != 0 ||
		answers[i].classifier[len]))
		i++;
	struct guard_answer *a = &answers[i];
	if (i == *n_answers) {
		a->classifier = load_printf(l, "%.*s", (int)len, n->key->text);
		if (!a->classifier)
			return;
		++*n_answers;
	}
	struct guard_score *all = load_alloc(l, a->n_scores + 1, sizeof(*all));
	if (none || !all)
		return;
	if (a->n_scores)
		memcpy(all, a->scores, a->n_scores * sizeof(*all));
	all[a->n_scores++] = score;
	a->scores = all;
}

const struct guard_answers *load_scores(
    struct load *l, const struct yaml_node *n)
{
	if (!n || n->kind != YAML_MAP)
		return NULL;
	struct guard_answers *out = load_alloc(l, 1, sizeof(*out));
	struct guard_answer *answers =
	    load_alloc(l, n->n_children, sizeof(*answers));
	if (!out || !answers)
		return NULL;
	for (const struct yaml_node *s = n->child; s; s = s->next)
		add_score(l, s, answers, &out->n);
	out->items = answers;
	return out;
}
