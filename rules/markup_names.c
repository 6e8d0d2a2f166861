/* markup_names - see markup_names.h. */
#include "rules/markup_names.h"

#include <string.h>

/* Names between spaces, so that one search finds a whole one. */
static const char block_tags[] =
    " address article aside blockquote body br button caption center col "
    "colgroup dd details dialog dir div dl dt fieldset figcaption figure "
    "footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html "
    "iframe legend li main menu nav ol optgroup option p pre search section "
    "select summary table tbody td template textarea tfoot th thead title tr "
    "ul video !doctype ";
static const char inline_tags[] =
    " a abbr acronym area audio b base basefont bdi bdo big cite code data "
    "datalist del dfn em embed font i img input ins kbd label link map mark "
    "meta meter nobr noscript object output param path picture progress q rp "
    "rt ruby s samp script slot small source span strike strong style sub sup "
    "svg time track tt u use var wbr ";
static const char bare_attributes[] =
    " allowfullscreen async autofocus autoplay checked contenteditable "
    "controls default defer disabled download formnovalidate hidden html "
    "inert ismap itemscope loop multiple muted nomodule noshade novalidate "
    "nowrap open playsinline readonly required reversed selected ";

/* Whatever its capitals. */
static bool is_listed(const char *list, const char *s, size_t n)
{
	char word[MARKUP_MAX_NAME + 3];
	if (n == 0 || n > MARKUP_MAX_NAME)
		return false;
	word[0] = ' ';
	for (size_t i = 0; i < n; i++)
		word[i + 1] = s[i] >= 'A' && s[i] <= 'Z'
		    ? (char)(s[i] - 'A' + 'a')
		    : s[i];
	word[n + 1] = ' ';
	word[n + 2] = '\0';
	return strstr(list, word) != NULL;
}

bool markup_is_block_name(const char *s, size_t n)
{
	return is_listed(block_tags, s, n);
}

bool markup_is_tag_name(const char *s, size_t n)
{
	return is_listed(block_tags, s, n) || is_listed(inline_tags, s, n);
}

bool markup_is_bare_attribute(const char *s, size_t n)
{
	return is_listed(bare_attributes, s, n);
}
