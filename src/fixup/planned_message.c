/*
 * Examines a message as its plan will send it. Only the planned text counts: a
 * fault that the plan repairs is not reported.
 */
#include "fixup/planned_message.h"

#include "address/address_list.h"
#include "base/utf8.h"
#include "fixup/field_kind.h"
#include "message/known_fields.h"
#include "message/mime_field.h"
#include "message/replay.h"

static bool
read_utf8(
    const struct message *message, const struct plan *plan, struct buf *header)
{
	replay_header(message, plan, header);
	return utf8_is_valid(buf_span(header));
}

bool
planned_message_has_utf8_header(
    const struct message *message, const struct plan *plan)
{
	struct buf header;
	bool is_utf8 = read_utf8(message, plan, &header);

	buf_free(&header);
	return is_utf8;
}

bool
planned_message_has_utf8_address(
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

bool
planned_message_waives_tls(
    const struct message *message, const struct plan *plan)
{
	struct buf header;
	struct span rest;
	struct field field;
	size_t count = 0;
	bool says_no = false;

	replay_header(message, plan, &header);
	rest = buf_span(&header);
	while (header_next(&rest, &field))
		if (span_equal_nocase(field.name, SPAN("TLS-Required"))) {
			says_no = span_equal_nocase(
			    span_trim(field.body), SPAN("No"));
			count++;
		}
	buf_free(&header);
	return says_no && count == 1;
}

static void
add(struct buf *out, const char *name, const char *fault)
{
	buf_add_format(out, "field %s: %s\n", name, fault);
}

/* Whether the header policy has already noted that it cannot read a field. */
static bool
is_noted(const struct plan *plan, const char *name)
{
	struct span rest = buf_span(&plan->notes), line;
	struct buf start = {0};
	bool is_found = false;

	buf_add_format(&start, "field %s: left unchanged", name);
	while (!is_found && span_next_word(&rest, "\n", &line))
		is_found = span_starts_nocase(line, buf_span(&start));
	buf_free(&start);
	return is_found;
}

static void
check_addresses(struct buf *out, const struct plan *plan, const char *name,
    struct span body)
{
	struct address_list list = {0};
	struct error err = {0};
	bool is_bare = false;

	if (!address_list_parse(&list, body, &err)) {
		err.text[span_find(span_from(err.text), '\n')] = '\0';
		if (!is_noted(plan, name))
			add(out, name, err.text);
		return;
	}
	for (size_t i = 0; i < list.count; i++)
		is_bare |= list.mailboxes[i].local != NULL &&
		    list.mailboxes[i].domain == NULL;
	if (is_bare)
		add(out, name, "an address without a domain");
	address_list_free(&list);
}

/* Text may have any value, and so may the phrases of old In-Reply-To fields. */
static void
check_value(struct buf *out, const struct plan *plan,
    const struct field_kind *kind, const struct field *field)
{
	if (kind->syntax == SYNTAX_ADDRESSES)
		check_addresses(out, plan, kind->name, field->body);
	else if (kind->syntax != SYNTAX_TEXT &&
	    kind->syntax != SYNTAX_PHRASES && !known_fields_value_fits(field))
		add(out, kind->name, "its value cannot be read");
}

static void
check_fields(struct buf *out, const struct plan *plan, struct span header)
{
	size_t counts[FIELD_KIND_COUNT] = {0};
	struct field field;

	while (header_next(&header, &field)) {
		const struct field_kind *kind = field_kind_of(field.name);

		if (counts[kind - field_kinds]++ == 0 && kind->count != MANY)
			check_value(out, plan, kind, &field);
	}
	for (size_t i = 0; i < FIELD_KIND_COUNT; i++)
		if (field_kinds[i].count != MANY && counts[i] > 1)
			add(out, field_kinds[i].name, "occurs more than once");
		else if (field_kinds[i].count == NEEDED && counts[i] == 0)
			add(out, field_kinds[i].name, "is missing");
}

/* Checks that octets above 127 in the body are declared. */
static void
check_body(struct buf *out, struct span header)
{
	struct mime_content content;
	bool is_text;

	mime_field_read(&content, header, MIME_TEXT);
	is_text = content.type == MIME_TEXT && !content.is_document;
	if (mime_field_is_identity(content.coding) &&
	    content.coding != CODING_8BIT && content.coding != CODING_BINARY)
		buf_add_text(out,
		    "body: octets over 127, which no "
		    "Content-Transfer-Encoding declares\n");
	if (is_text &&
	    (content.charset == CHARSET_NONE ||
		content.charset == CHARSET_ASCII))
		buf_add_text(out, "body: octets over 127 without a charset\n");
	mime_field_free(&content);
}

void
planned_message_check(
    const struct message *message, const struct plan *plan, struct buf *out)
{
	const struct message_facts *facts = plan_facts(plan, message);
	struct buf header;

	replay_header(message, plan, &header);
	if (message_header(message).len == 0)
		buf_add_text(out, "no header: the whole message is body\n");
	check_fields(out, plan, buf_span(&header));
	if (!span_is_ascii(buf_span(&header)))
		buf_add_text(
		    out, "header: octets over 127 that are not encoded\n");
	if (facts->body.has_eight_bit)
		check_body(out, buf_span(&header));
	buf_free(&header);
}
