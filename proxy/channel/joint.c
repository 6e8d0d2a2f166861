/* joint - see joint.h. */
#include "proxy/channel/joint.h"

#include "proxy/base/mem.h"

#include <stdlib.h>
#include <string.h>

#define MAX_PLACES 4096 /* of the texts of one message */

static const char *const between[JOINT_HOWS] = {
    [JOINT_GLUED] = "", [JOINT_SPACED] = " ", [JOINT_BROKEN] = "\n"};

/* ---- what came before ---- */

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Behind . ! ? ... and their like, and closing quotes and brackets. */
static bool ends_sentence(const char *p, size_t len)
{
	static const char *const ends[] = {".", "!", "?", "\n", "\xe2\x80\xa6",
	    "\xe3\x80\x82", "\xef\xbc\x81", "\xef\xbc\x9f"};
	static const char *const closing[] = {"\"", "'", ")", "]", "*", "_",
	    "\xe2\x80\x9d", "\xe2\x80\x99", "\xc2\xbb"};
	bool more = true;

	while (more) {
		more = false;
		for (size_t i = 0; i < sizeof closing / sizeof *closing; i++) {
			size_t n = strlen(closing[i]);
			if (len >= n &&
			    memcmp(p + len - n, closing[i], n) == 0) {
				len -= n;
				more = true;
			}
		}
	}
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		size_t n = strlen(ends[i]);
		if (len >= n && memcmp(p + len - n, ends[i], n) == 0)
			return true;
	}
	return false;
}

static bool sentence_is_over(const struct joint *j)
{
	size_t len = j->recent.len;

	while (len > 0 && is_space(j->recent.data[len - 1]))
		len--;
	return len == 0 || ends_sentence(j->recent.data, len);
}

/* Forget what is too old to be in a reading. */
static void trim(struct joint *j, size_t window)
{
	size_t from = 0;

	if (window > SIZE_MAX / 2 || j->recent.len <= 2 * window)
		return;
	size_t gone = j->recent.len - window;
	while (gone < j->recent.len &&
	    ((unsigned char)j->recent.data[gone] & 0xc0) == 0x80)
		gone++;
	buf_drop(&j->recent, gone);
	size_t first = j->n_recent - j->recent.len;
	while (from + 1 < j->marks.n && j->marks.marks[from + 1].at <= first)
		from++;
	j->marks.n -= from;
	memmove(j->marks.marks, j->marks.marks + from,
	    j->marks.n * sizeof *j->marks.marks);
	struct seams_mark *m = &j->marks.marks[0];
	if (m->at < first) {
		m->own += first - m->at;
		m->at = first;
	}
}

static void remember(
    struct joint *j, const struct joint_piece *p, size_t window)
{
	if (!j->begun || p->place != j->place || p->series != j->series)
		seams_mark(&j->marks,
		    &(struct seams_mark){
			.at = j->n_recent, .series = p->series, .own = p->own});
	buf_add(&j->recent, p->text.p, p->text.len);
	j->n_recent += p->text.len;
	j->begun = true;
	j->label = p->label;
	j->place = p->place;
	j->series = p->series;
	trim(j, window);
}

/* ---- readings ---- */

static void add_text(struct joint_reading *r, const char *p, size_t len)
{
	buf_add(&r->fresh, p, len);
	r->len += len;
}

static void open_reading(struct joint *j, struct joint_reading *r)
{
	size_t first = j->n_recent - j->recent.len;

	r->open = r->opened = true;
	r->seams.n = 0;
	for (size_t i = 0; i < j->marks.n; i++) {
		struct seams_mark m = j->marks.marks[i];
		m.at = r->len + (m.at - first);
		seams_mark(&r->seams, &m);
	}
	add_text(r, j->recent.data, j->recent.len);
}

static void seam(struct joint *j, enum joint_how how,
    const struct joint_piece *p, bool same, bool over)
{
	struct joint_reading *r = &j->readings[how];
	const char *put = between[how];
	bool glued = how == JOINT_GLUED && p->series == j->series && !p->value;

	if (!r->open && p->grown && how != JOINT_GLUED)
		return;
	if (!r->open && (same ? !glued : !over))
		open_reading(j, r);
	if (!r->open)
		return;
	struct seams_mark m = {
	    .at = r->len, .series = SEAMS_NO_SERIES, .seam = same || !over};
	if (*put != '\0')
		seams_mark(&r->seams, &m);
	add_text(r, put, strlen(put));
	m.at = r->len;
	m.series = p->series;
	m.own = p->own;
	seams_mark(&r->seams, &m);
}

/* ---- places ---- */

/* False: it was left for another of its label, or there are too many. */
static bool go_to(struct joint *j, const struct joint_piece *p)
{
	struct joint_place *had = NULL, *was = NULL;

	for (size_t i = 0; i < j->n_places; i++) {
		struct joint_place *at = &j->places[i];
		if (at->label != p->label)
			continue;
		if (at->place == p->place)
			had = at;
		if (at->latest)
			was = at;
	}
	if (had != NULL)
		return had->latest;
	if (j->n_places == MAX_PLACES)
		return false;
	if (was != NULL)
		was->latest = false;
	j->places =
	    mem_realloc_array(j->places, j->n_places + 1, sizeof *j->places);
	j->places[j->n_places++] =
	    (struct joint_place){p->label, true, p->place};
	return true;
}

/* So much of a text as a reading takes. */
static size_t head_of(struct span text, size_t window)
{
	size_t len = text.len;

	if (len <= window)
		return len;
	for (len = window;
	     len > 0 && ((unsigned char)text.p[len] & 0xc0) == 0x80;)
		len--;
	return len;
}

bool joint_add(struct joint *j, const struct joint_piece *p, size_t window)
{
	if (p->text.len == 0)
		return true;
	if (!p->apart && (!j->begun || p->place != j->place) && !go_to(j, p))
		return false;
	if (j->begun && p->place != j->place) {
		bool same = p->label == j->label, over = sentence_is_over(j);
		for (int how = 0; how < JOINT_HOWS; how++)
			seam(j, (enum joint_how)how, p, same, over);
		j->since = 0;
	}
	size_t head = head_of(p->text, window);
	for (int how = 0; how < JOINT_HOWS; how++)
		if (j->readings[how].open && !j->full)
			add_text(&j->readings[how], p->text.p, head);
	j->full = j->full || head < p->text.len;
	j->since += p->text.len;
	remember(j, p, window);
	return true;
}

void joint_take(struct joint *j)
{
	for (int how = 0; how < JOINT_HOWS; how++) {
		struct joint_reading *r = &j->readings[how];
		r->opened = r->opened && r->fresh.len == 0;
		buf_reset(&r->fresh);
	}
}

bool joint_is_over(const struct joint *j, size_t window)
{
	return j->full || j->since > window;
}

void joint_close(struct joint *j)
{
	j->full = false;
	for (int how = 0; how < JOINT_HOWS; how++)
		j->readings[how].open = false;
}

void joint_clear(struct joint *j)
{
	for (int how = 0; how < JOINT_HOWS; how++) {
		buf_clear(&j->readings[how].fresh);
		seams_clear(&j->readings[how].seams);
	}
	buf_clear(&j->recent);
	seams_clear(&j->marks);
	free(j->places);
	*j = (struct joint){.begun = false};
}
