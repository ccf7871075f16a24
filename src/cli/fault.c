/*
 * Reports failures to people, on standard error: an error before the first
 * connection, or the outcomes of recipients that were not accepted. Every line
 * begins with "smtpost: ".
 */
#include "cli/fault.h"

#include <string.h>

#include "base/utf8.h"
#include "cli/exit_status.h"
#include "cli/output.h"

#define HINTS_MAX 8

void
fault_print_error(const struct error *err)
{
	struct buf lines = {0};

	error_add_lines(err, "smtpost", &lines);
	output_write(&lines, stderr);
	buf_free(&lines);
}

/*
 * "550 5.1.1 No such user here", or our own words. All lines of the reply: many
 * servers name the reason in the first and a URL in the last.
 */
static void
add_reply(struct buf *line, const struct reply *reply)
{
	struct buf text;

	buf_init(&text, REPLY_TEXT_MAX * 2);
	reply_add_line(&text, reply);
	utf8_add_masked(line, buf_span(&text));
	buf_free(&text);
}

/* Hints already printed: many recipients may be refused for one reason. */
struct hints {
	const char *printed[HINTS_MAX]; /* borrowed */
	size_t count;
	bool has_more;
};

static void
print_hint(FILE *out, struct hints *hints, const char *hint)
{
	struct span rest = span_from(hint), text;
	struct buf lines = {0};

	if (hint == NULL || hints->has_more)
		return;
	for (size_t i = 0; i < hints->count; i++)
		if (strcmp(hints->printed[i], hint) == 0)
			return;
	hints->has_more = hints->count == HINTS_MAX;
	if (hints->has_more)
		rest = SPAN("report = json shows further hints");
	else
		hints->printed[hints->count++] = hint;
	buf_add_text(&lines, "smtpost: hint: ");
	while (span_next_word(&rest, "\n", &text)) {
		utf8_add_masked(&lines, text);
		buf_add_text(&lines, rest.len > 0 ? "\nsmtpost: " : "\n");
	}
	output_write(&lines, out);
	buf_free(&lines);
}

static void
print_recipient(FILE *out, const struct recipient *recipient)
{
	const struct outcome *outcome = &recipient->outcome;
	struct buf line;

	if (outcome->action == ACTION_RELAYED)
		return;
	buf_init(&line, REPLY_TEXT_MAX * 5);
	buf_add_text(&line, "smtpost: ");
	utf8_add_masked(&line, span_from(recipient->forward_path));
	buf_add_format(&line, ": %s: ", envelope_outcome_name(recipient));
	add_reply(&line, &outcome->reply);
	buf_add_char(&line, '\n');
	output_write(&line, out);
	buf_free(&line);
}

/*
 * Whether the text report shows only the last line of a refusal, often a URL.
 * Then standard error shows all lines.
 */
static bool
is_cut_in_report(const struct report *report, const struct outcome *outcome)
{
	return report->form == REPORT_TEXT && outcome->stage == STAGE_RCPT &&
	    outcome->reply.lines > 1;
}

/*
 * Whether the ending adds to the recipients' own refusals. The 554 to a DATA
 * that was pipelined after refused recipients does not.
 */
static bool
is_decisive(const struct outcome *ending, const struct envelope *envelope)
{
	if (ending->stage < STAGE_DATA)
		return true;
	for (size_t i = 0; i < envelope->count; i++)
		if (envelope->recipients[i].outcome.stage > STAGE_RCPT)
			return true;
	return false;
}

static void
print_ending(FILE *out, const struct ending *decided)
{
	const struct outcome *ending = &decided->outcome;
	struct buf line;

	if (ending->action == ACTION_RELAYED || ending->reply.text.len == 0)
		return;
	buf_init(&line, REPLY_TEXT_MAX * 5);
	buf_add_format(&line, "smtpost: %s at %s", outcome_name(ending),
	    outcome_stage_name(ending->stage));
	if (decided->address != NULL) {
		buf_add_text(&line, " for ");
		utf8_add_masked(&line, span_from(decided->address));
	}
	buf_add_text(&line, ": ");
	add_reply(&line, &ending->reply);
	buf_add_char(&line, '\n');
	output_write(&line, out);
	buf_free(&line);
}

/* Prints one line for each server, if several failed. */
static void
print_attempts(FILE *out, const struct submission_record *record)
{
	const struct trail *trail = &record->trail;

	if (trail->attempt_count < 2 || record->ending_count != 1 ||
	    record->endings[0].outcome.stage >= STAGE_MAIL)
		return;
	for (size_t i = 0; i < trail->attempt_count; i++) {
		const struct attempt *attempt = &trail->attempts[i];
		struct buf line;

		buf_init(&line, REPLY_TEXT_MAX * 5);
		buf_add_text(&line, "smtpost: tried ");
		utf8_add_masked(&line, span_from(attempt->server->url));
		buf_add_format(&line,
		    ": %s: ", outcome_stage_name(attempt->outcome.stage));
		add_reply(&line, &attempt->outcome.reply);
		buf_add_char(&line, '\n');
		output_write(&line, out);
		buf_free(&line);
	}
}

/*
 * Whether the caller has nothing to do about the recipient. Callers of sendmail
 * take any word for a failure, and a mail that the queue has is none.
 */
static bool
is_cared_for(const struct report *report, const struct recipient *recipient)
{
	return recipient->outcome.action == ACTION_RELAYED ||
	    recipient->kept == KEPT_QUEUED ||
	    (recipient->kept == KEPT_HELD && report->as_sendmail);
}

static bool
all_are_cared_for(const struct report *report)
{
	for (size_t i = 0; i < report->envelope->count; i++)
		if (!is_cared_for(report, &report->envelope->recipients[i]))
			return false;
	return report->envelope->count > 0;
}

/* Whether print_troubles prints a line. */
static bool
has_trouble(const struct report *report)
{
	const struct envelope *envelope = report->envelope;
	const struct submission_record *record = &report->submission->record;

	if (report->form == REPORT_NONE)
		return true;
	for (size_t i = 0; i < envelope->count; i++)
		if (is_cut_in_report(report, &envelope->recipients[i].outcome))
			return true;
	for (size_t i = 0; i < record->ending_count; i++)
		if (record->endings[i].outcome.action != ACTION_RELAYED &&
		    is_decisive(&record->endings[i].outcome, envelope))
			return true;
	return false;
}

static void
print_troubles(const struct report *report, FILE *out)
{
	const struct envelope *envelope = report->envelope;
	const struct submission_record *record = &report->submission->record;
	bool is_silent = report->form == REPORT_NONE;

	for (size_t i = 0; i < envelope->count; i++)
		if ((is_silent &&
			!is_cared_for(report, &envelope->recipients[i])) ||
		    is_cut_in_report(report, &envelope->recipients[i].outcome))
			print_recipient(out, &envelope->recipients[i]);
	if (is_silent)
		return;
	print_attempts(out, record);
	for (size_t i = 0; i < record->ending_count; i++)
		if (is_decisive(&record->endings[i].outcome, envelope))
			print_ending(out, &record->endings[i]);
}

static void
print_hints(const struct report *report, FILE *out)
{
	const struct envelope *envelope = report->envelope;
	const struct submission_record *record = &report->submission->record;
	struct hints hints = {0};

	for (size_t i = 0; i < record->ending_count; i++) {
		const struct outcome *ending = &record->endings[i].outcome;

		if (is_decisive(ending, envelope))
			print_hint(out, &hints,
			    report_hint(report, record->decided, ending));
	}
	for (size_t i = 0; i < envelope->count; i++)
		print_hint(out, &hints,
		    report_hint(report, record->decided,
			&envelope->recipients[i].outcome));
}

/* Names the mail that the next lines are about. */
static void
print_mail(const struct report *report, FILE *out)
{
	struct buf line = {0};

	buf_add_format(&line, "smtpost: mail %zu (", report->number);
	utf8_add_masked(&line, span_from(report->source));
	buf_add_format(
	    &line, "): %s\n", exit_status_outcome_name(report->envelope));
	output_write(&line, out);
	buf_free(&line);
}

void
fault_print_outcomes(const struct report *report, FILE *out)
{
	bool is_success = all_are_cared_for(report);

	if (report->is_repeated && report->form != REPORT_NONE)
		return;
	if (!is_success && report->number > 0 && has_trouble(report))
		print_mail(report, out);
	if (!is_success)
		print_troubles(report, out);
	if (!is_success || report->form != REPORT_NONE)
		print_hints(report, out);
	fflush(out);
}
