/*
 * --check-message: plans the changes to a message, as a submission does, and
 * prints the plan as sentences or as a diff. It makes no connection.
 */
#include "cli/check_message.h"

#include <stdio.h>

#include "base/json_text.h"
#include "base/utf8.h"
#include "cli/outgoing.h"
#include "cli/output.h"
#include "cli/report.h"
#include "cli/trace.h"
#include "fixup/planned_message.h"
#include "message/message_diff.h"

/* Room for two lists of changes, each of which is bounded; see fixup.h. */
#define FINDINGS_MAX (2 * BUF_DEFAULT_MAX)

/* The sentences to print, a line each; foreign text in them is masked. */
struct findings {
	struct buf always;	 /* with any server */
	struct buf strict;	 /* what strict servers refuse */
	struct buf seven_bit;	 /* only for a server without 8BITMIME */
	struct buf refusal;	 /* by such a server; empty: no refusal */
	struct buf utf8_refusal; /* by a server without SMTPUTF8 */
};

static void
findings_free(struct findings *findings)
{
	buf_free(&findings->always);
	buf_free(&findings->strict);
	buf_free(&findings->seven_bit);
	buf_free(&findings->refusal);
	buf_free(&findings->utf8_refusal);
}

/*
 * Whether the message is sent without octets above 127 to every server, because
 * it is signed.
 */
static bool
is_seven_bit(const struct outgoing *outgoing)
{
	return signing_keys_are_wanted(&outgoing->profile) &&
	    outgoing->plan.is_repairable;
}

/* Adds the lines that are not there yet. */
static void
add_new_lines(struct buf *to, struct span lines)
{
	struct span line, known, one;

	while (span_next_word(&lines, "\n", &line)) {
		bool is_known = false;

		known = buf_span(to);
		while (!is_known && span_next_word(&known, "\n", &one))
			is_known = span_equal(one, line);
		if (is_known)
			continue;
		buf_add_span(to, line);
		buf_add_char(to, '\n');
	}
}

/* Finds the changes for a server without 8BITMIME, or why none can help. */
static bool
find_seven_bit(struct findings *findings, const struct outgoing *outgoing,
    struct error *err)
{
	struct buf *notes =
	    is_seven_bit(outgoing) ? &findings->always : &findings->seven_bit;
	struct error refusal = {0};
	struct plan plan;

	if (!plan_facts(&outgoing->plan, outgoing->message)->has_eight_bit)
		return true;
	if (fixup_plan_seven_bit(
		&plan, &outgoing->plan, outgoing->message, &refusal)) {
		add_new_lines(notes, buf_span(&plan.routine));
		buf_add_span(
		    notes, span_skip(buf_span(&plan.notes), plan.field_notes));
		plan_free(&plan);
		return true;
	}
	if (refusal.kind == ERROR_DATA)
		return buf_add_text(&findings->refusal, refusal.text);
	*err = refusal;
	return false;
}

/*
 * Gives the plan by which the message would be sent; `room` is for one that is
 * made here. An address beyond ASCII in the header needs SMTPUTF8, and then
 * fields in UTF-8 are not encoded. NULL, with err, on failure.
 */
static const struct plan *
find_plan(struct findings *findings, const struct outgoing *outgoing,
    struct plan *room, struct error *err)
{
	const struct plan *plan = &outgoing->plan;
	const struct message_facts *facts = plan_facts(plan, outgoing->message);
	struct error ignored;

	if (!plan->is_repairable || !facts->has_eight_bit)
		return plan;
	if (!facts->header.has_eight_bit ||
	    !planned_message_has_utf8_address(outgoing->message, plan))
		return is_seven_bit(outgoing) &&
			fixup_plan_seven_bit(
			    room, plan, outgoing->message, &ignored)
		    ? room
		    : plan;
	buf_add_text(&findings->utf8_refusal,
	    "the header holds an address beyond ASCII");
	if (!fixup_has_words(plan) && !is_seven_bit(outgoing))
		return plan;
	if (!fixup_plan_utf8(
		room, plan, outgoing->message, is_seven_bit(outgoing), err))
		return NULL;
	signing_note(&outgoing->profile, outgoing->message, room,
	    &room->routine, &room->notes);
	return room;
}

/*
 * The notes on the plan; those on its body are left out if it is sent by the
 * plan without 8-bit octets, because find_seven_bit adds that plan's.
 */
static void
add_notes(struct findings *findings, const struct outgoing *outgoing,
    const struct plan *plan)
{
	struct buf ignored = {0};

	if (plan == &outgoing->plan || findings->utf8_refusal.len > 0) {
		buf_add_span(&findings->always, buf_span(&plan->notes));
		return;
	}
	buf_add_span(&findings->always,
	    span_head(
		buf_span(&outgoing->plan.notes), outgoing->plan.field_notes));
	signing_note(&outgoing->profile, outgoing->message, plan, &ignored,
	    &findings->always);
	buf_free(&ignored);
}

static bool
find_all(struct findings *findings, const struct outgoing *outgoing,
    const struct plan *plan, struct error *err)
{
	buf_add_span(&findings->always, buf_span(&outgoing->plan.routine));
	add_notes(findings, outgoing, plan);
	planned_message_check(outgoing->message, plan, &findings->strict);
	return find_seven_bit(findings, outgoing, err);
}

static void
print_lines(const char *before, const struct buf *notes)
{
	struct span rest = buf_span(notes), line;

	while (span_next_word(&rest, "\n", &line)) {
		struct buf shown = {0};

		buf_add_text(&shown, before);
		utf8_add_sentence(&shown, line);
		buf_add_char(&shown, '\n');
		output_write(&shown, stdout);
		buf_free(&shown);
	}
}

static void
print_plain(const struct findings *findings)
{
	print_lines("", &findings->always);
	print_lines("refused by strict servers: ", &findings->strict);
	print_lines("without 8BITMIME: ", &findings->seven_bit);
	print_lines("without 8BITMIME: refused: ", &findings->refusal);
	print_lines("without SMTPUTF8: refused: ", &findings->utf8_refusal);
}

/* Adds whole lines to a JSON list. */
static bool
print_diff_json(void *context, const char *data, size_t len)
{
	const char **comma = context;
	struct span rest = {data, len};
	struct buf out;

	buf_init(&out, 8 * len + 1024);
	while (rest.len > 0) {
		struct span line = span_head(rest, span_find(rest, '\n'));

		buf_add_text(&out, *comma);
		*comma = ",";
		json_text_add_sentence(&out, line);
		rest = span_skip(rest, line.len + 1);
	}
	len = out.len;
	len -= fwrite(out.data, 1, len, stdout);
	buf_free(&out);
	return len == 0;
}

static void
add_refusal(struct buf *out, const char *key, const struct buf *refusal)
{
	json_text_add_key(out, key);
	if (refusal->len > 0)
		json_text_add_sentence(out, buf_span(refusal));
	else
		buf_add_text(out, "null");
}

/* With plan NULL it prints no diff. */
static bool
print_json(const struct findings *findings, const struct message *message,
    const struct plan *plan, struct error *err)
{
	const char *comma = "";
	const struct message_sink sink = {print_diff_json, &comma};
	struct buf out;
	bool done = true;

	buf_init(&out, 16 * BUF_DEFAULT_MAX);
	buf_add_char(&out, '{');
	json_text_add_list(&out, "notes", buf_span(&findings->always), "\n");
	json_text_add_list(&out, "strict", buf_span(&findings->strict), "\n");
	json_text_add_list(
	    &out, "without-8bitmime", buf_span(&findings->seven_bit), "\n");
	add_refusal(&out, "refused-without-8bitmime", &findings->refusal);
	add_refusal(&out, "refused-without-smtputf8", &findings->utf8_refusal);
	if (plan != NULL)
		buf_add_text(&out, ",\"diff\":[");
	output_write(&out, stdout);
	if (plan != NULL) {
		done = message_diff(message, plan, &sink, err);
		putchar(']');
	}
	puts(",\"exit\":0}");
	buf_free(&out);
	return done;
}

static bool
print(const struct outgoing *outgoing, enum report_form form, bool wants_diff,
    struct error *err)
{
	const struct message_sink sink = {output_sink_write, NULL};
	const struct message *message = outgoing->message;
	struct findings findings = {
	    .always = {.max = FINDINGS_MAX},
	    .seven_bit = {.max = FINDINGS_MAX},
	};
	struct plan room = {0};
	const struct plan *plan = find_plan(&findings, outgoing, &room, err);
	bool done = plan != NULL && find_all(&findings, outgoing, plan, err);

	if (done && form == REPORT_TEXT && wants_diff)
		done = message_diff(message, plan, &sink, err);
	else if (done && form == REPORT_TEXT)
		print_plain(&findings);
	else if (done && form == REPORT_JSON)
		done = print_json(
		    &findings, message, wants_diff ? plan : NULL, err);
	plan_free(&room);
	findings_free(&findings);
	return done && output_end(err);
}

bool
check_message_print(const struct options *options, struct mode_result *result,
    struct error *err)
{
	enum report_form form = options_report(options);
	struct outgoing outgoing = {0};
	bool done = outgoing_prepare(&outgoing, options, err);

	if (outgoing.input_read)
		result->input_read = true;
	if (done) {
		trace_notes(
		    options->verbose, buf_span(&outgoing.profile.notes));
		done = print(&outgoing, form, options->wants_diff, err);
	}
	if (!done)
		report_print_error(form, err, stdout);
	outgoing_free(&outgoing);
	return done;
}
