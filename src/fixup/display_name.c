/*
 * Writes a display name so that every reader shows the same. A name that
 * consists of encoded words already is kept, since encoding it again would
 * show "=?...?=" to the reader.
 */
#include "fixup/display_name.h"

#include <string.h>

#include "fixup/encoded_word.h"

/* A longer word is encoded, since it could not be folded. */
#define PLAIN_WORD_MAX ((size_t)64)

static bool
is_atom(struct span text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!ascii_is_alnum(text.at[i]) && text.at[i] != ' ' &&
		    strchr("!#$%&'*+-/=?^_`{|}~", text.at[i]) == NULL)
			return false;
	return true;
}

/* Makes controls blanks, and drops all but one blank between words. */
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

static void
fold_if_longer(struct buf *out, size_t len)
{
	if (encoded_word_column(out) + len > ENCODED_LINE_MAX)
		buf_add_text(out, "\r\n");
}

/* Adds words unchanged, folded where the line would grow too long. */
static void
add_words(struct buf *out, struct span text)
{
	struct span word;
	bool is_first = true;

	while (span_next_word(&text, " ", &word)) {
		if (!is_first) {
			fold_if_longer(out, word.len + 1);
			buf_add_char(out, ' ');
		}
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

void
display_name_add(struct buf *out, struct span name)
{
	struct buf tidied = {0};
	struct span text;

	tidy(&tidied, name);
	text = buf_span(&tidied);
	if (!span_is_ascii(text) || has_long_word(text))
		encoded_words_add(out, text);
	else if (is_atom(text))
		add_words(out, text);
	else
		add_quoted(out, text);
	/* A name that was cut must not pass for whole. */
	out->full = out->full || tidied.full;
	buf_free(&tidied);
}

/*
 * Whether it has only what encoded words of a phrase may (RFC 2047 section 5).
 */
static bool
is_safe_in_phrase(struct span name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!ascii_is_alnum(name.at[i]) &&
		    (name.at[i] == '\0' ||
			strchr("!*+-/=_? ", name.at[i]) == NULL))
			return false;
	return true;
}

bool
display_name_is_usable(struct span name)
{
	return !encoded_word_may_be_in(name) || is_safe_in_phrase(name);
}

void
display_name_add_address(struct buf *out, struct span name, struct span path)
{
	size_t before = out->len;

	if (encoded_word_may_be_in(name) && is_safe_in_phrase(name))
		add_words(out, name);
	else
		display_name_add(out, name);
	if (out->len > before) {
		fold_if_longer(out, path.len + 3);
		buf_add_char(out, ' ');
	}
	buf_add_char(out, '<');
	buf_add_span(out, path);
	buf_add_char(out, '>');
}

void
display_name_add_mailbox(struct buf *out, struct span name, struct span path)
{
	name = span_trim(name);
	if (name.len > 0)
		display_name_add_address(out, name, path);
	else
		buf_add_span(out, path);
}
