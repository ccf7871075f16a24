/*
 * Keeps the beginning of a stream in a buffer and its end in a ring. An octet
 * of the stream at position n beyond the beginning is in the ring at n modulo
 * its size.
 */
#include "compose/excerpt.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

/* Octets of the longest UTF-8 character. */
#define CHARACTER_MAX 4

static void
add_to_ring(struct excerpt *excerpt, struct span data)
{
	uint64_t position = excerpt->size - EXCERPT_HALF;

	if (excerpt->last == NULL)
		excerpt->last = mem_new(EXCERPT_HALF, 1);
	excerpt->size += data.len;
	if (data.len > EXCERPT_HALF) {
		position += data.len - EXCERPT_HALF;
		data = span_skip(data, data.len - EXCERPT_HALF);
	}
	while (data.len > 0) {
		size_t at = (size_t)(position % EXCERPT_HALF);
		struct span part = span_head(data, EXCERPT_HALF - at);

		memcpy(excerpt->last + at, part.at, part.len);
		position += part.len;
		data = span_skip(data, part.len);
	}
}

void
excerpt_add(struct excerpt *excerpt, struct span data)
{
	struct span part = span_head(data, EXCERPT_HALF - excerpt->first.len);

	if (excerpt->first.max == 0)
		buf_init(&excerpt->first, EXCERPT_HALF);
	buf_add_span(&excerpt->first, part);
	excerpt->size += part.len;
	data = span_skip(data, part.len);
	if (data.len > 0)
		add_to_ring(excerpt, data);
}

void
excerpt_free(struct excerpt *excerpt)
{
	buf_free(&excerpt->first);
	free(excerpt->last);
	*excerpt = (struct excerpt){0};
}

bool
excerpt_ends_line(const struct excerpt *excerpt)
{
	uint64_t last = excerpt->size - 1;

	if (excerpt->size == 0)
		return true;
	if (excerpt->size <= EXCERPT_HALF)
		return excerpt->first.data[last] == '\n';
	return excerpt->last[(last - EXCERPT_HALF) % EXCERPT_HALF] == '\n';
}

static bool
continues_character(char octet)
{
	return ((unsigned char)octet & 0xC0) == 0x80;
}

/* Without a character at the end that is not complete. */
static struct span
end_in_character(struct span text)
{
	size_t from = text.len;
	uint32_t character;

	while (from > 0 && text.len - from < CHARACTER_MAX) {
		from--;
		if (continues_character(text.at[from]))
			continue;
		return utf8_decode(span_skip(text, from), &character) > 0
		    ? text
		    : span_head(text, from);
	}
	return text;
}

/* Without the rest of a character at the start. */
static struct span
begin_with_character(struct span text)
{
	size_t from = 0;

	while (from < text.len && from < CHARACTER_MAX - 1 &&
	    continues_character(text.at[from]))
		from++;
	return span_skip(text, from);
}

void
excerpt_write(const struct excerpt *excerpt, const char *note, struct buf *out)
{
	struct span first = buf_span(&excerpt->first), last;
	uint64_t beyond = excerpt->size - first.len, left_out;
	size_t oldest = (size_t)(beyond % EXCERPT_HALF); /* in the ring */
	struct buf end;

	if (beyond == 0) {
		buf_add_span(out, first);
		return;
	}
	buf_init(&end, EXCERPT_HALF);
	if (beyond >= EXCERPT_HALF)
		buf_add(&end, excerpt->last + oldest, EXCERPT_HALF - oldest);
	buf_add(&end, excerpt->last, oldest);
	last = buf_span(&end);
	if (beyond > EXCERPT_HALF) {
		first = end_in_character(first);
		last = begin_with_character(last);
	}
	left_out = excerpt->size - first.len - last.len;
	buf_add_span(out, first);
	if (left_out > 0)
		buf_add_format(out,
		    "%s[%" PRIu64 " octets are left out here%s]\n",
		    first.len > 0 && first.at[first.len - 1] == '\n' ? ""
								     : "\n",
		    left_out, note);
	buf_add_span(out, last);
	buf_free(&end);
}
