/*
 * detector - one thing that can be found in a text, as rules name it by number.
 *
 * load.c makes them, equal ones once; the scanners of match.h look for them.
 */
#ifndef HANDRAIL_RULES_DETECTOR_H
#define HANDRAIL_RULES_DETECTOR_H

#include "rules/checksum.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DETECTOR_NONE UINT32_MAX

enum detector_kind {
	DETECTOR_PHRASES,    /* any phrase of a group, by the trie */
	DETECTOR_NUMBER,     /* percent, money, duration, count in a range */
	DETECTOR_ENTITY,     /* one enum entity_kind */
	DETECTOR_SECRET,     /* one enum secret_kind */
	DETECTOR_LINKS,      /* a link outside the allowed hosts */
	DETECTOR_PATTERN,    /* PCRE2 */
	DETECTOR_TEXT_IS,    /* the whole message is one of these */
	DETECTOR_CLASSIFIER, /* what an outside service says of a sentence */
	DETECTOR_TOPIC,      /* a sentence that reads as a learned topic */
	DETECTOR_KINDS,
};

enum number_kind {
	NUMBER_PERCENT,  /* value in basis points: 10 % is 1000 */
	NUMBER_MONEY,    /* value in 1/100 of the unit, whatever the currency */
	NUMBER_DURATION, /* seconds */
	NUMBER_COUNT,    /* hundredths of one */
};
#define NUMBER_KINDS (NUMBER_COUNT + 1)

struct number_range {
	enum number_kind kind;
	bool has_above, has_below; /* strictly above, strictly below */
	int64_t above, below;      /* in the unit of the kind */
	char currency[4];          /* "" means any; MONEY only */
};

enum entity_kind {
	ENTITY_PAYMENT_CARD,
	ENTITY_IBAN,
	ENTITY_US_SSN,
	ENTITY_UK_NINO,
	ENTITY_EMAIL,
	ENTITY_PHONE,
	ENTITY_POSTAL_ADDRESS,
	ENTITY_KINDS,
};
enum secret_kind {
	SECRET_API_KEY,
	SECRET_PRIVATE_KEY,
	SECRET_JWT,
	SECRET_PASSWORD,
	SECRET_HIGH_ENTROPY,
	SECRET_KINDS,
};

/* A set of detectors of which any one is enough. */
struct any_of {
	const uint32_t *detectors;
	size_t n;
};

struct near {
	struct any_of what;
	unsigned within; /* words between at most; UINT_MAX: the sentence */
};

struct guard_topic_model; /* guard_topic.h */
struct pattern;           /* pattern.h */
struct index;             /* index.h: from detectors to rules */

struct detector {
	enum detector_kind kind;
	struct number_range number;    /* NUMBER */
	enum entity_kind entity;       /* ENTITY */
	enum secret_kind secret;       /* SECRET */
	const char *const *hosts;      /* LINKS: folded, NULL-terminated; a
					  leading "*." covers subdomains */
	const struct pattern *pattern; /* PATTERN */
	enum checksum check;      /* PATTERN: of an entity of the author's */
	struct near context;      /* PATTERN: what has to stand near each
				     match, whatever the rule; n 0: nothing */
	const char *const *texts; /* TEXT_IS: NULL-terminated */
	uint32_t classifier;      /* CLASSIFIER: number of it in the policy */
	const char *label;        /* CLASSIFIER: NULL: any */
	uint32_t score_above;     /* CLASSIFIER: millionths */
	const struct guard_topic_model *topic; /* TOPIC */
	uint64_t
	    mark; /* PHRASES: of what they say, the same wherever they do */
};

#endif
