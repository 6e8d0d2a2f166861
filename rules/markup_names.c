/* markup_names - see markup_names.h. */
#include "rules/markup_names.h"

#include <string.h>

/* Names between spaces, so that one search finds a whole one. Which are blocks
 * and rows: HTML, 15.3 (Rendering). */
static const char block_tags[] =
    " address article aside blockquote body br caption center col colgroup "
    "details dialog dir div dl fieldset figcaption figure footer form frame "
    "frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html legend li main "
    "menu nav ol optgroup option p pre search section summary table tbody "
    "tfoot thead title tr ul !doctype ";
static const char cell_tags[] = " dd dt td th ";
static const char box_tags[] = " button iframe select template textarea video ";
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

static const char value_attributes[] =
    " abbr accept accept-charset accesskey action align alt "
    "aria-controls aria-current aria-describedby aria-disabled "
    "aria-expanded aria-hidden aria-label aria-labelledby aria-live "
    "autocapitalize autocomplete background bgcolor border cellpadding "
    "cellspacing charset cite class color cols colspan content coords "
    "crossorigin d data datetime decoding dir dirname draggable enctype "
    "enterkeyhint face fetchpriority fill for form formaction "
    "formenctype formmethod formtarget frameborder headers height high "
    "href hreflang http-equiv id imagesizes imagesrcset inputmode "
    "integrity is itemid itemprop itemref itemtype kind label lang list "
    "loading low marginheight marginwidth max maxlength media method "
    "min minlength name nonce onclick onload optimum pattern ping "
    "placeholder points popover popovertarget poster preload property "
    "referrerpolicy rel rev role rows rowspan rules sandbox scope "
    "scrolling shape size sizes slot span spellcheck src srcdoc srclang "
    "srcset start step stroke style summary tabindex target title "
    "translate transform type usemap valign value vlink viewbox width "
    "wrap x xmlns y ";

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

enum markup_parts markup_parts_of(const char *s, size_t n)
{
	if (is_listed(block_tags, s, n))
		return MARKUP_LINES;
	if (is_listed(cell_tags, s, n))
		return MARKUP_CELLS;
	return is_listed(box_tags, s, n) ? MARKUP_WORDS : MARKUP_NOTHING;
}

bool markup_is_tag_name(const char *s, size_t n)
{
	return markup_parts_of(s, n) != MARKUP_NOTHING ||
	    is_listed(inline_tags, s, n);
}

bool markup_is_bare_attribute(const char *s, size_t n)
{
	return is_listed(bare_attributes, s, n);
}

bool markup_is_attribute(const char *s, size_t n)
{
	return markup_is_bare_attribute(s, n) ||
	    is_listed(value_attributes, s, n);
}
