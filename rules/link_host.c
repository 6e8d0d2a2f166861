/* link_host - see link_host.h. Percent-decoding (RFC 3986), folding as in the
 * views, punycode (RFC 3492). */
#include "rules/link_host.h"

#include "rules/glyph.h"

#include <string.h>

#define MAX_LABELS_POINTS 64u

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static size_t percent_decode(const char *s, size_t n, char *out, size_t size)
{
	size_t len = 0;
	for (size_t i = 0; i < n && len < size; i++) {
		if (s[i] == '%' && i + 2 < n && hex(s[i + 1]) >= 0 &&
		    hex(s[i + 2]) >= 0) {
			out[len++] = (char)(hex(s[i + 1]) << 4 | hex(s[i + 2]));
			i += 2;
		} else {
			out[len++] = s[i];
		}
	}
	return len;
}

size_t link_host_bracketed_dot(const char *s, size_t n)
{
	static const char *const dots[] = {
	    "[.]", "(.)", "{.}", "[dot]", "(dot)", "{dot}"};
	for (size_t i = 0; i < sizeof(dots) / sizeof(dots[0]); i++) {
		size_t len = strlen(dots[i]), same = 0;
		while (same < len && same < n &&
		    (s[same] == dots[i][same] ||
			((s[same] | 0x20) == dots[i][same] &&
			    dots[i][same] >= 'a')))
			same++;
		if (same == len)
			return len;
		if (same == n)
			return LINK_DOT_OPEN;
	}
	return 0;
}

size_t link_host_refang(const char *s, size_t n, char *out, size_t size)
{
	size_t len = 0;
	for (size_t i = 0; i < n && len < size;) {
		size_t dot = link_host_dot(s + i, n - i);
		if (dot == LINK_DOT_OPEN)
			dot = 0;
		out[len++] = dot ? '.' : s[i];
		i += dot ? dot : 1;
	}
	return len;
}

/* What is not UTF-8 after percent-decoding is no host of ours: byte by byte. */
static size_t decode(const char *s, size_t n, int32_t *cp)
{
	unsigned char c = (unsigned char)s[0];
	size_t want = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
	bool good = c < 0x80 || (c >= 0xC2 && c <= 0xF4 && want <= n);
	for (size_t i = 1; good && i < want; i++)
		good = ((unsigned char)s[i] & 0xC0) == 0x80;
	if (!good) {
		*cp = 0xFFFD;
		return 1;
	}
	glyph_decode(s, want, cp);
	return want;
}

static bool put(char *out, size_t *len, int32_t cp)
{
	if (*len + GLYPH_MAX_UTF8 >= LINK_MAX_HOST)
		return false;
	*len += glyph_encode(cp, out + *len);
	return true;
}

/* Case, width, invisible characters, ideographic full stops. */
static bool fold(const char *s, size_t n, char *out, size_t *len)
{
	*len = 0;
	for (size_t i = 0; i < n;) {
		int32_t cp, folded[GLYPH_MAX_FOLDED];
		i += decode(s + i, n - i, &cp);
		if (glyph_is_invisible(cp))
			continue;
		if (cp == 0x3002 || cp == 0xFF61)
			cp = '.';
		unsigned noise = 0;
		size_t m = glyph_fold(&cp, 1, folded, &noise);
		for (size_t k = 0; k < m; k++) {
			if (!put(out, len, folded[k]))
				return false;
		}
	}
	return true;
}

/* ---- punycode ---- */

static uint32_t adapt(uint32_t delta, uint32_t points, bool first)
{
	uint32_t k = 0;
	delta = first ? delta / 700 : delta / 2;
	delta += delta / points;
	for (; delta > 455; k += 36)
		delta /= 35;
	return k + 36 * delta / (delta + 38);
}

static int puny_digit(char c)
{
	if (c >= 'a' && c <= 'z')
		return c - 'a';
	return c >= '0' && c <= '9' ? c - '0' + 26 : -1;
}

/* One generalised variable-length integer; false when malformed. */
static bool read_delta(
    const char *s, size_t n, size_t *i, uint32_t bias, uint32_t *delta)
{
	uint32_t weight = 1;
	for (uint32_t k = 36;; k += 36) {
		int digit = *i < n ? puny_digit(s[(*i)++]) : -1;
		if (digit < 0 ||
		    (uint32_t)digit > (UINT32_MAX - *delta) / weight)
			return false;
		*delta += (uint32_t)digit * weight;
		uint32_t t = k <= bias ? 1 : k >= bias + 26 ? 26 : k - bias;
		if ((uint32_t)digit < t)
			return true;
		if (weight > UINT32_MAX / (36 - t))
			return false;
		weight *= 36 - t;
	}
}

/* The code points of a label behind "xn--"; 0 when malformed. */
static size_t puny_decode(const char *s, size_t n, int32_t *out)
{
	size_t points = 0, i = 0;
	for (size_t b = n; b > 0; b--) {
		if (s[b - 1] != '-')
			continue;
		for (; points + 1 < b && points < MAX_LABELS_POINTS; points++)
			out[points] = s[points];
		i = b;
		break;
	}
	uint32_t cp = 128, bias = 72, delta = 0;
	while (i < n) {
		uint32_t before = delta;
		if (points == MAX_LABELS_POINTS ||
		    !read_delta(s, n, &i, bias, &delta))
			return 0;
		points++;
		bias = adapt(delta - before, (uint32_t)points, before == 0);
		cp += delta / (uint32_t)points;
		delta %= (uint32_t)points;
		if (cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF))
			return 0;
		for (size_t k = points - 1; k > delta; k--)
			out[k] = out[k - 1];
		out[delta++] = (int32_t)cp;
	}
	return points;
}

/* Labels that begin with xn-- as what they stand for. */
static bool decode_labels(const char *s, size_t n, char *out)
{
	size_t len = 0;
	for (size_t i = 0; i <= n;) {
		const char *dot = memchr(s + i, '.', n - i);
		size_t end = dot ? (size_t)(dot - s) : n;
		int32_t points[MAX_LABELS_POINTS];
		size_t m = 0;
		if (end - i > 4 && memcmp(s + i, "xn--", 4) == 0)
			m = puny_decode(s + i + 4, end - i - 4, points);
		for (size_t k = 0; k < m; k++) {
			if (!put(out, &len, points[k]))
				return false;
		}
		if (m == 0) {
			if (len + (end - i) + 1 >= LINK_MAX_HOST)
				return false;
			memcpy(out + len, s + i, end - i);
			len += end - i;
		}
		if (dot)
			out[len++] = '.';
		i = end + 1;
	}
	while (len > 0 && out[len - 1] == '.')
		len--;
	out[len] = '\0';
	return len > 0;
}

/* ---- authorities ---- */

/* Behind the last @, before the port. */
static void cut_authority(const char **s, size_t *n)
{
	for (size_t i = *n; i > 0; i--) {
		if ((*s)[i - 1] == '@') {
			*s += i;
			*n -= i;
			break;
		}
	}
	if (*n > 0 && (*s)[0] == '[')
		return; /* an IPv6 address */
	const char *port = memchr(*s, ':', *n);
	if (port)
		*n = (size_t)(port - *s);
}

bool link_host_fold(const char *authority, size_t len, char out[LINK_MAX_HOST])
{
	char plain[LINK_MAX_HOST * 3], raw[LINK_MAX_HOST * 3];
	char folded[LINK_MAX_HOST];
	if (len > sizeof(plain))
		return false;
	len = link_host_refang(authority, len, plain, sizeof(plain));
	authority = plain;
	cut_authority(&authority, &len);
	if (len == 0)
		return false;
	len = percent_decode(authority, len, raw, sizeof(raw));
	const char *host = raw;
	cut_authority(&host, &len); /* an encoded @ or : */
	return fold(host, len, folded, &len) && decode_labels(folded, len, out);
}

/* ---- top-level domains ---- */

static const char sites[] =
    " com net org edu gov mil int biz io ai tv cc ly gg uk de fr es nl eu ru "
    "cn jp kr br mx ca au nz ch se fi dk cz gr hu ro bg ua tr il za ng ke eg "
    "ae qa kw bd lk vn th ph sg hk tw cl ar uy ec lt lv ee sk hr mk ie je "
    "fm ws vc sc mn kz uz ge az su nu cx tk ml cf gq xyz mobi asia arpa "
    "example invalid localhost "
    /* written in Cyrillic, Greek, Chinese, Korean and other letters */
    "\u0440\u0444 \u0443\u043A\u0440 \u0431\u0433 \u0441\u0440\u0431 "
    "\u043C\u043A\u0434 \u0431\u0435\u043B \u049B\u0430\u0437 "
    "\u043C\u043E\u043D \u0435\u044E \u0441\u0430\u0439\u0442 "
    "\u043E\u043D\u043B\u0430\u0439\u043D \u0434\u0435\u0442\u0438 "
    "\u0440\u0443\u0441 \u043E\u0440\u0433 \u03B5\u03BB \u03B5\u03C5 "
    "\u4E2D\u56FD \u4E2D\u570B \u9999\u6E2F \u53F0\u6E7E \u53F0\u7063 "
    "\u516C\u53F8 \u7F51\u7EDC \u7F51\u5740 \u5728\u7EBF \u4E2D\u6587\u7F51 "
    "\u5546\u57CE \u6211\u7231\u4F60 \uD55C\uAD6D \u307F\u3093\u306A "
    "\u092D\u093E\u0930\u0924 \u0E44\u0E17\u0E22 "
    "\u05D9\u05E9\u05E8\u05D0\u05DC "
    "\u0627\u06CC\u0631\u0627\u0646 \u0645\u0635\u0631 "
    "\u0627\u0645\u0627\u0631\u0627\u062A "
    "\u0627\u0644\u0633\u0639\u0648\u062F\u064A\u0629 ";
/* These are also words: "your account.Click here" has no link in it. */
static const char words[] =
    " app dev pro info name online shop store site website tech club live "
    "life world today news blog cloud space fun top vip win work link click "
    "page agency digital email support help services solutions systems "
    "software media video games bank finance money credit loan loans "
    "insurance health care clinic travel hotel tours center company group "
    "global international network host hosting design studio art zone city "
    "land house homes pub bar cafe pizza coffee restaurant wiki guide "
    "academy school university college jobs careers market sale deals "
    "discount gift promo cash exchange trade trading capital fund ventures "
    "legal law lawyer attorney tax tel cat coop museum post test local co "
    "icu pl pt pe cr lu li mc sa pk si al ga by ag gl us ";

static bool is_listed(const char *list, const char *s, size_t n)
{
	char word[32];
	if (n == 0 || n > sizeof(word) - 3)
		return false;
	word[0] = ' ';
	for (size_t i = 0; i < n; i++)
		word[i + 1] =
		    s[i] >= 'A' && s[i] <= 'Z' ? (char)(s[i] | 0x20) : s[i];
	word[n + 1] = ' ';
	word[n + 2] = '\0';
	return strstr(list, word) != NULL;
}

/* Not a site but a thing that is called so. */
static bool is_product(const char *host, size_t len)
{
	static const char things[] =
	    " asp.net vb.net ado.net ml.net .net node.js ";
	return is_listed(things, host, len);
}

bool link_host_has_tld(const char *host, size_t len, bool with_path)
{
	size_t first = len;
	if (!with_path && is_product(host, len))
		return false;
	while (first > 0 && host[first - 1] != '.')
		first--;
	const char *tld = host + first;
	size_t n = len - first;
	if (first == 0 || n == 0)
		return false;
	if (is_listed(sites, tld, n))
		return true;
	bool small = tld[0] >= 'a' && tld[0] <= 'z';
	if (is_listed(words, tld, n))
		return with_path || small;
	bool letters = n == 2;
	for (size_t i = 0; i < n; i++)
		letters &= (tld[i] | 0x20) >= 'a' && (tld[i] | 0x20) <= 'z';
	if (letters)
		return with_path; /* "done.It" is none, "youtu.be/x" is */
	return n > 4 && memcmp(tld, "xn--", 4) == 0;
}
