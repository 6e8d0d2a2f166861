/*
 * load_rule - one rule: its head, and the order in which its parts are read
 * (what it finds before what it does, because an action may need to know).
 */
#include "rules/load_amounts.h"
#include "rules/load_overlay.h"
#include "rules/load_parts.h"

#include <stdio.h>
#include <string.h>

bool load_is_id(const char *s)
{
	size_t n = 0;
	for (; *s; s++, n++)
		if (!((*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') ||
			(*s >= '0' && *s <= '9') ||
			((*s == '-' || *s == '_') && n)))
			return false;
	return n > 0 && n <= LOAD_MAX_ID_BYTES;
}

static void read_id(struct load *l, const struct yaml_node *n, struct rule *r)
{
	const struct yaml_node *id = yaml_get(n, "id");
	if (!id || id->kind != YAML_TEXT) {
		if (!id)
			load_text(l, n, "id", true);
		return;
	}
	if (yaml_check_letters(l->doc, id, load_see, l))
		return;
	if (!load_is_id(id->text)) {
		load_fault(l, id, LOAD_ID,
		    "write it like refund-over-limit: letters, digits and -",
		    "\"%s\" cannot be the id of a rule", id->text);
		return;
	}
	load_name_rule(l, id, id->text, r);
}

void load_name_rule(struct load *l, const struct yaml_node *at,
    const char *name, struct rule *r)
{
	r->info.id = load_printf(l, "%s/%s", l->pack->name, name);
	if (!r->info.id)
		return;
	uint32_t other = names_find(&l->rule_names, r->info.id);
	if (other != NAMES_NONE) {
		load_fault(l, at, LOAD_TWICE, "give one of them another name",
		    "the rule %s is there already (line %u)", r->info.id,
		    LOAD_ITEM(&l->rules, struct rule, other)->info.line);
		return;
	}
	if (names_add(&l->rule_names, r->info.id, (uint32_t)l->rules.n - 1))
		load_out_of_memory(l);
}

enum guard_mode load_mode_of(const struct yaml_node *rule)
{
	const struct yaml_node *mode = yaml_get(rule, "mode");
	for (unsigned i = 0; mode && load_words_mode[i]; i++)
		if (yaml_is(mode, load_words_mode[i]))
			return (enum guard_mode)i;
	return yaml_is(
		   yaml_get(rule, "speaker"), load_words_speaker[GUARD_HUMAN])
	    ? GUARD_SHADOW
	    : GUARD_ENFORCE;
}

static void read_mode(struct load *l, const struct yaml_node *n, struct rule *r)
{
	r->info.speaker = (enum guard_speaker)load_choice(
	    l, yaml_get(n, "speaker"), load_words_speaker, GUARD_AI);
	const struct yaml_node *mode = yaml_get(n, "mode");
	bool human = r->info.speaker == GUARD_HUMAN;
	r->info.mode = (enum guard_mode)load_choice(
	    l, mode, load_words_mode, human ? GUARD_SHADOW : GUARD_ENFORCE);
	if (human && r->info.mode == GUARD_ENFORCE)
		load_fault(l, mode, LOAD_ACTION, "write mode: shadow",
		    "what a person says is recorded, never changed");
	r->shadow_until_us = load_date(l, yaml_get(n, "shadow_until"), 1);
}

static void read_effective(
    struct load *l, const struct yaml_node *n, struct rule *r)
{
	if (!n || n->kind != YAML_MAP ||
	    !load_check_map(l, n, load_keys_effective, "under effective"))
		return;
	r->from_us = load_date(l, yaml_get(n, "from"), 0);
	r->to_us = load_date(l, yaml_get(n, "to"), 1);
	if (r->from_us && r->to_us && r->from_us >= r->to_us)
		load_fault(
		    l, n, LOAD_DATE, NULL, "the rule ends before it begins");
}

void load_rule_head(struct load *l, const struct yaml_node *n, struct rule *r)
{
	r->info.why = load_text(l, n, "why", false);
	r->info.owner = load_text(l, n, "owner", false);
	if (!r->info.owner)
		r->info.owner = l->pack->owner;
	r->info.version = l->pack->version;
	r->info.severity =
	    (enum guard_severity)load_choice(l, yaml_get(n, "severity"),
		load_words_severity, GUARD_SEVERITY_MEDIUM);
	read_mode(l, n, r);
	read_effective(l, yaml_get(n, "effective"), r);
	load_when(l, yaml_get(n, "when"), &r->when);
}

static void check_purpose(
    struct load *l, const struct yaml_node *n, const struct rule *r)
{
	const struct yaml_node *id = yaml_get(n, "id");
	if (!r->has_find && !r->when.set && !r->must_say.n)
		load_fault(l, id ? id : n, LOAD_MISSING,
		    "add find:, must_say: or when:",
		    "this rule would fire for every message");
	if (!r->has_find && yaml_get(n, "must_also_say"))
		load_fault(l, yaml_get(n, "must_also_say")->key, LOAD_FIND,
		    "use must_say, or add find:",
		    "must_also_say goes with find");
	if (r->has_find && yaml_get(n, "must_say"))
		load_fault(l, yaml_get(n, "must_say")->key, LOAD_FIND,
		    "use must_also_say, or take find: out",
		    "must_say stands without find");
	if (!r->has_find && load_yes(l, yaml_get(n, "ignore_negated"), false))
		load_fault(l, yaml_get(n, "ignore_negated"), LOAD_FIND, NULL,
		    "ignore_negated goes with find");
}

size_t load_begin_rule(
    struct load *l, const struct yaml_node *n, struct rule *r)
{
	*r = (struct rule){
	    .info = {.rollout_percent = 100}, .repeats = DETECTOR_NONE};
	struct rule *slot = load_push(l, &l->rules);
	if (!slot)
		return SIZE_MAX;
	r->info.file = load_printf(l, "%s", yaml_file(l->doc));
	r->info.line = slot->info.line = n->line;
	r->at = r->find_at = r->must_at =
	    (struct rule_place){n->line, n->col, 1};
	return l->rules.n - 1;
}

void load_end_rule(struct load *l, size_t number, const struct rule *r)
{
	*LOAD_ITEM(&l->rules, struct rule, number) = *r;
}

/* Of a node of the pack's own: a change lies in another file. */
static struct rule_place place_of(
    const struct rule *r, const struct yaml_node *n)
{
	if (!n || strcmp(n->file, r->info.file) != 0)
		return (struct rule_place){0};
	return (struct rule_place){n->line, n->col, n->width};
}

static void note_places(const struct yaml_node *n, struct rule *r)
{
	const struct yaml_node *find = yaml_get(n, "find");
	const struct yaml_node *must = yaml_get(n, "must_say");
	if (yaml_get(n, "id"))
		r->at = place_of(r, yaml_get(n, "id"));
	r->find_at = find ? place_of(r, find->key) : r->at;
	r->must_at = must ? place_of(r, must->key) : r->at;
}

void load_rule(struct load *l, const struct yaml_node *n)
{
	struct rule r;
	/* A wrong key is no reason not to look at the others. */
	bool whole = load_check_map(l, n, load_keys_rule, "in this rule");
	if (n->kind != YAML_MAP)
		return;
	size_t number = load_begin_rule(l, n, &r);
	if (number == SIZE_MAX)
		return;
	n = load_changed_rule(l, n, yaml_get_text(n, "id"), load_keys_rule, &r);
	read_id(l, n, &r);
	if (r.info.file)
		note_places(n, &r);
	r.info.title = load_text(l, n, "title", true);
	load_rule_head(l, n, &r);
	load_find(l, yaml_get(n, "find"), &r);
	r.ignore_negated =
	    r.has_find && load_yes(l, yaml_get(n, "ignore_negated"), false);
	load_unless(l, yaml_get(n, "unless"), &r);
	load_must(l, yaml_get(n, "must_say"), &r.must_say);
	load_must(l, yaml_get(n, "must_also_say"), &r.must_also_say);
	r.score = load_whole(l, yaml_get(n, "score"), 1, LOAD_MAX_SCORE, 0);
	/* The key that was refused may have been find: one mistake, one fault.
	 */
	if (!whole && !r.when.set && !r.must_say.n)
		r.has_find = true;
	check_purpose(l, n, &r);
	load_then(l, n, "then", &r);
	load_examples(l, n, &r);
	load_end_rule(l, number, &r);
}
