/*
 * text - a message as the engine reads it: bytes in, folded views, tokens and
 * sentences out, in any cutting of the bytes.
 *
 *   original   W e   **r e f u n d**  $1,250.00   now.\n
 *   folded     we      refund         $1,250.00   now.     (phrases, numbers,
 *   tokens     we      refund         $ 1,250.00  now       entities, topics)
 *   plain      NFKC without invisible characters, case kept (pattern, links,
 *              secrets)
 *
 * Invariants: both views, tokens and sentences only grow; what has been
 * appended never changes and is the same for every cutting of the bytes. A
 * token is appended when the bytes after it have settled that it is complete.
 * Maps are monotonic: byte i of a view came from original bytes
 * text_from(view, i)..text_to(view, i).
 *
 * Letters spelled out ("A B I"), and parts of a word with signs inside ("a_b"),
 * are one token and, each by itself, in letters: one word, several, or letters.
 *
 * Not UTF-8, over the limit, out of memory: the call says so once and the
 * text takes no more.
 */
#ifndef HANDRAIL_RULES_TEXT_H
#define HANDRAIL_RULES_TEXT_H

#include "rules/spans.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TEXT_SLACK 16u
#define TEXT_SPELLED_LETTERS 128u /* at most, in one token */

enum text_err {
	TEXT_OK = 0,
	TEXT_ERR_MEMORY = -1,
	TEXT_ERR_NOT_UTF8 = -2,
	TEXT_ERR_TOO_LONG = -3,
};

/* Words by UAX 29. A NUMBER is digits with inner separators ("1,250.00"). A
 * SYMBOL is one currency sign or % (per mille and full-width forms fold to
 * it). Everything else lies between tokens. */
enum token_kind { TOKEN_WORD, TOKEN_NUMBER, TOKEN_SYMBOL };

struct token {
	uint32_t start, end;     /* original bytes */
	uint32_t fold, fold_len; /* its bytes in the folded view */
	uint32_t alt, alt_len;   /* other reading (leet digits, confusables) in
				    text.alt; alt_len 0: none */
	uint32_t sentence;       /* number of its sentence, from 0 */
	uint8_t kind;            /* enum token_kind */
	bool glued;              /* nothing but this token's first byte follows
				    the one before it */
	uint8_t n_letters;       /* letters or parts; 0: a usual word */
	uint32_t letters;        /* the first of them in text.letters */
};

/* Where bytes of a view came from, from byte at on up to the next piece: one
 * from each original byte from `from` on (to 0), or all from from..to. */
struct text_piece {
	uint32_t at, from, to;
};

struct text_view {
	char *bytes;
	size_t len, cap;
	struct text_piece *pieces;
	size_t n_pieces, cap_pieces;
	uint32_t next_from; /* what goes on with the last piece's bytes one by
			       one; UINT32_MAX: nothing */
};

/* The last may still be open. Several may be read as one passage. */
struct sentence {
	uint32_t start, end;             /* original bytes, end exclusive */
	uint32_t plain_start, plain_end; /* bytes of the views */
	uint32_t fold_start, fold_end;
	uint32_t first_token, n_tokens;
	uint32_t passage, together; /* numbers of sentences, see passage.h */
	bool closed, passage_over, unsure;
};

/* Bytes of both views in which nothing begins but words (calm.h). */
struct text_calm {
	uint32_t fold, plain, len;
};

struct text {
	char *bytes; /* the original, owned, all of it; TEXT_SLACK zeros
			behind it */
	size_t len, cap;
	struct text_view folded, plain;
	char *alt;
	size_t alt_len, alt_cap;
	struct token *tokens;
	size_t n_tokens, cap_tokens;
	struct token *letters; /* and parts of tokens; the last may be open */
	size_t n_letters, cap_letters;
	struct sentence *sentences;
	size_t n_sentences, cap_sentences;
	struct text_calm *calm; /* ascending */
	size_t n_calm, cap_calm;
	struct spans hidden; /* markup that says something (hidden.h) */
	struct spans apart;  /* markup a word goes on over (apart.h) */
	size_t settled;      /* original bytes before this one are in the views
				and, but for an unfinished token, in tokens */
	size_t open_token;   /* original start of the unfinished last token;
				== settled when there is none */
	size_t max_bytes;
	bool final;
	enum text_err err;
	struct text_state *state; /* of text.c and normalise.c */
};

int text_init(struct text *, size_t max_bytes)
    __attribute__((warn_unused_result));
void text_clear(struct text *);
void text_reset(struct text *); /* keeps the memory */
/* 0 or enum text_err. */
int text_feed(struct text *, const char *bytes, size_t len)
    __attribute__((warn_unused_result));
/* What is to come is no part of a character or of markup that has begun. */
int text_settle(struct text *) __attribute__((warn_unused_result));
int text_end(struct text *) __attribute__((warn_unused_result));

/* Index of the first token that ends behind this original byte; n_tokens when
 * there is none. */
size_t text_token_at(const struct text *, size_t orig);
/* Index of the last sentence that starts at or before this original byte; 0
 * when there is none. */
size_t text_sentence_at(const struct text *, size_t orig);

/* The original bytes that byte i of a view came from: a search, short at the
 * end of the view. */
uint32_t text_from(const struct text_view *, size_t i);
uint32_t text_to(const struct text_view *, size_t i);

/* The folded form of a token: bytes not NUL-terminated. */
static inline const char *text_fold(const struct text *t, const struct token *k)
{
	return t->folded.bytes + k->fold;
}

#endif
