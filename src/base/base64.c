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

/* Of the ASCII octets: value, OTHER, or BLANK. */
#define OTHER 64
#define BLANK 65
static const unsigned char values[128] = {
    64, 64, 64, 64, 64, 64, 64, 64, 64, 65, 65, 64, 64, 65, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    65, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 62, 64, 64, 64, 63,
    52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 64, 64, 64, 64, 64, 64,
    64, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
    15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 64, 64, 64, 64, 64,
    64, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
    41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 64, 64, 64, 64, 64,
};

static unsigned
value_of(char c)
{
	unsigned char octet = (unsigned char)c;

	return octet < sizeof(values) ? values[octet] : OTHER;
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
			unsigned value = value_of(c);

			if (c == '=' && last && j >= 2) {
				pads++;
				value = 0;
			} else if (value >= OTHER || pads > 0) {
				return false;
			}
			group = group << 6 | value;
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

size_t
base64_decode_head(char *out, size_t room, struct span in)
{
	size_t len = 0;
	unsigned group = 0, bits = 0;

	for (size_t i = 0; i < in.len && len < room; i++) {
		unsigned value = value_of(in.at[i]);

		if (value == BLANK)
			continue;
		if (value >= OTHER)
			break;
		group = group << 6 | value;
		bits += 6;
		if (bits < 8)
			continue;
		bits -= 8;
		out[len++] = (char)(group >> bits & 0xff);
	}
	return len;
}
