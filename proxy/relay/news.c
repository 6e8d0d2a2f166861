/*
 * news - see news.h. The customer's last message we know is looked for in the
 * request; what follows it is new.
 *
 *   known      A   b   C           (b, d: the AI's)
 *   request    A   b   C   d   E   ->  E
 *   request            C   d   E   ->  E    (a window)
 *   request                    E   ->  E    (the newest alone)
 *
 * Where C stands more than once, the place whose past agrees longest with ours
 * is taken, of those the first. A request without turns of the AI might be all
 * new: there the past has to agree to the end. Only words are compared, as one
 * picture looks like another; of pictures, as many are known as we have.
 */
#include "proxy/relay/news.h"

#include <string.h>

#define NONE SIZE_MAX
#define MAX_RUN 64     /* so much of the past is compared */
#define MAX_SEARCH 256 /* so many of the latest turns are looked up */

struct place {
	size_t turn; /* of the request, or NONE */
	size_t run;  /* messages that agree, it included */
	bool last;   /* it is the last the customer said */
	bool whole;  /* the past agrees as far as it goes */
};

static struct span trimmed(const char *text, size_t len)
{
	struct span s = {text, len};

	while (s.len && strchr(" \t\r\n", s.p[s.len - 1]) &&
	    s.p[s.len - 1] != '\0')
		s.len--;
	while (s.len && strchr(" \t\r\n", s.p[0]) && s.p[0] != '\0') {
		s.p++;
		s.len--;
	}
	return s;
}

static bool same(
    const struct channel_request *r, size_t turn, const struct store_message *m)
{
	struct span text = channel_turn_text(r, turn);

	return span_eq(trimmed(text.p, text.len), trimmed(m->text, m->len));
}

/* The customer's latest words before this one, or NONE. */
static size_t turn_before(const struct channel_request *r, size_t turn)
{
	while (turn > 0)
		if (r->turns[--turn].kind == CHANNEL_TURN_CUSTOMER)
			return turn;
	return NONE;
}

static bool is_words(const struct store_message *m)
{
	return m->speaker == STORE_CUSTOMER && m->kind != STORE_MEDIA;
}

static size_t known_before(const struct conversation_view *known, size_t at)
{
	while (at > 0)
		if (is_words(&known->turns[--at]))
			return at;
	return NONE;
}

/* How far the past agrees from here on, backwards. */
static struct place agree(const struct channel_request *r, size_t turn,
    const struct conversation_view *known, size_t at)
{
	struct place p = {.turn = turn, .last = true};

	while (turn != NONE && at != NONE && p.run < MAX_RUN &&
	    same(r, turn, &known->turns[at])) {
		p.run++;
		turn = turn_before(r, turn);
		at = known_before(known, at);
	}
	p.whole = turn == NONE || at == NONE || p.run == MAX_RUN;
	return p;
}

static struct place find_last(
    const struct channel_request *r, const struct conversation_view *known)
{
	struct place best = {.turn = NONE};
	size_t last = known_before(known, known->n_turns);

	for (size_t i = turn_before(r, r->n_turns); i != NONE && last != NONE;
	     i = turn_before(r, i)) {
		struct place p = agree(r, i, known, last);
		if (p.run > 0 && p.run >= best.run)
			best = p;
	}
	return best;
}

/* The latest message the customer is known to have said at any time: clients
 * drop or change what got no answer. */
static struct place find_any(
    const struct channel_request *r, const struct conversation_view *known)
{
	size_t left = MAX_SEARCH;

	for (size_t i = turn_before(r, r->n_turns); i != NONE && left-- > 0;
	     i = turn_before(r, i))
		for (size_t k = known_before(known, known->n_turns); k != NONE;
		     k = known_before(known, k))
			if (same(r, i, &known->turns[k]))
				return (struct place){.turn = i};
	return (struct place){.turn = NONE};
}

/* Media sent since the customer's last words, as far as we know. */
static size_t known_media(const struct conversation_view *known)
{
	size_t n = 0;

	for (size_t i = known->n_turns;
	     i > 0 && !is_words(&known->turns[i - 1]); i--)
		n += known->turns[i - 1].kind == STORE_MEDIA;
	return n;
}

size_t news_behind_ai(const struct channel_request *r)
{
	size_t i = r->n_turns;

	while (i > 0 && r->turns[i - 1].kind != CHANNEL_TURN_AI)
		i--;
	return i;
}

size_t news_from(
    const struct channel_request *r, const struct conversation_view *known)
{
	size_t behind = news_behind_ai(r);
	struct place p = find_last(r, known);

	if (behind == 0 && !p.whole)
		return 0;
	if (p.turn == NONE && behind > 0)
		p = find_any(r, known);
	if (p.turn == NONE)
		return behind;
	size_t i = p.turn + 1;
	for (size_t media = p.last ? known_media(known) : 0; media > 0 &&
	     i < r->n_turns && r->turns[i].kind == CHANNEL_TURN_MEDIA;
	     media--)
		i++;
	for (; i < r->n_turns; i++)
		if (r->turns[i].kind != CHANNEL_TURN_AI)
			return i;
	/* Nothing follows. The client asks again for an answer it has not got,
	 * or the customer has said the same once more. */
	bool again = p.last && (!known->answered || p.run > 1);
	return again ? r->n_turns : behind;
}
