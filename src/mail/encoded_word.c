#include "mail/encoded_word.h"

#include <string.h>

#include "base/base64.h"
#include "base/utf8.h"

#define WORD_MAX ((size_t)75)

size_t
encoded_column(const struct buf *out)
{
	size_t column = 0;

	while (column < out->len &&
	    out->data[out->len - 1 - column] != '\n')
		column++;
	return column;
}

/* How much of the text, in whole characters, fits into `room` octets. */
static size_t
fitting(struct span text, size_t room, bool is_utf8)
{
	size_t len = 0, next = 1;
	uint32_t character;

	while (len < text.len) {
		if (is_utf8)
			next = utf8_decode(span_skip(text, len), &character);
		if (next == 0 || len + next > room)
			break;
		len += next;
	}
	return len;
}

/* A line that holds no more gets a fold: before the lead, if it has any. */
static size_t
begin_word(struct buf *out, struct span lead, size_t around)
{
	size_t column = encoded_column(out) + lead.len;
	bool is_folded = span_find(lead, '\n') < lead.len;

	if (!is_folded && column + around + 8 > ENCODED_LINE_MAX) {
		buf_add_text(out, "\r\n");
		if (lead.len == 0)
			lead = SPAN(" ");
	}
	buf_add_span(out, lead);
	return encoded_column(out);
}

void
encoded_words_add(struct buf *out, struct span lead, struct span text)
{
	bool is_utf8 = utf8_is_valid(text);
	const char *head = is_utf8 ? "=?UTF-8?B?" : "=?unknown-8bit?B?";
	size_t around = strlen(head) + 2;

	/* A comment is folded in front of it, not behind its parenthesis. */
	if (lead.len == 0 && out->len > 2 &&
	    memcmp(out->data + out->len - 2, " (", 2) == 0) {
		out->len -= 2;
		lead = SPAN(" (");
	}
	while (text.len > 0 && !out->full) {
		size_t column = begin_word(out, lead, around);
		size_t room = ENCODED_LINE_MAX, len;

		/* Blanks without end may stand before it. */
		room -= column < room - around - 8 ? column : 1;
		if (room > WORD_MAX)
			room = WORD_MAX;
		len = fitting(text, (room - around) / 4 * 3, is_utf8);
		buf_add_text(out, head);
		base64_encode(out, span_head(text, len));
		buf_add_text(out, "?=");
		text = span_skip(text, len);
		/* RFC 2047 section 5: this blank does not count. */
		lead = SPAN(" ");
	}
}

bool
encoded_word_is(struct span word)
{
	return word.len > 6 && span_starts(word, SPAN("=?")) &&
	    span_equal(span_skip(word, word.len - 2), SPAN("?="));
}

void
encoded_runs_init(struct encoded_runs *runs, struct buf *out, size_t max)
{
	*runs = (struct encoded_runs){.out = out};
	buf_init(&runs->run, max + 1);
}

static void
add_unfolded(struct buf *run, struct span blank)
{
	for (size_t i = 0; i < blank.len; i++)
		if (blank.at[i] != '\r' && blank.at[i] != '\n')
			buf_add_char(run, blank.at[i]);
}

static void
flush(struct encoded_runs *runs)
{
	if (!runs->has_run)
		return;
	encoded_words_add(runs->out, runs->lead, buf_span(&runs->run));
	runs->out->full |= runs->run.full;
	buf_clear(&runs->run);
	runs->has_run = false;
	runs->has_changed = true;
	runs->last = AFTER_RUN;
}

void
encoded_runs_encode(
    struct encoded_runs *runs, struct span blank, struct span text)
{
	if (runs->has_run || runs->last == AFTER_ENCODED) {
		if (!runs->has_run)
			runs->lead = SPAN(" ");
		add_unfolded(&runs->run, blank);
	} else {
		runs->lead = blank;
		if (blank.len == 0 && runs->last == AFTER_WORD)
			runs->lead = SPAN(" ");
	}
	runs->has_run = true;
	buf_add_span(&runs->run, text);
}

void
encoded_runs_keep(struct encoded_runs *runs, struct span blank,
    struct span text, bool is_word)
{
	bool is_encoded = is_word && encoded_word_is(text);

	if (is_encoded && runs->has_run) {
		add_unfolded(&runs->run, blank);
		blank = SPAN(" ");
	}
	flush(runs);
	if (blank.len == 0 && is_word && runs->last == AFTER_RUN)
		blank = SPAN(" ");
	buf_add_span(runs->out, blank);
	buf_add_span(runs->out, text);
	runs->last = is_encoded ? AFTER_ENCODED
	    : is_word		? AFTER_WORD
				: AFTER_SPECIAL;
}

void
encoded_runs_end(struct encoded_runs *runs)
{
	flush(runs);
	buf_free(&runs->run);
}
