#include "cli/report.h"

#include <inttypes.h>
#include <string.h>

#include "base/utf8.h"
#include "profile/provider.h"

#define HINTS_MAX 4

static void
add_text(struct buf *line, struct span text)
{
	size_t before = line->len;

	utf8_add_masked(line, text);
	if (line->len == before)
		buf_add_char(line, '-');
}

/* stage TAB code TAB enhanced TAB address TAB outcome TAB text */
static void
print_fields(FILE *out, const char *stage, const struct reply *reply,
    const char *address, const char *outcome)
{
	struct buf line;

	buf_init(&line, REPLY_TEXT_MAX * 5);
	buf_add_text(&line, stage);
	if (reply->code != 0)
		buf_add_format(&line, "\t%d\t", reply->code);
	else
		buf_add_text(&line, "\t-\t");
	reply_status_add(&line, reply->status);
	buf_add_char(&line, '\t');
	add_text(&line, span_from(address));
	buf_add_format(&line, "\t%s\t", outcome);
	add_text(&line, reply_last_line(reply));
	buf_add_char(&line, '\n');
	fwrite(line.data, 1, line.len, out);
	buf_free(&line);
}

static void
print_text(const struct report *report, FILE *out)
{
	const struct envelope *envelope = report->envelope;
	const struct submission_record *record = &report->submission->record;

	for (size_t i = 0; i < envelope->count; i++) {
		const struct recipient *recipient = &envelope->recipients[i];

		print_fields(out, outcome_stage_name(STAGE_RCPT),
		    &recipient->rcpt_reply, recipient->forward_path,
		    outcome_name(&recipient->outcome));
	}
	for (size_t i = 0; i < record->ending_count; i++) {
		const struct outcome *ending = &record->endings[i].outcome;
		const char *address = record->endings[i].address;
		enum stage stage =
		    ending->stage == STAGE_RCPT ? STAGE_DATA : ending->stage;

		print_fields(out, outcome_stage_name(stage), &ending->reply,
		    address != NULL ? address : "-", outcome_name(ending));
	}
}

bool
report_print(const struct report *report, FILE *out)
{
	bool done = true;

	if (report->form == REPORT_TEXT)
		print_text(report, out);
	else if (report->form == REPORT_JSON)
		done = report_print_json(report, out);
	return fflush(out) == 0 && !ferror(out) && done;
}

/*
 * "550 5.1.1 No such user here", or our own words: all lines, since many
 * servers say what is wrong in the first one and give a URL in the last.
 */
static void
add_reply(struct buf *line, const struct reply *reply)
{
	struct buf text;

	if (reply->code != 0)
		buf_add_format(line, "%d ", reply->code);
	if (reply->status.class != 0) {
		reply_status_add(line, reply->status);
		buf_add_char(line, ' ');
	}
	buf_init(&text, REPLY_TEXT_MAX);
	reply_add_joined(&text, reply);
	utf8_add_masked(line, buf_span(&text));
	buf_free(&text);
}

const char *
report_hint(const struct report *report, const struct server *server,
    const struct outcome *outcome)
{
	const struct profile *profile = report->submission->profile;

	if (outcome->action == ACTION_RELAYED)
		return NULL;
	if (outcome->hint != NULL)
		return outcome->hint;
	/* Nothing is there that a mail system would have put there. */
	if (outcome->stage == STAGE_CONNECT && profile->unconfigured != NULL)
		return profile->unconfigured;
	return provider_hint(profile, server, outcome);
}

/* Each hint once: a hundred recipients may be refused for one reason. */
struct hints {
	const char *said[HINTS_MAX];
	size_t count;
};

static void
print_hint(FILE *out, struct hints *hints, const char *hint)
{
	struct span rest = span_from(hint);
	struct buf line = {0};

	if (hint == NULL)
		return;
	for (size_t i = 0; i < hints->count; i++)
		if (strcmp(hints->said[i], hint) == 0)
			return;
	if (hints->count == HINTS_MAX)
		return;
	hints->said[hints->count++] = hint;
	buf_add_text(&line, "smtpost: hint: ");
	do {
		size_t end = span_find(rest, '\n');

		utf8_add_masked(&line, span_head(rest, end));
		buf_add_char(&line, '\n');
		rest = span_skip(rest, end + 1);
		if (rest.len > 0)
			buf_add_text(&line, "smtpost: ");
	} while (rest.len > 0);
	fwrite(line.data, 1, line.len, out);
	buf_free(&line);
}

static void
print_recipient_trouble(FILE *out, const struct recipient *recipient)
{
	const struct outcome *outcome = &recipient->outcome;
	struct buf line;

	if (outcome->action == ACTION_RELAYED)
		return;
	buf_init(&line, REPLY_TEXT_MAX * 5);
	buf_add_text(&line, "smtpost: ");
	utf8_add_masked(&line, span_from(recipient->forward_path));
	buf_add_format(&line, ": %s: ", outcome_name(outcome));
	add_reply(&line, &outcome->reply);
	buf_add_char(&line, '\n');
	fwrite(line.data, 1, line.len, out);
	buf_free(&line);
}

/*
 * With the text report, standard output has only the last line of a refusal,
 * often a URL: then standard error has all of it.
 */
static bool
is_cut_in_report(const struct report *report, const struct outcome *outcome)
{
	return report->form == REPORT_TEXT && outcome->stage == STAGE_RCPT &&
	    outcome->reply.lines > 1;
}

/*
 * The 554 to a DATA that was sent before it was known that all recipients are
 * refused says nothing new: each recipient has its own refusal.
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
print_ending_trouble(FILE *out, const struct ending *told)
{
	const struct outcome *ending = &told->outcome;
	struct buf line;

	if (ending->action == ACTION_RELAYED || ending->reply.text.len == 0)
		return;
	buf_init(&line, REPLY_TEXT_MAX * 5);
	buf_add_format(&line, "smtpost: %s at %s", outcome_name(ending),
	    outcome_stage_name(ending->stage));
	if (told->address != NULL) {
		buf_add_text(&line, " for ");
		utf8_add_masked(&line, span_from(told->address));
	}
	buf_add_text(&line, ": ");
	add_reply(&line, &ending->reply);
	buf_add_char(&line, '\n');
	fwrite(line.data, 1, line.len, out);
	buf_free(&line);
}

/* Where several servers were tried and none served, each has its line. */
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
		fwrite(line.data, 1, line.len, out);
		buf_free(&line);
	}
}

void
report_print_trouble(const struct report *report, FILE *out)
{
	const struct envelope *envelope = report->envelope;
	const struct submission_record *record = &report->submission->record;
	bool is_silent = report->form == REPORT_NONE;
	struct hints hints = {0};

	for (size_t i = 0; i < envelope->count; i++)
		if (is_silent ||
		    is_cut_in_report(report, &envelope->recipients[i].outcome))
			print_recipient_trouble(out, &envelope->recipients[i]);
	if (!is_silent)
		print_attempts(out, record);
	for (size_t i = 0; i < record->ending_count; i++) {
		const struct ending *ending = &record->endings[i];

		if (!is_decisive(&ending->outcome, envelope))
			continue;
		if (!is_silent)
			print_ending_trouble(out, ending);
		print_hint(out, &hints,
		    report_hint(report, record->decided, &ending->outcome));
	}
	for (size_t i = 0; i < envelope->count; i++)
		print_hint(out, &hints,
		    report_hint(report, record->decided,
			&envelope->recipients[i].outcome));
	fflush(out);
}
