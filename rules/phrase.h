/*
 * phrase - every phrase of every group in one trie of words.
 *
 *   refund*            a word that starts with "refund"
 *   waive ... fee      up to PHRASE_GAP_WORDS words between, one sentence
 *   money back         neighbouring words, across sentence ends and line breaks
 *
 * Phrase text is read by text.c like any message, so both sides fold alike.
 * <lists> are expanded by the loader before they come here. A trie is built
 * once, lives in the policy's arena and is then immutable; a scan is one
 * message's state.
 *
 * A message costs about one look per letter: words that stand in no phrase kill
 * what has begun and start nothing. At most PHRASE_GAP_WORDS + 1 beginnings
 * are alive for one place in the trie.
 */
#ifndef HANDRAIL_RULES_PHRASE_H
#define HANDRAIL_RULES_PHRASE_H

#include "rules/arena.h"
#include "rules/match.h"
#include "rules/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PHRASE_GAP_WORDS 6u
#define PHRASE_MAX_BYTES 1024u
#define PHRASE_MAX_WORDS 64u
#define PHRASE_MAX_GAPS 8u /* of which letters set apart keep many alive */

struct guard_policy;
struct phrases;
struct phrase_builder;

/* Why a phrase cannot be used. */
enum phrase_err {
	PHRASE_OK = 0,
	PHRASE_ERR_MEMORY = -1,
	PHRASE_ERR_EMPTY = -2,     /* no word in it, or only a * */
	PHRASE_ERR_GAP = -3,       /* ... at an end, or twice in a row */
	PHRASE_ERR_STAR = -4,      /* a * that does not end a word */
	PHRASE_ERR_INVISIBLE = -5, /* a character nobody can see */
	PHRASE_ERR_LONG = -6,      /* over PHRASE_MAX_BYTES, _WORDS, _GAPS */
	PHRASE_ERR_NOT_UTF8 = -7,
};
/* In words for the author, to follow 'the phrase "..." ': "has no word in
 * it". */
const char *phrase_err_text(enum phrase_err);

/* NULL when memory runs out. */
struct phrase_builder *phrase_builder_new(void);
void phrase_builder_free(struct phrase_builder *); /* accepts NULL */
/*
 * Add one phrase to the group of a detector. text is borrowed for the call.
 * The same phrase may be in many groups, and in one group twice.
 */
enum phrase_err phrase_builder_add(struct phrase_builder *, uint32_t detector,
    const char *text, size_t len) __attribute__((warn_unused_result));
/*
 * The finished trie, everything in the arena; NULL when memory runs out. The
 * builder can be freed afterwards. A builder with no phrase gives a trie that
 * matches nothing.
 */
const struct phrases *phrase_builder_finish(
    struct phrase_builder *, struct arena *);

/* ---- one message ---- */

struct phrase_partial { /* a phrase that has begun */
	uint32_t node;
	uint32_t first_token;
	uint32_t start;    /* original byte; behind the first token's if that
			      is spelled out and begins with other words */
	uint32_t sentence; /* of the word before the gap */
	uint8_t gap_left;  /* words that may still lie between */
};

struct phrase_letters { /* such a one, inside a word spelled out */
	struct phrase_partial partial;
	uint32_t next;   /* of the same place */
	uint16_t before; /* letters in front of its first */
	uint8_t joined;  /* letters that were read as words of several */
	bool fresh;      /* a word has just been read */
	bool until_end;  /* that word goes on as long as there are letters */
	bool paid;       /* the gap has counted these letters */
};

struct phrase_spelled { /* scratch of phrase_spell.c */
	struct phrase_letters *items;
	size_t n, cap;
};

struct phrase_scan {
	size_t next_token; /* not read yet */
	struct phrase_partial *alive, *spare;
	size_t n_alive, cap_alive, cap_spare;
	struct phrase_spelled spelled;
};

void phrase_scan_init(struct phrase_scan *);
void phrase_scan_clear(struct phrase_scan *);
void phrase_scan_reset(struct phrase_scan *); /* keeps the memory */
/*
 * Read the tokens that have settled since the last call (match.h says what
 * *alive_from is). 0, or -1 when memory runs out.
 */
int phrase_scan(struct phrase_scan *, const struct text *,
    const struct guard_policy *, struct matches *out, size_t *alive_from)
    __attribute__((warn_unused_result));
/*
 * As *alive_from, but only for phrases of which some detector d has
 * holds(arg, d). Asked once or a few times for each living beginning.
 */
size_t phrase_scan_alive(const struct phrase_scan *, const struct text *,
    const struct phrases *, bool (*holds)(void *arg, uint32_t detector),
    void *arg);

#endif
