/*
 * Fields of the planned header are judged one by one, then what is missing.
 * The table has every field that may stand there only once.
 */
#include "fixup/strict.h"

#include "address/address_list.h"
#include "fixup/fixup.h"
#include "message/header.h"
#include "message/known_fields.h"
#include "message/mime_field.h"

enum content {
	CONTENT_ANY,
	CONTENT_ADDRESSES,
	CONTENT_KNOWN, /* known_fields.h */
};

/* RFC 5322 section 3.6, RFC 2045. */
static const struct lone_field {
	const char *name;
	enum content content;
	bool is_needed;
} lone_fields[] = {
    {"From", CONTENT_ADDRESSES, true},
    {"Date", CONTENT_KNOWN, true},
    {"Message-ID", CONTENT_KNOWN, true},
    {"Sender", CONTENT_ADDRESSES, false},
    {"Reply-To", CONTENT_ADDRESSES, false},
    {"To", CONTENT_ADDRESSES, false},
    {"Cc", CONTENT_ADDRESSES, false},
    {"Bcc", CONTENT_ADDRESSES, false},
    {"In-Reply-To", CONTENT_ANY, false},
    {"References", CONTENT_ANY, false},
    {"Subject", CONTENT_ANY, false},
    {"MIME-Version", CONTENT_KNOWN, false},
    {"Content-Type", CONTENT_KNOWN, false},
    {"Content-Transfer-Encoding", CONTENT_KNOWN, false},
    {"Content-ID", CONTENT_KNOWN, false},
};

#define LONE_COUNT (sizeof(lone_fields) / sizeof(lone_fields[0]))
/* Of very many faults the first say enough. */
#define FAULTS_MAX ((size_t)32 * 1024)

static void
add(struct buf *out, const char *name, const char *fault)
{
	if (out->len < FAULTS_MAX)
		buf_add_format(out, "field %s: %s\n", name, fault);
}

/* Whether the header policy has already told that it cannot read a field. */
static bool
is_told(const struct plan *plan, const char *name)
{
	struct span rest = buf_span(&plan->notes), line;
	struct buf start = {0};
	bool is_found = false;

	buf_add_format(&start, "field %s: left as it came", name);
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
		if (!is_told(plan, name))
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

static void
check_field(struct buf *out, const struct plan *plan,
    const struct lone_field *lone, const struct field *field)
{
	if (lone->content == CONTENT_ADDRESSES)
		check_addresses(out, plan, lone->name, field->body);
	else if (lone->content == CONTENT_KNOWN &&
	    !known_fields_value_fits(field))
		add(out, lone->name, "its value cannot be read");
}

static void
check_fields(struct buf *out, const struct plan *plan, struct span header)
{
	size_t counts[LONE_COUNT] = {0};
	struct field field;

	while (header_next(&header, &field))
		for (size_t i = 0; i < LONE_COUNT; i++)
			if (span_equal_nocase(
				field.name, span_from(lone_fields[i].name)) &&
			    counts[i]++ == 0)
				check_field(out, plan, &lone_fields[i], &field);
	for (size_t i = 0; i < LONE_COUNT; i++)
		if (counts[i] > 1)
			add(out, lone_fields[i].name, "comes more than once");
		else if (lone_fields[i].is_needed && counts[i] == 0)
			add(out, lone_fields[i].name, "is missing");
}

/* Looks for octets over 127 in the body that nothing declares. */
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
strict_find(
    const struct message *message, const struct plan *plan, struct buf *out)
{
	const struct message_facts *facts = plan_facts(plan, message);
	struct buf header;

	buf_init(&header, PLAN_HEADER_MAX);
	fixup_planned_header(message, plan, &header);
	if (message_header(message).len == 0)
		buf_add_text(out, "no header: all of it is the body\n");
	check_fields(out, plan, buf_span(&header));
	if (!span_is_ascii(buf_span(&header)))
		buf_add_text(
		    out, "header: octets over 127 that are not encoded\n");
	if (facts->body.has_eight_bit)
		check_body(out, buf_span(&header));
	buf_free(&header);
}
