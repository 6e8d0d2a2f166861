/*
 * load_only - the only topics the AI may speak about. The block becomes one
 * rule, policy/only, whose scope is what it lists; so it is judged, explained
 * and tested like any other rule.
 */
#include "rules/load_amounts.h"
#include "rules/load_overlay.h"
#include "rules/load_parts.h"

#include <stdio.h>
#include <string.h>

/* What is said in any conversation, whatever it is about. */
static const char *const small_talk[] = {
    /* greetings */
    "hi",
    "hello",
    "hey",
    "hi there",
    "hello there",
    "good morning",
    "good afternoon",
    "good evening",
    "good day",
    "welcome",
    "welcome to",
    "welcome back",
    "nice to meet you",
    "how are you",
    "virtual assistant",
    "automated assistant",
    "digital assistant",
    "AI assistant",
    "chat assistant",
    /* offers of help */
    "how can I help",
    "how may I help",
    "how can I assist",
    "how may I assist",
    "what can I do for you",
    "what can I help you with",
    "anything else I can",
    "is there anything else",
    "will there be anything else",
    "help you today",
    "help you with anything else",
    "here to help",
    "happy to help",
    "glad to help",
    "I can help with that",
    "let me know",
    "let me know if",
    "feel free to",
    "if you have any questions",
    "if you have any other questions",
    "if you need anything else",
    "any other questions",
    /* thanks */
    "thanks",
    "thank you",
    "thanks for",
    "thank you for",
    "thanks so much",
    "thank you very much",
    "many thanks",
    "you're welcome",
    "you are welcome",
    "my pleasure",
    "no problem",
    "no worries",
    "not at all",
    "glad I could help",
    "glad to hear that",
    "I appreciate it",
    "I appreciate that",
    "I appreciate your patience",
    "for reaching out",
    "for contacting us",
    "for getting in touch",
    "for your patience",
    "for your understanding",
    "for your message",
    "for waiting",
    "for letting me know",
    "for confirming",
    /* apologies, sympathy */
    "sorry",
    "I'm sorry",
    "I am sorry",
    "sorry about that",
    "sorry to hear that",
    "sorry for the",
    "apologies",
    "I apologise",
    "I apologize",
    "for the inconvenience",
    "for any inconvenience",
    "for the confusion",
    "for the delay",
    "for the wait",
    "I understand",
    "I see",
    "I hear you",
    "that makes sense",
    "how frustrating",
    "must be frustrating",
    "I can imagine",
    "your frustration",
    "your concern",
    /* while somebody waits */
    "one moment",
    "just a moment",
    "just a second",
    "a moment please",
    "give me a moment",
    "give me a second",
    "hold on",
    "bear with me",
    "let me check",
    "let me have a look",
    "let me take a look",
    "let me look into",
    "I'll check",
    "I will check",
    "look into that",
    "look into this",
    "check that for you",
    "while I check",
    "please",
    /* answers */
    "yes",
    "no",
    "ok",
    "okay",
    "sure",
    "of course",
    "certainly",
    "absolutely",
    "definitely",
    "exactly",
    "correct",
    "great",
    "perfect",
    "excellent",
    "wonderful",
    "lovely",
    "alright",
    "all right",
    "understood",
    "got it",
    "noted",
    "sounds good",
    "that's great",
    "that's right",
    /* questions back */
    "could you tell me",
    "can you tell me",
    "could you please",
    "can you please",
    "could you clarify",
    "can you clarify",
    "could you rephrase",
    "can you rephrase",
    "could you repeat",
    "tell me more",
    "tell me a bit more",
    "did you mean",
    "what do you mean",
    "I didn't understand",
    "I did not understand",
    "I didn't catch that",
    "I'm not sure I understand",
    /* what is none of its business */
    "can't help with",
    "cannot help with",
    "can't help you with",
    "cannot help you with",
    "can't assist with",
    "cannot assist with",
    "unable to help with",
    "unable to assist with",
    "not able to help with",
    "not able to assist with",
    "only help with",
    "only help you with",
    "only able to help with",
    "can't answer that",
    "cannot answer that",
    "can't discuss",
    "cannot discuss",
    "unable to discuss",
    "not something I can help with",
    "not able to discuss",
    /* the end */
    "bye",
    "goodbye",
    "good bye",
    "take care",
    "see you",
    "have a nice day",
    "have a good day",
    "have a great day",
    "have a lovely day",
    "have a nice evening",
    "have a great evening",
    "have a good evening",
    "have a nice weekend",
    "have a great weekend",
    "have a good weekend",
    "enjoy your day",
};

/* The list <small talk> if a file of lists that is in use has one, else words
 * of our own. */
static uint32_t usual_small_talk(struct load *l)
{
	uint32_t d = load_list(l, "small talk");
	if (d != DETECTOR_NONE)
		return d;
	d = load_detector(
	    l, "small talk", &(struct detector){.kind = DETECTOR_PHRASES});
	if (d == DETECTOR_NONE)
		return d;
	for (size_t i = 0; i < sizeof(small_talk) / sizeof(*small_talk); i++)
		if (phrase_builder_add(
			l->phrases, d, small_talk[i], strlen(small_talk[i])))
			load_out_of_memory(l); /* nothing else can fail */
	return d;
}

static void read_small_talk(
    struct load *l, const struct yaml_node *n, struct only *only)
{
	struct any_of more = load_phrases(l, n);
	uint32_t *all = load_alloc(l, more.n + 1, sizeof(*all));
	if (!all)
		return;
	for (size_t i = 0; i < more.n; i++)
		all[i] = more.detectors[i];
	all[more.n] = usual_small_talk(l);
	only->small_talk =
	    (struct any_of){all, more.n + (all[more.n] != DETECTOR_NONE)};
}

/* ---- topics ---- */

/* Is it the topic's name, with or without its pack's? */
static bool is_named(const struct load_topic *t, const char *name)
{
	size_t all = strlen(t->name), n = strlen(name);
	return all >= n && strcmp(t->name + all - n, name) == 0 &&
	    (all == n || t->name[all - n - 1] == '/');
}

static void no_topic(struct load *l, const struct yaml_node *n)
{
	struct names all = {0};
	char hint[300] = "define it under topics: in a pack";
	for (size_t i = 0; i < l->topics.n; i++) {
		const char *name =
		    LOAD_ITEM(&l->topics, struct load_topic, i)->name;
		const char *slash = strrchr(name, '/');
		bool full = strchr(n->text, '/') != NULL;
		if (names_add(&all, full || !slash ? name : slash + 1, 0))
			load_out_of_memory(l);
	}
	const char *near = names_nearest(&all, n->text);
	if (near)
		snprintf(hint, sizeof(hint), "did you mean \"%s\"?", near);
	load_fault(l, n, LOAD_NO_TOPIC, hint,
	    "the topic \"%s\" is not defined in any pack", n->text);
	names_clear(&all);
}

static struct load_topic *find_topic(struct load *l, const struct yaml_node *n)
{
	struct load_topic *found = NULL;
	for (size_t i = 0; i < l->topics.n; i++) {
		struct load_topic *t =
		    LOAD_ITEM(&l->topics, struct load_topic, i);
		if (!is_named(t, n->text))
			continue;
		if (found) {
			char hint[300];
			snprintf(hint, sizeof(hint), "write %s, or %s",
			    found->name, t->name);
			load_fault(l, n, LOAD_TWICE, hint,
			    "several packs have a topic \"%s\"", n->text);
			return NULL;
		}
		found = t;
	}
	if (!found && load_is_whole(l))
		no_topic(l, n);
	return found;
}

static void read_topic(
    struct load *l, const struct yaml_node *n, struct only *only)
{
	if (n->kind != YAML_TEXT) {
		load_fault(l, n, LOAD_SHAPE, NULL,
		    "the name of a topic is expected here");
		return;
	}
	struct load_topic *t = find_topic(l, n);
	if (!t)
		return;
	t->used = true;
	for (size_t i = 0; i < only->n; i++)
		if (only->topics[i].name == t->name)
			load_fault(l, n, LOAD_TWICE, "take it out",
			    "the topic \"%s\" is listed twice", n->text);
	((struct only_topic *)only->topics)[only->n++] =
	    (struct only_topic){t->name, t->says, t->at_least};
}

static void read_topics(
    struct load *l, const struct yaml_node *n, struct only *only)
{
	bool list = n->kind == YAML_LIST;
	size_t count = list ? n->n_children : 1;
	if (!count)
		load_fault(l, n, LOAD_EMPTY, "name topics of your packs",
		    "no topic is in scope: every message would be out of it");
	only->topics = load_alloc(l, count, sizeof(*only->topics));
	const struct yaml_node *t = list ? n->child : n;
	for (; t && only->topics; t = list ? t->next : NULL)
		read_topic(l, t, only);
}

/* ---- the block ---- */

static void read_action(
    struct load *l, const struct yaml_node *n, struct rule *r)
{
	const struct yaml_node *then = yaml_get(n, "then");
	if (!then) {
		load_then_handoff(l, r);
		return;
	}
	load_then(l, n, "then", r);
	if (r->info.action == GUARD_ALLOW || r->info.action == GUARD_PREPEND)
		load_fault(l, then, LOAD_ACTION,
		    "use handoff, block, replace, append, flag or log",
		    "%s does not go with what is out of scope",
		    guard_action_name(r->info.action));
}

static void read_examples(
    struct load *l, const struct yaml_node *n, struct rule *r)
{
	if (yaml_get(n, "examples"))
		load_examples(l, n, r);
	else
		load_fault(l, n->key, LOAD_OFFERS_UNTESTED,
		    "write only: {topics: [...], examples: {matches: ..., "
		    "passes: ...}}",
		    "no example shows what is in scope");
}

static void read_rule(struct load *l, const struct yaml_node *n, struct rule *r)
{
	const struct yaml_node *topics = n;
	struct only *only = load_alloc(l, 1, sizeof(*only));
	if (!only)
		return;
	r->only = only;
	load_name_rule(l, n->key, "only", r);
	r->at = r->find_at = r->must_at =
	    (struct rule_place){n->key->line, n->key->col, n->key->width};
	r->info.line = n->key->line;
	if (n->kind == YAML_MAP) {
		load_check_map(l, n, load_keys_only, "under only");
		topics = yaml_get(n, "topics");
		if (!topics)
			load_text(l, n, "topics", true);
	}
	if (topics && topics->kind != YAML_MAP)
		read_topics(l, topics, only);
	read_small_talk(l, yaml_get(n, "small_talk"), only);
	r->info.title = load_text(l, n, "title", false);
	if (!r->info.title)
		r->info.title = "Only what the AI is there for";
	load_rule_head(l, n, r);
	read_action(l, n, r);
	read_examples(l, n, r);
}

void load_only(struct load *l, const struct yaml_node *n)
{
	struct rule r;
	size_t number =
	    n && !l->no_memory ? load_begin_rule(l, n, &r) : SIZE_MAX;
	if (number == SIZE_MAX)
		return;
	read_rule(l, n, &r);
	load_end_rule(l, number, &r);
}
