/*
 * machine_other - the other readings of a machine's text, each judged by a
 * machine of its own, which is made when a text first has such markup.
 *
 *   hidden   what the markup says (hidden.h). What asks about the whole message
 *            is the machine's alone. Markup inside of markup goes to a third
 *            machine, in whose reading there is none left.
 *   apart    all the text, with markup between words that the views join
 *            (apart.h): what is found in both is found once. Of the text itself
 *            only.
 *
 * Their hits are the machine's, at the same bytes, and their frontiers hold
 * what the machine's does (hold.c). Scores, required wording and classifiers
 * are the machine's alone.
 */
#ifndef HANDRAIL_RULES_MACHINE_OTHER_H
#define HANDRAIL_RULES_MACHINE_OTHER_H

#include <stdbool.h>
#include <stddef.h>

struct machine;
struct match;
struct wording;

enum other { OTHER_HIDDEN, OTHER_APART, OTHERS };

struct machine_other {
	struct machine *machine; /* NULL until a text needs one */
	bool on;                 /* this text does */
	size_t next;             /* piece of markup to be read */
	size_t taken;            /* of its hits */
};

struct machine_others {
	struct machine_other of[OTHERS];
	enum other self; /* what the machine itself reads; OTHERS: a text */
};

void machine_others_clear(struct machine_others *);
/* For a text: none has begun. */
void machine_others_reset(struct machine_others *);
/* The text has been read on, and has markup. */
void machine_others_step(struct machine *);
/* It has ended. */
void machine_others_close(struct machine *);
/* The machine at work on a reading, or NULL. */
struct machine *machine_other(const struct machine *, enum other);
/* Of another reading: has the text found it, where it stands? The plain view
 * drops no markup, and knows what is said before and behind it. */
bool machine_other_is_known(
    const struct machine *, size_t rule, const struct match *);
/* What of required wording is said: in the text itself. */
const struct wording *machine_wording(const struct machine *);

#endif
