/* chars - see chars.h. */
#include "rules/chars.h"

#define S CHARS_SMALL
#define C CHARS_CAPITAL
#define D CHARS_DIGIT
#define H CHARS_HIGH
#define L CHARS_LOCAL
#define J (CHARS_JOIN | CHARS_LOCAL)
#define P (CHARS_POINT | CHARS_LOCAL)

/* clang-format off */
const unsigned char chars_table[256] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* 00 */
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* 10 */
    0, L, 0, L, L, L, L, L, 0, 0, L, L, 0, J, P, L, /* 20 */
    D, D, D, D, D, D, D, D, D, D, 0, 0, 0, L, 0, L, /* 30 */
    0, C, C, C, C, C, C, C, C, C, C, C, C, C, C, C, /* 40 */
    C, C, C, C, C, C, C, C, C, C, C, 0, 0, 0, L, J, /* 50 */
    L, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, /* 60 */
    S, S, S, S, S, S, S, S, S, S, S, L, L, L, L, 0, /* 70 */
    H, H, H, H, H, H, H, H, H, H, H, H, H, H, H, H, /* 80 */
    H, H, H, H, H, H, H, H, H, H, H, H, H, H, H, H, /* 90 */
    H, H, H, H, H, H, H, H, H, H, H, H, H, H, H, H, /* A0 */
    H, H, H, H, H, H, H, H, H, H, H, H, H, H, H, H, /* B0 */
    H, H, H, H, H, H, H, H, H, H, H, H, H, H, H, H, /* C0 */
    H, H, H, H, H, H, H, H, H, H, H, H, H, H, H, H, /* D0 */
    H, H, H, H, H, H, H, H, H, H, H, H, H, H, H, H, /* E0 */
    H, H, H, H, H, H, H, H, H, H, H, H, H, H, H, H, /* F0 */
};
/* clang-format on */
