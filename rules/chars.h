/*
 * chars - classes of single bytes, one look-up for each: what the scanners ask
 * at every byte of a text. Bytes beyond ASCII are parts of characters.
 */
#ifndef HANDRAIL_RULES_CHARS_H
#define HANDRAIL_RULES_CHARS_H

#include <stdbool.h>

#define CHARS_SMALL 0x01u   /* a to z */
#define CHARS_CAPITAL 0x02u /* A to Z */
#define CHARS_DIGIT 0x04u
#define CHARS_HIGH 0x08u  /* beyond ASCII */
#define CHARS_JOIN 0x10u  /* - and _ */
#define CHARS_POINT 0x20u /* . */
#define CHARS_LOCAL 0x40u /* signs of a mail address in front of its @ */

#define CHARS_LETTER (CHARS_SMALL | CHARS_CAPITAL)
#define CHARS_ALNUM (CHARS_LETTER | CHARS_DIGIT)
#define CHARS_WORD (CHARS_ALNUM | CHARS_HIGH)

extern const unsigned char chars_table[256];

static inline bool chars_are(char c, unsigned classes)
{
	return (chars_table[(unsigned char)c] & classes) != 0;
}

#endif
