#include "fixup/address_rewrite.h"

#include <string.h>

#include "fixup/encoded_word.h"
#include "fixup/fixup.h"

#define LINE_MAX_OCTETS ((size_t)998) /* RFC 5322 section 2.1.1 */
#define LINE_WISH ((size_t)78)
/* What may stand in an encoded word of a phrase (RFC 2047 section 5). */
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

static bool
has_encoded_word(struct span name)
{
	for (size_t i = 0; i + 1 < name.len; i++)
		if (name.at[i] == '=' && name.at[i + 1] == '?')
			return true;
	return false;
}

static void
fold_if_longer(struct buf *out, size_t len)
{
	if (encoded_word_column(out) + len > LINE_WISH)
		buf_add_text(out, "\r\n");
}

/* Encoded words as they are: only the line may be folded between them. */
static void
add_encoded(struct buf *out, struct span name)
{
	struct span word;
	bool is_first = true;

	while (span_next_word(&name, " ", &word)) {
		if (!is_first) {
			fold_if_longer(out, word.len + 1);
			buf_add_char(out, ' ');
		}
		buf_add_span(out, word);
		is_first = false;
	}
}

void
address_rewrite_add_named(struct buf *out, struct span name, struct span path)
{
	size_t before = out->len;

	if (has_encoded_word(name) && is_safe_in_phrase(name))
		add_encoded(out, name);
	else
		encoded_word_add_phrase(out, name);
	if (out->len > before) {
		fold_if_longer(out, path.len + 3);
		buf_add_char(out, ' ');
	}
	buf_add_char(out, '<');
	buf_add_span(out, path);
	buf_add_char(out, '>');
}

/* "root (Name)" with nothing else, and a name that can stand in front. */
static bool
is_named_by_comment(struct span text, const struct mailbox *mailbox)
{
	const struct mailbox_place *place = &mailbox->place;
	struct span behind =
	    span_trim(span_head(span_skip(text, place->address_end),
		place->to - place->address_end));
	struct span name = span_from(mailbox->name);

	return !place->in_brackets && place->comments == 1 && name.len > 0 &&
	    behind.len > 0 && behind.at[0] == '(' &&
	    (!has_encoded_word(name) || is_safe_in_phrase(name));
}

/* A route in front of the address: it would no longer be true. */
static bool
has_route(const struct mailbox *mailbox, struct span front)
{
	size_t less = span_find(front, '<');

	return mailbox->place.in_brackets &&
	    span_find(span_skip(front, less), '@') < front.len - less;
}

void
address_rewrite_add_member(struct buf *out, struct span text,
    const struct mailbox *mailbox, struct span path)
{
	const struct mailbox_place *place = &mailbox->place;
	struct span front = span_head(
	    span_skip(text, place->from), place->address - place->from);

	if (is_named_by_comment(text, mailbox) || place->has_loose_name ||
	    has_route(mailbox, front)) {
		address_rewrite_add_named(out, span_from(mailbox->name), path);
		return;
	}
	buf_add_span(out, front);
	buf_add_span(out, path);
	buf_add_span(out,
	    span_head(span_skip(text, place->address_end),
		place->to - place->address_end));
}

static struct span
between(struct span text, size_t from, size_t to)
{
	return span_head(span_skip(text, from), to - from);
}

/* The blanks that stand there go to the next line. */
static void
fold_at_end(struct buf *out)
{
	while (out->len > 0 && out->data[out->len - 1] == ' ')
		out->len--;
	buf_add_text(out, "\r\n ");
}

/* False: nothing has changed. */
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
			address_rewrite_add_member(
			    out, text, mailbox, buf_span(&path));
			has_changed = true;
			at = place->to;
		}
	}
	buf_free(&path);
	buf_add_span(out, span_skip(text, at));
	return has_changed;
}

static bool
has_long_line(struct span text)
{
	while (text.len > 0) {
		size_t end = span_find(text, '\n');

		if (end > LINE_MAX_OCTETS)
			return true;
		text = span_skip(text, end + 1);
	}
	return false;
}

bool
address_rewrite(const struct address_rewrite *rewrite, struct buf *out)
{
	size_t before = out->len;

	if (!write_all(rewrite, false, out))
		return false;
	if (!has_long_line(buf_span(out)))
		return true;
	out->len = before;
	return write_all(rewrite, true, out);
}
