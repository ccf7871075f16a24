/*
 * Edits a header section field by field. What was asked about one name is kept
 * together, so that each field of the header is compared with each name once.
 */
#include "message/header_edit.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "message/header.h"

static struct header_edit *
find(const struct header_edits *edits, struct span name)
{
	for (size_t i = 0; i < edits->count; i++)
		if (span_equal_nocase(span_from(edits->list[i].name), name))
			return &edits->list[i];
	return NULL;
}

bool
header_edits_name(const struct header_edits *edits, struct span name)
{
	return find(edits, name) != NULL;
}

/* RFC 5322 section 3.6.8, and short enough for a line. */
static bool
is_name(struct span name)
{
	for (size_t i = 0; i < name.len; i++)
		if (name.at[i] <= ' ' || name.at[i] > '~')
			return false;
	return name.len > 0 && name.len < HEADER_NAME_MAX;
}

static const char *
check(struct span given, struct span name, struct span value, bool adds)
{
	if (span_find(given, '\r') < given.len ||
	    span_find(given, '\n') < given.len ||
	    span_find(given, '\0') < given.len)
		return "it has a line end or a NUL in it";
	if (name.len == given.len)
		return "it is not of the form 'Name: value'";
	if (!is_name(name))
		return "a field name must be printable ASCII without blanks";
	if (adds && value.len == 0)
		return "there is no value to add";
	if (span_equal_nocase(name, SPAN("Bcc")) ||
	    span_equal_nocase(name, SPAN("Resent-Bcc")))
		return "no message is sent with this field\nhint: name these "
		       "recipients with --bcc, or after the options";
	return NULL;
}

const char *
header_edits_add(struct header_edits *edits, struct span text)
{
	bool adds = span_starts(text, SPAN("+"));
	struct span given = span_skip(text, adds);
	struct span name = span_head(given, span_find(given, ':'));
	struct span value = span_trim(span_skip(given, name.len + 1));
	const char *why = check(given, name, value, adds);
	struct header_edit *edit = find(edits, name);
	struct buf field;

	if (why == NULL && edit == NULL && edits->count == HEADER_EDITS_MAX)
		why = "there are too many such options";
	if (why != NULL)
		return why;
	if (edit == NULL) {
		edit = mem_append(&edits->list, &edits->count, sizeof(*edit));
		edit->name = span_copy(name);
		buf_init(&edit->added, HEADER_MAX);
	}
	buf_init(&field, HEADER_MAX);
	buf_add_span(&field, name);
	buf_add_text(&field, ": ");
	buf_add_span(&field, value);
	buf_add_text(&field, "\r\n");
	if (adds) {
		buf_add_span(&edit->added, buf_span(&field));
	} else {
		edit->replaces = true;
		buf_clear(&edit->added);
		free(edit->text);
		edit->text = value.len > 0 ? buf_take_text(&field) : NULL;
	}
	buf_free(&field);
	return NULL;
}

void
header_edits_free(struct header_edits *edits)
{
	for (size_t i = 0; i < edits->count; i++) {
		free(edits->list[i].name);
		free(edits->list[i].text);
		buf_free(&edits->list[i].added);
	}
	free(edits->list);
	*edits = (struct header_edits){0};
}

struct editing {
	const struct header_edits *edits;
	bool found[HEADER_EDITS_MAX]; /* the header has such a field */
	bool done[HEADER_EDITS_MAX];  /* its text was written */
	bool changed[HEADER_EDITS_MAX];
	struct buf *out;
	struct header_changes *changes; /* NULL: not needed */
};

/* Writes the text in place of the octets of the old header. */
static void
put(struct editing *editing, size_t from, size_t to, struct span text)
{
	struct header_changes *changes = editing->changes;
	struct header_change *last = NULL;

	buf_add_span(editing->out, text);
	if (changes == NULL || (from == to && text.len == 0))
		return;
	if (changes->count > 0)
		last = &changes->list[changes->count - 1];
	if (last == NULL || last->to != from) {
		last =
		    mem_append(&changes->list, &changes->count, sizeof(*last));
		last->from = from;
	}
	last->to = to;
	last->len += text.len;
}

static void
find_fields(struct editing *editing, struct span header)
{
	const struct header_edit *edit;
	struct field field;

	while (header_next(&header, &field)) {
		edit = find(editing->edits, field.name);
		if (edit != NULL)
			editing->found[edit - editing->edits->list] = true;
	}
}

/* Writes the fields that are new, at the octet `at` of the old header. */
static void
put_new(struct editing *editing, size_t at, bool of_resent)
{
	for (size_t i = 0; i < editing->edits->count; i++) {
		const struct header_edit *edit = &editing->edits->list[i];
		bool is_resent =
		    span_starts_nocase(span_from(edit->name), SPAN("Resent-"));

		if (is_resent != of_resent)
			continue;
		if (!editing->found[i])
			put(editing, at, at, span_from(edit->text));
		put(editing, at, at, buf_span(&edit->added));
	}
}

static void
put_fields(struct editing *editing, struct span header)
{
	struct span rest = header;
	struct field field;

	while (header_next(&rest, &field)) {
		const struct header_edit *edit =
		    find(editing->edits, field.name);
		size_t to = header.len - rest.len, i;
		struct span text = {0};

		if (edit == NULL || !edit->replaces) {
			buf_add_span(editing->out, field.whole);
			continue;
		}
		i = (size_t)(edit - editing->edits->list);
		if (!editing->done[i])
			text = span_from(edit->text);
		editing->done[i] = true;
		if (span_equal(text, field.whole)) {
			buf_add_span(editing->out, text);
			continue;
		}
		editing->changed[i] = true;
		put(editing, to - field.whole.len, to, text);
	}
}

static void
note_edits(struct buf *notes, const struct editing *editing, bool is_signed)
{
	for (size_t i = 0; i < editing->edits->count; i++) {
		const struct header_edit *edit = &editing->edits->list[i];
		bool adds = edit->added.len > 0 ||
		    (edit->text != NULL && !editing->found[i]);
		char *shown;

		if (!editing->changed[i] && !adds)
			continue;
		shown = header_shown_name(span_from(edit->name));
		buf_add_format(notes, "field %s: %s on request%s\n", shown,
		    !editing->changed[i]	     ? "added"
			: edit->text != NULL || adds ? "replaced"
						     : "removed",
		    is_signed ? ", although the message is signed" : "");
		free(shown);
	}
}

void
header_edits_apply(const struct header_edits *edits, struct span header,
    struct buf *out, struct buf *notes, struct header_changes *changes)
{
	struct editing editing = {
	    .edits = edits, .out = out, .changes = changes};

	find_fields(&editing, header);
	put_new(&editing, 0, true);
	put_fields(&editing, header);
	put_new(&editing, header.len, false);
	note_edits(notes, &editing, header_is_signed(header));
}
