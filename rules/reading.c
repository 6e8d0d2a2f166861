/* reading - see reading.h. */
#include "rules/reading.h"

#include "rules/chars.h"
#include "rules/confusable.h"
#include "rules/glyph.h"

#include <string.h>

#define LEET_MIN_CHARS 3u
#define LEET_LONG_CHARS 6u /* may have two digits for each letter */
#define NOISE_MIN_MARKS 2u /* one may be a tone mark of Yoruba or Navajo */
#define LADEN_MIN_MARKS 3u /* accents too, where most letters have them */

void reading_clear(struct reading *r)
{
	r->len = 0;
	r->on = r->over = r->sure = false;
	r->noise = r->mapped = r->foreign = r->ambiguous = r->accented = 0;
}

void reading_start(struct reading *r, const char *fold, size_t len)
{
	if (r->on || r->over)
		return;
	if (len > sizeof(r->bytes)) {
		r->over = true;
		return;
	}
	memcpy(r->bytes, fold, len);
	r->len = (uint16_t)len;
	r->on = true;
}

void reading_put(struct reading *r, int32_t cp)
{
	if (!r->on || cp == 0)
		return;
	if (sizeof(r->bytes) - r->len < GLYPH_MAX_UTF8) {
		r->on = false;
		r->over = true;
		return;
	}
	r->len += (uint16_t)glyph_encode(cp, r->bytes + r->len);
}

void reading_add(
    struct reading *r, int32_t cp, int32_t orig, const char *fold, size_t len)
{
	if (cp < 0x80 || glyph_class(cp) != GLYPH_LETTER) {
		reading_put(r, cp);
		return;
	}
	bool ordinary = false;
	const char *latin = confusable_latin(orig, &ordinary);
	if (!latin)
		latin = confusable_latin(cp, &ordinary);
	bool script_is_latin = glyph_script(cp) == GLYPH_LATIN;
	if (!latin) {
		if (script_is_latin)
			r->accented++;
		else
			r->foreign++;
		reading_put(r, cp);
		return;
	}
	reading_start(r, fold, len);
	if (!script_is_latin)
		r->mapped++;
	else if (ordinary)
		r->ambiguous++;
	else
		r->sure = true;
	for (; *latin; latin++)
		reading_put(r, *latin);
}

void reading_erase(struct reading *r)
{
	if (!r->on || r->len == 0)
		return;
	do {
		r->len--;
	} while (
	    r->len > 0 && ((unsigned char)r->bytes[r->len] & 0xC0) == 0x80);
	r->sure = true;
}

static bool is_vowel(char c)
{
	return c != '\0' && strchr("aeiouy", c) != NULL;
}

static bool is_one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

/* 1 stands for i or l: which, the neighbours say. */
static char read_one(char before, char after, bool second)
{
	if (before == '1' || after == '1' || before == 'i' || before == 'l')
		return before == 'l' && !is_vowel(after) ? 'i' : 'l';
	if (before == '\0')
		return is_vowel(after) ? 'l' : 'i';
	if (is_vowel(before)) {
		if (is_vowel(after) || after == '\0')
			return 'l';
		if (before == 'a' && after == 'l')
			return 'i';
		if (before == 'o')
			return is_one_of(after, "nc") ? 'i' : 'l';
		return is_one_of(after, before == 'a' ? "nrdmtsv" : "nrv")
		    ? 'i'
		    : 'l';
	}
	if (!is_vowel(after))
		return 'i';
	if (!second && is_one_of(before, "tsc") && is_one_of(after, "oa"))
		return 'i'; /* -tion, -cial */
	return is_one_of(before, "bcfgkps") ? 'l' : 'i';
}

static void read_leet(struct reading *r)
{
	static const char letters[] = "o\0\0eas\0tbg"; /* of 0 to 9 */
	for (size_t i = 0; i < r->len; i++) {
		char c = r->bytes[i];
		if (c == '1') {
			char after = i + 1 < r->len ? r->bytes[i + 1] : '\0';
			r->bytes[i] =
			    read_one(i ? r->bytes[i - 1] : '\0', after, i == 1);
		} else if (c >= '0' && c <= '9' && letters[c - '0']) {
			r->bytes[i] = letters[c - '0'];
		}
	}
}

/* Letters may have been erased. */
static bool has_letter(const struct reading *r)
{
	for (size_t i = 0; i < r->len; i++)
		if (chars_are(r->bytes[i], CHARS_LETTER | CHARS_HIGH))
			return true;
	return false;
}

static void drop_accents(struct reading *r)
{
	size_t out = 0;
	for (size_t i = 0; i < r->len;) {
		int32_t cp = 0;
		size_t n = glyph_decode(r->bytes + i, r->len - i, &cp);
		char c[GLYPH_MAX_UTF8];
		size_t m = glyph_encode(glyph_without_accent(cp), c);
		memcpy(r->bytes + out, c, m); /* never longer than it was */
		out += m;
		i += n;
	}
	r->len = (uint16_t)out;
}

static bool reads_as_leet(const struct reading *r, const struct reading_word *w)
{
	uint32_t chars = w->letters + w->digits;
	uint32_t per_letter = chars < LEET_LONG_CHARS ? 1 : 2;
	return w->digits > 0 && w->letters * per_letter >= w->digits &&
	    chars >= LEET_MIN_CHARS && r->foreign == 0;
}

/* More marks than any language puts on its letters. */
static bool is_laden(const struct reading *r, const struct reading_word *w)
{
	uint32_t marks = (uint32_t)r->accented + r->noise;
	if (r->noise >= NOISE_MIN_MARKS)
		return true;
	if (r->foreign || w->letters < 2)
		return false;
	return marks >= w->letters ||
	    (marks >= LADEN_MIN_MARKS && marks * 2 > w->letters);
}

static bool is_wanted(const struct reading *r, const struct reading_word *w)
{
	bool has_latin = w->letters > (uint32_t)r->mapped + r->foreign;
	if (r->sure || is_laden(r, w))
		return true;
	if (r->mapped && (has_latin || (r->foreign == 0 && w->latin_before)))
		return true;
	return r->ambiguous && r->accented == 0 && !w->accented_before;
}

size_t reading_finish(struct reading *r, const struct reading_word *w)
{
	bool leet = reads_as_leet(r, w);
	bool wanted = is_wanted(r, w);
	if (!leet && !wanted)
		return 0;
	if (!wanted)
		r->on = false; /* ordinary letters stay as they are */
	if (!r->on)
		reading_start(r, w->fold, w->fold_len);
	if (!r->on)
		return 0;
	if (leet && has_letter(r))
		read_leet(r);
	if (is_laden(r, w))
		drop_accents(r);
	if (r->len == w->fold_len && memcmp(r->bytes, w->fold, r->len) == 0)
		return 0;
	return r->len;
}

bool reading_is_latin(const struct reading *r, uint32_t letters, size_t alt_len)
{
	return letters > (uint32_t)r->mapped + r->foreign ||
	    (alt_len > 0 && r->foreign == 0);
}
