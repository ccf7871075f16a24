#include "mail/fixup.h"

#include <string.h>

#include "mail/encoded_word.h"

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
		if (!is_first &&
		    encoded_column(out) + 1 + word.len > ENCODED_LINE_MAX)
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

void
phrase_add(struct buf *out, struct span name)
{
	struct buf tidied = {0};
	struct span text;

	tidy(&tidied, name);
	text = buf_span(&tidied);
	if (!span_is_ascii(text) || has_long_word(text))
		encoded_words_add(out, (struct span){0}, text);
	else if (is_atom(text))
		add_words(out, text);
	else
		add_quoted(out, text);
	/* What was cut must not go unseen. */
	out->full = out->full || tidied.full;
	buf_free(&tidied);
}
