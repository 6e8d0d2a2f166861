/*
 * fuzz_layout - any file that parses can be laid out, or a key of several lines
 * is in it; what has been laid out stays as it is. (That it says the same is
 * the layout's own check.)
 */
#include "rules/yaml_layout.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void refuse_our_own(const struct diag *d, void *arg)
{
	(void)arg;
	if (strcmp(d->code, "Y010") == 0)
		abort();
}

static void refuse_all(const struct diag *d, void *arg)
{
	(void)d;
	(void)arg;
	abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t n = 0, n_again = 0;
	char *once = yaml_layout(
	    "f.yaml", (const char *)data, size, &n, refuse_our_own, NULL);
	if (!once)
		return 0;
	char *again =
	    yaml_layout("f.yaml", once, n, &n_again, refuse_all, NULL);
	if (n != n_again || memcmp(once, again, n) != 0)
		abort();
	free(once);
	free(again);
	return 0;
}
