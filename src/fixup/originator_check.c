#include "fixup/originator_check.h"

#include "address/address_list.h"
#include "message/resent.h"

static bool
mailbox_may_be(
    const struct originator_check *judge, const struct mailbox *mailbox)
{
	struct error ignored = {0};
	struct buf path = {0};
	bool may;

	/* "boss@b <me@b>": others may read the name as the address. */
	may = mailbox->local != NULL && !mailbox->place.has_loose_name &&
	    mailbox_add_path(mailbox, judge->domain, &path, &ignored);
	may = may &&
	    (judge->may_be(judge->context, buf_text(&path)) ||
		(judge->replacement != NULL &&
		    span_equal_nocase(
			buf_span(&path), span_from(judge->replacement))));
	buf_free(&path);
	return may;
}

/* What cannot be read may be read as anything. */
static bool
all_may_be(const struct originator_check *judge, struct span body)
{
	struct address_list list = {0};
	struct error ignored = {0};
	bool may = address_list_parse(&list, body, &ignored) && list.count > 0;

	for (size_t i = 0; may && i < list.count; i++)
		may = mailbox_may_be(judge, &list.mailboxes[i]);
	address_list_free(&list);
	return may;
}

static void
add_sender(
    struct originator_check *judge, struct judged *judged, struct buf *out)
{
	buf_add_format(out, "%s: %s\r\n",
	    judged == &judge->again ? "Resent-Sender" : "Sender",
	    judge->sender);
	judged->has_sender = judged->has_replaced = true;
}

/* True: it is replaced, or dropped. */
static bool
judge_sender(struct originator_check *judge, struct judged *judged,
    struct span body, struct buf *out)
{
	if (!judged->has_sender && all_may_be(judge, body)) {
		judged->has_sender = true;
		return false;
	}
	if (!judged->has_sender && judge->sender != NULL)
		add_sender(judge, judged, out);
	judged->has_replaced = true;
	return true;
}

bool
originator_check_field(struct originator_check *judge,
    const struct field *field, struct span text, struct buf *out)
{
	static const struct span prefix = SPAN("Resent-");
	struct judged *judged = &judge->original;
	struct field leaves;
	struct span name;

	if (!header_next(&text, &leaves))
		return false;
	name = leaves.name;
	if (resent_has(judge->resent, field->whole) &&
	    span_starts_nocase(name, prefix)) {
		judged = &judge->again;
		name = span_skip(name, prefix.len);
	}
	if (span_equal_nocase(name, SPAN("Sender")))
		return judge_sender(judge, judged, leaves.body, out);
	if (!span_equal_nocase(name, SPAN("From")))
		return false;
	judged->has_from = true;
	judged->is_doubtful |= !all_may_be(judge, leaves.body);
	return false;
}

static bool
add_wanting(struct originator_check *judge, struct judged *judged,
    struct buf *out, struct error *err)
{
	const char *prefix = judged == &judge->again ? "Resent-" : "";

	if (!judged->is_doubtful || judged->has_sender)
		return true;
	if (judge->sender == NULL)
		return error_set(err, ERROR_DATA,
		    "cannot send: the %sFrom address is not the client's, "
		    "and there is no known address for %sSender",
		    prefix, prefix);
	add_sender(judge, judged, out);
	return true;
}

bool
originator_check_add(struct originator_check *judge, struct buf *added,
    struct buf *resent, struct error *err)
{
	/* Readers would take an older block's Resent-From for this one's. */
	judge->again.is_doubtful |=
	    judge->resent.len > 0 && !judge->again.has_from;
	return add_wanting(judge, &judge->original, added, err) &&
	    add_wanting(judge, &judge->again, resent, err);
}

static void
add_note(const struct originator_check *judge, const struct judged *judged,
    const char *prefix, struct buf *notes)
{
	if (!judged->has_replaced)
		return;
	if (judge->sender == NULL)
		buf_add_format(notes,
		    "field %sSender: dropped, because it is not the client\n",
		    prefix);
	else if (judged->is_doubtful)
		buf_add_format(notes,
		    "field %sSender: set to %s, because %sFrom does not "
		    "identify the client\n",
		    prefix, judge->sender, prefix);
	else
		buf_add_format(notes,
		    "field %sSender: set to %s, who is the client\n", prefix,
		    judge->sender);
}

void
originator_check_add_notes(
    const struct originator_check *judge, struct buf *notes)
{
	add_note(judge, &judge->original, "", notes);
	add_note(judge, &judge->again, "Resent-", notes);
}
