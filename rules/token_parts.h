/*
 * token_parts - what stands between the signs inside of a word:
 * hidden_treasure, refund[1], c@sh.
 *
 * The signs may mean nothing or be letters; then all is one word: its other
 * reading. Or they separate words. So the parts of such a word are kept as the
 * letters of a word spelled out are, and read as these: each by itself, and
 * joined. A sign that may be a letter is a part. Private to the text.
 */
#ifndef HANDRAIL_RULES_TOKEN_PARTS_H
#define HANDRAIL_RULES_TOKEN_PARTS_H

#include "rules/text_state.h"

/*
 * A part of the open word ends; the next begins so many bytes of the folded
 * view, and of the word's other reading, behind. No run of letters is held.
 * 0 or TEXT_ERR_MEMORY.
 */
int token_part(struct text *, uint32_t sign, uint32_t sign_read)
    __attribute__((warn_unused_result));
/*
 * The open word has ended: its parts become the token's letters, if it has
 * letters and parts. alt_len: of its other reading, 0: parts have none either.
 * 0 or TEXT_ERR_MEMORY.
 */
int token_keep_parts(struct text *, struct token *, size_t alt_len)
    __attribute__((warn_unused_result));
/* The open word is one part so far. */
void token_drop_parts(struct text *);

#endif
