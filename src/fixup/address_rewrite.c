/*
 * Replaces addresses inside the text of a field. The parsed list knows where
 * each address begins and ends, so comments, names and folding stay.
 */
#include "fixup/address_rewrite.h"

#include "fixup/display_name.h"
#include "fixup/encoded_word.h"
#include "fixup/field_repair.h"

#define LINE_WISH ((size_t)78)

/* Whether it is "root (Name)", and the name can stand before the address. */
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
	    display_name_is_usable(name);
}

/* Whether a route leads to the address; with another address it is wrong. */
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
		display_name_add_address(out, span_from(mailbox->name), path);
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

/* Ends the line; blanks at its end go. */
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

bool
address_rewrite(const struct address_rewrite *rewrite, struct buf *out)
{
	size_t before = out->len;

	if (!write_all(rewrite, false, out))
		return false;
	if (!field_repair_has_long_line(buf_span(out)))
		return true;
	out->len = before;
	return write_all(rewrite, true, out);
}
