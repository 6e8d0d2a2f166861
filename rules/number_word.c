/* number_word - see number_word.h. One table for each first letter, sorted;
 * most words are let go by their second. */
#include "rules/number_word.h"

#include <string.h>

static const struct number_word words_a[] = {
    {"a", NUMBER_WORD_A, 1, ""},
    {"additional", NUMBER_WORD_KIND_OF, 0, ""},
    {"aed", NUMBER_WORD_CODE, 0, "AED"},
    {"afn", NUMBER_WORD_CODE, 0, "AFN"},
    {"all", NUMBER_WORD_CODE, 1, "ALL"},
    {"amd", NUMBER_WORD_CODE, 1, "AMD"},
    {"american", NUMBER_WORD_COUNTRY, 0, "USD"},
    {"an", NUMBER_WORD_A, 1, ""},
    {"and", NUMBER_WORD_AND, 0, ""},
    {"ang", NUMBER_WORD_CODE, 1, "ANG"},
    {"ars", NUMBER_WORD_CODE, 0, "ARS"},
    {"au", NUMBER_WORD_COUNTRY, 0, "AUD"},
    {"aud", NUMBER_WORD_CODE, 0, "AUD"},
    {"australian", NUMBER_WORD_COUNTRY, 0, "AUD"},
    {"awg", NUMBER_WORD_CODE, 1, "AWG"},
    {"azn", NUMBER_WORD_CODE, 0, "AZN"},
};
static const struct number_word words_b[] = {
    {"baht", NUMBER_WORD_CURRENCY, 100, "THB"},
    {"bam", NUMBER_WORD_CODE, 0, "BAM"},
    {"basis", NUMBER_WORD_BASIS, 0, ""},
    {"bbd", NUMBER_WORD_CODE, 0, "BBD"},
    {"bdt", NUMBER_WORD_CODE, 0, "BDT"},
    {"between", NUMBER_WORD_BETWEEN, 0, ""},
    {"bgn", NUMBER_WORD_CODE, 0, "BGN"},
    {"bhd", NUMBER_WORD_CODE, 0, "BHD"},
    {"bif", NUMBER_WORD_CODE, 0, "BIF"},
    {"bill", NUMBER_WORD_PRICE, 0, ""},
    {"billion", NUMBER_WORD_SCALE, 1000000000, ""},
    {"billions", NUMBER_WORD_SCALE, 1000000000, ""},
    {"bmd", NUMBER_WORD_CODE, 0, "BMD"},
    {"bn", NUMBER_WORD_SCALE, 1000000000, ""},
    {"bnd", NUMBER_WORD_CODE, 0, "BND"},
    {"bob", NUMBER_WORD_CODE, 1, "BOB"},
    {"bogo", NUMBER_WORD_BOGO, 5000, ""},
    {"bogof", NUMBER_WORD_BOGO, 5000, ""},
    {"bonus", NUMBER_WORD_KIND_OF, 0, ""},
    {"bps", NUMBER_WORD_BASIS, 0, ""},
    {"british", NUMBER_WORD_COUNTRY, 0, "GBP"},
    {"brl", NUMBER_WORD_CODE, 0, "BRL"},
    {"bsd", NUMBER_WORD_CODE, 0, "BSD"},
    {"btn", NUMBER_WORD_CODE, 1, "BTN"},
    {"buck", NUMBER_WORD_CURRENCY, 100, "USD"},
    {"bucks", NUMBER_WORD_CURRENCY, 100, "USD"},
    {"business", NUMBER_WORD_KIND_OF, 0, ""},
    {"buy", NUMBER_WORD_BUY, 0, ""},
    {"bwp", NUMBER_WORD_CODE, 0, "BWP"},
    {"byn", NUMBER_WORD_CODE, 0, "BYN"},
    {"bzd", NUMBER_WORD_CODE, 0, "BZD"},
};
static const struct number_word words_c[] = {
    {"c", NUMBER_WORD_COUNTRY, 0, "CAD"},
    {"ca", NUMBER_WORD_COUNTRY, 0, "CAD"},
    {"cad", NUMBER_WORD_CODE, 0, "CAD"},
    {"calendar", NUMBER_WORD_KIND_OF, 0, ""},
    {"canadian", NUMBER_WORD_COUNTRY, 0, "CAD"},
    {"cdf", NUMBER_WORD_CODE, 0, "CDF"},
    {"cent", NUMBER_WORD_CURRENCY, 1, "USD"},
    {"cents", NUMBER_WORD_CURRENCY, 1, "USD"},
    {"chf", NUMBER_WORD_CODE, 0, "CHF"},
    {"clp", NUMBER_WORD_CODE, 0, "CLP"},
    {"cny", NUMBER_WORD_CODE, 0, "CNY"},
    {"complimentary", NUMBER_WORD_KIND_OF, 0, ""},
    {"consecutive", NUMBER_WORD_KIND_OF, 0, ""},
    {"cop", NUMBER_WORD_CODE, 1, "COP"},
    {"cost", NUMBER_WORD_PRICE, 0, ""},
    {"couple", NUMBER_WORD_COUPLE, 2, ""},
    {"crc", NUMBER_WORD_CODE, 0, "CRC"},
    {"crore", NUMBER_WORD_SCALE, 10000000, ""},
    {"crores", NUMBER_WORD_SCALE, 10000000, ""},
    {"cup", NUMBER_WORD_CODE, 1, "CUP"},
    {"cve", NUMBER_WORD_CODE, 0, "CVE"},
    {"czk", NUMBER_WORD_CODE, 0, "CZK"},
};
static const struct number_word words_d[] = {
    {"day", NUMBER_WORD_UNIT, 86400, ""},
    {"days", NUMBER_WORD_UNIT, 86400, ""},
    {"decade", NUMBER_WORD_UNIT, 315360000, ""},
    {"decades", NUMBER_WORD_UNIT, 315360000, ""},
    {"dinar", NUMBER_WORD_CURRENCY, 100, ""},
    {"dinars", NUMBER_WORD_CURRENCY, 100, ""},
    {"dirham", NUMBER_WORD_CURRENCY, 100, "AED"},
    {"dirhams", NUMBER_WORD_CURRENCY, 100, "AED"},
    {"djf", NUMBER_WORD_CODE, 0, "DJF"},
    {"dkk", NUMBER_WORD_CODE, 0, "DKK"},
    {"dollar", NUMBER_WORD_CURRENCY, 100, "USD"},
    {"dollars", NUMBER_WORD_CURRENCY, 100, "USD"},
    {"dong", NUMBER_WORD_CURRENCY, 100, "VND"},
    {"dop", NUMBER_WORD_CODE, 0, "DOP"},
    {"dozen", NUMBER_WORD_DOZEN, 12, ""},
    {"dozens", NUMBER_WORD_DOZEN, 12, ""},
    {"dzd", NUMBER_WORD_CODE, 0, "DZD"},
};
static const struct number_word words_e[] = {
    {"egp", NUMBER_WORD_CODE, 0, "EGP"},
    {"eight", NUMBER_WORD_ONES, 8, ""},
    {"eighteen", NUMBER_WORD_ONES, 18, ""},
    {"eighty", NUMBER_WORD_TENS, 80, ""},
    {"eleven", NUMBER_WORD_ONES, 11, ""},
    {"ern", NUMBER_WORD_CODE, 1, "ERN"},
    {"etb", NUMBER_WORD_CODE, 0, "ETB"},
    {"eur", NUMBER_WORD_CODE, 0, "EUR"},
    {"euro", NUMBER_WORD_CURRENCY, 100, "EUR"},
    {"euros", NUMBER_WORD_CURRENCY, 100, "EUR"},
    {"extra", NUMBER_WORD_KIND_OF, 0, ""},
};
static const struct number_word words_f[] = {
    {"fee", NUMBER_WORD_PRICE, 0, ""},
    {"few", NUMBER_WORD_COUPLE, 3, ""},
    {"fifteen", NUMBER_WORD_ONES, 15, ""},
    {"fifth", NUMBER_WORD_PART, 2000, ""},
    {"fifths", NUMBER_WORD_PART, 2000, ""},
    {"fifty", NUMBER_WORD_TENS, 50, ""},
    {"five", NUMBER_WORD_ONES, 5, ""},
    {"fiver", NUMBER_WORD_AMOUNT, 500, "GBP"},
    {"fjd", NUMBER_WORD_CODE, 0, "FJD"},
    {"for", NUMBER_WORD_FOR, 0, ""},
    {"forint", NUMBER_WORD_CURRENCY, 100, "HUF"},
    {"forints", NUMBER_WORD_CURRENCY, 100, "HUF"},
    {"fortnight", NUMBER_WORD_UNIT, 1209600, ""},
    {"fortnights", NUMBER_WORD_UNIT, 1209600, ""},
    {"forty", NUMBER_WORD_TENS, 40, ""},
    {"four", NUMBER_WORD_ONES, 4, ""},
    {"fourteen", NUMBER_WORD_ONES, 14, ""},
    {"fourty", NUMBER_WORD_TENS, 40, ""},
    {"fr", NUMBER_WORD_CURRENCY, 100, "CHF"},
    {"franc", NUMBER_WORD_CURRENCY, 100, "CHF"},
    {"francs", NUMBER_WORD_CURRENCY, 100, "CHF"},
    {"free", NUMBER_WORD_FREE, 0, ""},
    {"full", NUMBER_WORD_KIND_OF, 0, ""},
};
static const struct number_word words_g[] = {
    {"gbp", NUMBER_WORD_CODE, 0, "GBP"},
    {"gel", NUMBER_WORD_CODE, 1, "GEL"},
    {"ghs", NUMBER_WORD_CODE, 0, "GHS"},
    {"gmd", NUMBER_WORD_CODE, 0, "GMD"},
    {"gnf", NUMBER_WORD_CODE, 0, "GNF"},
    {"grand", NUMBER_WORD_SCALE, 1000, ""},
    {"gtq", NUMBER_WORD_CODE, 0, "GTQ"},
    {"gyd", NUMBER_WORD_CODE, 1, "GYD"},
};
static const struct number_word words_h[] = {
    {"half", NUMBER_WORD_PART, 5000, ""},
    {"halves", NUMBER_WORD_PART, 5000, ""},
    {"hk", NUMBER_WORD_COUNTRY, 0, "HKD"},
    {"hkd", NUMBER_WORD_CODE, 0, "HKD"},
    {"hnl", NUMBER_WORD_CODE, 0, "HNL"},
    {"hour", NUMBER_WORD_UNIT, 3600, ""},
    {"hours", NUMBER_WORD_UNIT, 3600, ""},
    {"hr", NUMBER_WORD_UNIT, 3600, ""},
    {"hrk", NUMBER_WORD_CODE, 0, "HRK"},
    {"hrs", NUMBER_WORD_UNIT, 3600, ""},
    {"htg", NUMBER_WORD_CODE, 1, "HTG"},
    {"huf", NUMBER_WORD_CODE, 0, "HUF"},
    {"hundred", NUMBER_WORD_HUNDRED, 100, ""},
    {"hundreds", NUMBER_WORD_HUNDRED, 100, ""},
};
static const struct number_word words_i[] = {
    {"idr", NUMBER_WORD_CODE, 0, "IDR"},
    {"ils", NUMBER_WORD_CODE, 0, "ILS"},
    {"inr", NUMBER_WORD_CODE, 0, "INR"},
    {"iqd", NUMBER_WORD_CODE, 0, "IQD"},
    {"irr", NUMBER_WORD_CODE, 0, "IRR"},
    {"isk", NUMBER_WORD_CODE, 0, "ISK"},
};
static const struct number_word words_j[] = {
    {"jmd", NUMBER_WORD_CODE, 0, "JMD"},
    {"jod", NUMBER_WORD_CODE, 0, "JOD"},
    {"jpy", NUMBER_WORD_CODE, 0, "JPY"},
};
static const struct number_word words_k[] = {
    {"k", NUMBER_WORD_SCALE, 1000, ""},
    {"kes", NUMBER_WORD_CODE, 0, "KES"},
    {"kgs", NUMBER_WORD_CODE, 0, "KGS"},
    {"khr", NUMBER_WORD_CODE, 0, "KHR"},
    {"korun", NUMBER_WORD_CURRENCY, 100, "CZK"},
    {"koruna", NUMBER_WORD_CURRENCY, 100, "CZK"},
    {"kr", NUMBER_WORD_CURRENCY, 100, ""},
    {"krona", NUMBER_WORD_CURRENCY, 100, ""},
    {"krone", NUMBER_WORD_CURRENCY, 100, ""},
    {"kroner", NUMBER_WORD_CURRENCY, 100, ""},
    {"kronor", NUMBER_WORD_CURRENCY, 100, ""},
    {"krw", NUMBER_WORD_CODE, 0, "KRW"},
    {"kwd", NUMBER_WORD_CODE, 0, "KWD"},
    {"kyd", NUMBER_WORD_CODE, 0, "KYD"},
    {"kzt", NUMBER_WORD_CODE, 0, "KZT"},
};
static const struct number_word words_l[] = {
    {"lak", NUMBER_WORD_CODE, 1, "LAK"},
    {"lakh", NUMBER_WORD_SCALE, 100000, ""},
    {"lakhs", NUMBER_WORD_SCALE, 100000, ""},
    {"lbp", NUMBER_WORD_CODE, 0, "LBP"},
    {"lei", NUMBER_WORD_CURRENCY, 100, "RON"},
    {"lira", NUMBER_WORD_CURRENCY, 100, "TRY"},
    {"lkr", NUMBER_WORD_CODE, 0, "LKR"},
    {"lrd", NUMBER_WORD_CODE, 0, "LRD"},
    {"lsl", NUMBER_WORD_CODE, 0, "LSL"},
    {"lyd", NUMBER_WORD_CODE, 0, "LYD"},
};
static const struct number_word words_m[] = {
    {"mad", NUMBER_WORD_CODE, 1, "MAD"},
    {"mdl", NUMBER_WORD_CODE, 0, "MDL"},
    {"mex", NUMBER_WORD_COUNTRY, 0, "MXN"},
    {"mexican", NUMBER_WORD_COUNTRY, 0, "MXN"},
    {"mga", NUMBER_WORD_CODE, 0, "MGA"},
    {"million", NUMBER_WORD_SCALE, 1000000, ""},
    {"millions", NUMBER_WORD_SCALE, 1000000, ""},
    {"min", NUMBER_WORD_UNIT, 60, ""},
    {"mins", NUMBER_WORD_UNIT, 60, ""},
    {"minute", NUMBER_WORD_UNIT, 60, ""},
    {"minutes", NUMBER_WORD_UNIT, 60, ""},
    {"mio", NUMBER_WORD_SCALE, 1000000, ""},
    {"mkd", NUMBER_WORD_CODE, 0, "MKD"},
    {"mmk", NUMBER_WORD_CODE, 0, "MMK"},
    {"mn", NUMBER_WORD_SCALE, 1000000, ""},
    {"mnt", NUMBER_WORD_CODE, 0, "MNT"},
    {"mo", NUMBER_WORD_UNIT, 2592000, ""},
    {"month", NUMBER_WORD_UNIT, 2592000, ""},
    {"months", NUMBER_WORD_UNIT, 2592000, ""},
    {"mop", NUMBER_WORD_CODE, 1, "MOP"},
    {"more", NUMBER_WORD_KIND_OF, 0, ""},
    {"mos", NUMBER_WORD_UNIT, 2592000, ""},
    {"mru", NUMBER_WORD_CODE, 0, "MRU"},
    {"mth", NUMBER_WORD_UNIT, 2592000, ""},
    {"mths", NUMBER_WORD_UNIT, 2592000, ""},
    {"mur", NUMBER_WORD_CODE, 0, "MUR"},
    {"mvr", NUMBER_WORD_CODE, 0, "MVR"},
    {"mwk", NUMBER_WORD_CODE, 0, "MWK"},
    {"mx", NUMBER_WORD_COUNTRY, 0, "MXN"},
    {"mxn", NUMBER_WORD_CODE, 0, "MXN"},
    {"myr", NUMBER_WORD_CODE, 0, "MYR"},
    {"mzn", NUMBER_WORD_CODE, 0, "MZN"},
};
static const struct number_word words_n[] = {
    {"nad", NUMBER_WORD_CODE, 0, "NAD"},
    {"naira", NUMBER_WORD_CURRENCY, 100, "NGN"},
    {"ngn", NUMBER_WORD_CODE, 0, "NGN"},
    {"nine", NUMBER_WORD_ONES, 9, ""},
    {"nineteen", NUMBER_WORD_ONES, 19, ""},
    {"ninety", NUMBER_WORD_TENS, 90, ""},
    {"ninty", NUMBER_WORD_TENS, 90, ""},
    {"nio", NUMBER_WORD_CODE, 0, "NIO"},
    {"nok", NUMBER_WORD_CODE, 0, "NOK"},
    {"npr", NUMBER_WORD_CODE, 0, "NPR"},
    {"nt", NUMBER_WORD_COUNTRY, 0, "TWD"},
    {"nz", NUMBER_WORD_COUNTRY, 0, "NZD"},
    {"nzd", NUMBER_WORD_CODE, 0, "NZD"},
};
static const struct number_word words_o[] = {
    {"off", NUMBER_WORD_OFF, 0, ""},
    {"omr", NUMBER_WORD_CODE, 0, "OMR"},
    {"one", NUMBER_WORD_ONES, 1, ""},
    {"or", NUMBER_WORD_TO, 0, ""},
};
static const struct number_word words_p[] = {
    {"pab", NUMBER_WORD_CODE, 0, "PAB"},
    {"pair", NUMBER_WORD_COUPLE, 2, ""},
    {"pct", NUMBER_WORD_PERCENT, 0, ""},
    {"pen", NUMBER_WORD_CODE, 1, "PEN"},
    {"pence", NUMBER_WORD_CURRENCY, 1, "GBP"},
    {"penny", NUMBER_WORD_CURRENCY, 1, "GBP"},
    {"per", NUMBER_WORD_PER, 0, ""},
    {"percent", NUMBER_WORD_PERCENT, 0, ""},
    {"percentage", NUMBER_WORD_PERCENT, 0, ""},
    {"percents", NUMBER_WORD_PERCENT, 0, ""},
    {"peso", NUMBER_WORD_CURRENCY, 100, "MXN"},
    {"pesos", NUMBER_WORD_CURRENCY, 100, "MXN"},
    {"pgk", NUMBER_WORD_CODE, 0, "PGK"},
    {"php", NUMBER_WORD_CODE, 0, "PHP"},
    {"pkr", NUMBER_WORD_CODE, 0, "PKR"},
    {"pln", NUMBER_WORD_CODE, 0, "PLN"},
    {"point", NUMBER_WORD_POINT, 0, ""},
    {"points", NUMBER_WORD_POINT, 0, ""},
    {"por", NUMBER_WORD_PER, 0, ""},
    {"pound", NUMBER_WORD_CURRENCY, 100, "GBP"},
    {"pounds", NUMBER_WORD_CURRENCY, 100, "GBP"},
    {"pour", NUMBER_WORD_PER, 0, ""},
    {"price", NUMBER_WORD_PRICE, 0, ""},
    {"priced", NUMBER_WORD_PRICE, 0, ""},
    {"prices", NUMBER_WORD_PRICE, 0, ""},
    {"procent", NUMBER_WORD_PERCENT, 0, ""},
    {"prozent", NUMBER_WORD_PERCENT, 0, ""},
    {"pyg", NUMBER_WORD_CODE, 0, "PYG"},
};
static const struct number_word words_q[] = {
    {"qar", NUMBER_WORD_CODE, 0, "QAR"},
    {"quarter", NUMBER_WORD_PART, 2500, ""},
    {"quarters", NUMBER_WORD_PART, 2500, ""},
    {"quid", NUMBER_WORD_CURRENCY, 100, "GBP"},
};
static const struct number_word words_r[] = {
    {"r", NUMBER_WORD_COUNTRY, 0, "BRL"},
    {"rand", NUMBER_WORD_CURRENCY, 100, "ZAR"},
    {"rd", NUMBER_WORD_COUNTRY, 0, "DOP"},
    {"reais", NUMBER_WORD_CURRENCY, 100, "BRL"},
    {"renminbi", NUMBER_WORD_CURRENCY, 100, "CNY"},
    {"ringgit", NUMBER_WORD_CURRENCY, 100, "MYR"},
    {"riyal", NUMBER_WORD_CURRENCY, 100, "SAR"},
    {"riyals", NUMBER_WORD_CURRENCY, 100, "SAR"},
    {"rm", NUMBER_WORD_CURRENCY, 100, "MYR"},
    {"rmb", NUMBER_WORD_CURRENCY, 100, "CNY"},
    {"ron", NUMBER_WORD_CODE, 0, "RON"},
    {"rouble", NUMBER_WORD_CURRENCY, 100, "RUB"},
    {"roubles", NUMBER_WORD_CURRENCY, 100, "RUB"},
    {"rp", NUMBER_WORD_CURRENCY, 100, "IDR"},
    {"rs", NUMBER_WORD_CURRENCY, 100, "INR"},
    {"rsd", NUMBER_WORD_CODE, 0, "RSD"},
    {"rub", NUMBER_WORD_CODE, 0, "RUB"},
    {"ruble", NUMBER_WORD_CURRENCY, 100, "RUB"},
    {"rubles", NUMBER_WORD_CURRENCY, 100, "RUB"},
    {"rupee", NUMBER_WORD_CURRENCY, 100, "INR"},
    {"rupees", NUMBER_WORD_CURRENCY, 100, "INR"},
    {"rupiah", NUMBER_WORD_CURRENCY, 100, "IDR"},
    {"rwf", NUMBER_WORD_CODE, 0, "RWF"},
};
static const struct number_word words_s[] = {
    {"s", NUMBER_WORD_COUNTRY, 0, "SGD"},
    {"sar", NUMBER_WORD_CODE, 0, "SAR"},
    {"sbd", NUMBER_WORD_CODE, 0, "SBD"},
    {"scr", NUMBER_WORD_CODE, 0, "SCR"},
    {"sdg", NUMBER_WORD_CODE, 0, "SDG"},
    {"sec", NUMBER_WORD_UNIT, 1, ""},
    {"second", NUMBER_WORD_UNIT, 1, ""},
    {"seconds", NUMBER_WORD_UNIT, 1, ""},
    {"secs", NUMBER_WORD_UNIT, 1, ""},
    {"sek", NUMBER_WORD_CODE, 0, "SEK"},
    {"seven", NUMBER_WORD_ONES, 7, ""},
    {"seventeen", NUMBER_WORD_ONES, 17, ""},
    {"seventy", NUMBER_WORD_TENS, 70, ""},
    {"several", NUMBER_WORD_COUPLE, 3, ""},
    {"sfr", NUMBER_WORD_CURRENCY, 100, "CHF"},
    {"sg", NUMBER_WORD_COUNTRY, 0, "SGD"},
    {"sgd", NUMBER_WORD_CODE, 0, "SGD"},
    {"shekel", NUMBER_WORD_CURRENCY, 100, "ILS"},
    {"shekels", NUMBER_WORD_CURRENCY, 100, "ILS"},
    {"shilling", NUMBER_WORD_CURRENCY, 100, "KES"},
    {"shillings", NUMBER_WORD_CURRENCY, 100, "KES"},
    {"six", NUMBER_WORD_ONES, 6, ""},
    {"sixteen", NUMBER_WORD_ONES, 16, ""},
    {"sixty", NUMBER_WORD_TENS, 60, ""},
    {"sll", NUMBER_WORD_CODE, 0, "SLL"},
    {"soles", NUMBER_WORD_CURRENCY, 100, "PEN"},
    {"sos", NUMBER_WORD_CODE, 1, "SOS"},
    {"srd", NUMBER_WORD_CODE, 0, "SRD"},
    {"ssp", NUMBER_WORD_CODE, 0, "SSP"},
    {"std", NUMBER_WORD_CODE, 1, "STD"},
    {"sterling", NUMBER_WORD_CURRENCY, 100, "GBP"},
    {"straight", NUMBER_WORD_KIND_OF, 0, ""},
    {"svc", NUMBER_WORD_CODE, 0, "SVC"},
    {"swiss", NUMBER_WORD_COUNTRY, 0, "CHF"},
    {"syp", NUMBER_WORD_CODE, 0, "SYP"},
    {"szl", NUMBER_WORD_CODE, 0, "SZL"},
};
static const struct number_word words_t[] = {
    {"ten", NUMBER_WORD_ONES, 10, ""},
    {"tenner", NUMBER_WORD_AMOUNT, 1000, "GBP"},
    {"tenth", NUMBER_WORD_PART, 1000, ""},
    {"tenths", NUMBER_WORD_PART, 1000, ""},
    {"thb", NUMBER_WORD_CODE, 0, "THB"},
    {"third", NUMBER_WORD_PART, 3333, ""},
    {"thirds", NUMBER_WORD_PART, 3333, ""},
    {"thirteen", NUMBER_WORD_ONES, 13, ""},
    {"thirty", NUMBER_WORD_TENS, 30, ""},
    {"thousand", NUMBER_WORD_SCALE, 1000, ""},
    {"thousands", NUMBER_WORD_SCALE, 1000, ""},
    {"three", NUMBER_WORD_ONES, 3, ""},
    {"tjs", NUMBER_WORD_CODE, 0, "TJS"},
    {"tmt", NUMBER_WORD_CODE, 0, "TMT"},
    {"tnd", NUMBER_WORD_CODE, 0, "TND"},
    {"to", NUMBER_WORD_TO, 0, ""},
    {"top", NUMBER_WORD_CODE, 1, "TOP"},
    {"try", NUMBER_WORD_CODE, 1, "TRY"},
    {"ttd", NUMBER_WORD_CODE, 0, "TTD"},
    {"twd", NUMBER_WORD_CODE, 0, "TWD"},
    {"twelve", NUMBER_WORD_ONES, 12, ""},
    {"twenty", NUMBER_WORD_TENS, 20, ""},
    {"two", NUMBER_WORD_ONES, 2, ""},
    {"tzs", NUMBER_WORD_CODE, 0, "TZS"},
};
static const struct number_word words_u[] = {
    {"uah", NUMBER_WORD_CODE, 0, "UAH"},
    {"ugx", NUMBER_WORD_CODE, 0, "UGX"},
    {"uk", NUMBER_WORD_COUNTRY, 0, "GBP"},
    {"us", NUMBER_WORD_COUNTRY, 0, "USD"},
    {"usd", NUMBER_WORD_CODE, 0, "USD"},
    {"uyu", NUMBER_WORD_CODE, 0, "UYU"},
    {"uzs", NUMBER_WORD_CODE, 0, "UZS"},
};
static const struct number_word words_v[] = {
    {"ves", NUMBER_WORD_CODE, 0, "VES"},
    {"vnd", NUMBER_WORD_CODE, 0, "VND"},
    {"vuv", NUMBER_WORD_CODE, 0, "VUV"},
};
static const struct number_word words_w[] = {
    {"week", NUMBER_WORD_UNIT, 604800, ""},
    {"weeks", NUMBER_WORD_UNIT, 604800, ""},
    {"whole", NUMBER_WORD_KIND_OF, 0, ""},
    {"wk", NUMBER_WORD_UNIT, 604800, ""},
    {"wks", NUMBER_WORD_UNIT, 604800, ""},
    {"won", NUMBER_WORD_CURRENCY, 100, "KRW"},
    {"working", NUMBER_WORD_KIND_OF, 0, ""},
    {"wst", NUMBER_WORD_CODE, 0, "WST"},
};
static const struct number_word words_x[] = {
    {"xaf", NUMBER_WORD_CODE, 0, "XAF"},
    {"xcd", NUMBER_WORD_CODE, 0, "XCD"},
    {"xof", NUMBER_WORD_CODE, 0, "XOF"},
    {"xpf", NUMBER_WORD_CODE, 0, "XPF"},
};
static const struct number_word words_y[] = {
    {"year", NUMBER_WORD_UNIT, 31536000, ""},
    {"years", NUMBER_WORD_UNIT, 31536000, ""},
    {"yen", NUMBER_WORD_CURRENCY, 100, "JPY"},
    {"yer", NUMBER_WORD_CODE, 0, "YER"},
    {"yr", NUMBER_WORD_UNIT, 31536000, ""},
    {"yrs", NUMBER_WORD_UNIT, 31536000, ""},
    {"yuan", NUMBER_WORD_CURRENCY, 100, "CNY"},
};
static const struct number_word words_z[] = {
    {"zar", NUMBER_WORD_CODE, 0, "ZAR"},
    {"zero", NUMBER_WORD_ONES, 0, ""},
    {"zl", NUMBER_WORD_CURRENCY, 100, "PLN"},
    {"zloty", NUMBER_WORD_CURRENCY, 100, "PLN"},
    {"zlotys", NUMBER_WORD_CURRENCY, 100, "PLN"},
    {"zmw", NUMBER_WORD_CODE, 0, "ZMW"},
};

/* second: letters that may be the second, lengths: of the words; as bits. */
#define GROUP(letter, second, lengths)                                         \
	{                                                                      \
		words_##letter,                                                \
		    sizeof(words_##letter) / sizeof(words_##letter[0]),        \
		    second, lengths                                            \
	}
static const struct {
	const struct number_word *words;
	size_t n;
	uint32_t second, lengths;
} groups[26] = {
    ['a' - 'a'] = GROUP(a, 0x2523838, 0x050e),
    ['b' - 'a'] = GROUP(b, 0x35ef1db, 0x01bc),
    ['c' - 'a'] = GROUP(c, 0x2326899, 0x297e),
    ['d' - 'a'] = GROUP(d, 0x2004711, 0x00f8),
    ['e' - 'a'] = GROUP(e, 0x09a0940, 0x0178),
    ['f' - 'a'] = GROUP(f, 0x0124310, 0x07fc),
    ['g' - 'a'] = GROUP(g, 0x10a3092, 0x0028),
    ['h' - 'a'] = GROUP(h, 0x01a6401, 0x01fc),
    ['i' - 'a'] = GROUP(i, 0x0072808, 0x0008),
    ['j' - 'a'] = GROUP(j, 0x000d000, 0x0008),
    ['k' - 'a'] = GROUP(k, 0x34240d0, 0x006e),
    ['l' - 'a'] = GROUP(l, 0x1060513, 0x0038),
    ['m' - 'a'] = GROUP(m, 0x3fa7559, 0x01fc),
    ['n' - 'a'] = GROUP(n, 0x208c141, 0x017c),
    ['o' - 'a'] = GROUP(o, 0x0023020, 0x000c),
    ['p' - 'a'] = GROUP(p, 0x1024cd5, 0x05f8),
    ['q' - 'a'] = GROUP(q, 0x0100001, 0x0198),
    ['r' - 'a'] = GROUP(r, 0x054d119, 0x01fe),
    ['s' - 'a'] = GROUP(s, 0x36e49ff, 0x03fe),
    ['t' - 'a'] = GROUP(t, 0x24a7290, 0x036c),
    ['u' - 'a'] = GROUP(u, 0x3040441, 0x000c),
    ['v' - 'a'] = GROUP(v, 0x0102010, 0x0008),
    ['w' - 'a'] = GROUP(w, 0x0044490, 0x00bc),
    ['x' - 'a'] = GROUP(x, 0x000c005, 0x0008),
    ['y' - 'a'] = GROUP(y, 0x0120010, 0x003c),
    ['z' - 'a'] = GROUP(z, 0x0001811, 0x007c),
};

/* Order of a word and of len > 0 bytes that begin with the same letter. */
static int order(const char *word, const char *s, size_t len)
{
	size_t i = 1;
	while (i < len && word[i] == s[i])
		i++;
	if (i == len)
		return word[i] != '\0';
	return (unsigned char)word[i] < (unsigned char)s[i] ? -1 : 1;
}

/* Words that are not written in ASCII letters alone. */
static const struct number_word *find_other(const char *s, size_t len)
{
	static const struct number_word others[] = {
	    {"z\u0142", NUMBER_WORD_CURRENCY, 100, "PLN"},
	    {"z\u0142oty", NUMBER_WORD_CURRENCY, 100, "PLN"},
	    {"z\u0142ote", NUMBER_WORD_CURRENCY, 100, "PLN"},
	    {"z\u0142otych", NUMBER_WORD_CURRENCY, 100, "PLN"},
	    {"k\u010D", NUMBER_WORD_CURRENCY, 100, "CZK"},
	    {"\u0440\u0443\u0431", NUMBER_WORD_CURRENCY, 100, "RUB"},
	    {"\u0440\u0443\u0431\u043B\u044C", NUMBER_WORD_CURRENCY, 100,
		"RUB"},
	    {"\u0440\u0443\u0431\u043B\u044F", NUMBER_WORD_CURRENCY, 100,
		"RUB"},
	    {"\u0440\u0443\u0431\u043B\u0435\u0439", NUMBER_WORD_CURRENCY, 100,
		"RUB"},
	    {"\u0433\u0440\u043D", NUMBER_WORD_CURRENCY, 100, "UAH"},
	    {"\u043B\u0432", NUMBER_WORD_CURRENCY, 100, "BGN"},
	    {"\u5143", NUMBER_WORD_CURRENCY, 100, "CNY"},
	    {"\u5186", NUMBER_WORD_CURRENCY, 100, "JPY"},
	    {"\uC6D0", NUMBER_WORD_CURRENCY, 100, "KRW"},
	};
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strlen(others[i].text) == len &&
		    memcmp(others[i].text, s, len) == 0)
			return &others[i];
	return NULL;
}

const struct number_word *number_word_find(const char *s, size_t len)
{
	if (len > 1 && ((s[0] | s[1]) & 0x80))
		return find_other(s, len);
	if (len == 0 || s[0] < 'a' || s[0] > 'z')
		return NULL;
	size_t group = (size_t)(s[0] - 'a');
	if (len >= 32 || !(groups[group].lengths >> len & 1))
		return NULL; /* most words */
	if (len > 1 &&
	    (s[1] < 'a' || s[1] > 'z' ||
		!(groups[group].second >> (s[1] - 'a') & 1)))
		return NULL; /* nearly all others */
	const struct number_word *words = groups[group].words;
	size_t low = 0, high = groups[group].n;
	while (low < high) { /* they are sorted */
		size_t mid = low + (high - low) / 2;
		int side = order(words[mid].text, s, len);
		if (side == 0)
			return &words[mid];
		if (side < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

const struct number_word *number_word_at(size_t i)
{
	for (size_t g = 0; g < sizeof(groups) / sizeof(groups[0]); g++) {
		if (i < groups[g].n)
			return &groups[g].words[i];
		i -= groups[g].n;
	}
	return NULL;
}

const struct number_word *number_word_suffix(const char *s, size_t len)
{
	static const struct number_word letters[] = {
	    {"b", NUMBER_WORD_SCALE, 1000000000, ""},
	    {"c", NUMBER_WORD_CURRENCY, 1, "USD"},
	    {"d", NUMBER_WORD_UNIT, 86400, ""},
	    {"h", NUMBER_WORD_UNIT, 3600, ""},
	    {"m", NUMBER_WORD_SCALE, 1000000, ""},
	    {"p", NUMBER_WORD_CURRENCY, 1, "GBP"},
	    {"s", NUMBER_WORD_UNIT, 1, ""},
	    {"w", NUMBER_WORD_UNIT, 604800, ""},
	    {"y", NUMBER_WORD_UNIT, 31536000, ""},
	};
	for (size_t i = 0; len == 1 && i < sizeof(letters) / sizeof(letters[0]);
	     i++) {
		if (letters[i].text[0] == s[0])
			return &letters[i];
	}
	const struct number_word *word = number_word_find(s, len);
	if (!word)
		return NULL;
	bool glues = word->kind == NUMBER_WORD_SCALE ||
	    word->kind == NUMBER_WORD_PERCENT ||
	    word->kind == NUMBER_WORD_CURRENCY ||
	    word->kind == NUMBER_WORD_CODE || word->kind == NUMBER_WORD_UNIT ||
	    strcmp(word->text, "bps") == 0;
	return glues ? word : NULL;
}

const char *number_word_sign(int32_t cp, int32_t *hundredths)
{
	static const struct {
		int32_t cp;
		char currency[4];
	} signs[] = {{'$', "USD"}, {0xA2, "USD"}, {0xA3, "GBP"}, {0xA5, "JPY"},
	    {0xE3F, "THB"}, {0x20A6, "NGN"}, {0x20A9, "KRW"}, {0x20AA, "ILS"},
	    {0x20AB, "VND"}, {0x20AC, "EUR"}, {0x20B1, "PHP"}, {0x20B4, "UAH"},
	    {0x20B9, "INR"}, {0x20BA, "TRY"}, {0x20BD, "RUB"}};
	*hundredths = cp == 0xA2 ? 1 : 100;
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		if (signs[i].cp == cp)
			return signs[i].currency;
	}
	return "";
}
