/* beside - see beside.h. */
#include "rules/beside.h"

#include "rules/glyph.h"

enum beside beside_high(const char *s, size_t n, size_t i, size_t *len)
{
	int32_t cp = 0;
	*len = glyph_decode(s + i, n - i, &cp);
	switch (glyph_class(cp)) {
	case GLYPH_LETTER:
		return glyph_is_apart(cp) ? BESIDE_APART : BESIDE_WORD;
	case GLYPH_DIGIT:
		return BESIDE_WORD;
	case GLYPH_SINGLE:
	case GLYPH_KATAKANA:
	case GLYPH_MARK:
		return BESIDE_APART;
	case GLYPH_OTHER:
	case GLYPH_SPACE:
	case GLYPH_SYMBOL:
		break;
	}
	return BESIDE_SIGN;
}
