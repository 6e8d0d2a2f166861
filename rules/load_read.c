/*
 * load_read - reporting, memory and the plain values of a policy file. See
 * load_read.h. Numbers are read as digits, never as floating point.
 */
#include "rules/load_parts.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MESSAGE_BYTES 512

const struct load_code_row load_codes[LOAD_CODES] = {
    [LOAD_NO_POLICY] = {"P001", DIAG_ERROR, "there is no policy.yaml"},
    [LOAD_FORMAT] = {"P002", DIAG_ERROR, "the format is not 1"},
    [LOAD_KIND] = {"P003", DIAG_ERROR, "the file is of another kind"},
    [LOAD_MISSING] = {"P004", DIAG_ERROR, "a key is missing"},
    [LOAD_SHAPE] = {"P005", DIAG_ERROR, "a text, list or map is expected"},
    [LOAD_VALUE] = {"P006", DIAG_ERROR, "not one of the known words"},
    [LOAD_NUMBER] = {"P007", DIAG_ERROR, "not a number that fits here"},
    [LOAD_DATE] = {"P008", DIAG_ERROR, "not a date, time or hours"},
    [LOAD_EMPTY] = {"P009", DIAG_ERROR, "nothing stands here"},
    [LOAD_ID] = {"P010", DIAG_ERROR, "not a name that can be used"},
    [LOAD_TWICE] = {"P011", DIAG_ERROR, "the name is used twice"},
    [LOAD_PACK_NAME] = {"P012", DIAG_ERROR,
	"a pack is not named like its file"},
    [LOAD_MEMORY] = {"P013", DIAG_ERROR, "memory ran out"},
    [LOAD_KEY] = {"P014", DIAG_ERROR, "unknown key"},
    [LOAD_TOO_MANY] = {"P015", DIAG_ERROR, "too many or too long"},
    [LOAD_NO_PACK] = {"P016", DIAG_ERROR, "the pack is not there"},
    [LOAD_UNUSED] = {"P017", DIAG_WARNING, "it is not used"},
    [LOAD_PHRASE] = {"P020", DIAG_ERROR, "the phrase cannot be used"},
    [LOAD_NO_LIST] = {"P021", DIAG_ERROR, "the list is not defined"},
    [LOAD_LIST_IN_PHRASE] = {"P022", DIAG_ERROR,
	"too many ways to spell a phrase"},
    [LOAD_LIST_IN_LIST] = {"P023", DIAG_ERROR, "a list inside a list"},
    [LOAD_NO_LISTS_FILE] = {"P024", DIAG_ERROR,
	"the file of lists is not there"},
    [LOAD_NO_TOPIC] = {"P025", DIAG_ERROR, "the topic is not defined"},
    [LOAD_NO_QUEUE] = {"P026", DIAG_ERROR, "the queue is not defined"},
    [LOAD_NO_RULE] = {"P027", DIAG_ERROR, "the rule is not defined"},
    [LOAD_FIND] = {"P028", DIAG_ERROR, "these cannot be found together"},
    [LOAD_ACTION] = {"P029", DIAG_ERROR, "the action does not fit"},
    [LOAD_PATTERN] = {"P030", DIAG_ERROR, "the pattern is refused"},
    [LOAD_PATTERN_BARE] = {"P031", DIAG_ERROR, "the pattern is not in quotes"},
    [LOAD_EXAMPLES] = {"P032", DIAG_ERROR,
	"examples of both kinds are missing"},
    [LOAD_ZONE] = {"P033", DIAG_ERROR, "the time zone is not known"},
    [LOAD_NO_ENVIRONMENT] = {"P034", DIAG_ERROR,
	"the environment is not defined"},
    [LOAD_DEAD] = {"P035", DIAG_WARNING, "it can never apply"},
    [LOAD_NO_RULES] = {"P036", DIAG_ERROR, "a policy without rules"},
    [LOAD_NO_ZONE] = {"P037", DIAG_ERROR,
	"the zone of the matrix is not defined"},
    [LOAD_ZONE_BEHAVIOUR] = {"P038", DIAG_ERROR,
	"what a zone does contradicts itself"},
    [LOAD_INCLUDE] = {"P039", DIAG_WARNING,
	"a person does not see what was said"},
    [LOAD_EXCEPTION_OVER] = {"P041", DIAG_WARNING, "an exception has ended"},
    [LOAD_RULE_OVER] = {"P042", DIAG_WARNING, "a rule is no longer in force"},
    [LOAD_SHADOW_OVER] = {"P043", DIAG_WARNING,
	"a rule in shadow is due for a look"},
    [LOAD_CHANGE_OVER] = {"P044", DIAG_WARNING, "a change has ended"},
    [LOAD_ENDS_SOON] = {"P045", DIAG_NOTE, "something ends soon"},
    [LOAD_DIGEST_FORM] = {"P050", DIAG_ERROR, "not a digest"},
    [LOAD_PACK_VERSION] = {"P051", DIAG_ERROR,
	"another version of the pack is installed"},
    [LOAD_WRITTEN_FOR] = {"P052", DIAG_ERROR,
	"a change was written for another version"},
    [LOAD_DIGEST] = {"P053", DIAG_ERROR, "the pack has other bytes"},
    [LOAD_DIGEST_SHORT] = {"P054", DIAG_NOTE, "a digest is not whole"},
    [LOAD_CHANGE] = {"P055", DIAG_ERROR,
	"the rule has nothing to change there"},
    [LOAD_EXCEPTION_ENDS] = {"P056", DIAG_ERROR,
	"an added exception needs an end, a reason and a ticket"},
    [LOAD_CANNOT_END] = {"P057", DIAG_ERROR,
	"this part of a change cannot end on a day"},
    [LOAD_HOLDS_MESSAGE] = {"P060", DIAG_NOTE, "holds until it is said"},
    [LOAD_PATTERN_UNWOKEN] = {"P061", DIAG_WARNING,
	"a pattern runs on every message"},
    [LOAD_PATTERN_WOKEN] = {"P062", DIAG_NOTE,
	"a fixed text wakes the pattern"},
    [LOAD_HOLDS_TEXT] = {"P063", DIAG_NOTE, "holds a beginning of a text"},
    [LOAD_HOLDS_PATTERN] = {"P064", DIAG_NOTE,
	"a pattern holds to the sentence's end"},
    [LOAD_HOLDS_SENTENCE] = {"P065", DIAG_NOTE, "holds to the sentence's end"},
    [LOAD_NEVER_MATCHED] = {"P070", DIAG_ERROR,
	"an example that should match passes"},
    [LOAD_WRONGLY_MATCHED] = {"P071", DIAG_ERROR,
	"an example that should pass matches"},
    [LOAD_OWN_TEXT] = {"P072", DIAG_ERROR,
	"a text of the policy's own breaks a rule"},
    [LOAD_UNDECIDED] = {"P073", DIAG_ERROR, "it could not be decided"},
    [LOAD_STEP] = {"P074", DIAG_ERROR,
	"a turn of a conversation test goes otherwise"},
    [LOAD_STEP_FORM] = {"P075", DIAG_ERROR,
	"a turn of a conversation test says too much or too little"},
    [LOAD_OVER] = {"P080", DIAG_ERROR, "amounts cannot add up like this"},
    [LOAD_NO_SCORE] = {"P081", DIAG_ERROR,
	"a total cannot add this rule's score"},
    [LOAD_UNUSED_SCORE] = {"P082", DIAG_WARNING, "a score no total adds"},
    [LOAD_OFFERS_UNTESTED] = {"P083", DIAG_WARNING,
	"offers or a scope without examples"},
    [LOAD_DEAD_TOTAL] = {"P084", DIAG_ERROR, "a total that cannot be reached"},
    [LOAD_TOPIC_FILE] = {"P100", DIAG_ERROR,
	"the file of a learned topic cannot be used"},
    [LOAD_TOPIC_OLD] = {"P101", DIAG_WARNING,
	"a topic was learned from other sentences"},
    [LOAD_TOPIC_LEARN] = {"P102", DIAG_ERROR,
	"nothing can be learned from this"},
};

void load_see(const struct diag *d, void *load)
{
	struct load *l = load;
	if (d->level == DIAG_ERROR)
		l->n_errors++;
	l->diag(d, l->arg);
}

void load_fault(struct load *l, const struct yaml_node *node,
    enum load_code code, const char *hint, const char *fmt, ...)
{
	char message[MESSAGE_BYTES];
	va_list args;
	va_start(args, fmt);
	vsnprintf(message, sizeof(message), fmt, args);
	va_end(args);
	const struct load_code_row *row = &load_codes[code];
	yaml_report(l->doc, node, row->level, row->code, hint, load_see, l,
	    "%s", message);
}

void load_out_of_memory(struct load *l)
{
	l->no_memory = true;
}

void *load_alloc(struct load *l, size_t n, size_t size)
{
	void *p = arena_array(&l->policy->arena, n, size);
	if (!p)
		load_out_of_memory(l);
	return p;
}

char *load_printf(struct load *l, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	va_list again;
	va_copy(again, args);
	int len = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	char *s = len < 0 ? NULL : load_alloc(l, (size_t)len + 1, 1);
	if (s)
		vsnprintf(s, (size_t)len + 1, fmt, again);
	va_end(again);
	return s;
}

void *load_push(struct load *l, struct load_array *a)
{
	if (a->n == a->cap) {
		size_t cap = a->cap ? a->cap * 2 : 16;
		void *items = reallocarray(a->items, cap, a->size);
		if (!items) {
			load_out_of_memory(l);
			return NULL;
		}
		a->items = items;
		a->cap = cap;
	}
	void *item = (char *)a->items + a->n++ * a->size;
	memset(item, 0, a->size);
	return item;
}

/* ---- maps ---- */

static const char *shape_name(enum yaml_kind kind)
{
	switch (kind) {
	case YAML_TEXT:
		return "a text";
	case YAML_LIST:
		return "a list";
	case YAML_MAP:
		return "a map (key: value)";
	}
	return "";
}

static void wrong_shape(
    struct load *l, const struct yaml_node *n, const char *wanted)
{
	const char *name = n->key ? n->key->text : "this";
	load_fault(l, n, LOAD_SHAPE, NULL, "%s has to be %s, not %s", name,
	    wanted, shape_name(n->kind));
}

static bool check_shape(
    struct load *l, const struct yaml_node *n, const struct load_key *key)
{
	switch (key->shape) {
	case SHAPE_TEXT:
		if (n->kind == YAML_TEXT)
			return true;
		wrong_shape(l, n, "a text");
		return false;
	case SHAPE_LIST:
		if (n->kind == YAML_LIST)
			return true;
		wrong_shape(l, n, "a list");
		return false;
	case SHAPE_MAP:
		if (n->kind == YAML_MAP)
			return true;
		wrong_shape(l, n, "a map (key: value)");
		return false;
	case SHAPE_WORDS:
		if (n->kind != YAML_MAP)
			return true;
		wrong_shape(l, n, "a text or a list");
		return false;
	case SHAPE_SENTENCES:
	case SHAPE_ANY:
		return true;
	}
	return true;
}

static const struct load_key *find_key(
    const struct load_key *keys, const char *name)
{
	while (keys->name && strcmp(keys->name, name) != 0)
		keys++;
	return keys->name ? keys : NULL;
}

bool load_check_map(struct load *l, const struct yaml_node *map,
    const struct load_key *keys, const char *where)
{
	if (map->kind != YAML_MAP) {
		wrong_shape(l, map, "a map (key: value)");
		return false;
	}
	const char *names[LOAD_MAX_KEYS + 1];
	size_t n = 0;
	for (const struct load_key *k = keys; k->name; k++)
		names[n++] = k->name;
	names[n] = NULL;
	bool good = true;
	for (const struct yaml_node *c = map->child; c; c = c->next) {
		const struct load_key *key = find_key(keys, c->key->text);
		struct yaml_node alone = *c, pair = *map;
		alone.next = NULL;
		pair.child = &alone;
		if (key)
			good &= check_shape(l, c, key);
		else
			good &= !yaml_check_keys(
			    l->doc, &pair, names, where, load_see, l);
	}
	return good;
}

/* ---- values ---- */

const char *load_text(
    struct load *l, const struct yaml_node *map, const char *key, bool required)
{
	const struct yaml_node *n = yaml_get(map, key);
	if (!n) {
		if (required)
			load_fault(l, map && map->child ? map->child->key : map,
			    LOAD_MISSING, NULL, "\"%s\" is missing here", key);
		return NULL;
	}
	if (n->kind != YAML_TEXT)
		return NULL; /* reported by load_check_map */
	if (n->len == 0) {
		load_fault(l, n, LOAD_EMPTY, NULL, "%s is empty", key);
		return NULL;
	}
	char *copy = arena_strndup(&l->policy->arena, n->text, n->len);
	if (!copy)
		load_out_of_memory(l);
	return copy;
}

const char *load_sentence(struct load *l, const struct yaml_node *n)
{
	if (!n || yaml_check_sentences(l->doc, n, NULL, load_see, l))
		return NULL;
	if (n->kind != YAML_TEXT) {
		wrong_shape(l, n, "one text");
		return NULL;
	}
	char *copy = arena_strndup(&l->policy->arena, n->text, n->len);
	if (!copy)
		load_out_of_memory(l);
	return copy;
}

static void join(char *out, size_t cap, const char *const *words)
{
	size_t used = 0;
	out[0] = '\0';
	for (const char *const *w = words; *w && used < cap; w++)
		used += (size_t)snprintf(
		    out + used, cap - used, "%s%s", w == words ? "" : ", ", *w);
}

unsigned load_choice(struct load *l, const struct yaml_node *n,
    const char *const *words, unsigned fallback)
{
	if (!n || n->kind != YAML_TEXT)
		return fallback;
	for (unsigned i = 0; words[i]; i++)
		if (strcmp(words[i], n->text) == 0)
			return i;
	/* What editors make of yes and no, and the schema takes. */
	if (words == load_words_yes && !strcmp(n->text, "true"))
		return 1;
	if (words == load_words_yes && !strcmp(n->text, "false"))
		return 0;
	char all[256], hint[400];
	join(all, sizeof(all), words);
	const char *near = yaml_nearest(n->text, words);
	snprintf(hint, sizeof(hint), "%s%s%sknown here: %s",
	    near ? "did you mean \"" : "", near ? near : "",
	    near ? "\"?  " : "", all);
	load_fault(l, n, LOAD_VALUE, hint, "\"%s\" is not known%s%s", n->text,
	    n->key ? " as " : " here", n->key ? n->key->text : "");
	return fallback;
}

bool load_yes(struct load *l, const struct yaml_node *n, bool fallback)
{
	return load_choice(l, n, load_words_yes, fallback) == 1;
}

uint32_t load_whole(struct load *l, const struct yaml_node *n, uint32_t from,
    uint32_t to, uint32_t fallback)
{
	if (!n || n->kind != YAML_TEXT)
		return fallback;
	uint64_t value = 0;
	size_t i = 0;
	for (; i < n->len && i < 11; i++) {
		if (n->text[i] < '0' || n->text[i] > '9')
			break;
		value = value * 10 + (uint64_t)(n->text[i] - '0');
	}
	if (i == 0 || i < n->len || value < from || value > to) {
		load_fault(l, n, LOAD_NUMBER, NULL,
		    "\"%s\" is not a whole number from %" PRIu32 " to %" PRIu32,
		    n->text, from, to);
		return fallback;
	}
	return (uint32_t)value;
}

static bool parse_hundredths(const char *s, int64_t *out)
{
	int64_t value = 0;
	unsigned digits = 0, decimals = 0;
	bool point = false;
	for (; *s; s++) {
		if (*s == '.' && !point && digits) {
			point = true;
			continue;
		}
		if (*s < '0' || *s > '9')
			return false;
		value = value * 10 + (*s - '0');
		decimals += point;
		if (++digits > 15 || decimals > 2)
			return false;
	}
	if (!digits || (point && !decimals))
		return false;
	for (; decimals < 2; decimals++)
		value *= 10;
	*out = value;
	return true;
}

bool load_hundredths(struct load *l, const struct yaml_node *n, int64_t *out)
{
	if (n->kind != YAML_TEXT)
		return false;
	if (parse_hundredths(n->text, out))
		return true;
	load_fault(l, n, LOAD_NUMBER,
	    "write it like 50 or 49.99: digits, and at most two after the "
	    "point",
	    "\"%s\" is not a number that can be compared exactly", n->text);
	return false;
}

const char *const *load_words(
    struct load *l, const struct yaml_node *n, size_t *count)
{
	size_t n_words = !n ? 0 : n->kind == YAML_LIST ? n->n_children : 1;
	*count = 0;
	const char **words = load_alloc(l, n_words + 1, sizeof(*words));
	if (!words || !n)
		return words;
	const struct yaml_node *w = n->kind == YAML_LIST ? n->child : n;
	for (; w; w = n->kind == YAML_LIST ? w->next : NULL) {
		if (w->kind != YAML_TEXT) {
			wrong_shape(l, w, "a text");
			continue;
		}
		if (w->len == 0) {
			load_fault(l, w, LOAD_EMPTY, NULL, "this is empty");
			continue;
		}
		words[*count] =
		    arena_strndup(&l->policy->arena, w->text, w->len);
		if (!words[(*count)++]) {
			load_out_of_memory(l);
			return NULL;
		}
	}
	if (*count == 0 && n->kind == YAML_LIST && !n->n_children)
		load_fault(l, n, LOAD_EMPTY, NULL, "this list is empty");
	return words;
}
