/*
 * Reads the header section of a planned message, and what a server must offer
 * for it. The message is replayed, and the replay is stopped at the empty line.
 */
#include "fixup/planned_header.h"

#include "base/utf8.h"
#include "fixup/field_kind.h"
#include "message/header.h"
#include "message/replay.h"

/* Keeps the header section, and stops the replay behind it. */
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
planned_header_read(
    const struct message *message, const struct plan *plan, struct buf *header)
{
	struct message_sink sink = {gather_header, header};

	replay_message(message, plan, REPLAY_PLAIN, &sink);
	return !header->full;
}

static bool
read_utf8(
    const struct message *message, const struct plan *plan, struct buf *header)
{
	buf_init(header, PLAN_HEADER_MAX);
	return planned_header_read(message, plan, header) &&
	    utf8_is_valid(buf_span(header));
}

bool
planned_header_is_utf8(const struct message *message, const struct plan *plan)
{
	struct buf header;
	bool is_utf8 = read_utf8(message, plan, &header);

	buf_free(&header);
	return is_utf8;
}

bool
planned_header_has_utf8_address(
    const struct message *message, const struct plan *plan)
{
	struct buf header;
	bool is_utf8 = read_utf8(message, plan, &header), has_address = false;
	struct span rest = buf_span(&header);
	struct field field;

	while (is_utf8 && !has_address && header_next(&rest, &field))
		has_address = field_kind_has_addresses(field.name) &&
		    !span_is_ascii(field.body);
	buf_free(&header);
	return has_address;
}
