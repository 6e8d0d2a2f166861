/*
 * text_state - what text.c and its parts remember between two bytes.
 *
 * Private to text.c and its parts (normalise, put, token, reading, sentence);
 * everybody else reads struct text.
 */
#ifndef HANDRAIL_RULES_TEXT_STATE_H
#define HANDRAIL_RULES_TEXT_STATE_H

#include "rules/text.h"

/* Disguises are recognised within so many bytes, or not at all. */
#define TEXT_LOOK_AHEAD_BYTES 256u
#define TEXT_SENTENCE_BYTES 2048u
#define TEXT_TOKEN_BYTES 1024u /* of the original; a longer word is cut */
#define TEXT_READING_BYTES 96u /* a longer word has no other reading */

/* What the last character of the folded view was. */
enum text_prev { PREV_START, PREV_SPACE, PREV_LETTER, PREV_DIGIT, PREV_OTHER };

/* The other reading of the open token while it grows (reading.c). */
struct reading {
	char bytes[TEXT_READING_BYTES];
	uint16_t len;
	bool on;            /* bytes hold the whole token so far */
	bool over;          /* it did not fit: no reading */
	bool sure;          /* something no ordinary word has: use it */
	uint16_t noise;     /* marks that were dropped */
	uint16_t mapped;    /* letters of other scripts that look Latin */
	uint16_t foreign;   /* letters of other scripts that do not */
	uint16_t ambiguous; /* Latin letters with a stroke, dotless i */
	uint16_t accented;  /* other Latin letters beyond ASCII */
};

struct token_mid {  /* "'" in "can't": part of the word if the word goes on */
	int32_t cp; /* 0: none */
	uint32_t start, end, fold, fold_len;
};

struct token_open { /* the word or number being read */
	bool open;
	bool katakana;
	bool single; /* an ideograph: a token by itself */
	struct token tok;
	uint32_t letters, digits;
	bool cased; /* letters of scripts with capitals only */
	struct token_mid mid;
	struct token_mid at;           /* "@" inside, cp 0: none */
	uint32_t n_parts;              /* token_parts.h; they are the last in
					  text.letters */
	uint32_t part_fold, part_read; /* where the open part begins */
	struct reading reading;
};

struct token_run {  /* "r e f u n d": single letters with one separator */
	unsigned n; /* they are the last in text.letters */
	char sep[8];
	uint8_t sep_len;
	uint8_t gap_spaces; /* white space in the gap after last, up to 255 */
	bool wide;          /* more than one white space in every gap */
};

enum sentence_term { TERM_NONE, TERM_NARROW, TERM_WIDE };

/* How what follows may go on in what has ended: not at all; behind a single
 * line break, if it reads like it; in the next cell of a row; behind a tag, if
 * it reads like it. The last one counts of what stands between the two. */
enum sentence_join { JOIN_NOT, JOIN_LINE, JOIN_CELL, JOIN_TAG };

struct text_state {
	size_t valid; /* bytes known to be whole UTF-8 characters */
	enum text_prev prev;
	bool prev_keeps_marks; /* marks are ordinary on the last letter */
	struct token_open word;
	struct token_run run;
	size_t url_end;         /* behind the last escape of a URL */
	bool latin_before;      /* the last word was read as Latin */
	bool accented_before;   /* letters like ç or å have been seen */
	uint32_t last_fold_end; /* of the last appended token */
	bool in_sentence;       /* the last one is open */
	enum sentence_term term;
	enum sentence_join join;
	uint32_t term_end, term_fold, term_plain; /* behind the end mark */
};

#endif
