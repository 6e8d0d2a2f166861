/*
 * findings - diagnostics on a terminal: place, level, code, sentence, the line
 * with the spot underlined, and what to do.
 *
 *   packs/offers.yaml:22:9: error P014 unknown key "abov" under percent
 *      22 |         abov: 10
 *         |         ^~~~
 *      did you mean "above"?
 *
 * The source line is shown where the file can be opened as it is named.
 */
#ifndef HANDRAIL_PROXY_CLI_FINDINGS_H
#define HANDRAIL_PROXY_CLI_FINDINGS_H

#include "rules/diag.h"

#include <stdio.h>

struct findings {
	FILE *out;
	size_t errors, warnings, notes;
};

void findings_init(struct findings *, FILE *out);
void findings_clear(struct findings *);
/* The diag_fn; arg is the struct findings. */
void findings_diag(const struct diag *, void *findings);

#endif
