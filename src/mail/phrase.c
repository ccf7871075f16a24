#include "mail/fixup.h"

#include <string.h>

#include "base/base64.h"
#include "base/utf8.h"

#define LINE_WISH ((size_t)76) /* RFC 2047 section 2 */
#define WORD_MAX ((size_t)75)
#define PLAIN_WORD_MAX ((size_t)64)

/* The octets on the last line of what was written. */
static size_t
column_of(const struct buf *out)
{
	size_t column = 0;

	while (column < out->len &&
	    out->data[out->len - 1 - column] != '\n')
		column++;
	return column;
}

static bool
is_atom(struct span text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!ascii_is_alnum(text.at[i]) && text.at[i] != ' ' &&
		    strchr("!#$%&'*+-/=?^_`{|}~", text.at[i]) == NULL)
			return false;
	return true;
}

/* Controls are blanks; a row of blanks is one, and none at the ends. */
static void
tidy(struct buf *out, struct span name)
{
	for (size_t i = 0; i < name.len; i++) {
		char c = ascii_is_control(name.at[i]) ? ' ' : name.at[i];

		if (c != ' ' ||
		    (out->len > 0 && out->data[out->len - 1] != ' '))
			buf_add_char(out, c);
	}
	if (out->len > 0 && out->data[out->len - 1] == ' ')
		out->len--;
}

static bool
has_long_word(struct span text)
{
	struct span word;

	while (span_next_word(&text, " ", &word))
		if (word.len > PLAIN_WORD_MAX)
			return true;
	return false;
}

/* Folded between words where a line would grow too long. */
static void
add_words(struct buf *out, struct span text)
{
	struct span word;
	bool is_first = true;

	while (span_next_word(&text, " ", &word)) {
		if (!is_first && column_of(out) + 1 + word.len > LINE_WISH)
			buf_add_text(out, "\r\n");
		if (!is_first)
			buf_add_char(out, ' ');
		buf_add_span(out, word);
		is_first = false;
	}
}

static void
add_quoted(struct buf *out, struct span text)
{
	struct buf quoted;

	buf_init(&quoted, 2 * text.len + 2);
	buf_add_char(&quoted, '"');
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == '"' || text.at[i] == '\\')
			buf_add_char(&quoted, '\\');
		buf_add_char(&quoted, text.at[i]);
	}
	buf_add_char(&quoted, '"');
	add_words(out, buf_span(&quoted));
	buf_free(&quoted);
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

/* RFC 2047 section 5: blanks between two encoded words do not count. */
static void
add_encoded(struct buf *out, struct span text)
{
	bool is_utf8 = utf8_is_valid(text);
	const char *head = is_utf8 ? "=?UTF-8?B?" : "=?unknown-8bit?B?";
	size_t around = strlen(head) + 2;
	bool is_first = true;

	while (text.len > 0 && !out->full) {
		size_t column = column_of(out) + !is_first, room, len;

		if (column + around + 8 > LINE_WISH) {
			buf_add_text(out, is_first ? "\r\n " : "\r\n");
			column = 1;
		}
		if (!is_first)
			buf_add_char(out, ' ');
		room = LINE_WISH - column;
		if (room > WORD_MAX)
			room = WORD_MAX;
		len = fitting(text, (room - around) / 4 * 3, is_utf8);
		buf_add_text(out, head);
		base64_encode(out, span_head(text, len));
		buf_add_text(out, "?=");
		text = span_skip(text, len);
		is_first = false;
	}
}

void
phrase_add(struct buf *out, struct span name)
{
	struct buf tidied = {0};
	struct span text;

	tidy(&tidied, name);
	text = buf_span(&tidied);
	if (!span_is_ascii(text) || has_long_word(text))
		add_encoded(out, text);
	else if (is_atom(text))
		add_words(out, text);
	else
		add_quoted(out, text);
	/* What was cut must not go unseen. */
	out->full = out->full || tidied.full;
	buf_free(&tidied);
}
