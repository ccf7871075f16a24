/*
 * Goes through the fields once, from the last to the first, so that a header
 * with very many fields takes linear time.
 */
#include "dkim/signed_header.h"

#include <stdlib.h>

#include "base/mem.h"
#include "message/header.h"

/*
 * Signed where they are present; the others are signed as absent, too. Lists
 * add Sender and List- fields, so one more of these is allowed.
 */
static const struct {
	struct span name;
	bool is_sealed; /* listed once more than it is present */
} signed_names[] = {
    {SPAN("from"), true},
    {SPAN("sender"), false},
    {SPAN("reply-to"), true},
    {SPAN("to"), true},
    {SPAN("cc"), true},
    {SPAN("subject"), true},
    {SPAN("date"), true},
    {SPAN("message-id"), true},
    {SPAN("in-reply-to"), true},
    {SPAN("references"), true},
    {SPAN("mime-version"), true},
    {SPAN("content-type"), true},
    {SPAN("content-transfer-encoding"), true},
};

#define SIGNED_NAMES (sizeof(signed_names) / sizeof(signed_names[0]))
/* Longer names of Resent- and List- fields are not signed. */
#define NAME_MAX_SIGNED ((size_t)200)

/* A name that can stand in the tag h. */
static bool
is_plain(struct span name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!ascii_is_alnum(name.at[i]) && name.at[i] != '-' &&
		    name.at[i] != '_')
			return false;
	return name.len <= NAME_MAX_SIGNED;
}

static bool
is_signed(struct span name)
{
	for (size_t i = 0; i < SIGNED_NAMES; i++)
		if (span_equal_nocase(name, signed_names[i].name))
			return true;
	return (span_starts_nocase(name, SPAN("Resent-")) ||
		   span_starts_nocase(name, SPAN("List-"))) &&
	    is_plain(name);
}

static void
add_name(struct span name, struct buf *names)
{
	if (names->len > 0)
		buf_add_char(names, ':');
	buf_add_lower(names, name);
}

/* Adds a text unfolded, with one space for each run of blanks but the ends. */
static void
add_body(struct span body, struct buf *out)
{
	bool is_first = true;
	struct span word;

	while (span_next_word(&body, " \t\r\n", &word)) {
		if (!is_first)
			buf_add_char(out, ' ');
		buf_add_span(out, word);
		is_first = false;
	}
}

void
signed_header_add_relaxed(struct span field, struct buf *out)
{
	size_t colon = span_find(field, ':');

	buf_add_lower(out, span_trim(span_head(field, colon)));
	buf_add_char(out, ':');
	add_body(span_skip(field, colon + 1), out);
}

/* The signed fields, in the order of the header; the caller frees the list. */
static struct field *
find_fields(struct span header, size_t *count)
{
	struct field *fields = NULL;
	struct field field;

	*count = 0;
	while (header_next(&header, &field))
		if (is_signed(field.name))
			*(struct field *)mem_append(
			    &fields, count, sizeof(*fields)) = field;
	return fields;
}

bool
signed_header_make(struct span header, struct buf *names, struct buf *text)
{
	size_t count;
	struct field *fields = find_fields(header, &count);

	buf_init(names, SIGNED_HEADER_NAMES_MAX);
	buf_init(text, 2 * header.len + 2);
	while (count-- > 0 && !names->full) {
		add_name(fields[count].name, names);
		signed_header_add_relaxed(fields[count].whole, text);
		buf_add_text(text, "\r\n");
	}
	for (size_t i = 0; i < SIGNED_NAMES; i++)
		if (signed_names[i].is_sealed)
			add_name(signed_names[i].name, names);
	free(fields);
	return !names->full && !text->full;
}
