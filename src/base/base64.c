/*
 * Base64 in both directions. The strict decoder and the decoder for PEM lines
 * are separate: the second reads megabytes of certificates at every start of
 * TLS, so it is written for speed.
 */
#include "base/base64.h"

#include <string.h>

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Encodes three octets, and returns the end of what was written. */
static inline char *
encode_triple(char *out, const char *in)
{
	unsigned a = (unsigned char)in[0], b = (unsigned char)in[1];
	unsigned c = (unsigned char)in[2];

	out[0] = alphabet[a >> 2];
	out[1] = alphabet[(a << 4 | b >> 4) & 63];
	out[2] = alphabet[(b << 2 | c >> 6) & 63];
	out[3] = alphabet[c & 63];
	return out + 4;
}

/* Encodes all, as one line, and returns the end of what was written. */
static char *
encode(char *out, struct span in)
{
	const char *at = in.at, *end = in.at + in.len / 3 * 3;
	size_t left = in.len % 3;
	char last[3] = {0};

	while (at < end) {
		out = encode_triple(out, at);
		at += 3;
	}
	if (left == 0)
		return out;
	memcpy(last, at, left);
	out = encode_triple(out, last);
	out[-1] = '=';
	if (left == 1)
		out[-2] = '=';
	return out;
}

bool
base64_encode(struct buf *out, struct span in)
{
	/* Few octets at once, since they may be of a secret. */
	for (; in.len > 0; in = span_skip(in, 3)) {
		char quad[4];

		encode(quad, span_head(in, 3));
		buf_add(out, quad, sizeof(quad));
	}
	return !out->full;
}

uint64_t
base64_lines_size(uint64_t size)
{
	uint64_t lines = (size + BASE64_LINE_OCTETS - 1) / BASE64_LINE_OCTETS;

	return size == 0 ? 0 : (size + 2) / 3 * 4 + 2 * (lines - 1);
}

void
base64_encode_lines(char *out, struct span in)
{
	while (in.len > 0) {
		out = encode(out, span_head(in, BASE64_LINE_OCTETS));
		in = span_skip(in, BASE64_LINE_OCTETS);
		if (in.len == 0)
			break;
		*out++ = '\r';
		*out++ = '\n';
	}
}

/*
 * For every character: 64 (DIGIT) plus its value if it is a base64 digit, BLANK
 * for white space, 0 for anything else.
 */
#define DIGIT 0x40U
#define VALUE 0x3fU
#define BLANK 0x80U
/* clang-format off */
static const unsigned char values[256] = {
    ['\t'] = BLANK, ['\n'] = BLANK, ['\r'] = BLANK, [' '] = BLANK,
    ['A'] = 64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76,
    ['N'] = 77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89,
    ['a'] = 90, 91, 92, 93, 94, 95, 96, 97, 98, 99, 100, 101, 102,
    ['n'] = 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115,
    ['0'] = 116, 117, 118, 119, 120, 121, 122, 123, 124, 125,
    ['+'] = 126, ['/'] = 127,
};
/* clang-format on */

static unsigned
value_of(char c)
{
	return values[(unsigned char)c];
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
			} else if (!(value & DIGIT) || pads > 0) {
				return false;
			}
			group = group << 6 | (value & VALUE);
		}
		/* Bits under the padding must be zero (RFC 4648 section 3.5).
		 */
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

/*
 * Decodes four characters to three octets; false if one is not a base64 digit.
 */
static bool
decode_quad(char *out, const char *in)
{
	unsigned a = value_of(in[0]), b = value_of(in[1]);
	unsigned c = value_of(in[2]), d = value_of(in[3]);
	unsigned group;

	if (!(a & b & c & d & DIGIT))
		return false;
	group = (a & VALUE) << 18 | (b & VALUE) << 12 | (c & VALUE) << 6 |
	    (d & VALUE);
	out[0] = (char)(group >> 16);
	out[1] = (char)(group >> 8 & 0xff);
	out[2] = (char)(group & 0xff);
	return true;
}

bool
base64_encode_url(struct buf *out, struct span in)
{
	for (; in.len > 0; in = span_skip(in, 3)) {
		char quad[4];

		encode(quad, span_head(in, 3));
		for (size_t i = 0; i < sizeof(quad) && quad[i] != '='; i++)
			buf_add_char(out,
			    quad[i] == '+'	 ? '-'
				: quad[i] == '/' ? '_'
						 : quad[i]);
	}
	return !out->full;
}

bool
base64_decode_url(struct buf *out, struct span in)
{
	struct buf base64;
	bool done = true;

	buf_init_secret(&base64, in.len + 4);
	for (size_t i = 0; i < in.len; i++) {
		char c = in.at[i];

		done = done && c != '+' && c != '/' && c != '=';
		buf_add_char(&base64, c == '-' ? '+' : c == '_' ? '/' : c);
	}
	while (base64.len % 4 != 0)
		buf_add_char(&base64, '=');
	done = done && base64_decode(out, buf_span(&base64));
	buf_wipe(&base64);
	return done;
}

size_t
base64_decode_head(char *out, size_t room, struct span in)
{
	size_t len = 0, i = 0;
	unsigned group = 0, bits = 0;

	while (i < in.len && len < room) {
		unsigned value;

		while (bits == 0 && in.len - i >= 4 && room - len >= 3 &&
		    decode_quad(out + len, in.at + i)) {
			i += 4;
			len += 3;
		}
		if (i == in.len || len == room)
			break;
		value = value_of(in.at[i++]);
		if (value == BLANK)
			continue;
		if (!(value & DIGIT))
			break;
		group = group << 6 | (value & VALUE);
		bits += 6;
		if (bits < 8)
			continue;
		bits -= 8;
		out[len++] = (char)(group >> bits & 0xff);
	}
	return len;
}
