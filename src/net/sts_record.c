/*
 * Reads the fields of the TXT record. Its strings are already joined; records
 * of another kind may stand beside it.
 */
#include "net/sts_record.h"

#define NAME_MAX_OCTETS 32 /* of a field that is not known */

static struct span
refuse(struct buf *reason, const char *why)
{
	buf_add_text(reason, why);
	return SPAN("");
}

bool
sts_record_is_id(struct span text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!ascii_is_alnum(text.at[i]))
			return false;
	return text.len > 0 && text.len <= STS_RECORD_ID_MAX;
}

/* Whether it is a field as future versions may add them. */
static bool
is_field(struct span name, struct span value)
{
	if (name.len == 0 || name.len > NAME_MAX_OCTETS || value.len == 0)
		return false;
	for (size_t i = 0; i < name.len; i++)
		if (!ascii_is_alnum(name.at[i]) &&
		    (i == 0 ||
			(name.at[i] != '_' && name.at[i] != '-' &&
			    name.at[i] != '.')))
			return false;
	for (size_t i = 0; i < value.len; i++)
		if (value.at[i] <= ' ' || value.at[i] == '=' ||
		    ascii_is_control(value.at[i]))
			return false;
	return span_is_ascii(value);
}

static struct span
trim_blanks(struct span text)
{
	while (text.len > 0 && ascii_is_blank(text.at[0]))
		text = span_skip(text, 1);
	while (text.len > 0 && ascii_is_blank(text.at[text.len - 1]))
		text.len--;
	return text;
}

/* The fields behind the version; each is followed by ";", or is the last. */
static struct span
read_fields(struct span rest, struct buf *reason)
{
	struct span id = {0};

	while (rest.len > 0) {
		size_t end = span_find(rest, ';'), equals;
		struct span field = trim_blanks(span_head(rest, end)), value;

		rest = span_skip(rest, end + 1);
		if (field.len == 0 && rest.len == 0)
			break;
		equals = span_find(field, '=');
		value = span_skip(field, equals + 1);
		field = span_head(field, equals);
		if (!is_field(field, value))
			return refuse(reason, "its TXT record is malformed");
		if (id.len == 0 && span_equal(field, SPAN("id")))
			id = value;
	}
	if (id.len == 0)
		return refuse(reason, "its TXT record has no id");
	if (!sts_record_is_id(id))
		return refuse(reason,
		    "the id of its TXT record is not 1 to 32 letters and "
		    "digits");
	return id;
}

struct span
sts_record_id(const struct dns_records *list, struct buf *reason)
{
	const struct span start = SPAN("v=STSv1;");
	struct span record = {0};

	for (size_t i = 0; i < list->count; i++) {
		struct span text = list->items[i].data;

		if (!span_starts(text, start))
			continue;
		if (record.len > 0)
			return refuse(reason, "it has several TXT records");
		record = text;
	}
	if (record.len == 0)
		return refuse(reason, "no TXT record of it begins v=STSv1;");
	return read_fields(span_skip(record, start.len), reason);
}
