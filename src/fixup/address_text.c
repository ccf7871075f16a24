/*
 * Writes addresses and their display names. A name that already consists of
 * encoded words is kept, because a reader would see "=?...?=" if it were
 * encoded again. The list has the offsets of each address in the text it was
 * parsed from, so comments, names and folding stay.
 */
#include "fixup/address_text.h"

#include <string.h>

#include "fixup/encoded_word.h"
#include "fixup/field_repair.h"

/* A longer word is encoded, because it could not be folded. */
#define PLAIN_WORD_MAX ((size_t)64)
#define LINE_WISH ((size_t)78)

static bool
is_atom(struct span text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!ascii_is_alnum(text.at[i]) && text.at[i] != ' ' &&
		    strchr("!#$%&'*+-/=?^_`{|}~", text.at[i]) == NULL)
			return false;
	return true;
}

/* Replaces controls by blanks, and drops all but one blank between words. */
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

/*
 * Adds words unchanged, and folds before a word that would make the line too
 * long.
 */
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
address_text_add_name(struct buf *out, struct span name)
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
	/* Mark a name that was cut, so that it is not used. */
	out->full = out->full || tidied.full;
	buf_free(&tidied);
}

/*
 * Whether it has only characters allowed in encoded words of a phrase (RFC 2047
 * section 5).
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

/*
 * Whether a name keeps its meaning in front of an address. Encoded words with
 * specials in them do not (RFC 2047 section 5).
 */
static bool
is_usable(struct span name)
{
	return !encoded_word_may_be_in(name) || is_safe_in_phrase(name);
}

void
address_text_add_named(struct buf *out, struct span name, struct span path)
{
	size_t before = out->len;

	if (encoded_word_may_be_in(name) && is_safe_in_phrase(name))
		add_words(out, name);
	else
		address_text_add_name(out, name);
	if (out->len > before) {
		fold_if_longer(out, path.len + 3);
		buf_add_char(out, ' ');
	}
	buf_add_char(out, '<');
	buf_add_span(out, path);
	buf_add_char(out, '>');
}

void
address_text_add(struct buf *out, struct span name, struct span path)
{
	name = span_trim(name);
	if (name.len > 0)
		address_text_add_named(out, name, path);
	else
		buf_add_span(out, path);
}

static struct span
between(struct span text, size_t from, size_t to)
{
	return span_head(span_skip(text, from), to - from);
}

/* Whether it is "root (Name)", and the name can be put before the address. */
static bool
is_named_by_comment(struct span text, const struct mailbox *mailbox)
{
	const struct mailbox_place *place = &mailbox->place;
	struct span behind =
	    span_trim(between(text, place->address_end, place->to));
	struct span name = span_from(mailbox->name);

	return !place->in_brackets && place->comments == 1 && name.len > 0 &&
	    behind.len > 0 && behind.at[0] == '(' && is_usable(name);
}

/* Whether the address has a route, which would be wrong for another address. */
static bool
has_route(const struct mailbox *mailbox, struct span front)
{
	size_t less = span_find(front, '<');

	return mailbox->place.in_brackets &&
	    span_find(span_skip(front, less), '@') < front.len - less;
}

void
address_text_add_member(struct buf *out, struct span text,
    const struct mailbox *mailbox, struct span path)
{
	const struct mailbox_place *place = &mailbox->place;
	struct span front = between(text, place->from, place->address);

	if (is_named_by_comment(text, mailbox) || place->has_loose_name ||
	    has_route(mailbox, front)) {
		address_text_add_named(out, span_from(mailbox->name), path);
		return;
	}
	buf_add_span(out, front);
	buf_add_span(out, path);
	buf_add_span(out, between(text, place->address_end, place->to));
}

/* Ends the line without the blanks at its end. */
static void
fold_at_end(struct buf *out)
{
	while (out->len > 0 && out->data[out->len - 1] == ' ')
		out->len--;
	buf_add_text(out, "\r\n ");
}

/* False if nothing has changed. */
static bool
write_all(const struct address_rewrite *rewrite, bool folds, struct buf *out)
{
	struct span text = rewrite->text;
	const struct address_list *list = rewrite->list;
	struct buf path = {0};
	bool has_changed = false;
	size_t at = 0;

	for (size_t i = 0; i < list->count; i++) {
		const struct mailbox *mailbox = &list->mailboxes[i];
		const struct mailbox_place *place = &mailbox->place;

		buf_add_span(out, between(text, at, place->from));
		if (folds && i > 0 && encoded_word_column(out) > LINE_WISH)
			fold_at_end(out);
		buf_clear(&path);
		at = place->from;
		if (rewrite->choose(rewrite->context, mailbox, &path) &&
		    (place->has_loose_name ||
			!span_equal(buf_span(&path),
			    between(
				text, place->address, place->address_end)))) {
			address_text_add_member(
			    out, text, mailbox, buf_span(&path));
			has_changed = true;
			at = place->to;
		}
	}
	buf_free(&path);
	buf_add_span(out, span_skip(text, at));
	return has_changed;
}

bool
address_text_rewrite(const struct address_rewrite *rewrite, struct buf *out)
{
	size_t before = out->len;

	if (!write_all(rewrite, false, out))
		return false;
	if (!field_repair_has_long_line(buf_span(out)))
		return true;
	out->len = before;
	return write_all(rewrite, true, out);
}
