/*
 * Writes lines with a checksum, and reads only what it would write. The
 * checksum covers all lines before, so an old line cannot take the place of a
 * new one.
 */
#include "spool/line.h"

#include <string.h>

#include "base/crc.h"

#define SEAL_LEN (sizeof(" #01234567") - 1)

static bool
is_plain(char c)
{
	return !ascii_is_control(c) && c != ' ' && c != '\\' && c != '#';
}

void
line_add(struct buf *out, size_t from, struct span word)
{
	bool is_dash = span_equal(word, SPAN("-"));

	if (out->len > from)
		buf_add_char(out, ' ');
	if (word.len == 0)
		buf_add_char(out, '-');
	for (size_t i = 0; i < word.len; i++)
		if (is_plain(word.at[i]) && !is_dash)
			buf_add_char(out, word.at[i]);
		else
			buf_add_format(
			    out, "\\x%02x", (unsigned char)word.at[i]);
}

void
line_add_number(struct buf *out, size_t from, uint64_t number)
{
	if (out->len > from)
		buf_add_char(out, ' ');
	buf_add_format(out, "%llu", (unsigned long long)number);
}

void
line_end(struct buf *out, size_t from, uint32_t *sum)
{
	if (out->full)
		return;
	*sum = crc_add(*sum, out->data + from, out->len - from);
	buf_add_format(out, " #%08lx\n", (unsigned long)*sum);
}

/* Whether the text is " #" and the eight digits of the sum. */
static bool
is_seal(struct span text, uint32_t sum)
{
	uint32_t value = 0;

	if (text.len != SEAL_LEN || text.at[0] != ' ' || text.at[1] != '#')
		return false;
	for (size_t i = 2; i < SEAL_LEN; i++) {
		int digit = ascii_hex_value(text.at[i]);

		if (digit < 0 || ascii_lower(text.at[i]) != text.at[i])
			return false;
		value = value << 4 | (uint32_t)digit;
	}
	return value == sum;
}

bool
line_next(struct span *rest, uint32_t *sum, struct span *line)
{
	size_t end = span_find(*rest, '\n');
	uint32_t mine;

	if (end == rest->len || end <= SEAL_LEN)
		return false;
	mine = crc_add(*sum, rest->at, end - SEAL_LEN);
	if (!is_seal(span_skip(span_head(*rest, end), end - SEAL_LEN), mine))
		return false;
	*sum = mine;
	*line = span_head(*rest, end - SEAL_LEN);
	*rest = span_skip(*rest, end + 1);
	return true;
}

/* The octet after "\x"; -1: it has no two digits. */
static int
escaped_octet(struct span text)
{
	int high, low;

	if (text.len < 4 || text.at[1] != 'x')
		return -1;
	high = ascii_hex_value(text.at[2]);
	low = ascii_hex_value(text.at[3]);
	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

bool
line_next_word(struct span *line, struct buf *word)
{
	struct span text = span_head(*line, span_find(*line, ' '));

	if (text.len == 0)
		return false;
	*line = span_skip(*line, text.len + 1);
	if (span_equal(text, SPAN("-")))
		return true;
	while (text.len > 0) {
		int octet = (unsigned char)text.at[0];
		size_t used = 1;

		if (text.at[0] == '\\') {
			octet = escaped_octet(text);
			used = 4;
		} else if (!is_plain(text.at[0]))
			octet = -1;
		if (octet < 0)
			return false;
		buf_add_char(word, (char)octet);
		text = span_skip(text, used);
	}
	return !word->full;
}
