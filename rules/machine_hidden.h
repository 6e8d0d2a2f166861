/*
 * machine_hidden - what the markup of a machine's text says, judged by a
 * machine of its own, which is made when a text first has such markup.
 *
 * Its hits are the machine's, at the same bytes, and its frontier holds what
 * the machine's does (hold.c). What asks about the whole message, scores,
 * required wording and classifiers is the machine's alone. Markup inside of
 * markup goes to a third machine, in whose reading there is none left.
 */
#ifndef HANDRAIL_RULES_MACHINE_HIDDEN_H
#define HANDRAIL_RULES_MACHINE_HIDDEN_H

#include <stdbool.h>
#include <stddef.h>

struct machine;
struct match;
struct wording;

struct machine_hidden {
	struct machine *machine; /* NULL until a text needs one */
	bool on;                 /* this text does */
	size_t next;             /* piece of markup to be read */
	size_t taken;            /* of its hits */
};

void machine_hidden_clear(struct machine_hidden *);
/* The text has been read on, and has markup that says something. */
void machine_hidden_step(struct machine *);
/* It has ended. */
void machine_hidden_close(struct machine *);
/* Of a reading of markup: has the text found it, where it stands? The plain
 * view drops no markup, and knows what is said before and behind it. */
bool machine_hidden_is_known(
    const struct machine *, size_t rule, const struct match *);
/* What of required wording is said: in the text itself. */
const struct wording *machine_wording(const struct machine *);
/* The machine at work on it, or NULL. */
static inline struct machine *machine_hidden_of(const struct machine_hidden *h)
{
	return h->on ? h->machine : NULL;
}

#endif
