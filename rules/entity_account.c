/* entity_account - IBANs (ISO 13616: the country's length, mod 97) and UK
 * national insurance numbers (prefixes that are given out). Letters of other
 * scripts count as what they look like. */
#include "rules/checksum.h"
#include "rules/entity_kinds.h"

#include <string.h>

#define MAX_IBAN 34u

/* Country and length, five bytes each. */
static const char lengths[] =
    "ad24 ae23 al28 at20 az28 ba20 be16 bg22 bh22 bi27 br29 by28 ch21 cr22 "
    "cy28 cz24 de22 dj27 dk18 do28 ee20 eg29 es24 fi18 fk18 fo18 fr27 gb22 "
    "ge22 gi23 gl18 gr27 gt28 hn28 hr21 hu28 ie22 il23 iq23 is26 it27 jo30 "
    "kw30 kz20 lb28 lc32 li21 lt20 lu20 lv21 ly25 mc27 md24 me22 mk19 mn20 "
    "mr27 mt31 mu30 ni28 nl18 no15 om23 pk24 pl28 ps29 pt25 qa29 ro24 rs22 "
    "ru33 sa24 sc31 sd18 se24 si19 sk24 sm27 so23 st25 sv28 tl23 tn24 tr26 "
    "ua29 va22 vg24 xk20 ye30 "
    /* not registered, but issued and in use */
    "ao25 bf28 bj28 cf27 cg27 ci28 cm27 cv25 dz26 ga27 gq27 gw25 ir26 km27 "
    "ma28 mg27 ml28 mz25 ne28 sn28 td27 tg28 ";

static size_t iban_length(const char *country)
{
	for (const char *p = lengths; *p; p += 5) {
		if (p[0] == country[0] && p[1] == country[1])
			return (size_t)(p[2] - '0') * 10 + (size_t)(p[3] - '0');
	}
	return 0;
}

/* Those whose account numbers have no letters (the registry of ISO 13616). */
static const char without_letters[] =
    "ae at ba be bi cr cz de dj dk ee eg es fi fo gl hr hu il is lt ly me mn "
    "mr no pl pt rs sd se si sk so st tl tn va xk ";

static bool has_letters(const char *country)
{
	for (const char *p = without_letters; *p; p += 3)
		if (p[0] == country[0] && p[1] == country[1])
			return false;
	return true;
}

static bool is_letter(char c)
{
	return c >= 'a' && c <= 'z';
}

/* How the characters are grouped so far: where gaps stand. */
struct grouping {
	size_t first; /* characters before the first gap; 0: there is none */
	bool usual;   /* spaces and dashes, the first in front of the fifth */
	bool even;    /* groups of one length: D E 8 9 3 7, DE 89 37 */
	bool fours;   /* DE 89 3704 0044 */
	bool word;    /* the country is not in capitals: no, de, it */
};

/* Character n comes, behind a gap of the kind if there is one. False: nobody
 * writes an account number so: "no 12 3456" is a number. */
static bool groups_go_on(struct grouping *g, size_t n, char gap)
{
	if (gap && !g->first)
		g->first = n;
	if (g->first == 2 && g->word)
		return false;
	if (gap && (n < 4 || !strchr(" -", gap)))
		g->usual = false;
	if (g->first && (gap != '\0') != (n % g->first == 0))
		g->even = false;
	if ((gap != '\0') != (n == 2 || (n >= 4 && n % 4 == 0)))
		g->fours = false;
	return g->usual || g->even || g->fours;
}

/* Character n of the account number at *i, which moves behind it: '\0' when
 * there is none that fits. */
static char iban_char(const struct entity_in *in, size_t *i, size_t n,
    struct grouping *g, bool *more)
{
	struct entity_gap gap = {.len = 0};
	if (n > 0 && !entity_word_char(in, *i))
		gap = entity_gap(in, *i, NULL);
	*more = gap.more;
	if (gap.more || (n > 0 && !groups_go_on(g, n, gap.len ? gap.kind : 0)))
		return '\0';
	size_t len;
	*i += gap.len;
	g->word |= n < 2 && !entity_is_capital(in, *i);
	char c = entity_latin(in, *i, &len);
	*i += len;
	bool fits = n < 2 ? is_letter(c)
	    : n < 4       ? entity_is_digit(c)
			  : is_letter(c) || entity_is_digit(c);
	return fits ? c : '\0';
}

enum entity_answer entity_iban(
    const struct entity_in *in, size_t start, size_t *end)
{
	char s[MAX_IBAN];
	struct grouping groups = {.usual = true, .even = true, .fours = true};
	size_t n = 0, i = start, want = 3;
	while (n < want) {
		bool more = !in->final;
		char c =
		    i < in->n ? iban_char(in, &i, n, &groups, &more) : '\0';
		if (!c)
			return more && (n < 2 || iban_length(s)) ? ENTITY_MORE
								 : ENTITY_NO;
		s[n++] = c;
		if (n == 3 && (want = iban_length(s)) == 0)
			return ENTITY_NO; /* few words come this far */
	}
	if (checksum_mod97(s, n, 4) != 1)
		return ENTITY_NO;
	for (size_t k = 4; k < n; k++)
		if (is_letter(s[k]) && !has_letters(s))
			return ENTITY_NO;
	if (i >= in->n && !in->final)
		return ENTITY_MORE;
	if (entity_goes_on(in, i))
		return ENTITY_NO;
	*end = i;
	return ENTITY_YES;
}

static bool is_nino_prefix(char a, char b)
{
	static const char *const never[] = {
	    "bg", "gb", "kn", "nk", "nt", "tn", "zz"};
	if (!is_letter(a) || !is_letter(b) || strchr("dfiquv", a) ||
	    strchr("dfioquv", b))
		return false;
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
		if (never[i][0] == a && never[i][1] == b)
			return false;
	}
	return true;
}

enum entity_answer entity_nino(
    const struct entity_in *in, size_t start, size_t *end)
{
	/* LL NN NN NN L, a space or dash in any of the gaps */
	static const char shape[] = "LLNNNNNNS";
	char s[sizeof(shape)];
	size_t n = 0, i = start;
	while (n < sizeof(shape) - 1) {
		if (i >= in->n)
			return in->final ? ENTITY_NO : ENTITY_MORE;
		if (n > 0 && n % 2 == 0 &&
		    (in->s[i] == ' ' || in->s[i] == '-') &&
		    entity_is_alnum(in->s[i - 1])) {
			i++;
			continue;
		}
		size_t len;
		char c = entity_latin(in, i, &len);
		bool fits = shape[n] == 'N' ? entity_is_digit(c)
		    : shape[n] == 'L'       ? is_letter(c)
					    : c >= 'a' && c <= 'd';
		if (!fits)
			return ENTITY_NO;
		s[n++] = c;
		i += len;
		if (n == 3 && !is_nino_prefix(s[0], s[1]))
			return ENTITY_NO;
	}
	if (i >= in->n && !in->final)
		return ENTITY_MORE;
	if (entity_goes_on(in, i))
		return ENTITY_NO;
	*end = i;
	return ENTITY_YES;
}
