/* address_words - see address_words.h. A word of several lists has the bits of
 * all; ends are read from the last letter on. */
#include "rules/address_words.h"

#include <stdlib.h>
#include <string.h>

#define ENDS (ADDRESS_END | ADDRESS_PERHAPS_END)
#define IN_FRONT 3u /* bytes of a word in front of its end */

static const struct {
	enum address_list list;
	const char *words; /* a space between */
} lists[] = {
    /* Words that end the name of a street and are seldom said of anything else.
     */
    {ADDRESS_STREET,
	"street st avenue ave road rd boulevard blvd lane ln drive "
	"dr court ct parkway pkwy highway hwy crescent terrace "
	"expressway turnpike alley causeway esplanade"},
    /* These are. */
    {ADDRESS_PERHAPS_STREET,
	"place pl square sq way circle cir trail trl loop plaza row "
	"walk close gardens grove mews hill rise view green park "
	"wharf quay broadway gate crossing point run pike path bend "
	"broadway"},
    /* In front of the name, right behind the number. */
    {ADDRESS_FRENCH,
	"rue avenue boulevard bd place chemin all\xc3\xa9"
	"e allee "
	"impasse quai route cours passage sentier esplanade faubourg"},
    /* Behind the number of a house. */
    {ADDRESS_BIS, "bis ter quater"},
    {ADDRESS_DIRECTION,
	"n s e w ne nw se sw north south east west northeast "
	"northwest southeast southwest"},
    {ADDRESS_SMALL, "de du des la le les of the and saint st mt fort martin"},
    /* A number in front of these counts them. */
    {ADDRESS_COUNTED,
	"minute minutes min mins hour hours hr hrs day days week "
	"weeks month months year years mile miles km kilometers "
	"meters star stars item items people guests seats person "
	"percent points other more of to and or in for at on is are "
	"was the a an pm am gb mb tb kb january february march april "
	"may june july august september october november december "
	"jan feb mar apr jun jul aug sep sept oct nov dec"},
    /* What a street's name ends with, in one word or as a word of its own. */
    {ADDRESS_END,
	"strasse str platz allee gasse damm straat laan plein gracht "
	"gatan v\xc3\xa4gen utca chaussee"},
    /* The same, but also the ends of other words: a postcode has to follow. */
    {ADDRESS_PERHAPS_END,
	"weg ring ufer steig pfad markt hof kade dijk singel gata "
	"gade vej all\xc3\xa9 plads veien vegen gate vei katu tie "
	"kuja polku torg \xc3\xbat t\xc3\xa9r"},
    /* What one begins with. */
    {ADDRESS_BEGIN,
	"calle avenida avda avd paseo viale piazza rua ulica ul rue "
	"praceta travessa carrer ulice"},
    {ADDRESS_PERHAPS_BEGIN,
	"via plaza corso largo al aleja os avenue av boulevard bd "
	"chemin strada place c pra\xc3\xa7"
	"a"},
    {ADDRESS_OF,
	"de del della dei degli delle di da do dos das la las los el "
	"le les du des van der den het i y e san santa sant s"},
    /* In front of the number. */
    {ADDRESS_NUMBER, "n nr no num numero"},
    /* German streets are also Am Markt and Unter den Linden. */
    {ADDRESS_PREPOSITION, "am an auf im in unter zum zur beim vor"},
    {ADDRESS_ARTICLE, "den der dem die"},
    {ADDRESS_UNIT,
	"apt apartment suite ste unit floor fl flat room rm bldg "
	"building piso app bus bte etage \xc3\xa9tage wohnung top"},
    {ADDRESS_STATE,
	"al ak az ar ca co ct de fl ga hi id il in ia ks ky la me md "
	"ma mi mn ms mo mt ne nv nh nj nm ny nc nd oh ok or pa ri sc "
	"sd tn tx ut vt va wa wv wi wy dc pr"},
    {ADDRESS_STATE_NAME,
	"alabama alaska arizona arkansas california colorado "
	"connecticut delaware florida georgia hawaii idaho illinois "
	"indiana iowa kansas kentucky louisiana maine maryland "
	"massachusetts michigan minnesota mississippi missouri "
	"montana nebraska nevada ohio oklahoma oregon pennsylvania "
	"tennessee texas utah vermont virginia washington wisconsin "
	"wyoming hampshire jersey mexico york carolina dakota island"},
    /* In lower case inside the names of places. */
    {ADDRESS_JOIN,
	"am an der den dem im bei ob de del della di da do dos du la "
	"le les sur sous upon of van het aan en y s st"},
};
#define N_LISTS (sizeof(lists) / sizeof(lists[0]))

struct entries {
	struct lexicon_entry *items;
	size_t n;
};

static void add(
    struct entries *all, const char *word, size_t len, uint32_t list)
{
	for (size_t i = 0; i < all->n; i++) {
		struct lexicon_entry *e = &all->items[i];
		if (e->len == len && memcmp(e->bytes, word, len) == 0) {
			e->key |= list;
			return;
		}
	}
	all->items[all->n++] = (struct lexicon_entry){
	    .bytes = word, .len = (uint32_t)len, .key = list};
}

/* The words of one list; with a buffer: backwards, as beginnings. */
static void add_list(
    struct entries *all, const char *words, uint32_t list, char *buffer)
{
	while (*words) {
		size_t len = strcspn(words, " ");
		for (size_t i = 0; buffer && i < len; i++)
			buffer[i] = words[len - 1 - i];
		add(all, buffer ? buffer : words, len, list);
		buffer += buffer ? len : 0;
		words += len;
		words += *words == ' ';
	}
}

/* Room for the words of all lists, and a byte for each of theirs. */
static int reserve(struct entries *all, char **bytes)
{
	size_t n = 0;
	for (size_t i = 0; i < N_LISTS; i++)
		n += strlen(lists[i].words);
	all->n = 0;
	all->items = calloc(n, sizeof(*all->items));
	*bytes = malloc(n);
	return all->items && *bytes ? 0 : -1;
}

int address_words_build(struct address_words *w, struct arena *arena)
{
	struct entries all;
	char *bytes;
	*w = (struct address_words){0};
	if (reserve(&all, &bytes) == 0) {
		for (size_t i = 0; i < N_LISTS; i++)
			add_list(&all, lists[i].words, lists[i].list, NULL);
		w->words = lexicon_build(arena, all.items, all.n);
		char *at = bytes;
		all.n = 0;
		for (size_t i = 0; i < N_LISTS; i++) {
			if (!(lists[i].list & ENDS))
				continue;
			add_list(&all, lists[i].words, lists[i].list, at);
			at += strlen(lists[i].words);
		}
		for (size_t i = 0; i < all.n; i++)
			all.items[i].prefix = true;
		w->ends = lexicon_build(arena, all.items, all.n);
	}
	free(all.items);
	free(bytes);
	return w->words && w->ends ? 0 : -1;
}

uint32_t address_words_find(
    const struct address_words *w, const char *word, size_t len)
{
	uint32_t at = LEXICON_ROOT;
	for (size_t i = 0; i < len; i++)
		if (!lexicon_step(w->words, &at, word[i]))
			return 0;
	return w->words[at].word;
}

uint32_t address_words_end(
    const struct address_words *w, const char *word, size_t len)
{
	uint32_t at = LEXICON_ROOT, found = 0;
	for (size_t i = len; i > IN_FRONT; i--) {
		if (!lexicon_step(w->ends, &at, word[i - 1]))
			break;
		found |= w->ends[at].prefix;
	}
	return found;
}
