#include "mail/header_judge.h"

#include "mail/address_list.h"
#include "mail/header.h"

#define PATH_MAX_OCTETS ((size_t)1024)

static bool
mailbox_may_be(const struct header_judge *judge, const struct mailbox *mailbox)
{
	struct error ignored = {0};
	struct buf path;
	bool may;

	buf_init(&path, PATH_MAX_OCTETS);
	may = mailbox->local != NULL &&
	    mailbox_add_path(mailbox, judge->domain, &path, &ignored);
	may = may &&
	    (judge->may_be(judge->context, buf_text(&path)) ||
		(judge->replacement != NULL &&
		    span_equal_nocase(buf_span(&path),
			span_from(judge->replacement))));
	buf_free(&path);
	return may;
}

/* What cannot be read may be read as anything. */
static bool
all_may_be(const struct header_judge *judge, struct span body)
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
add_sender(struct header_judge *judge, struct buf *out)
{
	buf_add_format(out, "Sender: %s\r\n", judge->sender);
	judge->has_sender = judge->has_replaced = true;
}

bool
header_judge_field(
    struct header_judge *judge, struct span whole, struct buf *out)
{
	struct field field;

	if (!header_next(&whole, &field))
		return false;
	if (span_equal_nocase(field.name, SPAN("From"))) {
		if (!all_may_be(judge, field.body))
			judge->is_doubtful = true;
		return false;
	}
	if (!span_equal_nocase(field.name, SPAN("Sender")))
		return false;
	if (!judge->has_sender && all_may_be(judge, field.body)) {
		judge->has_sender = true;
		return false;
	}
	if (!judge->has_sender && judge->sender != NULL)
		add_sender(judge, out);
	judge->has_replaced = true;
	return true;
}

bool
header_judge_add(
    struct header_judge *judge, struct buf *added, struct error *err)
{
	if (!judge->is_doubtful || judge->has_sender)
		return true;
	if (judge->sender == NULL)
		return error_set(err, ERROR_DATA,
		    "cannot send: From names another than the client, and "
		    "nobody knows whom Sender is to name");
	add_sender(judge, added);
	return true;
}

void
header_judge_notes(const struct header_judge *judge, struct buf *notes)
{
	if (!judge->has_replaced)
		return;
	if (judge->sender != NULL)
		buf_add_format(notes,
		    "field Sender: is %s, who the client is%s\n",
		    judge->sender,
		    judge->is_doubtful ? " and From does not say" : "");
	else
		buf_add_text(notes,
		    "field Sender: dropped, since the client may not be it\n");
}
