/*
 * load_pack - files of the policy, their lists and rules. A file is looked for
 * in the policy's own folder, then among the shipped ones, and is read once.
 */
#include "rules/load_amounts.h"
#include "rules/load_parts.h"

#include <stdio.h>
#include <string.h>

#define MAX_PATH_BYTES 256u

static const struct guard_file *find_file(
    const struct guard_file *files, size_t n, const char *path)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(files[i].path, path) == 0)
			return &files[i];
	return NULL;
}

static const struct guard_file *find_anywhere(
    const struct load *l, const char *path)
{
	const struct guard_source *s = l->source;
	const struct guard_file *f = find_file(s->own, s->n_own, path);
	return f ? f : find_file(s->shipped, s->n_shipped, path);
}

bool load_has_file(const struct load *l, const char *path)
{
	return find_anywhere(l, path) != NULL;
}

bool load_is_whole(const struct load *l)
{
	for (size_t i = 0; i < l->files.n; i++)
		if (!LOAD_ITEM(&l->files, struct load_file, i)->doc &&
		    !LOAD_ITEM(&l->files, struct load_file, i)->plain)
			return false;
	return true;
}

const struct load_file *load_open(struct load *l, const char *path)
{
	uint32_t known = names_find(&l->file_names, path);
	if (known != NAMES_NONE)
		return LOAD_ITEM(&l->files, struct load_file, known);
	const struct guard_file *file = find_anywhere(l, path);
	struct load_file *slot = file ? load_push(l, &l->files) : NULL;
	if (!slot)
		return NULL;
	uint32_t number = (uint32_t)l->files.n - 1;
	slot->file = file;
	slot->doc = yaml_parse(file->path, file->bytes, file->len, load_see, l);
	if (names_add(&l->file_names, file->path, number))
		load_out_of_memory(l);
	return slot;
}

const struct guard_file *load_open_plain(struct load *l, const char *path)
{
	uint32_t known = names_find(&l->file_names, path);
	const struct guard_file *file = find_anywhere(l, path);
	if (known != NAMES_NONE || !file)
		return file;
	struct load_file *slot = load_push(l, &l->files);
	if (!slot)
		return NULL;
	*slot = (struct load_file){.file = file, .plain = true};
	if (names_add(&l->file_names, file->path, (uint32_t)l->files.n - 1))
		load_out_of_memory(l);
	return file;
}

bool load_check_header(struct load *l, const char *kind)
{
	const struct yaml_node *root = yaml_root(l->doc);
	const struct yaml_node *format = yaml_get(root, "format");
	const struct yaml_node *said = yaml_get(root, "kind");
	if (root->kind != YAML_MAP) {
		load_fault(l, root, LOAD_SHAPE, "start with format: 1",
		    "a file of a policy is a map (key: value)");
		return false;
	}
	if (!said || !yaml_is(said, kind)) {
		load_fault(l, said ? said : root, LOAD_KIND, NULL,
		    "this file has to say kind: %s", kind);
		return false;
	}
	if (!format || !yaml_is(format, "1")) {
		load_fault(l, format ? format : root, LOAD_FORMAT, NULL,
		    "this file has to say format: 1, the only one this "
		    "version reads");
		return false;
	}
	return true;
}

/* Names become paths: nothing that could leave the folder. */
static bool is_file_name(const char *s)
{
	size_t n = 0;
	for (; *s; s++, n++)
		if (!((*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') ||
			(*s >= '0' && *s <= '9') || *s == '_' || *s == '-' ||
			(*s == '/' && n && s[1] && s[1] != '/')))
			return false;
	return n > 0 && n <= LOAD_MAX_ID_BYTES;
}

static const char *nearest_file(
    struct load *l, const char *folder, const char *path)
{
	struct names all = {0};
	const struct guard_source *s = l->source;
	for (size_t i = 0; i < s->n_own + s->n_shipped; i++) {
		const struct guard_file *f =
		    i < s->n_own ? &s->own[i] : &s->shipped[i - s->n_own];
		if (strncmp(f->path, folder, strlen(folder)) == 0 &&
		    names_add(&all, f->path, 0))
			break;
	}
	const char *near = names_nearest(&all, path);
	names_clear(&all);
	return near;
}

static void no_file(struct load *l, const struct yaml_node *at,
    enum load_code code, const char *folder, const char *path)
{
	const char *near = nearest_file(l, folder, path);
	char hint[300];
	if (near)
		snprintf(hint, sizeof(hint), "did you mean %.*s?",
		    (int)(strlen(near) - strlen(folder) - strlen(".yaml")),
		    near + strlen(folder));
	else
		snprintf(hint, sizeof(hint), "it would be the file %s", path);
	load_fault(l, at, code, hint, "there is no %s",
	    at->kind == YAML_TEXT ? at->text : path);
}

/* ---- lists ---- */

static void add_list(
    struct load *l, const char *file, const struct yaml_node *n)
{
	if (n->kind != YAML_LIST) {
		load_fault(l, n, LOAD_SHAPE, "one phrase a line: - refund*",
		    "the list \"%s\" has to be a list", n->key->text);
		return;
	}
	if (!n->child) {
		load_fault(l, n->key, LOAD_EMPTY, NULL,
		    "the list \"%s\" is empty", n->key->text);
		return;
	}
	struct load_list *list = load_push(l, &l->lists);
	char *key = load_printf(l, "%s/%s", file, n->key->text);
	if (!list || !key)
		return;
	*list = (struct load_list){
	    .node = n, .doc = l->doc, .detector = DETECTOR_NONE};
	if (names_add(&l->list_names, key, (uint32_t)l->lists.n - 1))
		load_out_of_memory(l);
}

static void read_lists(struct load *l, const char *name)
{
	const struct yaml_node *root = yaml_root(l->doc);
	if (!load_check_header(l, "lists") ||
	    !load_check_map(l, root, load_keys_lists, "in a file of lists"))
		return;
	const struct yaml_node *lists = yaml_get(root, "lists");
	if (!lists)
		load_text(l, root, "lists", true);
	for (const struct yaml_node *n = lists ? lists->child : NULL; n;
	     n = n->next)
		add_list(l, name, n);
}

static void use_lists_file(
    struct load *l, const struct yaml_node *at, const char *name)
{
	char path[MAX_PATH_BYTES];
	snprintf(path, sizeof(path), "lists/%s.yaml", name);
	if (!is_file_name(name) || !load_has_file(l, path)) {
		no_file(l, at, LOAD_NO_LISTS_FILE, "lists/", path);
		return;
	}
	if (names_find(&l->file_names, path) != NAMES_NONE)
		return;
	const struct load_file *file = load_open(l, path);
	if (!file || !file->doc)
		return;
	const struct yaml_doc *outer = l->doc;
	l->doc = file->doc;
	read_lists(l, name);
	l->doc = outer;
}

/* ---- packs ---- */

/* The vendor's "baseline" may lie in the folder vendor/. */
static bool names_pack(const char *said, const char *path)
{
	const char *slash = strrchr(path, '/');
	return strcmp(said, path) == 0 ||
	    (slash && strcmp(said, slash + 1) == 0);
}

static void read_pack(
    struct load *l, const struct yaml_node *at, struct load_pack *pack)
{
	const struct yaml_node *root = yaml_root(l->doc);
	if (!load_check_header(l, "pack"))
		return;
	load_check_map(l, root, load_keys_pack, "in a pack");
	const struct yaml_node *name = yaml_get(root, "pack");
	if (!name)
		load_text(l, root, "pack", true);
	else if (name->kind == YAML_TEXT && !names_pack(name->text, at->text))
		load_fault(l, name, LOAD_PACK_NAME,
		    "name the file like the pack",
		    "this is the file of the pack %s, not of %s", at->text,
		    name->text);
	pack->owner = load_text(l, root, "owner", false);
	pack->version =
	    load_whole(l, yaml_get(root, "version"), 1, UINT32_MAX, 1);
	pack->zone = load_zone_named(l, yaml_get(root, "timezone"));
	size_t n_lists = 0;
	const struct yaml_node *use = yaml_get(root, "use_lists");
	pack->lists = load_words(l, use, &n_lists);
	for (size_t i = 0; i < n_lists; i++)
		use_lists_file(l, use, pack->lists[i]);
	load_entities(l, yaml_get(root, "entities"));
	const struct yaml_node *topics = yaml_get(root, "topics");
	load_topics(l, topics);
	const struct yaml_node *rules = yaml_get(root, "rules");
	const struct yaml_node *totals = yaml_get(root, "totals");
	const struct yaml_node *offers = yaml_get(root, "offers");
	if (!rules && !totals && !offers && !topics)
		load_text(l, root, "rules", true);
	if (rules && rules->kind == YAML_LIST)
		for (const struct yaml_node *r = rules->child;
		     r && !l->no_memory; r = r->next)
			load_rule(l, r);
	load_totals(l, totals);
	load_offers(l, offers);
}

const struct load_pack *load_pack_file(
    struct load *l, const struct yaml_node *name)
{
	char path[MAX_PATH_BYTES];
	if (name->kind != YAML_TEXT || !is_file_name(name->text)) {
		load_fault(l, name, LOAD_ID,
		    "write the name of a file in packs/, without .yaml",
		    "this is not the name of a pack");
		return NULL;
	}
	snprintf(path, sizeof(path), "packs/%s.yaml", name->text);
	if (!load_has_file(l, path)) {
		no_file(l, name, LOAD_NO_PACK, "packs/", path);
		return NULL;
	}
	if (names_find(&l->file_names, path) != NAMES_NONE) {
		load_fault(l, name, LOAD_TWICE, "take it out",
		    "the pack %s is listed twice", name->text);
		return NULL;
	}
	const struct load_file *file = load_open(l, path);
	struct load_pack *pack = load_alloc(l, 1, sizeof(*pack));
	if (!file || !file->doc || !pack)
		return NULL;
	*pack = (struct load_pack){.doc = file->doc,
	    .file = file->file,
	    .name = load_printf(l, "%s", name->text),
	    .version = 1};
	if (!pack->name)
		return NULL;
	const struct yaml_doc *outer = l->doc;
	l->doc = file->doc;
	l->pack = pack;
	read_pack(l, name, pack);
	l->pack = NULL;
	l->doc = outer;
	return pack;
}

const struct load_pack *load_policy_pack(struct load *l)
{
	struct load_pack *pack = load_alloc(l, 1, sizeof(*pack));
	const struct yaml_node *root = yaml_root(l->doc);
	const char **lists = load_alloc(l, l->files.n + 1, sizeof(*lists));
	size_t n = 0;
	for (size_t i = 0; lists && i < l->files.n; i++) {
		const char *path =
		    LOAD_ITEM(&l->files, struct load_file, i)->file->path;
		size_t len = strlen(path);
		if (strncmp(path, "lists/", 6) != 0)
			continue;
		lists[n] = arena_strndup(
		    &l->policy->arena, path + 6, len - 6 - strlen(".yaml"));
		if (!lists[n++])
			load_out_of_memory(l);
	}
	if (!pack || l->no_memory)
		return NULL;
	*pack = (struct load_pack){
	    .doc = l->doc,
	    .name = "policy",
	    .owner = load_text(l, root, "owner", false),
	    .version =
		load_whole(l, yaml_get(root, "version"), 1, UINT32_MAX, 1),
	    .lists = lists,
	    .zone = l->policy_zone,
	};
	return pack;
}
