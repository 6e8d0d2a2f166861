/* entity_said - see entity_said.h. */
#include "rules/entity_said.h"

#include <string.h>

#define NAMING_BYTES 64u

static const char *const phones[] = {"phone", "phones", "telephone", "tel",
    "call", "calls", "calling", "mobile", "cell", "cellphone", "fax", "dial",
    "sms", "whatsapp", "viber", "hotline", "helpline", "landline", "voicemail",
    "ring", "phoning", "callback", /* German */ "telefon", "telefonnummer",
    "handy", "handynummer", "mobil", "mobilnummer", "anrufen", "rufen",
    "rufnummer", "durchwahl", /* French */ "t\xc3\xa9l",
    "t\xc3\xa9l\xc3\xa9phone", "telephonique", "appelez", "appeler",
    "portable", /* Spanish */
    "tel\xc3\xa9"
    "fono",
    "m\xc3\xb3vil", "movil", "llame", "llamar", "ll\xc3\xa1menos",
    "ll\xc3\xa1mame", "celular", /* Italian */ "telefono", "cellulare",
    "chiamare", "chiami", "chiamaci", /* Dutch */ "telefoon", "telefoonnummer",
    "bel", "bellen", "mobiel", /* Portuguese */ "telefone", "telem\xc3\xb3vel",
    "ligue", "ligar", /* Polish, Nordic */ "telefonu", "zadzwo\xc5\x84",
    "kom\xc3\xb3rka", "telefonnummeret", "mobilen", "puhelin", NULL};
/* These are said of much else, too. */
static const char *const perhaps[] = {"number", "numbers", "no", "num",
    "contact", "reach", "text", "line", "numer", "num\xc3\xa9ro", "nummer",
    "n\xc3\xbamero", "numero", NULL};
static const char *const others[] = {"order", "account", "reference", "ref",
    "case", "ticket", "tracking", "invoice", "confirmation", "booking", "card",
    "id", "policy", "claim", "transaction", "serial", "member", "membership",
    "customer", "reservation", "code", "flight", "ssn", "iban", "routing",
    "sku", "isbn", "parcel", "shipment", "item", "model", "part", "contract",
    "vat", "price", "total", "amount", "balance", "version", "date", "zip",
    "zipcode", "postcode", "upc", NULL};
/* With one of the others in front these are the name of a number. */
static const char *const nouns[] = {"number", "numbers", "no", "num", "nr",
    "id", "code", "ref", "reference", NULL};
/* These stand between a name and its number. */
static const char *const between[] = {"is", "are", "was", "the", "a", "your",
    "my", "our", "his", "her", "their", "this", "that", "of", "with", "has",
    "s", "it", "new", NULL};

enum entity_said entity_said(const struct entity_in *in, size_t start)
{
	const struct entity_words lists[] = {
	    {phones, true}, {others, true}, {perhaps, false}, {NULL, false}};
	unsigned also;
	unsigned found = entity_context(in, start, lists, &also);
	return found == 1 ? ENTITY_SAID_PHONE
	    : found == 2  ? ENTITY_SAID_OTHER
	    : also        ? ENTITY_SAID_PERHAPS
			  : ENTITY_SAID_NOTHING;
}

/* Is a comma, a semicolon or a parenthesis in from..to? */
static bool is_parted(const struct entity_in *in, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (strchr(",;()", in->s[i]) && in->s[i])
			return true;
	return false;
}

bool entity_is_named(const struct entity_in *in, size_t start, bool shaped)
{
	size_t at = start, len, noun = 0;
	bool close = true; /* nothing but small words so far */
	while (at > 0 && start - at < NAMING_BYTES) {
		at = entity_word_before(in, at, &len);
		const char *word = in->s + at;
		if (len == 0 || entity_is_digit(*word) ||
		    entity_is_listed(word, len, phones))
			return false;
		bool other = entity_is_listed(word, len, others);
		if (other && noun && !is_parted(in, noun, start))
			return true;
		if (other && close &&
		    !(shaped && is_parted(in, at + len, start)))
			return true;
		bool is_noun = entity_is_listed(word, len, nouns);
		noun = is_noun ? at + len : 0;
		close &= is_noun || entity_is_listed(word, len, between);
	}
	return false;
}
