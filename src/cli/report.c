/*
 * Prints the report: as text, one line for each recipient and reply; as JSON,
 * one object. Server text is masked here, and JSON strings in json_text.c.
 */
#include "cli/report.h"

#include <inttypes.h>

#include "base/json_text.h"
#include "base/utf8.h"
#include "cli/exit_status.h"
#include "cli/output.h"
#include "cli/reply_json.h"
#include "profile/provider.h"

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
    const char *address, const char *outcome, struct span text)
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
	add_text(&line, text);
	buf_add_char(&line, '\n');
	output_write(&line, out);
	buf_free(&line);
}

/*
 * "queued as ID: reason" is the text of a recipient that waits. One that may
 * have the mail already will get a duplicate then.
 */
static void
print_recipient(const struct envelope *envelope,
    const struct recipient *recipient, FILE *out)
{
	const char *id = envelope_queue_id(envelope, recipient);
	struct span shown = reply_last_line(&recipient->rcpt_reply);
	struct buf text;

	buf_init(&text, REPLY_TEXT_MAX * 2);
	if (id != NULL) {
		buf_add_format(&text, "%s as %s: %s",
		    recipient->kept == KEPT_HELD ? "held" : "queued", id,
		    recipient->kept == KEPT_QUEUED &&
			    recipient->outcome.in_doubt
			? "possible duplicate: "
			: "");
		buf_add_span(&text, reply_last_line(&recipient->outcome.reply));
		shown = buf_span(&text);
	}
	print_fields(out, outcome_stage_name(STAGE_RCPT),
	    &recipient->rcpt_reply, recipient->forward_path,
	    envelope_outcome_name(recipient), shown);
	buf_free(&text);
}

/* mail TAB number TAB - TAB source TAB outcome TAB Message-ID */
static void
print_mail(size_t number, const char *source, const char *outcome,
    const char *message_id, FILE *out)
{
	struct buf line = {0};

	buf_add_format(&line, "mail\t%zu\t-\t", number);
	add_text(&line, span_from(source));
	buf_add_format(&line, "\t%s\t", outcome);
	add_text(&line, span_from(message_id));
	buf_add_char(&line, '\n');
	output_write(&line, out);
	buf_free(&line);
}

static void
print_text(const struct report *report, FILE *out)
{
	const struct envelope *envelope = report->envelope;
	const struct submission_record *record = &report->submission->record;

	if (report->number > 0)
		print_mail(report->number, report->source,
		    exit_status_outcome_name(envelope),
		    report->plan->message_id, out);
	for (size_t i = 0; i < envelope->count; i++)
		print_recipient(envelope, &envelope->recipients[i], out);
	for (size_t i = 0; i < record->ending_count; i++) {
		const struct outcome *ending = &record->endings[i].outcome;
		const char *address = record->endings[i].address;
		enum stage stage =
		    ending->stage == STAGE_RCPT ? STAGE_DATA : ending->stage;

		print_fields(out, outcome_stage_name(stage), &ending->reply,
		    address != NULL ? address : "-", outcome_name(ending),
		    reply_last_line(&ending->reply));
	}
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
	/* The default server did not answer: hint how to configure one. */
	if (outcome->stage == STAGE_CONNECT && profile->unconfigured != NULL)
		return profile->unconfigured;
	return provider_hint(profile, server, outcome);
}

/* "stage", "code", "enhanced", "text" of the reply, and a "hint" if any. */
static void
add_outcome(struct buf *out, const struct report *report,
    const struct server *server, const struct outcome *outcome,
    enum stage stage)
{
	const char *hint = report_hint(report, server, outcome);

	reply_json_add(out, stage, &outcome->reply);
	if (hint != NULL)
		json_text_add_hint(out, span_from(hint));
}

static void
add_tls(struct buf *out, const struct session_tls *tls)
{
	json_text_add_key(out, "tls");
	if (tls->protocol == NULL) {
		buf_add_text(out, "null");
		return;
	}
	buf_add_char(out, '{');
	json_text_add_member(out, "protocol", tls->protocol);
	json_text_add_member(out, "cipher", tls->cipher);
	if (tls->key_exchange != NULL)
		json_text_add_member(out, "key-exchange", tls->key_exchange);
	json_text_add_member(out, "verified-by", tls->verified_by);
	buf_add_char(out, '}');
}

/* Direct delivery: the server of a domain. */
static void
add_server(
    struct buf *out, const struct submission_record *record, size_t visit)
{
	const struct server *server =
	    visit > 0 ? record->visits[visit - 1].server : NULL;

	if (visit > 0)
		json_text_add_member(
		    out, "server", server != NULL ? server->url : NULL);
}

/*
 * Direct delivery: the server of the recipient's domain, and its TLS. Both are
 * null if the domain's turn did not come.
 */
static void
add_visit(struct buf *out, const struct submission *submission, size_t visit)
{
	static const struct session_tls none;
	const struct submission_record *record = &submission->record;

	add_server(out, record, visit);
	if (visit > 0) {
		add_tls(out, &record->visits[visit - 1].tls);
	} else if (submission->profile != NULL &&
	    profile_is_direct(submission->profile)) {
		json_text_add_member(out, "server", NULL);
		add_tls(out, &none);
	}
}

/* Where the recipient waits, and whether it may have the mail already. */
static void
add_kept(struct buf *out, const struct envelope *envelope,
    const struct recipient *recipient)
{
	if (recipient->kept == KEPT_NOT)
		return;
	json_text_add_member(
	    out, "queue-id", envelope_queue_id(envelope, recipient));
	json_text_add_bool(out, "in-doubt", recipient->outcome.in_doubt);
}

static void
print_recipients(const struct report *report, struct buf *out, FILE *file)
{
	const struct envelope *envelope = report->envelope;

	json_text_add_key(out, "recipients");
	buf_add_char(out, '[');
	for (size_t i = 0; i < envelope->count; i++) {
		const struct recipient *recipient = &envelope->recipients[i];
		const struct outcome *outcome = &recipient->outcome;

		buf_add_text(out, i > 0 ? ",{" : "{");
		json_text_add_member(out, "address", recipient->forward_path);
		json_text_add_member(
		    out, "outcome", envelope_outcome_name(recipient));
		add_outcome(out, report, report->submission->record.decided,
		    outcome, outcome->stage);
		add_kept(out, envelope, recipient);
		add_visit(out, report->submission, recipient->visit);
		buf_add_char(out, '}');
		output_write(out, file);
	}
	buf_add_char(out, ']');
}

static void
print_replies(const struct report *report, struct buf *out, FILE *file)
{
	const struct submission_record *record = &report->submission->record;

	json_text_add_key(out, "replies");
	buf_add_char(out, '[');
	for (size_t i = 0; i < record->ending_count; i++) {
		const struct outcome *ending = &record->endings[i].outcome;
		const char *address = record->endings[i].address;

		buf_add_text(out, i > 0 ? ",{" : "{");
		if (address != NULL)
			json_text_add_member(out, "address", address);
		add_server(out, record, record->endings[i].visit);
		add_outcome(out, report, record->decided, ending,
		    ending->stage == STAGE_RCPT ? STAGE_DATA : ending->stage);
		buf_add_char(out, '}');
		output_write(out, file);
	}
	buf_add_char(out, ']');
}

/* Prints the servers that failed, with their replies. */
static void
print_attempts(const struct report *report, struct buf *out, FILE *file)
{
	const struct submission_record *record = &report->submission->record;

	json_text_add_key(out, "attempts");
	buf_add_char(out, '[');
	for (size_t i = 0; i < record->trail.attempt_count; i++) {
		const struct attempt *attempt = &record->trail.attempts[i];

		buf_add_text(out, i > 0 ? ",{" : "{");
		json_text_add_member(out, "server", attempt->server->url);
		add_outcome(out, report, attempt->server, &attempt->outcome,
		    attempt->outcome.stage);
		buf_add_char(out, '}');
		output_write(out, file);
	}
	buf_add_char(out, ']');
}

/* The time between two points; none if the first did not come (0). */
static int64_t
time_from(int64_t from, int64_t to)
{
	/* A mail that comes later in a session did not connect. */
	return from == 0 || to < from ? -1 : to - from;
}

static void
add_times(struct buf *out, const struct submission_record *record)
{
	/* Another mail may have opened the session, before this one began. */
	bool is_first = record->connected >= record->started;

	json_text_add_key(out, "seconds");
	buf_add_char(out, '{');
	json_text_add_seconds(out, "connect",
	    time_from(is_first ? record->started : 0, record->connected));
	json_text_add_seconds(out, "tls",
	    time_from(is_first ? record->connected : 0, record->secured));
	json_text_add_seconds(
	    out, "total", time_from(record->started, record->ended));
	buf_add_char(out, '}');
}

/* Which one of several mails it is. */
static void
add_source(struct buf *out, size_t number, const char *source)
{
	json_text_add_number(out, "number", number);
	json_text_add_member(out, "source", source);
}

static bool
print_json(const struct report *report, FILE *file)
{
	const struct submission *submission = report->submission;
	const struct submission_record *record = &submission->record;
	const struct envelope *envelope = report->envelope;
	struct buf out;
	bool done;

	buf_init(&out, REPLY_TEXT_MAX * 12);
	buf_add_char(&out, '{');
	if (report->number > 0)
		add_source(&out, report->number, report->source);
	json_text_add_member(&out, "profile", submission->profile->name);
	json_text_add_member(
	    &out, "server", record->server ? record->server->url : NULL);
	add_tls(&out,
	    record->visit_count == 1 ? &record->visits[0].tls : &record->tls);
	json_text_add_member(&out, "auth", record->mechanism);
	json_text_add_member(&out, "reverse-path", envelope->reverse_path);
	json_text_add_member(&out, "message-id", report->plan->message_id);
	json_text_add_key(&out, "size");
	if (submission->letter != NULL)
		buf_add_format(&out, "%" PRIu64, submission->letter->size);
	else
		buf_add_text(&out, "null");
	print_recipients(report, &out, file);
	print_replies(report, &out, file);
	print_attempts(report, &out, file);
	json_text_add_member(
	    &out, "outcome", exit_status_outcome_name(envelope));
	json_text_add_key(&out, "exit");
	buf_add_format(
	    &out, "%d", exit_status_of(envelope, report->as_sendmail));
	json_text_add_member(&out, "queue-id",
	    envelope->queued_id != NULL ? envelope->queued_id
					: envelope->held_id);
	add_times(&out, record);
	buf_add_text(&out, "}\n");
	done = !out.full;
	output_write(&out, file);
	buf_free(&out);
	return done;
}

bool
report_print(const struct report *report, FILE *out)
{
	bool done = true;

	if (report->form == REPORT_TEXT)
		print_text(report, out);
	else if (report->form == REPORT_JSON)
		done = print_json(report, out);
	return fflush(out) == 0 && !ferror(out) && done;
}

/* Adds the members "error" and "hint". */
static void
add_error(struct buf *line, const struct error *err)
{
	struct span text = span_from(err->text);
	size_t end = span_find(text, '\n');
	struct span hint = span_skip(text, end + 1);

	json_text_add_key(line, "error");
	json_text_add_sentence(line, span_head(text, end));
	json_text_add_hint(line, hint);
}

void
report_print_lost(enum report_form form, size_t number, const char *source,
    const struct error *err, FILE *out)
{
	struct span text = span_from(err->text);
	struct reply none = {0};
	struct buf line = {0};

	text = span_head(text, span_find(text, '\n'));
	if (form == REPORT_TEXT) {
		print_mail(number, source, "deferred", NULL, out);
		print_fields(out, outcome_stage_name(STAGE_NONE), &none, "-",
		    "deferred", text);
	} else if (form == REPORT_JSON) {
		buf_add_char(&line, '{');
		add_source(&line, number, source);
		buf_add_format(&line,
		    ",\"recipients\":[],\"outcome\":\"deferred\","
		    "\"exit\":%d",
		    error_exit_status(ERROR_TEMPORARY));
		add_error(&line, err);
		buf_add_text(&line, "}\n");
		output_write(&line, out);
	}
	buf_free(&line);
	fflush(out);
}

void
report_print_error(enum report_form form, const struct error *err, FILE *out)
{
	struct buf line = {0};

	if (form != REPORT_JSON)
		return;
	buf_add_format(&line, "{\"recipients\":[],\"exit\":%d",
	    error_exit_status(err->kind));
	add_error(&line, err);
	buf_add_text(&line, "}\n");
	output_write(&line, out);
	buf_free(&line);
	fflush(out);
}
