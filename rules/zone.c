/*
 * zone - see zone.h.
 *
 *   header v1, data v1 (skipped), header v2, transition times (64 bit),
 *   type numbers, types {offset, is_dst, name}, names, leap, std/ut flags,
 *   \n POSIX rule \n
 */
#include "rules/zone.h"

#include <stdlib.h>
#include <string.h>

#define HEADER_BYTES 44u
#define TYPE_BYTES 6u
#define DAY_S 86400

/* When in a year the clock changes, as POSIX TZ says. */
struct change {
	enum { CHANGE_JULIAN, CHANGE_DAY, CHANGE_WEEKDAY } kind;
	int month, week, day; /* WEEKDAY: Mm.w.d; else day alone */
	int32_t time;         /* seconds of the local day, may be negative */
};

struct footer {
	bool has_dst;
	int32_t std, dst; /* seconds east */
	struct change start, end;
};

struct zone_rules {
	const int64_t *times;   /* ascending */
	const int32_t *offsets; /* from that time on */
	size_t n;
	int32_t first; /* before times[0] */
	bool has_footer;
	struct footer footer;
};

struct header {
	uint32_t isut, isstd, leap, times, types, chars;
};

static uint32_t be32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | p[3];
}

static int64_t be64(const unsigned char *p)
{
	return (int64_t)((uint64_t)be32(p) << 32 | be32(p + 4));
}

/* ---- dates ---- */

/* Days since 1970-01-01 (H. Hinnant's algorithm). */
static int64_t days_from_civil(int64_t y, unsigned m, unsigned d)
{
	y -= m <= 2;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t yoe = y - era * 400;
	int64_t doy = (153 * ((int64_t)m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
	return era * 146097 + doe - 719468;
}

static void civil_from_days(int64_t z, struct zone_civil *out)
{
	z += 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;
	out->day = (unsigned)(doy - (153 * mp + 2) / 5 + 1);
	out->month = (unsigned)(mp < 10 ? mp + 3 : mp - 9);
	out->year = (int)(yoe + era * 400 + (out->month <= 2));
}

static bool is_leap(int64_t y)
{
	return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
}

static unsigned days_in_month(int64_t y, unsigned m)
{
	static const unsigned char days[] = {
	    31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	return m == 2 && is_leap(y) ? 29 : days[m - 1];
}

bool zone_is_day(int year, unsigned month, unsigned day)
{
	return year >= 1 && year <= 9999 && month >= 1 && month <= 12 &&
	    day >= 1 && day <= days_in_month(year, month);
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* ---- the footer ---- */

static const char *skip_name(const char *s)
{
	if (*s == '<') {
		const char *end = strchr(s, '>');
		return end ? end + 1 : NULL;
	}
	const char *start = s;
	while ((*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z'))
		s++;
	return s - start >= 3 ? s : NULL;
}

static const char *read_number(const char *s, int max, int *out)
{
	int n = 0;
	const char *start = s;
	for (; *s >= '0' && *s <= '9' && s - start < 4; s++)
		n = n * 10 + (*s - '0');
	if (s == start || n > max)
		return NULL;
	*out = n;
	return s;
}

/* [+-]hh[:mm[:ss]] */
static const char *read_time(const char *s, int32_t *out)
{
	int part[3] = {0, 0, 0};
	int sign = *s == '-' ? -1 : 1;
	if (*s == '-' || *s == '+')
		s++;
	for (int i = 0; i < 3; i++) {
		s = read_number(s, i ? 59 : 167, &part[i]);
		if (!s)
			return NULL;
		if (*s != ':')
			break;
		if (i < 2)
			s++;
	}
	*out = sign * (part[0] * 3600 + part[1] * 60 + part[2]);
	return s;
}

static const char *read_change(const char *s, struct change *c)
{
	*c = (struct change){.kind = CHANGE_DAY, .time = 2 * 3600};
	if (*s == 'M') {
		c->kind = CHANGE_WEEKDAY;
		s = read_number(s + 1, 12, &c->month);
		s = s && *s == '.' ? read_number(s + 1, 5, &c->week) : NULL;
		s = s && *s == '.' ? read_number(s + 1, 6, &c->day) : NULL;
		if (!s || c->month < 1 || c->week < 1)
			return NULL;
	} else if (*s == 'J') {
		c->kind = CHANGE_JULIAN;
		s = read_number(s + 1, 365, &c->day);
		if (!s || c->day < 1)
			return NULL;
	} else {
		s = read_number(s, 365, &c->day);
	}
	if (s && *s == '/')
		s = read_time(s + 1, &c->time);
	return s;
}

static int read_footer(const char *s, struct footer *f)
{
	int32_t west;
	*f = (struct footer){0};
	s = skip_name(s);
	s = s ? read_time(s, &west) : NULL;
	if (!s)
		return -1;
	f->std = -west;
	if (!*s)
		return 0;
	f->has_dst = true;
	f->dst = f->std + 3600;
	s = skip_name(s);
	if (s && *s && *s != ',') {
		s = read_time(s, &west);
		f->dst = -west;
	}
	s = s && *s == ',' ? read_change(s + 1, &f->start) : NULL;
	s = s && *s == ',' ? read_change(s + 1, &f->end) : NULL;
	return s && !*s ? 0 : -1;
}

/* The unix second of a change in a year, where the offset before is given. */
static int64_t change_at(const struct change *c, int64_t year, int32_t before)
{
	int64_t day = days_from_civil(year, 1, 1);
	switch (c->kind) {
	case CHANGE_JULIAN: /* 29 February is never counted */
		day += c->day - 1 + (is_leap(year) && c->day >= 60);
		break;
	case CHANGE_DAY:
		day += c->day;
		break;
	case CHANGE_WEEKDAY: {
		unsigned month = (unsigned)c->month;
		int64_t first = days_from_civil(year, month, 1);
		int64_t weekday = ((first + 4) % 7 + 7) % 7;
		int64_t d = (c->day - weekday + 7) % 7 + 7 * (c->week - 1);
		while (d >= (int64_t)days_in_month(year, month))
			d -= 7;
		day = first + d;
		break;
	}
	}
	return day * DAY_S + c->time - before;
}

static int32_t footer_offset(const struct footer *f, int64_t unix_s)
{
	if (!f->has_dst)
		return f->std;
	struct zone_civil day;
	civil_from_days(floor_div(unix_s + f->std, DAY_S), &day);
	int64_t start = change_at(&f->start, day.year, f->std);
	int64_t end = change_at(&f->end, day.year, f->dst);
	bool dst = start < end ? unix_s >= start && unix_s < end
			       : unix_s >= start || unix_s < end;
	return dst ? f->dst : f->std;
}

/* ---- the file ---- */

static int read_header(const unsigned char *p, size_t left, struct header *h)
{
	if (left < HEADER_BYTES || memcmp(p, "TZif", 4) != 0 || p[4] < '2')
		return -1;
	*h = (struct header){be32(p + 20), be32(p + 24), be32(p + 28),
	    be32(p + 32), be32(p + 36), be32(p + 40)};
	/* The bounds also keep the sums below from overflowing. */
	return h->times > ZONE_MAX_TRANSITIONS || h->types > 256 ||
		h->chars > 4096 || h->leap > 4096 || h->isut > 256 ||
		h->isstd > 256
	    ? -1
	    : 0;
}

static size_t body_bytes(const struct header *h, size_t time_bytes)
{
	return h->times * (time_bytes + 1) + h->types * TYPE_BYTES + h->chars +
	    h->leap * (time_bytes + 4) + h->isstd + h->isut;
}

static enum zone_err read_transitions(struct zone_rules *z, struct arena *a,
    const unsigned char *p, const struct header *h)
{
	int64_t *times = arena_array(a, h->times + 1, sizeof(*times));
	int32_t *offsets = arena_array(a, h->times + 1, sizeof(*offsets));
	if (!times || !offsets)
		return ZONE_ERR_MEMORY;
	const unsigned char *numbers = p + (size_t)h->times * 8;
	const unsigned char *types = numbers + h->times;
	for (size_t i = 0; i < h->times; i++) {
		times[i] = be64(p + i * 8);
		if (numbers[i] >= h->types || (i && times[i] <= times[i - 1]))
			return ZONE_ERR_FORMAT;
		offsets[i] = (int32_t)be32(types + numbers[i] * TYPE_BYTES);
		if (abs(offsets[i] / 2) > 26 * 1800)
			return ZONE_ERR_FORMAT;
	}
	z->first = (int32_t)be32(types);
	if (abs(z->first / 2) > 26 * 1800)
		return ZONE_ERR_FORMAT;
	z->times = times;
	z->offsets = offsets;
	z->n = h->times;
	return ZONE_OK;
}

enum zone_err zone_read(const struct zone_rules **out, struct arena *a,
    const unsigned char *bytes, size_t len)
{
	struct header h;
	*out = NULL;
	if (len > ZONE_MAX_BYTES || read_header(bytes, len, &h))
		return ZONE_ERR_FORMAT;
	size_t skip = HEADER_BYTES + body_bytes(&h, 4);
	if (skip > len || read_header(bytes + skip, len - skip, &h) ||
	    h.types == 0 || h.leap)
		return ZONE_ERR_FORMAT;
	const unsigned char *body = bytes + skip + HEADER_BYTES;
	size_t left = len - skip - HEADER_BYTES, need = body_bytes(&h, 8);
	if (left < need + 2 || body[need] != '\n' || bytes[len - 1] != '\n')
		return ZONE_ERR_FORMAT;
	struct zone_rules *z = arena_alloc(a, sizeof(*z));
	char *rule =
	    arena_strndup(a, (const char *)body + need + 1, left - need - 2);
	if (!z || !rule)
		return ZONE_ERR_MEMORY;
	enum zone_err err = read_transitions(z, a, body, &h);
	if (err)
		return err;
	z->has_footer = *rule != '\0';
	if (z->has_footer && read_footer(rule, &z->footer))
		return ZONE_ERR_FORMAT;
	*out = z;
	return ZONE_OK;
}

const struct zone_rules *zone_utc(void)
{
	static const struct zone_rules utc = {.has_footer = true};
	return &utc;
}

int32_t zone_offset(const struct zone_rules *z, int64_t unix_s)
{
	size_t low = 0, high = z->n; /* first transition after unix_s */
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (z->times[middle] <= unix_s)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == z->n && z->has_footer)
		return footer_offset(&z->footer, unix_s);
	return low == 0 ? z->first : z->offsets[low - 1];
}

struct zone_civil zone_local(const struct zone_rules *z, int64_t unix_us)
{
	int64_t unix_s = floor_div(unix_us, 1000000);
	int64_t local = unix_s + zone_offset(z, unix_s);
	struct zone_civil out = {0};
	int64_t day = floor_div(local, DAY_S);
	civil_from_days(day, &out);
	out.minute = (unsigned)((local - day * DAY_S) / 60);
	return out;
}

int64_t zone_unix_us(const struct zone_rules *z, const struct zone_civil *c)
{
	int64_t local = days_from_civil(c->year, c->month, c->day) * DAY_S +
	    (int64_t)c->minute * 60;
	/* The offsets a day before and after are those around any change. */
	int32_t before = zone_offset(z, local - DAY_S);
	int32_t after = zone_offset(z, local + DAY_S);
	int64_t first = local - (before > after ? before : after);
	int64_t second = local - (before > after ? after : before);
	if (zone_offset(z, first) + first == local)
		return first * 1000000;
	if (zone_offset(z, second) + second == local)
		return second * 1000000;
	return (local - before) * 1000000;
}
