/*
 * Property: the streaming contract of tests/exact/cuts.h, for a policy and a
 * text that the bytes decide.
 */
#include "tests/exact/cuts.h"
#include "tests/exact/made.h"
#include "tests/exact/said.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct draw d;
	struct made m;
	struct said said;
	draw_init(&d, data, size, size);
	made_init(&m, &d, 3);
	said_make(&said, &m, &d, 8);
	struct cuts cuts = {.policy = m.policy,
	    .session = &m.session,
	    .every = 60,
	    .random = 2,
	    .draw = &d};
	if (!cuts_hold(&cuts, said.bytes, said.len)) {
		fprintf(stderr, "%s\n\"%.*s\"\n%s%s", cuts.fault, (int)said.len,
		    said.bytes, m.policy_yaml, m.pack_yaml);
		abort();
	}
	cuts_clear(&cuts);
	made_clear(&m);
	return 0;
}
