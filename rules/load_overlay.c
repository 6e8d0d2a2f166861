/*
 * load_overlay - packs of others, and what a policy changes in their rules.
 *
 *   extends: which pack, which version, which bytes
 *   changes: rule of the pack + set + add_to = the rule that is compiled
 *
 * A change is laid over the rule's tree before anything is read from it, so
 * that the rule language has one reader, and every value still knows the file
 * it stands in. What a change may touch is load_keys_set and load_keys_add_to.
 *
 * A change that loosens has to say why, and what it ends with on its last day
 * is the pack's rule, never something looser: an exception stops to excuse and
 * a lowered mode rises again. What cannot be taken back on a day may not have
 * one.
 */
#include "rules/load_overlay.h"
#include "rules/guard_author.h"
#include "rules/load_parts.h"
#include "rules/sha256.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define MIN_DIGEST_DIGITS 12u /* of the 64: enough to tell bytes apart */

/* ---- extends ---- */

static const char digest_prefix[] = "sha256:";

static size_t digest_digits(const char *s)
{
	size_t skip = sizeof(digest_prefix) - 1;
	if (strncmp(s, digest_prefix, skip) != 0)
		return 0;
	size_t n = strspn(s + skip, "0123456789abcdef");
	bool good = !s[skip + n] && n >= MIN_DIGEST_DIGITS;
	return good && n <= SHA256_HEX_LEN ? n : 0;
}

static void check_digest(
    struct load *l, const struct yaml_node *item, const struct guard_file *file)
{
	const struct yaml_node *n = yaml_get(item, "digest");
	char is[sizeof(digest_prefix) + SHA256_HEX_LEN], hint[200];
	struct sha256 sha;
	memcpy(is, digest_prefix, sizeof(digest_prefix));
	sha256_init(&sha);
	sha256_add(&sha, file->bytes, file->len);
	sha256_end(&sha, is + sizeof(digest_prefix) - 1);
	snprintf(hint, sizeof(hint), "%s is %s", file->path, is);
	if (!n) {
		load_fault(l, item->child ? item->child->key : item,
		    LOAD_MISSING, hint, "\"digest\" is missing here");
		return;
	}
	size_t digits = n->kind == YAML_TEXT ? digest_digits(n->text) : 0;
	if (n->kind != YAML_TEXT)
		return; /* reported by load_check_map */
	if (!digits)
		load_fault(l, n, LOAD_DIGEST_FORM, hint,
		    "a digest is sha256: and %u to %u digits of it",
		    MIN_DIGEST_DIGITS, SHA256_HEX_LEN);
	else if (strncmp(n->text, is, strlen(n->text)) != 0)
		load_fault(l, n, LOAD_DIGEST, hint,
		    "these are not the bytes of the pack that was agreed on");
	else if (digits < SHA256_HEX_LEN)
		load_fault(l, n, LOAD_DIGEST_SHORT, hint,
		    "a digest of %zu digits could be met on purpose", digits);
}

static void read_extended(struct load *l, const struct yaml_node *n)
{
	if (!load_check_map(l, n, load_keys_extended, "under extends"))
		return;
	const struct yaml_node *name = yaml_get(n, "pack");
	const struct yaml_node *version = yaml_get(n, "version");
	load_text(l, n, "version", true);
	uint32_t wanted = load_whole(l, version, 1, UINT32_MAX, 0);
	if (!load_text(l, n, "pack", true))
		return;
	const struct load_pack *pack = load_pack_file(l, name);
	if (!pack)
		return;
	if (!wanted || wanted == pack->version) {
		check_digest(l, n, pack->file);
		return;
	}
	load_fault(l, version, LOAD_PACK_VERSION,
	    "see what changed in the pack, then write its version and digest",
	    "version %" PRIu32 " of %s is agreed on, but version %" PRIu32
	    " is installed",
	    wanted, pack->name, pack->version);
}

void load_extends(struct load *l, const struct yaml_node *n)
{
	const struct yaml_node *i = n && n->kind == YAML_LIST ? n->child : NULL;
	for (; i && !l->no_memory; i = i->next)
		read_extended(l, i);
}

/* ---- changes, as they are written ---- */

static void check_exceptions(
    struct load *l, const struct yaml_node *change, const struct yaml_node *add)
{
	static const char *const needed[] = {"until", "reason", "ticket", NULL};
	const struct yaml_node *e =
	    add && add->kind == YAML_LIST ? add->child : NULL;
	for (; e; e = e->next)
		for (const char *const *key = needed; *key; key++)
			if (!yaml_get(change, *key) && !yaml_get(e, *key))
				load_fault(l, e->child ? e->child->key : e,
				    LOAD_EXCEPTION_ENDS,
				    "write it beside rule:, for all that this "
				    "change adds",
				    "an exception to a rule of somebody else's "
				    "needs \"%s\"",
				    *key);
}

static void check_parts(
    struct load *l, const struct yaml_node *set, const struct yaml_node *add)
{
	static const char *const limits[] = {
	    "percent", "money", "duration", "count", NULL};
	if (set && set->kind == YAML_MAP) {
		load_check_map(l, set, load_keys_set, "under set");
		const struct yaml_node *find = yaml_get(set, "find");
		if (find && find->kind == YAML_MAP)
			load_check_map(
			    l, find, load_keys_set_find, "under find");
		for (const char *const *limit = limits; *limit; limit++) {
			const struct yaml_node *n = yaml_get(find, *limit);
			if (n && n->kind == YAML_MAP)
				load_check_map(
				    l, n, load_keys_set_limit, "here");
		}
	}
	if (!add || add->kind != YAML_MAP)
		return;
	load_check_map(l, add, load_keys_add_to, "under add_to");
	const struct yaml_node *find = yaml_get(add, "find");
	const struct yaml_node *examples = yaml_get(add, "examples");
	if (find && find->kind == YAML_MAP)
		load_check_map(l, find, load_keys_add_find, "under find");
	if (examples && examples->kind == YAML_MAP)
		load_check_map(
		    l, examples, load_keys_examples, "under examples");
}

static void read_change(struct load *l, const struct yaml_node *n)
{
	if (n->kind != YAML_MAP) {
		load_check_map(l, n, load_keys_change, "in a change");
		return;
	}
	load_check_map(l, n, load_keys_change, "in a change");
	load_text(l, n, "written_for", true);
	load_text(l, n, "reason", true);
	const struct yaml_node *set = yaml_get(n, "set");
	const struct yaml_node *add = yaml_get(n, "add_to");
	if (!set && !add)
		load_fault(l, n, LOAD_MISSING,
		    "add set: or add_to:", "this change changes nothing");
	check_parts(l, set, add);
	check_exceptions(l, n, yaml_get(add, "unless"));
	const char *rule = load_text(l, n, "rule", true);
	struct load_change *slot = rule ? load_push(l, &l->changes) : NULL;
	if (slot)
		*slot = (struct load_change){.node = n, .rule = rule};
}

void load_changes(struct load *l, const struct yaml_node *n)
{
	const struct yaml_node *i = n && n->kind == YAML_LIST ? n->child : NULL;
	for (; i && !l->no_memory; i = i->next)
		read_change(l, i);
}

void load_check_changes(struct load *l)
{
	for (size_t i = 0; i < l->changes.n && load_is_whole(l); i++) {
		const struct load_change *c =
		    LOAD_ITEM(&l->changes, struct load_change, i);
		const struct yaml_node *rule = yaml_get(c->node, "rule");
		if (!c->used)
			load_no_rule(l, rule, c->rule);
	}
}

/* ---- trees put together ---- */

static struct yaml_node *nodes(struct load *l, size_t n)
{
	struct yaml_node *all = arena_array(&l->scratch, n, sizeof(*all));
	if (!all)
		load_out_of_memory(l);
	return all;
}

/* all[0] becomes the parent of the n that follow it. */
static const struct yaml_node *parent(struct yaml_node *all, size_t n)
{
	all[0].child = n ? &all[1] : NULL;
	all[0].n_children = n;
	for (size_t i = 1; i <= n; i++)
		all[i].next = i < n ? &all[i + 1] : NULL;
	return all;
}

/* The map with a value under its key, in place of what was there. */
static const struct yaml_node *with(
    struct load *l, const struct yaml_node *map, const struct yaml_node *value)
{
	struct yaml_node *all = nodes(l, map->n_children + 2);
	size_t n = 0;
	bool there = false;
	if (!all)
		return map;
	all[0] = *map;
	for (const struct yaml_node *c = map->child; c; c = c->next) {
		bool same = strcmp(c->key->text, value->key->text) == 0;
		all[++n] = same ? *value : *c;
		there |= same;
	}
	if (!there)
		all[++n] = *value;
	return parent(all, n);
}

static size_t put_items(struct yaml_node *out, const struct yaml_node *n)
{
	size_t count = 0;
	if (!n)
		return 0;
	if (n->kind != YAML_LIST) { /* a single text is a list of one */
		out[0] = *n;
		out[0].key = NULL;
		return 1;
	}
	for (const struct yaml_node *c = n->child; c; c = c->next)
		out[count++] = *c;
	return count;
}

/* Items of a, which may be NULL, and then of b, under b's key. */
static const struct yaml_node *joined(
    struct load *l, const struct yaml_node *a, const struct yaml_node *b)
{
	struct yaml_node *all =
	    nodes(l, (a ? a->n_children + 1 : 0) + b->n_children + 2);
	if (!all)
		return b;
	/* [A, b, c] is refused where sentences are meant, with its place. */
	all[0] = a && a->flow ? *a : *b;
	all[0].kind = YAML_LIST;
	size_t n = put_items(all + 1, a);
	n += put_items(all + 1 + n, b);
	return parent(all, n);
}

/* ---- laying a change over a rule ---- */

struct overlay {
	struct load *l;
	const struct yaml_node *change;
	const struct yaml_node *until; /* its last day; NULL: none, or wrong */
	const struct yaml_node *rule;  /* so far */
	const struct load_key *keys;   /* it may have */
	struct rule *out;
};

static const struct yaml_node *not_there(struct overlay *o,
    const struct yaml_node *map, const struct yaml_node *value)
{
	load_fault(o->l, value->key, LOAD_CHANGE,
	    "write a rule of your own for it",
	    "%s has no \"%s\" that could be changed",
	    yaml_get_text(o->change, "rule"), value->key->text);
	return map;
}

/* A total or an offers: block has fewer keys than a rule. */
static bool is_key(struct overlay *o, const struct yaml_node *value)
{
	for (const struct load_key *k = o->keys; k->name; k++)
		if (strcmp(k->name, value->key->text) == 0)
			return true;
	not_there(o, o->rule, value);
	return false;
}

/* Has another change put the value there? Then the order would matter. */
static bool is_set_twice(struct overlay *o, const struct yaml_node *map,
    const struct yaml_node *value)
{
	const struct yaml_node *there = yaml_get(map, value->key->text);
	if (!there || there->file != value->file)
		return false;
	load_fault(o->l, value->key, LOAD_TWICE, "make it one change",
	    "\"%s\" of this rule is set by another change, too (line %u)",
	    value->key->text, there->line);
	return true;
}

/* set: find: money: above: only what is there is replaced. */
static const struct yaml_node *set_limits(struct overlay *o,
    const struct yaml_node *find, const struct yaml_node *set)
{
	for (const struct yaml_node *k = set->child; k; k = k->next) {
		const struct yaml_node *limit = yaml_get(find, k->key->text);
		if (!limit || limit->kind != YAML_MAP) {
			find = not_there(o, find, k);
			continue;
		}
		for (const struct yaml_node *b = k->child; b; b = b->next) {
			if (!yaml_get(limit, b->key->text))
				not_there(o, limit, b);
			else if (!is_set_twice(o, limit, b))
				limit = with(o->l, limit, b);
		}
		find = with(o->l, find, limit);
	}
	return find;
}

static bool is_a_find(struct overlay *o, const struct yaml_node *value)
{
	const struct yaml_node *find = yaml_get(o->rule, "find");
	if (value->kind == YAML_MAP && find && find->kind == YAML_MAP)
		return true;
	if (value->kind == YAML_MAP)
		not_there(o, o->rule, value);
	return false;
}

static void lay_set(struct overlay *o, const struct yaml_node *set)
{
	for (const struct yaml_node *c = set->child; c; c = c->next) {
		const struct yaml_node *value = c;
		if (!is_key(o, c))
			continue;
		if (strcmp(c->key->text, "find") == 0) {
			if (!is_a_find(o, c))
				continue;
			value = set_limits(o, yaml_get(o->rule, "find"), c);
		} else if (is_set_twice(o, o->rule, c)) {
			continue;
		}
		o->rule = with(o->l, o->rule, value);
	}
}

/* An exception with the change's last day, unless its own is earlier. */
static const struct yaml_node *with_end(
    struct overlay *o, const struct yaml_node *exception)
{
	const char *own = yaml_get_text(exception, "until");
	if (exception->kind != YAML_MAP || !o->until ||
	    (own && strcmp(own, o->until->text) < 0))
		return exception;
	return with(o->l, exception, o->until);
}

static const struct yaml_node *exceptions(
    struct overlay *o, const struct yaml_node *list)
{
	if (list->kind != YAML_LIST)
		return list;
	struct yaml_node *all = nodes(o->l, list->n_children + 1);
	size_t n = 0;
	if (!all)
		return list;
	all[0] = *list;
	for (const struct yaml_node *e = list->child; e; e = e->next)
		all[++n] = *with_end(o, e);
	return parent(all, n);
}

/* Lists under find or examples. What find does not look for at all may not be
 * added: all of its keys have to be met, so one more would find less. */
static const struct yaml_node *add_lists(
    struct overlay *o, const struct yaml_node *add, bool must_be_there)
{
	const struct yaml_node *map = yaml_get(o->rule, add->key->text);
	if (!map || map->kind != YAML_MAP)
		return add;
	for (const struct yaml_node *c = add->child; c; c = c->next) {
		const struct yaml_node *there = yaml_get(map, c->key->text);
		if (!there && must_be_there)
			map = not_there(o, map, c);
		else
			map = with(o->l, map, joined(o->l, there, c));
	}
	return map;
}

static void lay_add(struct overlay *o, const struct yaml_node *add)
{
	for (const struct yaml_node *c = add->child; c; c = c->next) {
		const struct yaml_node *there = yaml_get(o->rule, c->key->text);
		const struct yaml_node *value = c;
		bool find = strcmp(c->key->text, "find") == 0;
		if (!is_key(o, c) || (find && !is_a_find(o, c)))
			continue;
		if (c->kind == YAML_MAP)
			value = add_lists(o, c, find);
		else if (strcmp(c->key->text, "unless") == 0)
			value = joined(o->l, there, exceptions(o, c));
		else
			value = joined(o->l, there, c);
		o->rule = with(o->l, o->rule, value);
	}
}

/* ---- what may end ---- */

static void cannot_end(struct overlay *o, const struct yaml_node *value)
{
	load_fault(o->l, value, LOAD_CANNOT_END,
	    "take until: away, make this a change of its own without it, or "
	    "set mode: shadow, which can end",
	    "\"%s\" cannot go back on a day: it would stay loose after %s",
	    value->key->text, o->until->text);
}

/* Before the rule is changed: a mode that is lowered until a day. */
static void check_ends(struct overlay *o, const struct yaml_node *set)
{
	const struct yaml_node *then = yaml_get(set, "then");
	struct rule *r = o->out;
	if (!o->until)
		return;
	if (yaml_get(set, "mode")) {
		r->mode_until_us = r->changes[r->n_changes - 1].until_us;
		r->mode_after = load_mode_of(o->rule);
	}
	if (then &&
	    load_action_of(then) < load_action_of(yaml_get(o->rule, "then")))
		cannot_end(o, then);
	if (yaml_get(set, "ignore_negated"))
		cannot_end(o, yaml_get(set, "ignore_negated"));
	if (yaml_get(set, "find"))
		cannot_end(o, yaml_get(set, "find"));
}

static const char *text_of(struct overlay *o, const char *key)
{
	const char *text = yaml_get_text(o->change, key);
	return text ? load_printf(o->l, "%s", text) : NULL;
}

static void note_change(struct overlay *o)
{
	struct load *l = o->l;
	struct rule *r = o->out;
	const struct yaml_node *n = o->change;
	struct guard_change *all =
	    load_alloc(l, r->n_changes + 1, sizeof(*all));
	const char *before = r->info.changed;
	char *place = load_printf(l, "%s%s%s:%u", before ? before : "",
	    before ? ", " : "", n->file, n->line);
	if (!all || !place)
		return;
	if (r->n_changes)
		memcpy(all, r->changes, r->n_changes * sizeof(*all));
	struct guard_change *c = &all[r->n_changes++];
	c->file = load_printf(l, "%s", n->file);
	c->line = n->line;
	c->reason = text_of(o, "reason");
	c->ticket = text_of(o, "ticket");
	c->until = text_of(o, "until");
	c->until_us = load_date(l, yaml_get(n, "until"), 1);
	o->until = c->until_us ? yaml_get(n, "until") : NULL;
	r->changes = all;
	r->info.changed = place;
}

static void lay(struct overlay *o)
{
	struct load *l = o->l;
	const struct yaml_node *written = yaml_get(o->change, "written_for");
	uint32_t version = load_whole(l, written, 1, UINT32_MAX, 0);
	if (version && version != l->pack->version)
		load_fault(l, written, LOAD_WRITTEN_FOR,
		    "see what changed in the rule (handrail diff OLD NEW), "
		    "then write its version",
		    "this change was written for version %" PRIu32
		    " of %s, but version %" PRIu32 " is installed",
		    version, yaml_get_text(o->change, "rule"),
		    l->pack->version);
	const struct yaml_node *set = yaml_get(o->change, "set");
	const struct yaml_node *add = yaml_get(o->change, "add_to");
	o->until = NULL;
	note_change(o);
	if (set && set->kind == YAML_MAP) {
		check_ends(o, set);
		lay_set(o, set);
	}
	if (add && add->kind == YAML_MAP)
		lay_add(o, add);
}

const struct yaml_node *load_changed_rule(struct load *l,
    const struct yaml_node *n, const char *id, const struct load_key *keys,
    struct rule *r)
{
	struct overlay o = {.l = l, .rule = n, .keys = keys, .out = r};
	size_t pack_len = strlen(l->pack->name);
	for (size_t i = 0; id && i < l->changes.n && !l->no_memory; i++) {
		struct load_change *c =
		    LOAD_ITEM(&l->changes, struct load_change, i);
		if (strncmp(c->rule, l->pack->name, pack_len) != 0 ||
		    c->rule[pack_len] != '/' ||
		    strcmp(c->rule + pack_len + 1, id) != 0)
			continue;
		c->used = true;
		o.change = c->node;
		lay(&o);
	}
	return o.rule;
}
