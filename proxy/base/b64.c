/*
 * b64 - see b64.h. One text per value and one value per text: the decoder
 * refuses everything the encoder does not write (RFC 4648 section 3.5).
 */
#include "proxy/base/b64.h"

static const char b64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void b64_encode(struct buf *out, const void *data, size_t n)
{
	const unsigned char *in = data;
	for (size_t i = 0; i < n; i += 3) {
		size_t left = n - i;
		unsigned group = (unsigned)in[i] << 16;
		if (left > 1)
			group |= (unsigned)in[i + 1] << 8;
		if (left > 2)
			group |= in[i + 2];
		char four[4] = {b64_digits[group >> 18],
		    b64_digits[group >> 12 & 63],
		    left > 1 ? b64_digits[group >> 6 & 63] : '=',
		    left > 2 ? b64_digits[group & 63] : '='};
		buf_add(out, four, sizeof(four));
	}
}

static int b64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

/* The bytes of one group of four into three: how many, or -1. */
static int b64_group(unsigned char three[3], const char *four, int last)
{
	int pad = 0;
	if (last && four[3] == '=')
		pad = four[2] == '=' ? 2 : 1;
	unsigned group = 0;
	for (int i = 0; i < 4 - pad; i++) {
		int value = b64_value(four[i]);
		if (value < 0)
			return -1;
		group |= (unsigned)value << (18 - 6 * i);
	}
	three[0] = (unsigned char)(group >> 16);
	three[1] = (unsigned char)(group >> 8);
	three[2] = (unsigned char)group;
	/* Bits under the padding must be zero. */
	if ((pad == 2 && three[1] != 0) || (pad >= 1 && three[2] != 0))
		return -1;
	return 3 - pad;
}

int b64_decode(struct buf *out, const char *text, size_t n)
{
	if (n % 4 != 0)
		return -1;
	size_t before = out->len;
	for (size_t i = 0; i < n; i += 4) {
		unsigned char three[3];
		int got = b64_group(three, text + i, i + 4 == n);
		if (got < 0) {
			out->len = before;
			if (out->data != NULL)
				out->data[before] = '\0';
			return -1;
		}
		buf_add(out, three, (size_t)got);
	}
	return 0;
}
