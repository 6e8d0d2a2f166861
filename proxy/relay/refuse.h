/*
 * refuse - answers of Handrail's own, in the shape clients of chat APIs read.
 *
 *   {"error":{"message":"...","type":"handrail","code":"..."}}
 *
 * They never name a rule and never repeat what the bot said. Asking again would
 * not help: none has a status that makes clients do so, unless Handrail itself
 * cannot go on (503), and all say so in X-Should-Retry.
 */
#ifndef HANDRAIL_RELAY_REFUSE_H
#define HANDRAIL_RELAY_REFUSE_H

#include "proxy/base/buf.h"

#include <stdbool.h>

void refuse_write(struct buf *out, int status, const char *code,
    const char *text, bool close);
/* What an answer to HEAD is: out, as written above, without its body. */
void refuse_cut_body(struct buf *out);
/* The JSON body alone. */
void refuse_body(struct buf *out, const char *code, const char *text);

#endif
