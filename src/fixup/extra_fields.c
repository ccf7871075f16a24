/*
 * Reads the list of add-headers, and adds the fields to a plan. What the plan
 * sends decides whether a field is missing, so that a field that was dropped
 * counts as missing, and one that the header policy added does not.
 */
#include "fixup/extra_fields.h"

#include <stdlib.h>
#include <string.h>

#include "address/address_list.h"
#include "base/utf8.h"
#include "fixup/field_kind.h"
#include "fixup/field_repair.h"
#include "message/known_fields.h"
#include "message/replay.h"

/* For each of them the whole header is searched. */
#define FIELDS_MAX 32
#define UNDISCLOSED "To: undisclosed-recipients:;\r\n"

/* Fields whose value depends on the message. */
static const char *const refused[] = {
    "From",
    "Sender",
    "To",
    "Cc",
    "Bcc",
    "Date",
    "Message-ID",
    "Received",
    "Return-Path",
    "MIME-Version",
    "DKIM-Signature",
    "DomainKey-Signature",
};
static const char *const refused_beginnings[] = {"Content-", "Resent-", "ARC-"};

static bool
is_of_name(char c)
{
	return ascii_is_alnum(c) || c == '-' || c == '_' || c == '.';
}

/* The length of the name at the start, before its colon; 0 if there is none. */
static size_t
name_length(struct span text)
{
	size_t len = 0;

	while (len < text.len && is_of_name(text.at[len]))
		len++;
	return len < text.len && text.at[len] == ':' &&
		len + 1 < HEADER_NAME_MAX
	    ? len
	    : 0;
}

/* Takes the value of a field, up to the comma before the next field. */
static void
take_value(struct span *rest, struct buf *value)
{
	bool is_quoted = false;

	while (rest->len > 0) {
		struct span after = span_skip(*rest, 1);
		char c = rest->at[0];

		*rest = after;
		if (c == ',' && !is_quoted && name_length(span_trim(after)) > 0)
			return;
		if (c == '"')
			is_quoted = !is_quoted;
		/* In a quoted string a backslash keeps its meaning. */
		if (c == '\\' && after.len > 0 &&
		    (is_quoted || after.at[0] == ',')) {
			if (is_quoted)
				buf_add_char(value, c);
			c = after.at[0];
			*rest = span_skip(after, 1);
		}
		buf_add_char(value, c);
	}
}

static bool
is_refused(struct span name)
{
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		if (span_equal_nocase(name, span_from(refused[i])))
			return true;
	for (size_t i = 0;
	     i < sizeof(refused_beginnings) / sizeof(refused_beginnings[0]);
	     i++)
		if (span_starts_nocase(name, span_from(refused_beginnings[i])))
			return true;
	return false;
}

static bool
are_addresses(struct span value)
{
	struct address_list list = {0};
	struct error ignored;
	bool are = address_list_parse(&list, value, &ignored) && list.count > 0;

	/* The header policy completes no field that is added. */
	for (size_t i = 0; i < list.count; i++)
		are = are && list.mailboxes[i].domain != NULL;
	address_list_free(&list);
	return are;
}

/* Why the field cannot be added; NULL: it can. */
static const char *
fault_of(const struct field *field, struct span before)
{
	struct span value = span_trim(field->body);
	struct field other;

	if (is_refused(field->name))
		return "its value depends on the message";
	if (header_find(before, field->name, &other))
		return "it is there twice";
	if (value.len == 0)
		return "it has no value";
	if (!utf8_is_valid(value))
		return "its value is not UTF-8";
	if (field_kind_has_addresses(field->name) && !are_addresses(value))
		return "its value is not a list of full addresses";
	if (!known_fields_value_fits(field))
		return "its value does not fit its name";
	return NULL;
}

/* Adds one field, as "Name: value" CRLF, in the form for every server. */
static bool
add_field(struct buf *out, struct span text, struct error *err)
{
	struct span rest = text;
	size_t before = out->len;
	struct field field;
	const char *fault = "it is too long";
	char *shown;

	if (header_next(&rest, &field))
		fault = fault_of(&field, buf_span(out));
	if (fault == NULL) {
		if (field_repair_is_needed(field.whole))
			field_repair(&field, out);
		else
			buf_add_span(out, field.whole);
		if (!out->full &&
		    !field_repair_is_needed(span_skip(buf_span(out), before)))
			return true;
		fault = "its value cannot be written in ASCII, or is too long";
	}
	shown = header_shown_name(field.name);
	error_set(err, ERROR_CONFIG, "the field %s cannot be added: %s", shown,
	    fault);
	free(shown);
	return false;
}

bool
extra_fields_read(struct buf *out, struct span list, struct error *err)
{
	struct buf text = {0};
	size_t count = 0;
	bool done = !span_has_control(list) ||
	    error_set(err, ERROR_CONFIG, "there is a control character in it");

	list = span_trim(list);
	while (done && list.len > 0) {
		size_t len = name_length(list);

		if (len == 0 || count++ == FIELDS_MAX) {
			done = error_set(err, ERROR_CONFIG, "%s",
			    len == 0 ? "it must be a list of \"Name: value\""
				     : "it has too many fields");
			break;
		}
		buf_clear(&text);
		buf_add_span(&text, span_head(list, len + 1));
		buf_add_char(&text, ' ');
		list = span_trim(span_skip(list, len + 1));
		take_value(&list, &text);
		while (text.len > 0 && ascii_is_blank(text.data[text.len - 1]))
			text.len--;
		buf_add_text(&text, "\r\n");
		done = add_field(out, buf_span(&text), err);
		list = span_trim(list);
	}
	buf_free(&text);
	return done;
}

static bool
is_undisclosed(struct span header)
{
	struct field field;

	return !header_find(header, SPAN("To"), &field) &&
	    !header_find(header, SPAN("Cc"), &field);
}

bool
extra_fields_add(const struct extra_fields *extra, struct plan *plan,
    const struct message *message, struct error *err)
{
	struct span rest = extra->fields;
	size_t before = plan->added.len;
	struct buf header = {0};
	struct field field, other;

	if (header_newest_resent(message_header(message)).len > 0)
		return true;
	if (!replay_header(message, plan, &header)) {
		buf_free(&header);
		return error_set(err, ERROR_TEMPORARY,
		    "cannot send the message: it changed while it was being "
		    "read");
	}
	while (header_next(&rest, &field))
		if (!header_find(buf_span(&header), field.name, &other))
			buf_add_span(&plan->added, field.whole);
	if (extra->hides_recipients && is_undisclosed(buf_span(&header)))
		buf_add_text(&plan->added, UNDISCLOSED);
	buf_free(&header);
	if (plan->added.full)
		return error_set(err, ERROR_DATA,
		    "cannot add the fields of add-headers: they are too long");
	plan_note_added(plan, span_skip(buf_span(&plan->added), before));
	return true;
}
