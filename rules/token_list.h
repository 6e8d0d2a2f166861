/*
 * token_list - append to the tokens of a text, to the letters of its spelled
 * words and to its other readings. Private to the text.
 *
 * All return 0 or TEXT_ERR_MEMORY.
 */
#ifndef HANDRAIL_RULES_TOKEN_LIST_H
#define HANDRAIL_RULES_TOKEN_LIST_H

#include "rules/text_state.h"

/* Room for so many tokens (letters) more. */
int token_reserve(struct text *, size_t more)
    __attribute__((warn_unused_result));
int token_reserve_letters(struct text *, size_t more)
    __attribute__((warn_unused_result));
/* Append a token, which is told whether it is glued to the one before. */
int token_append(struct text *, struct token *)
    __attribute__((warn_unused_result));
/* Keep the bytes of another reading, for this token. */
int token_add_alt(struct text *, struct token *, const char *bytes, size_t len)
    __attribute__((warn_unused_result));

#endif
