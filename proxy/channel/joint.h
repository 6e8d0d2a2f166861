/*
 * joint - the texts of one message put together in the ways clients do it, as
 * they come. Private to this folder; extract (bodies) and stream (frames) feed
 * it.
 *
 *   glued    "refu" "nd"            refund        buffer += part
 *   spaced   "I" "guarantee"        I guarantee   parts.join(" ")
 *   broken   "never" "I guarantee"  two lines     a block for each part
 *
 * A reading is open only around seams: it begins with the end of what came
 * before, and is closed when so much has come behind the last seam that
 * nothing can reach over it. An answer whose text stands in one place has no
 * seam, so it costs nothing to speak of.
 *
 * Parts of one label are glued by the series they share, where they share one.
 * Texts of different labels are different texts: they are one only to a client
 * that shows whichever is there, so a sentence that has ended is not continued.
 *
 * Of parts that share a series, a place that goes on after another of its label
 * has begun is refused: a client that shows place after place reads it in
 * neither of these ways.
 */
#ifndef HANDRAIL_CHANNEL_JOINT_H
#define HANDRAIL_CHANNEL_JOINT_H

#include "proxy/base/buf.h"
#include "proxy/channel/seams.h"
#include "proxy/wire/span.h"

enum joint_how { JOINT_GLUED, JOINT_SPACED, JOINT_BROKEN, JOINT_HOWS };

struct joint_piece {
	uint16_t label; /* texts of one label are one text */
	bool value;     /* complete in itself: its place begins anew */
	bool grown;     /* and goes on where the one before ended: glued only */
	bool apart;     /* each place of the label has a series of its own */
	uint64_t place; /* where in the message it stands */
	uint32_t series; /* that has it ... */
	size_t own;      /* ... from this byte on */
	struct span text;
};

struct joint_place {
	uint16_t label;
	bool latest; /* of its label */
	uint64_t place;
};

struct joint_reading {
	bool open;
	bool opened; /* since joint_take: what came before is another text */
	size_t len;  /* bytes so far, of all openings */
	struct buf fresh;           /* those since joint_take */
	struct channel_seams seams; /* of this opening */
};

struct joint {
	bool begun;
	uint16_t label; /* of the latest piece */
	uint64_t place;
	uint32_t series;
	size_t since;               /* bytes behind the latest seam */
	bool full;                  /* a text was longer than a reading */
	struct buf recent;          /* the latest bytes of the message */
	struct channel_seams marks; /* of recent, at in bytes of the message */
	size_t n_recent; /* bytes of the message so far: the end of recent */
	struct joint_reading readings[JOINT_HOWS];
	struct joint_place *places; /* that have been */
	size_t n_places;
};

/* {0} is an empty one. window: bytes around a seam that are read; SIZE_MAX:
 * all there are. False: it cannot be read. */
bool joint_add(struct joint *, const struct joint_piece *, size_t window)
    __attribute__((warn_unused_result));
/* What is fresh has been used. */
void joint_take(struct joint *);
/* Has enough come behind the last seam? */
bool joint_is_over(const struct joint *, size_t window);
void joint_close(struct joint *);
void joint_clear(struct joint *);

#endif
