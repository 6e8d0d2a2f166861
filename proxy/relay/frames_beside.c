/*
 * frames_beside - see frames.h: readings of several texts (channel/seams.h),
 * and ids, names and tokens, which are left out where a rule fires.
 */
#include "proxy/relay/frames_state.h"
#include "proxy/relay/frames_values.h"

#include "proxy/base/clock.h"
#include "proxy/base/log.h"
#include "proxy/base/mem.h"

#include <stdlib.h>

static bool edited(void *arg, uint32_t series, size_t start, size_t end)
{
	const struct frames *f = arg;
	const struct channel_seams *seams =
	    channel_stream_seams(f->stream, series);
	if (seams) /* a reading of a reading */
		return channel_seams_edited(seams, start, end, edited, arg);
	return series < f->n_series &&
	    (beside_covers(f->series[series].edits, f->series[series].n_edits,
		 start, end) ||
		beside_is_redacted(&f->verdicts, series, start, end));
}

struct beside frames_beside(const struct frames *f, uint32_t series)
{
	return (struct beside){
	    .seams = channel_stream_seams(f->stream, series),
	    .base = f->series[series].base,
	    .edited = edited,
	    .arg = (void *)f,
	};
}

static void begin_beside(
    struct frames *f, struct series *s, const struct channel_part *p)
{
	guard_stream_free(s->stream);
	free(s->edits);
	*s = (struct series){.kind = p->kind,
	    .beside = true,
	    .label = p->label,
	    .base = p->start,
	    .safe = p->start,
	    .held_at = SIZE_MAX};
	s->stream = guard_stream_new(
	    f->o.policy, s->label ? &f->label : &f->aside, GUARD_AI);
	if (!s->stream)
		frames_cannot_decide(f, GUARD_UNDECIDED_MEMORY);
}

/* What is no part of the message is left out where a rule would change it. */
static void drop_label(struct frames *f, uint32_t series)
{
	log_line(LOG_WARN, "frames",
	    "an id or name of the bot's answer breaks a rule and is left out");
	channel_stream_drop(f->stream, series);
	if (series < f->n_series) {
		f->series[series].ended = true;
		f->series[series].safe = SIZE_MAX;
	}
}

void frames_take_label(
    struct frames *f, uint32_t series, const struct guard_verdict *v)
{
	if (v->undecided || v->action >= GUARD_REDACT)
		drop_label(f, series);
}

static void feed_label(
    struct frames *f, struct series *s, const struct channel_part *p)
{
	struct guard_progress progress;
	if (s->ended)
		return;
	if (!s->stream)
		begin_beside(f, s, p);
	if (!s->stream)
		return;
	int64_t start = clock_mono_us();
	guard_stream_feed(s->stream, p->text.p, p->text.len, &progress);
	f->verdicts.judged_us += clock_mono_us() - start;
	s->safe = p->noise ? SIZE_MAX : s->base + progress.safe_len;
	if (progress.cut || progress.withheld || progress.n_edits > 0)
		drop_label(f, p->series);
}

static void feed_reading(
    struct frames *f, struct series *s, const struct channel_part *p)
{
	struct guard_progress progress;
	if (p->fresh || (!s->stream && !s->ended))
		begin_beside(f, s, p);
	if (!s->stream || s->ended)
		return;
	int64_t start = clock_mono_us();
	guard_stream_feed(s->stream, p->text.p, p->text.len, &progress);
	f->verdicts.judged_us += clock_mono_us() - start;
	frames_ask(f, s->stream);
	frames_take_beside(f, p->series, &progress);
}

/* A reading that begins goes back over texts that wait: they wait for it. */
static void hold_back(struct frames *f, const struct channel_part *p)
{
	size_t behind = p->known ? p->start + p->known : p->end;
	for (struct queued *q = f->head; q && q->next; q = q->next) {
		size_t n = q->n_parts + q->n_beside;
		if (q->n_parts == 0)
			continue;
		q->parts = mem_realloc(q->parts, (n + 1) * sizeof(*q->parts));
		q->parts[n] = (struct part){.mode = p->mode,
		    .series = p->series,
		    .start = p->start,
		    .end = behind,
		    .of = CHANNEL_NO_SERIES};
		q->n_beside++;
		q->bytes += sizeof(*q->parts);
		f->held += sizeof(*q->parts);
	}
}

void frames_feed_beside(
    struct frames *f, struct series *s, const struct channel_part *p)
{
	if (p->label)
		feed_label(f, s, p);
	else
		feed_reading(f, s, p);
	if (p->fresh)
		hold_back(f, p);
}

void frames_end_beside(struct frames *f, uint32_t i)
{
	struct series *s = &f->series[i];
	struct beside b = frames_beside(f, i);
	struct guard_verdict v;
	guard_stream_end(s->stream, &v);
	s->safe = s->label ? SIZE_MAX : s->safe;
	if (s->label) {
		frames_take_label(f, i, &v);
		return;
	}
	frames_spread(f, i, v.edits, v.n_edits);
	enum guard_action before = f->verdicts.action;
	beside_add(&f->verdicts, i, f->o.policy, &b, &v);
	if (f->verdicts.action == GUARD_HANDOFF)
		f->state = FRAMES_CUT;
	else if (verdicts_withhold(&f->verdicts))
		f->withheld = true;
	/* With a hit that is not new, its text withholds it, and so does it. */
	if (f->verdicts.action == before && !verdicts_withhold(&f->verdicts))
		s->safe = SIZE_MAX;
}
