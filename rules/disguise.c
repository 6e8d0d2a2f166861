/*
 * disguise - the table of guard_disguise.h. A row says where its characters
 * come from; that it is true, tests/unit/rules/test_disguise.c shows: it has a
 * maker for every row, and no other.
 */
#include "rules/guard_disguise.h"

#define NFKC "Unicode UAX 15, NFKC"
#define TR39 "Unicode UTS 39, confusables"
#define OWN "our own list"
#define IGNORABLE "Unicode DerivedCoreProperties, Default_Ignorable_Code_Point"

static const struct guard_disguise rows[] = {
    {"capitals", "capital and small letters mixed", "Unicode CaseFolding, full",
	NULL},
    {"full width", "letters and digits of double width", NFKC, NULL},
    {"mathematical letters", "bold, script, fraktur, monospace letters", NFKC,
	NULL},
    {"superscript letters", "raised letters", NFKC, NULL},
    {"circled letters", "letters in circles", NFKC, NULL},
    {"squared letters", "letters in squares", NFKC, NULL},
    {"filled circles", "white letters in black circles",
	"Unicode Enclosed Alphanumeric Supplement", NULL},
    {"filled squares", "white letters in black squares",
	"Unicode Enclosed Alphanumeric Supplement", NULL},
    {"parenthesized letters", "letters in parentheses, one character each",
	"Unicode Enclosed Alphanumerics", NULL},
    {"flag letters", "regional indicators that make no flag",
	"Unicode UTS 51, Regional_Indicator",
	"two in a row are a flag, no word"},
    {"zero-width characters", "spaces and joiners nobody sees", IGNORABLE,
	NULL},
    {"soft hyphens", "places where a line might break", IGNORABLE, NULL},
    {"variation selectors", "how the character before is to look", IGNORABLE,
	NULL},
    {"tag characters", "invisible copies of ASCII", IGNORABLE, NULL},
    {"bidi controls", "marks that turn the direction of writing",
	"Unicode UAX 9; " IGNORABLE, "letters are read in the order sent"},
    {"control characters", "C0 controls, DEL", "Unicode General_Category Cc",
	NULL},
    {"combining marks", "marks piled on every letter",
	"Unicode General_Category Mn, Mc, Me",
	"an accent makes another letter (caf\u00E9 is not cafe) unless most "
	"letters have one"},
    {"Cyrillic letters", "letters of Cyrillic that look Latin", TR39,
	"a word all of them counts only behind a Latin word"},
    {"Greek letters", "letters of Greek that look Latin", TR39,
	"a word all of them counts only behind a Latin word"},
    {"letters of many scripts", "Armenian, Cherokee, Lisu and others", TR39,
	NULL},
    {"small capitals", "capitals as low as small letters", TR39 "; " OWN, NULL},
    {"signs as letters", "signs of mathematics that look like letters", TR39,
	NULL},
    {"letters with a stroke", "barred and tailed Latin letters", TR39 "; " OWN,
	"not in a text that also has accents: there they are letters"},
    {"capital I for l", "the two look alike in many fonts", TR39,
	"between small letters only"},
    {"digits of other scripts", "decimal digits of any script",
	"Unicode General_Category Nd", NULL},
    {"leet", "digits and signs for letters: r3fund, c@sh, ca$h", OWN,
	"in words of three and more; half of it letters, a third in long ones"},
    {"spaced letters", "r e f u n d", OWN,
	"three letters and more with the same sign between, up to 256 bytes"},
    {"spaced letters, no word ends", "m o n e y b a c k", OWN,
	"six letters of the phrase, or all but one of the row"},
    {"dotted letters", "r.e.f.u.n.d", OWN, "as spaced letters"},
    {"hyphenated letters", "r-e-f-u-n-d", OWN, "as spaced letters"},
    {"letters and underscores", "r_e_f_u_n_d", OWN, "as spaced letters"},
    {"unusual white space", "spaces of any width, line breaks, runs of them",
	"Unicode White_Space", NULL},
    {"typographic signs", "curly apostrophes, long dashes",
	"Unicode General Punctuation; " OWN, NULL},
    {"Markdown emphasis", "re**fun**d", "CommonMark 6.2", NULL},
    {"Markdown strikethrough", "re~~fun~~d", "GitHub Flavored Markdown 6.5",
	NULL},
    {"Markdown code", "re`fun`d", "CommonMark 6.1", NULL},
    {"Markdown links", "re[fun](https://x.example)d", "CommonMark 6.3",
	"targets up to 256 bytes"},
    {"Markdown images", "re![x](https://x.example)fund", "CommonMark 6.4",
	"inside a word with letters, up to 256 bytes"},
    {"HTML tags", "re<b>fun</b>d", "HTML, elements and attributes",
	"up to 256 bytes; outside of words only tags that HTML has"},
    {"HTML comments", "re<!-- x -->fund, re<!-->fund, re<?x>fund",
	"HTML 13.2.5.6, 13.2.5.43", "up to 256 bytes"},
    {"HTML entities", "r&#101;fund, re&shy;fund", "HTML 13.2.5.80",
	"by number all, by name the usual ones"},
    {"backspaces", "refx\\bund", "ISO 6429, BS and DEL", "within a word"},
    {"terminal escapes", "colours and titles of a terminal",
	"ISO 6429, ESC, CSI, OSC", "up to 256 bytes"},
};

const struct guard_disguise *guard_disguise(size_t index)
{
	return index < sizeof(rows) / sizeof(rows[0]) ? &rows[index] : NULL;
}
