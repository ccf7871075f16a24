/*
 * Makes the plans of a message. The first plan suits a server that takes 8-bit
 * content; the two others are made from it if the server's extensions require
 * it.
 */
#include "fixup/fixup.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "fixup/extra_fields.h"
#include "fixup/field_removal.h"
#include "fixup/field_repair.h"
#include "fixup/header_policy.h"
#include "fixup/originator_check.h"
#include "fixup/repair.h"
#include "message/replay.h"

#define NAME_SHOWN_MAX 64

/*
 * The last step of every plan: computes its facts, and refuses a message that a
 * server may damage. Some servers end a line at a NUL, others refuse it.
 */
static bool
finish(struct plan *plan, const struct message *message, struct error *err)
{
	if (!replay_measure(message, plan))
		return error_set(err, ERROR_TEMPORARY,
		    "cannot send the message: it changed while it was being "
		    "read");
	if (plan->facts.header.has_nul)
		return error_set(err, ERROR_DATA,
		    "cannot send the message: its header has a NUL octet");
	if (plan->facts.has_nul && !plan->is_repairable)
		return error_set(err, ERROR_DATA,
		    "cannot send the message: it has a NUL octet, and repair "
		    "is off or forbidden by a signature");
	if (plan->facts.has_nul)
		return error_set(err, ERROR_DATA,
		    "cannot send the message: it has a NUL octet%s%s",
		    plan->obstacle != NULL ? ", and " : "",
		    plan->obstacle != NULL ? plan->obstacle : "");
	if (plan->body.count > 0 && plan->outline != plan->planned_outline)
		return error_set(err, ERROR_DATA,
		    "cannot send the message: repairing it would change which "
		    "parts it has");
	return true;
}

/* Notes line ends that are changed; those in an encoded part are not noted. */
static void
note_line_ends(struct plan *plan, const struct message *message)
{
	const struct message_facts *facts = plan_facts(plan, message);

	if (facts->body_has_bare_cr)
		plan_note(plan, "body: lone CR replaced by a line end");
	if (facts->body_has_extra_cr)
		plan_note(plan,
		    "body: CR CR LF at the end of lines replaced by CRLF");
}

static bool
make_seven_bit(struct plan *plan, const struct plan *from,
    const struct message *message, struct error *err)
{
	plan_copy_fields(plan, from, false);
	if (plan->is_repairable && !repair_content(plan, message, true, err))
		return false;
	if (!finish(plan, message, err))
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
	    "the message has 8-bit octets and the server does not offer "
	    "8BITMIME (%s)",
	    plan->obstacle);
}

bool
fixup_plan_seven_bit(struct plan *plan, const struct plan *from,
    const struct message *message, struct error *err)
{
	*plan = (struct plan){0};
	if (make_seven_bit(plan, from, message, err))
		return true;
	plan_free(plan);
	return false;
}

bool
fixup_has_words(const struct plan *plan)
{
	for (size_t i = 0; i < plan->header.count; i++)
		if (plan->header.list[i].is_of_words)
			return true;
	return false;
}

bool
fixup_plan_utf8(struct plan *plan, const struct plan *from,
    const struct message *message, bool seven_bit, struct error *err)
{
	*plan = (struct plan){0};
	plan_copy_fields(plan, from, true);
	if ((!plan->is_repairable ||
		repair_content(plan, message, seven_bit, err)) &&
	    finish(plan, message, err)) {
		note_line_ends(plan, message);
		return true;
	}
	plan_free(plan);
	return false;
}

/* Whether repair.c rewrites the field, depending on content and server. */
static bool
is_of_content(struct span name)
{
	return span_equal_nocase(name, SPAN("Content-Type")) ||
	    span_equal_nocase(name, SPAN("Content-Transfer-Encoding"));
}

/* Repairs the text of a field, which may be several fields after the policy. */
static bool
repair_text(
    struct plan *plan, struct span text, struct buf *out, struct error *err)
{
	struct field field;

	while (header_next(&text, &field)) {
		size_t before = out->len;
		int shown = field.name.len > NAME_SHOWN_MAX
		    ? NAME_SHOWN_MAX
		    : (int)field.name.len;

		if (!field_repair_is_needed(field.whole)) {
			buf_add_span(out, field.whole);
			continue;
		}
		if (field_repair(&field, out))
			plan_note_field(plan, field.name,
			    span_is_ascii(field.whole) ? "long lines folded"
						       : "8-bit text encoded");
		if (!field_repair_has_long_line(
			span_skip(buf_span(out), before)))
			continue;
		if (!field_repair_may_be_long(field.name))
			return error_set(err, ERROR_DATA,
			    "cannot send the message: a line of the field "
			    "%.*s is longer than 998 octets and cannot be "
			    "folded",
			    shown, field.name.at);
		plan_note_unfolded(plan, field.name);
	}
	return !out->full ||
	    error_set(err, ERROR_DATA,
		"cannot send the message: its header is too large");
}

/* Notes that the policy replaced a field by `text`: by no field, one or two. */
static void
note_policy(struct plan *plan, const struct field *field, struct span text)
{
	struct field made;

	plan_note_routine(plan, field->name,
	    text.len == 0 ? "dropped by header-policy"
			  : "changed by header-policy");
	while (header_next(&text, &made))
		if (!span_equal_nocase(made.name, field->name))
			plan_note_routine(plan, made.name, "added");
}

/*
 * Sets *text to the new text of one field, in three steps, each with its own
 * buffer: header policy, originator check, repair.
 */
static bool
change_field(struct plan *plan, const struct fixup *fixup,
    const struct field *field, struct buf rooms[3], struct span *text,
    struct error *err)
{
	enum field_change change = FIELD_UNCHANGED;

	*text = field->whole;
	if (fixup->policy != NULL)
		change =
		    header_policy_field(fixup->policy, field, &rooms[0], err);
	if (change == FIELD_REFUSED)
		return false;
	if (change == FIELD_CHANGED)
		*text = buf_span(&rooms[0]);
	if (change == FIELD_DROPPED)
		*text = (struct span){0};
	if (!span_equal(*text, field->whole))
		note_policy(plan, field, *text);
	if (fixup->originators != NULL &&
	    originator_check_field(fixup->originators, field, *text, &rooms[1]))
		*text = buf_span(&rooms[1]);
	if (!plan->is_repairable || is_of_content(field->name) ||
	    !field_repair_is_needed(*text))
		return true;
	if (!repair_text(plan, *text, &rooms[2], err))
		return false;
	*text = buf_span(&rooms[2]);
	return true;
}

/* Whether a server with SMTPUTF8 accepts the field without repair. */
static bool
is_plain_utf8(struct span whole)
{
	return !span_is_ascii(whole) && utf8_is_valid(whole) &&
	    !field_repair_has_long_line(whole);
}

static bool
change_fields(struct plan *plan, struct span header, const struct fixup *fixup,
    struct header_found *found, struct error *err)
{
	bool is_signed = header_is_signed(header);
	const struct field_removal removal = {
	    .drops_bcc = fixup->remove_bcc,
	    .drops_empty = !is_signed,
	    .drops_completed = !is_signed && fixup->completion != NULL,
	};
	struct span rest = header, text;
	struct buf rooms[3];
	struct field field;
	bool done = true;

	if (fixup->policy != NULL)
		fixup->policy->resent = header_newest_resent(header);
	if (fixup->originators != NULL)
		fixup->originators->resent = header_newest_resent(header);
	buf_init(&rooms[0], HEADER_MAX);
	buf_init(&rooms[1], HEADER_MAX);
	buf_init(&rooms[2], 2 * HEADER_MAX);
	while (done && header_next(&rest, &field)) {
		struct plan_edit edit = {.to = header.len - rest.len};

		for (size_t i = 0; i < 3; i++)
			buf_clear(&rooms[i]);
		if (field_removal_drops(&removal, &field, plan)) {
			text = (struct span){0};
		} else {
			header_completion_see(found, &field, plan);
			done = change_field(
			    plan, fixup, &field, rooms, &text, err);
		}
		if (!done || span_equal(text, field.whole))
			continue;
		edit.from = edit.to - field.whole.len;
		edit.is_of_words = rooms[0].len == 0 && rooms[1].len == 0 &&
		    text.len > 0 && text.at == rooms[2].data &&
		    is_plain_utf8(field.whole);
		edit.len = text.len;
		if (text.len > 0)
			edit.text = mem_copy(text.at, text.len);
		plan_edit_add(&plan->header, &edit);
		done = plan_check_edits(plan, err);
	}
	for (size_t i = 0; i < 3; i++)
		buf_free(&rooms[i]);
	if (fixup->policy != NULL)
		buf_add_span(&plan->notes, buf_span(&fixup->policy->notes));
	plan->field_notes = plan->notes.len;
	return done;
}

/* Adds fields in front of the newest Resent- block. */
static void
add_to_block(struct plan *plan, struct span header, struct span block,
    const struct buf *fields)
{
	size_t at = (size_t)(block.at - header.at);
	struct plan_edit edit = {.from = at, .to = at, .len = fields->len};

	if (fields->len == 0)
		return;
	edit.text = mem_copy(fields->data, fields->len);
	plan_edit_add(&plan->header, &edit);
}

/*
 * Notes lines over 998 octets (RFC 5322 section 2.1.1), which most servers
 * accept.
 */
static void
note_long_lines(
    struct plan *plan, const struct message *message, const struct fixup *fixup)
{
	const struct message_facts *facts = plan_facts(plan, message);
	const char *why = plan->obstacle;

	/* Repair has already noted the fields. */
	if (!facts->body.has_long_line &&
	    (plan->is_repairable || !facts->header.has_long_line))
		return;
	if (why == NULL)
		why = fixup->repair ? "they cannot be encoded" : "repair = no";
	buf_add_format(&plan->notes,
	    "lines over 998 octets are left unchanged: %s\n", why);
}

/*
 * After the last field: adds the fields that completion, originator check and
 * policy find missing.
 */
static bool
add_to(struct plan *plan, const struct fixup *fixup,
    const struct header_found *found, struct span block, struct buf *resent,
    struct error *err)
{
	struct originator_check *originators = fixup->originators;
	struct header_policy *policy = fixup->policy;

	if (fixup->completion != NULL &&
	    !header_completion_add(
		fixup->completion, found, block, plan, resent, err))
		return false;
	if (originators != NULL) {
		if (!originator_check_end(
			originators, &plan->added, resent, &plan->notes, err))
			return false;
		plan->field_notes = plan->notes.len;
	}
	if (policy != NULL && originators != NULL)
		policy->has_sender |= block.len > 0
		    ? originators->again.has_sender
		    : originators->original.has_sender;
	return policy == NULL ||
	    header_policy_add(policy, &plan->added, resent, err);
}

static bool
add_fields(struct plan *plan, struct span header, const struct fixup *fixup,
    const struct header_found *found, struct error *err)
{
	struct span block = header_newest_resent(header);
	struct buf resent = {0};
	bool done = add_to(plan, fixup, found, block, &resent, err);

	if (done) {
		add_to_block(plan, header, block, &resent);
		plan_note_added(plan, buf_span(&plan->added));
		plan_note_added(plan, buf_span(&resent));
	}
	buf_free(&resent);
	return done;
}

static bool
make_plan(struct plan *plan, const struct message *message,
    const struct fixup *fixup, struct error *err)
{
	struct span header = message_header(message);
	struct span notes = message_notes(message), line;
	struct header_found found = {0};

	buf_add_span(&plan->routine, message_edit_notes(message));
	while (span_next_word(&notes, "\n", &line))
		plan_note(plan, "%.*s", (int)line.len, line.at);
	plan->is_repairable = fixup->repair && !repair_is_forbidden(message);
	if (fixup->repair && !plan->is_repairable)
		plan_set_obstacle(plan, "it is signed");
	if (!change_fields(plan, header, fixup, &found, err) ||
	    !add_fields(plan, header, fixup, &found, err) ||
	    (fixup->extra != NULL &&
		!extra_fields_add(fixup->extra, plan, message, err)))
		return false;
	if (plan->is_repairable && !repair_content(plan, message, false, err))
		return false;
	if (!finish(plan, message, err))
		return false;
	note_line_ends(plan, message);
	note_long_lines(plan, message, fixup);
	return true;
}

bool
fixup_plan(struct plan *plan, const struct message *message,
    const struct fixup *fixup, struct error *err)
{
	*plan = (struct plan){0};
	if (make_plan(plan, message, fixup, err))
		return true;
	plan_free(plan);
	return false;
}
