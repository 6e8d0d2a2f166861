/* entity_chars - see entity_chars.h. */
#include "rules/entity_chars.h"

#include "rules/confusable.h"
#include "rules/glyph.h"

size_t entity_high_sign(const struct entity_in *in, size_t i)
{
	int32_t cp = 0;
	size_t len = glyph_decode(in->s + i, in->n - i, &cp);
	return glyph_class(cp) == GLYPH_OTHER ? len : 0;
}

bool entity_parts(const struct entity_in *in, size_t i)
{
	const struct text *t = in->text;
	size_t from;
	int32_t cp = 0;
	if (in->s[i] != '-' && in->s[i] != '\'')
		return false;
	from = text_from(&t->folded, i);
	glyph_decode(t->bytes + from, t->len - from, &cp);
	/* hyphens and apostrophes join */
	return (cp >= 0x2012 && cp <= 0x2015) || cp == 0x2018 || cp == 0x201B;
}

/* What cp looks like, if that is one letter. */
static char looks_like(int32_t cp)
{
	bool ordinary;
	const char *latin = confusable_latin(cp, &ordinary);
	return latin && !latin[1] ? latin[0] : '\0';
}

char entity_latin(const struct entity_in *in, size_t i, size_t *len)
{
	*len = 1;
	if (!chars_are(in->s[i], CHARS_HIGH))
		return entity_is_alnum(in->s[i]) ? in->s[i] : '\0';
	/* Capitals and small letters may look different: as it was written. */
	const struct text *t = in->text;
	size_t from = text_from(&t->folded, i);
	int32_t cp = 0, orig = 0;
	*len = glyph_decode(in->s + i, in->n - i, &cp);
	glyph_decode(t->bytes + from, t->len - from, &orig);
	char c = looks_like(orig);
	return c ? c : looks_like(cp);
}
