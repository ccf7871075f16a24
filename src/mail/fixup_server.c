/* Plans for what one server can carry, made from the one for any server. */
#include "mail/fixup.h"

#include "base/utf8.h"
#include "mail/field_repair.h"
#include "mail/repair.h"
#include "message/header.h"

/* A NUL ends the line for some servers, and is refused by others. */
bool
plan_finish(struct plan *plan, const struct message *message, struct error *err)
{
	if (!message_measure(message, plan))
		return error_set(err, ERROR_TEMPORARY,
		    "cannot send the message: it was changed while it was "
		    "read");
	if (plan->facts.header.has_nul)
		return error_set(err, ERROR_DATA,
		    "cannot send the message: it holds a NUL octet in its "
		    "header");
	if (plan->facts.has_nul && !plan->is_repairable)
		return error_set(err, ERROR_DATA,
		    "cannot send the message: it holds a NUL octet, and is "
		    "not to be repaired");
	if (plan->facts.has_nul)
		return error_set(err, ERROR_DATA,
		    "cannot send the message: it holds a NUL octet%s%s",
		    plan->obstacle != NULL ? ", and " : "",
		    plan->obstacle != NULL ? plan->obstacle : "");
	if (plan->body.count > 0 && plan->outline != plan->planned_outline)
		return error_set(err, ERROR_DATA,
		    "cannot send the message: its repair would change which "
		    "parts it has");
	return true;
}

static bool
make_seven_bit(struct plan *plan, const struct plan *from,
    const struct message *message, struct error *err)
{
	plan_copy_fields(plan, from, false);
	if (plan->is_repairable && !repair_content(plan, message, true, err))
		return false;
	if (!plan_finish(plan, message, err))
		return false;
	if (!plan->facts.has_eight_bit)
		return true;
	if (plan->obstacle == NULL && from->obstacle != NULL)
		plan_set_obstacle(plan, "%s", from->obstacle);
	if (plan->obstacle == NULL)
		plan_set_obstacle(plan, "%s",
		    !plan->is_repairable ? "repair = no"
		    : plan->facts.header.has_eight_bit
			? "a field of its header cannot be encoded"
			: "some of them cannot be encoded");
	return error_set(err, ERROR_DATA,
	    "the message holds 8-bit octets and the server does not offer "
	    "8BITMIME (%s)",
	    plan->obstacle);
}

bool
message_plan_seven_bit(struct plan *plan, const struct plan *from,
    const struct message *message, struct error *err)
{
	*plan = (struct plan){0};
	if (make_seven_bit(plan, from, message, err))
		return true;
	plan_free(plan);
	return false;
}

bool
plan_has_words(const struct plan *plan)
{
	for (size_t i = 0; i < plan->header.count; i++)
		if (plan->header.list[i].is_of_words)
			return true;
	return false;
}

bool
message_plan_utf8(struct plan *plan, const struct plan *from,
    const struct message *message, struct error *err)
{
	*plan = (struct plan){0};
	plan_copy_fields(plan, from, true);
	if ((!plan->is_repairable ||
		repair_content(plan, message, false, err)) &&
	    plan_finish(plan, message, err))
		return true;
	plan_free(plan);
	return false;
}

/* The header section of a message on its way, and no more. */
static bool
gather_header(void *context, const char *data, size_t len)
{
	struct buf *header = context;
	size_t from = header->len > 3 ? header->len - 3 : 0;
	struct span seen;

	if (!buf_add(header, data, len))
		return false;
	seen = buf_span(header);
	if (span_starts(seen, SPAN("\r\n"))) {
		buf_clear(header);
		return false;
	}
	seen = span_skip(seen, from);
	for (size_t i = 0; i + 3 < seen.len; i++)
		if (span_starts(span_skip(seen, i), SPAN("\r\n\r\n"))) {
			header->len = from + i + 2;
			return false;
		}
	return true;
}

bool
message_planned_header(const struct message *message, const struct plan *plan,
    struct buf *header)
{
	struct message_sink sink = {gather_header, header};

	message_replay(message, plan, REPLAY_PLAIN, &sink);
	return !header->full;
}

bool
message_header_is_utf8(
    const struct message *message, const struct plan *plan)
{
	struct buf header;
	bool is_utf8;

	buf_init(&header, MESSAGE_PLANNED_HEADER_MAX);
	is_utf8 = message_planned_header(message, plan, &header) &&
	    utf8_is_valid(buf_span(&header));
	buf_free(&header);
	return is_utf8;
}

bool
message_header_has_utf8_address(
    const struct message *message, const struct plan *plan)
{
	struct buf header;
	struct span rest;
	struct field field;
	bool is_utf8, has_address = false;

	buf_init(&header, MESSAGE_PLANNED_HEADER_MAX);
	is_utf8 = message_planned_header(message, plan, &header) &&
	    utf8_is_valid(buf_span(&header));
	rest = buf_span(&header);
	while (is_utf8 && !has_address && header_next(&rest, &field))
		has_address = field_holds_addresses(field.name) &&
		    !span_is_ascii(field.body);
	buf_free(&header);
	return has_address;
}
