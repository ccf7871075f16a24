/*
 * Breaks text into lines. Lines are counted in octets, so that text beyond
 * ASCII gets shorter lines than it could have.
 */
#include "spool/fold.h"

#include "fixup/encoded_word.h"

#define LINE_WANTED ((size_t)72)
#define LINE_MAX_OCTETS ((size_t)900) /* below the 998 of RFC 5322 */

static void
add_line_end(struct buf *out, const char *indent)
{
	buf_add_text(out, "\r\n");
	buf_add_text(out, indent);
}

static bool
is_continuation(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

void
fold_add_whole(struct buf *out, struct span text, const char *indent)
{
	while (encoded_word_column(out) + text.len > LINE_MAX_OCTETS &&
	    !out->full) {
		size_t column = encoded_word_column(out), len = 0;

		if (column < LINE_MAX_OCTETS)
			len = LINE_MAX_OCTETS - column;
		if (len > text.len)
			len = text.len;
		for (size_t i = 0; i < 3 && len > 0 && len < text.len; i++)
			if (is_continuation(text.at[len]))
				len--;
		buf_add_span(out, span_head(text, len));
		add_line_end(out, indent);
		text = span_skip(text, len);
	}
	buf_add_span(out, text);
}

void
fold_add(struct buf *out, struct span text, const char *indent)
{
	bool is_first = true;
	struct span word;

	while (span_next_word(&text, " ", &word)) {
		if (!is_first &&
		    encoded_word_column(out) + 1 + word.len > LINE_WANTED)
			add_line_end(out, indent);
		else if (!is_first)
			buf_add_char(out, ' ');
		fold_add_whole(out, word, indent);
		is_first = false;
	}
}
