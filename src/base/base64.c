#include "base/base64.h"

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

bool
base64_encode(struct buf *out, struct span in)
{
	for (size_t i = 0; i < in.len; i += 3) {
		size_t left = in.len - i;
		unsigned group = (unsigned)(unsigned char)in.at[i] << 16;
		char quad[4];

		if (left > 1)
			group |= (unsigned)(unsigned char)in.at[i + 1] << 8;
		if (left > 2)
			group |= (unsigned char)in.at[i + 2];
		quad[0] = alphabet[group >> 18];
		quad[1] = alphabet[group >> 12 & 63];
		quad[2] = left > 1 ? alphabet[group >> 6 & 63] : '=';
		quad[3] = left > 2 ? alphabet[group & 63] : '=';
		buf_add(out, quad, sizeof(quad));
	}
	return !out->full;
}

static int
value_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool
base64_decode(struct buf *out, struct span in)
{
	if (in.len % 4 != 0)
		return false;
	for (size_t i = 0; i < in.len; i += 4) {
		bool last = i + 4 == in.len;
		size_t pads = 0;
		unsigned group = 0;
		char triple[3];

		for (size_t j = 0; j < 4; j++) {
			char c = in.at[i + j];
			int value = value_of(c);

			if (c == '=' && last && j >= 2) {
				pads++;
				value = 0;
			} else if (value < 0 || pads > 0) {
				return false;
			}
			group = group << 6 | (unsigned)value;
		}
		/* Bits under the padding must be zero: one text, one form. */
		if ((pads == 1 && (group & 0xff)) ||
		    (pads == 2 && (group & 0xffff)))
			return false;
		triple[0] = (char)(group >> 16);
		triple[1] = (char)(group >> 8 & 0xff);
		triple[2] = (char)(group & 0xff);
		buf_add(out, triple, 3 - pads);
	}
	return !out->full;
}
