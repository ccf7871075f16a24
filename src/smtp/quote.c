/*
 * Quotes a server. Its text may be long and hostile, so it is cut and its
 * control characters are replaced before it becomes part of an outcome.
 */
#include "smtp/quote.h"

#include "base/buf.h"

#define QUOTED_MAX ((size_t)64)

char *
quote_words_within(struct span text, size_t max)
{
	struct buf quoted = {0};
	struct span head = span_head(text, max);

	for (size_t i = 0; i < head.len; i++)
		buf_add_char(
		    &quoted, ascii_is_control(head.at[i]) ? '?' : head.at[i]);
	if (text.len > head.len)
		buf_add_text(&quoted, "...");
	return buf_take_text(&quoted);
}

char *
quote_words(struct span text)
{
	return quote_words_within(text, QUOTED_MAX);
}
