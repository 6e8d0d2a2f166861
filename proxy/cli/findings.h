/*
 * findings - diagnostics on a terminal: place, level, code, sentence, the line
 * with the spot underlined, and what to do.
 *
 *   packs/offers.yaml:22:9: error P014 unknown key "abov" under percent
 *      22 |         abov: 10
 *         |         ^~~~
 *      did you mean "above"?
 *
 * Source lines are shown where the file can be found: as named, or in the
 * folders added.
 */
#ifndef HANDRAIL_PROXY_CLI_FINDINGS_H
#define HANDRAIL_PROXY_CLI_FINDINGS_H

#include "rules/diag.h"

#include <stdio.h>

#define FINDINGS_FOLDERS 4

struct findings {
	FILE *out;
	const char *folders[FINDINGS_FOLDERS]; /* borrowed */
	size_t n_folders;
	size_t errors, warnings, notes;
};

void findings_init(struct findings *, FILE *out);
/* Where files named by diagnostics may be; borrowed. */
void findings_add_folder(struct findings *, const char *folder);
void findings_clear(struct findings *);
/* The diag_fn; arg is the struct findings. */
void findings_diag(const struct diag *, void *findings);

#endif
