/*
 * seams - texts of an answer as a client may also read them: put together.
 *
 * A client glues the parts of a content array, shows them one below the other,
 * takes whichever field is not empty. Such a reading is judged beside the texts
 * it is made of. Nothing of it can be edited, and what stands far from a seam
 * has been found in one of those texts: only what is near one counts. Near, and
 * not only across: what makes a rule fire may reach further than what it marks
 * ("give you [50%] off", and the text without the seam reads "offHello").
 *
 *   series 0   Good news|            |
 *   series 1            |I guarantee |
 *   reading    Good news I guarantee       marks: 0 -> 0+0, 9 -> none,
 *                                                 10 -> 1+0
 */
#ifndef HANDRAIL_CHANNEL_SEAMS_H
#define HANDRAIL_CHANNEL_SEAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SEAMS_NO_SERIES UINT32_MAX
#define SEAMS_NEAR 256 /* bytes between a hit and its seam */

struct seams_mark {
	size_t at;       /* from this byte of the reading on ... */
	uint32_t series; /* ... its bytes are those of this series, or of none
			    (what was put between two) ... */
	size_t own;      /* ... from this one on */
	bool seam;       /* the text before may have ended otherwise */
};

/* {0} is an empty one. Marks ascend. */
struct channel_seams {
	struct seams_mark *marks;
	size_t n, cap;
};

void seams_mark(struct channel_seams *, const struct seams_mark *);
/* Its series are counted from base on. */
void seams_shift(struct channel_seams *, uint32_t base);
void seams_clear(struct channel_seams *);

/* Is a seam in bytes start..end, or near them? */
bool channel_seams_near(const struct channel_seams *, size_t start, size_t end);
/*
 * Are all bytes start..end others' that are edited there? edited says whether
 * all of start..end of a series is.
 */
bool channel_seams_edited(const struct channel_seams *, size_t start,
    size_t end,
    bool (*edited)(void *arg, uint32_t series, size_t start, size_t end),
    void *arg);

#endif
