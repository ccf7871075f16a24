/*
 * Builds a plan: keeps its edits in order and writes its notes. Field names in
 * notes come from the message and are masked.
 */
#include "message/plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* A note or an obstacle; longer ones end in "...". */
#define SENTENCE_MAX 256
/*
 * Half of a buf, because other notes, such as those of the header policy, need
 * room, too.
 */
#define NOTES_MAX (BUF_DEFAULT_MAX / 2)

static bool
is_drop(const struct plan_edit *edit)
{
	return edit->len == 0 && !edit->is_encoded;
}

void
plan_edit_add(struct plan_edits *edits, const struct plan_edit *edit)
{
	size_t at = edits->count;
	bool is_place = edit->from == edit->to;
	struct plan_edit *last;

	/* An insertion goes before an edit that begins at the same place. */
	while (at > 0 &&
	    (edits->list[at - 1].from > edit->from ||
		(edits->list[at - 1].from == edit->from && is_place)))
		at--;
	last = at > 0 ? &edits->list[at - 1] : NULL;
	/*
	 * If they differ in is_of_content, plan_copy_fields copies only one of
	 * them, so they are not joined.
	 */
	if (last != NULL && last->to == edit->from && last->from < last->to &&
	    last->is_of_content == edit->is_of_content && is_drop(last) &&
	    is_drop(edit)) {
		last->to = edit->to;
		return;
	}
	mem_append(&edits->list, &edits->count, sizeof(*last));
	edits->size += sizeof(*edit) + edit->len;
	memmove(&edits->list[at + 1], &edits->list[at],
	    (edits->count - 1 - at) * sizeof(*last));
	edits->list[at] = *edit;
	/*
	 * An insertion within a dropped range is moved to the end of the range.
	 */
	if (is_place && at > 0 && edits->list[at - 1].to > edit->from)
		edits->list[at].from = edits->list[at].to =
		    edits->list[at - 1].to;
}

/*
 * Removes the note of an edit that makes encoded words, because the edit is
 * left out. The notes are in the order of the edits, so the search begins at
 * the offset *at and advances it.
 */
static void
drop_note(struct buf *notes, size_t *at, const struct plan_edit *edit)
{
	struct span text = {edit->text, edit->len};
	struct span name = span_head(text, span_find(text, ':'));
	char *shown = header_shown_name(name);
	struct buf note = {0};
	size_t len;

	buf_add_format(
	    &note, "repaired: field %s: 8-bit text encoded\n", shown);
	free(shown);
	for (; *at < notes->len; *at += len) {
		struct span rest = span_skip(buf_span(notes), *at);

		len = span_find(rest, '\n') + 1;
		if (!span_equal(span_head(rest, len), buf_span(&note)))
			continue;
		memmove(&notes->data[*at], &notes->data[*at + len],
		    notes->len - *at - len);
		notes->len -= len;
		break;
	}
	buf_free(&note);
}

void
plan_copy_fields(struct plan *to, const struct plan *from, bool keeps_utf8)
{
	size_t note = 0;

	buf_add_span(
	    &to->notes, span_head(buf_span(&from->notes), from->field_notes));
	for (size_t i = 0; i < from->header.count; i++) {
		struct plan_edit edit = from->header.list[i];

		if (keeps_utf8 && edit.is_of_words)
			drop_note(&to->notes, &note, &edit);
		if (edit.is_of_content || (keeps_utf8 && edit.is_of_words))
			continue;
		if (edit.text != NULL)
			edit.text = mem_copy(edit.text, edit.len);
		plan_edit_add(&to->header, &edit);
	}
	to->added.max = from->added.max;
	buf_add_span(&to->added, buf_span(&from->added));
	if (from->message_id != NULL)
		to->message_id = mem_copy_text(from->message_id);
	to->field_notes = to->notes.len;
	to->is_repairable = from->is_repairable;
}

void
plan_note(struct plan *plan, const char *format, ...)
{
	char text[sizeof("repaired:") + SENTENCE_MAX] = "repaired: ";
	va_list arguments;

	va_start(arguments, format);
	text_add_format(text, sizeof(text), format, arguments);
	va_end(arguments);
	buf_add_note(&plan->notes, NOTES_MAX, span_from(text));
}

static void
add_field_sentence(
    struct buf *out, const char *before, struct span name, const char *what)
{
	char *shown = header_shown_name(name);
	struct buf text = {0};

	buf_add_format(&text, "%sfield %s: %s", before, shown, what);
	buf_add_note(out, NOTES_MAX, buf_span(&text));
	buf_free(&text);
	free(shown);
}

void
plan_note_field(struct plan *plan, struct span name, const char *what)
{
	add_field_sentence(&plan->notes, "repaired: ", name, what);
}

void
plan_note_routine(struct plan *plan, struct span name, const char *what)
{
	add_field_sentence(&plan->routine, "", name, what);
}

void
plan_note_unfolded(struct plan *plan, struct span name)
{
	add_field_sentence(&plan->notes, "", name,
	    "a line over 998 octets is sent unchanged: it cannot be folded");
}

void
plan_note_added(struct plan *plan, struct span fields)
{
	struct field field;

	while (header_next(&fields, &field))
		plan_note_routine(plan, field.name, "added");
}

bool
plan_check_edits(const struct plan *plan, struct error *err)
{
	return plan->header.size <= PLAN_EDITS_MAX ||
	    error_set(err, ERROR_DATA,
		"cannot send the message: its header would need too many "
		"changes");
}

void
plan_set_obstacle(struct plan *plan, const char *format, ...)
{
	char text[SENTENCE_MAX] = "";
	va_list arguments;

	if (plan->obstacle != NULL)
		return;
	va_start(arguments, format);
	text_add_format(text, sizeof(text), format, arguments);
	va_end(arguments);
	plan->obstacle = mem_copy_text(text);
}

const struct message_facts *
plan_facts(const struct plan *plan, const struct message *message)
{
	if (plan != NULL && plan->has_facts)
		return &plan->facts;
	return message_facts(message);
}

void
plan_edits_free(struct plan_edits *edits)
{
	for (size_t i = 0; i < edits->count; i++)
		free(edits->list[i].text);
	free(edits->list);
}

void
plan_free(struct plan *plan)
{
	plan_edits_free(&plan->header);
	plan_edits_free(&plan->body);
	free(plan->message_id);
	free(plan->obstacle);
	buf_free(&plan->added);
	buf_free(&plan->notes);
	buf_free(&plan->routine);
	*plan = (struct plan){0};
}
