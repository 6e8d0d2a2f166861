/*
 * Property: numbers, entities, links and secrets are the same wherever a text
 * is cut, and none starts before a byte that had been let go. The first byte
 * says where to cut.
 */
#include "rules/entity.h"
#include "rules/index.h"
#include "rules/link.h"
#include "rules/number.h"
#include "rules/number_start.h"
#include "rules/secret.h"

#include <stdlib.h>

static const char *const hosts[] = {"acme.example", "*.acme.example", NULL};
static const struct detector detectors[] = {
    {.kind = DETECTOR_ENTITY, .entity = ENTITY_PAYMENT_CARD},
    {.kind = DETECTOR_ENTITY, .entity = ENTITY_IBAN},
    {.kind = DETECTOR_ENTITY, .entity = ENTITY_US_SSN},
    {.kind = DETECTOR_ENTITY, .entity = ENTITY_UK_NINO},
    {.kind = DETECTOR_ENTITY, .entity = ENTITY_EMAIL},
    {.kind = DETECTOR_ENTITY, .entity = ENTITY_PHONE},
    {.kind = DETECTOR_ENTITY, .entity = ENTITY_POSTAL_ADDRESS},
    {.kind = DETECTOR_LINKS, .hosts = hosts},
    {.kind = DETECTOR_SECRET, .secret = SECRET_API_KEY},
    {.kind = DETECTOR_SECRET, .secret = SECRET_PRIVATE_KEY},
    {.kind = DETECTOR_SECRET, .secret = SECRET_JWT},
    {.kind = DETECTOR_SECRET, .secret = SECRET_PASSWORD},
    {.kind = DETECTOR_SECRET, .secret = SECRET_HIGH_ENTROPY},
};
static const uint32_t all[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
static struct index words; /* made once, as starts */
static const struct guard_policy policy = {.detectors = detectors,
    .n_detectors = 13,
    .of_kind = {[DETECTOR_ENTITY] = {all, 7},
	[DETECTOR_LINKS] = {all + 7, 1},
	[DETECTOR_SECRET] = {all + 8, 5}},
    .index = &words};

static struct arena arena;
static const struct lexicon_state *starts; /* of numbers; made once */

enum { SCANS = 4 };

struct scans {
	struct number_scan numbers;
	struct entity_scan entities;
	struct link_scan links;
	struct secret_scan secrets;
	struct matches found[SCANS];
	size_t released[SCANS];
};

static void check(int good)
{
	if (!good)
		abort();
}

static void scan(struct scans *s, const struct text *t)
{
	size_t before[SCANS], alive[SCANS];
	for (int i = 0; i < SCANS; i++)
		before[i] = s->found[i].n;
	check(!number_scan(&s->numbers, t, starts, &s->found[0], &alive[0]) &&
	    !entity_scan(&s->entities, t, &policy, &s->found[1], &alive[1]) &&
	    !link_scan(&s->links, t, &policy, &s->found[2], &alive[2]) &&
	    !secret_scan(&s->secrets, t, &policy, &s->found[3], &alive[3]));
	for (int i = 0; i < SCANS; i++) {
		for (size_t k = before[i]; k < s->found[i].n; k++)
			check(s->found[i].items[k].start >= s->released[i]);
		check(alive[i] == SIZE_MAX || !t->final);
		size_t safe =
		    alive[i] < t->open_token ? alive[i] : t->open_token;
		if (safe > s->released[i])
			s->released[i] = safe;
	}
}

static void run(struct scans *s, const char *bytes, size_t n, size_t step)
{
	struct text t;
	*s = (struct scans){0};
	int err = text_init(&t, 1u << 20);
	for (size_t i = 0; i < n && err == 0; i += step) {
		err = text_feed(&t, bytes + i, n - i < step ? n - i : step);
		scan(s, &t);
	}
	if (err == 0 && text_end(&t) == 0)
		scan(s, &t);
	text_clear(&t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct scans a, b;
	if (size < 2)
		return 0;
	if (!starts) {
		starts = number_start_words(&arena);
		check(!address_words_build(&words.addresses, &arena));
	}
	check(starts != NULL);
	run(&a, (const char *)data + 1, size - 1, size);
	run(&b, (const char *)data + 1, size - 1, 1 + data[0] % 16);
	for (int i = 0; i < SCANS; i++) {
		check(a.found[i].n == b.found[i].n);
		for (size_t k = 0; k < a.found[i].n; k++) {
			struct match *x = &a.found[i].items[k];
			struct match *y = &b.found[i].items[k];
			check(x->detector == y->detector &&
			    x->start == y->start && x->end == y->end &&
			    x->value == y->value && x->end > x->start);
		}
		matches_clear(&a.found[i]);
		matches_clear(&b.found[i]);
	}
	return 0;
}
