/*
 * Checks each originator field of a message from a client of the service. A
 * field that cannot be parsed counts as foreign, because other readers may
 * parse it in another way.
 */
#include "fixup/originator_check.h"

#include "address/address_list.h"

static bool
may_be_mailbox(
    const struct originator_check *check, const struct mailbox *mailbox)
{
	struct error ignored = {0};
	struct buf path = {0};
	bool may;

	/* In "boss@b <me@b>" a reader may mistake the name for the address. */
	may = mailbox->local != NULL && !mailbox->place.has_loose_name &&
	    mailbox_add_path(mailbox, check->domain, &path, &ignored);
	may = may &&
	    (check->may_be(check->context, buf_text(&path)) ||
		(check->replacement != NULL &&
		    span_equal_nocase(
			buf_span(&path), span_from(check->replacement))));
	buf_free(&path);
	return may;
}

/* Whether the client may use all addresses of a field. */
static bool
may_be_all(const struct originator_check *check, struct span body)
{
	struct address_list list = {0};
	struct error ignored = {0};
	bool may = address_list_parse(&list, body, &ignored) && list.count > 0;

	for (size_t i = 0; may && i < list.count; i++)
		may = may_be_mailbox(check, &list.mailboxes[i]);
	address_list_free(&list);
	return may;
}

static void
add_sender(struct originator_check *check, struct checked_originators *found,
    struct buf *out)
{
	buf_add_format(out, "%s: %s\r\n",
	    found == &check->again ? "Resent-Sender" : "Sender", check->sender);
	found->has_sender = found->has_replaced = true;
}

/* True if the Sender is replaced or dropped. */
static bool
check_sender(struct originator_check *check, struct checked_originators *found,
    struct span body, struct buf *out)
{
	if (!found->has_sender && may_be_all(check, body)) {
		found->has_sender = true;
		return false;
	}
	if (!found->has_sender && check->sender != NULL)
		add_sender(check, found, out);
	found->has_replaced = true;
	return true;
}

bool
originator_check_field(struct originator_check *check,
    const struct field *field, struct span text, struct buf *out)
{
	static const struct span prefix = SPAN("Resent-");
	struct checked_originators *found = &check->original;
	struct field leaves;
	struct span name;

	if (!header_next(&text, &leaves))
		return false;
	name = leaves.name;
	if (header_block_has(check->resent, field->whole) &&
	    span_starts_nocase(name, prefix)) {
		found = &check->again;
		name = span_skip(name, prefix.len);
	}
	if (span_equal_nocase(name, SPAN("Sender")))
		return check_sender(check, found, leaves.body, out);
	if (!span_equal_nocase(name, SPAN("From")))
		return false;
	found->has_from = true;
	found->is_doubtful |= !may_be_all(check, leaves.body);
	return false;
}

static void
add_note(const struct originator_check *check,
    const struct checked_originators *found, const char *prefix,
    struct buf *notes)
{
	if (!found->has_replaced)
		return;
	if (check->sender == NULL)
		buf_add_format(notes,
		    "field %sSender: dropped, because it is not the client\n",
		    prefix);
	else if (found->is_doubtful)
		buf_add_format(notes,
		    "field %sSender: set to %s, because %sFrom does not "
		    "identify the client\n",
		    prefix, check->sender, prefix);
	else
		buf_add_format(notes,
		    "field %sSender: set to %s, the client's address\n", prefix,
		    check->sender);
}

static bool
finish(struct originator_check *check, struct checked_originators *found,
    const char *prefix, struct buf *out, struct buf *notes, struct error *err)
{
	if (found->is_doubtful && !found->has_sender) {
		if (check->sender == NULL)
			return error_set(err, ERROR_DATA,
			    "cannot send the message: the %sFrom address is "
			    "not the client's, and there is no known address "
			    "for %sSender",
			    prefix, prefix);
		add_sender(check, found, out);
	}
	add_note(check, found, prefix, notes);
	return true;
}

bool
originator_check_end(struct originator_check *check, struct buf *added,
    struct buf *resent, struct buf *notes, struct error *err)
{
	/* Without a Resent-From, readers use that of an older block. */
	check->again.is_doubtful |=
	    check->resent.len > 0 && !check->again.has_from;
	return finish(check, &check->original, "", added, notes, err) &&
	    finish(check, &check->again, "Resent-", resent, notes, err);
}
