#include "mail/xtext.h"

#include "base/utf8.h"

static bool
is_plain(char c)
{
	return c >= '!' && c <= '~' && c != '+' && c != '=';
}

bool
xtext_encode(struct buf *out, struct span in)
{
	bool done = true;

	for (size_t i = 0; done && i < in.len; i++)
		done = is_plain(in.at[i])
		    ? buf_add_char(out, in.at[i])
		    : buf_add_format(
			  out, "+%02X", (unsigned)(unsigned char)in.at[i]);
	return done;
}

bool
xtext_encode_utf8(struct buf *out, struct span in)
{
	bool done = true;

	while (done && in.len > 0) {
		uint32_t character;
		size_t len = utf8_decode(in, &character);

		if (len == 0)
			return false;
		done = len == 1 && in.at[0] != '\\' && is_plain(in.at[0])
		    ? buf_add_char(out, in.at[0])
		    : buf_add_format(
			  out, "\\x{%02X}", (unsigned)character);
		in = span_skip(in, len);
	}
	return done;
}

/* Upper case only, as RFC 3461 has it; -1: no such digit. */
static int
hex_digit(char c)
{
	if (ascii_is_digit(c))
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool
xtext_decode(struct buf *out, struct span in)
{
	bool done = true;

	for (size_t i = 0; done && i < in.len; i++) {
		int high, low;

		if (is_plain(in.at[i])) {
			done = buf_add_char(out, in.at[i]);
			continue;
		}
		if (in.at[i] != '+' || in.len - i < 3)
			return false;
		high = hex_digit(in.at[i + 1]);
		low = hex_digit(in.at[i + 2]);
		if (high < 0 || low < 0)
			return false;
		done = buf_add_char(out, (char)(high * 16 + low));
		i += 2;
	}
	return done;
}
