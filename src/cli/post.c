#include "cli/post.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "base/wait.h"
#include "cli/exit_status.h"
#include "cli/json_text.h"
#include "cli/log.h"
#include "cli/opening.h"
#include "cli/outgoing.h"
#include "cli/preview.h"
#include "cli/report.h"
#include "cli/trace.h"
#include "fixup/strict.h"
#include "message/message_diff.h"
#include "message/replay.h"
#include "profile/secret.h"
#include "smtp/submission.h"

/* What is told, a line each; in the sentences foreign octets are masked. */
struct findings {
	struct buf always;	 /* whatever the server is */
	struct buf strict;	 /* what strict servers refuse */
	struct buf seven_bit;	 /* only for a server without 8BITMIME */
	struct buf refusal;	 /* by such a server; empty: there is none */
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

/* For a server without 8BITMIME there is more to do, or to refuse. */
static bool
find_seven_bit(struct findings *findings, const struct outgoing *prepared,
    struct error *err)
{
	struct error refusal = {0};
	struct plan plan;

	if (!plan_facts(&prepared->plan, prepared->message)->has_eight_bit)
		return true;
	if (fixup_plan_seven_bit(
		&plan, &prepared->plan, prepared->message, &refusal)) {
		buf_add_span(&findings->seven_bit, buf_span(&plan.routine));
		buf_add_span(&findings->seven_bit,
		    span_skip(buf_span(&plan.notes), plan.field_notes));
		plan_free(&plan);
		return true;
	}
	if (refusal.kind == ERROR_DATA)
		return buf_add_text(&findings->refusal, refusal.text);
	*err = refusal;
	return false;
}

/*
 * The plan that the message can leave with: an address beyond ASCII in its
 * header needs SMTPUTF8, and then fields in UTF-8 stay as they are. `room` has
 * it, if it is another one.
 */
static const struct plan *
find_plan(struct findings *findings, const struct outgoing *prepared,
    struct plan *room, struct error *err)
{
	const struct plan *plan = &prepared->plan;

	if (!plan->is_repairable ||
	    !plan_facts(plan, prepared->message)->header.has_eight_bit ||
	    !fixup_has_utf8_address(prepared->message, plan))
		return plan;
	buf_add_text(&findings->utf8_refusal,
	    "the header holds an address beyond ASCII");
	if (!fixup_has_words(plan))
		return plan;
	return fixup_plan_utf8(room, plan, prepared->message, err) ? room
								   : NULL;
}

static bool
find_all(struct findings *findings, const struct outgoing *prepared,
    const struct plan *plan, struct error *err)
{
	buf_add_span(&findings->always, buf_span(&prepared->plan.routine));
	buf_add_span(&findings->always, buf_span(&plan->notes));
	strict_find(prepared->message, plan, &findings->strict);
	return find_seven_bit(findings, prepared, err);
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
		fwrite(shown.data, 1, shown.len, stdout);
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

static bool
print_diff_text(void *context, const char *data, size_t len)
{
	(void)context;
	return fwrite(data, 1, len, stdout) == len;
}

/* Whole lines, as further texts of a list. */
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
add_list(struct buf *out, const char *key, const struct buf *notes)
{
	struct span rest = buf_span(notes), line;
	const char *comma = "";

	buf_add_format(out, "\"%s\":[", key);
	while (span_next_word(&rest, "\n", &line)) {
		buf_add_text(out, comma);
		json_text_add_sentence(out, line);
		comma = ",";
	}
	buf_add_text(out, "],");
}

static void
add_refusal(struct buf *out, const char *key, const struct buf *refusal)
{
	buf_add_format(out, "\"%s\":", key);
	if (refusal->len > 0)
		json_text_add_sentence(out, buf_span(refusal));
	else
		buf_add_text(out, "null");
}

/* `plan` is NULL where no diff is wanted. */
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
	add_list(&out, "notes", &findings->always);
	add_list(&out, "strict", &findings->strict);
	add_list(&out, "without-8bitmime", &findings->seven_bit);
	add_refusal(&out, "refused-without-8bitmime", &findings->refusal);
	buf_add_char(&out, ',');
	add_refusal(&out, "refused-without-smtputf8", &findings->utf8_refusal);
	if (plan != NULL)
		buf_add_text(&out, ",\"diff\":[");
	fwrite(out.data, 1, out.len, stdout);
	if (plan != NULL) {
		done = message_diff(message, plan, &sink, err);
		putchar(']');
	}
	puts(",\"exit\":0}");
	buf_free(&out);
	return done;
}

bool
check_message_print(const struct outgoing *prepared, enum report_form form,
    bool wants_diff, struct error *err)
{
	const struct message_sink sink = {print_diff_text, NULL};
	const struct message *message = prepared->message;
	struct findings findings = {0};
	struct plan room = {0};
	const struct plan *plan = find_plan(&findings, prepared, &room, err);
	bool done = plan != NULL && find_all(&findings, prepared, plan, err);

	if (done && form == REPORT_TEXT && wants_diff)
		done = message_diff(message, plan, &sink, err);
	else if (done && form == REPORT_TEXT)
		print_plain(&findings);
	else if (done && form == REPORT_JSON)
		done = print_json(
		    &findings, message, wants_diff ? plan : NULL, err);
	plan_free(&room);
	findings_free(&findings);
	return done &&
	    (fflush(stdout) == 0 ||
		error_set(err, ERROR_IO, "cannot write to standard output"));
}

bool
post_verify(const struct options *options, int *exit_status, bool *input_read,
    struct error *err)
{
	struct outgoing prepared = {0};
	bool done;

	*exit_status = 0;
	*input_read = true;
	done = prepare_envelope(&prepared, options, err) &&
	    post_submit(&prepared, options, exit_status, err);
	if (!done)
		post_tell_failure(&prepared, options, err);
	outgoing_free(&prepared);
	return done;
}

/* Nobody who calls sendmail expects to be asked for a password. */
static bool
fetch_secret(struct submission *submission, struct secret *secret,
    enum role role, struct error *err)
{
	if (!secret_is_wanted(submission->profile))
		return true;
	submission->secret = secret;
	if (!secret_fetch(secret, submission->profile,
		!options_role_is_sendmail(role), err))
		return false;
	dialogue_note_lines(submission->observer, buf_span(&secret->notes));
	return true;
}

/*
 * Over the wire. A secret that cannot be had this time is an outcome like a
 * server that cannot be reached: the same again may help. False: it never can.
 */
static bool
deliver(struct submission *submission, struct envelope *envelope,
    enum role role, struct error *err)
{
	struct outcome outcome = {0};
	struct secret secret = {0};
	bool done = true;

	/* Aliases may have settled all of them: then nobody is connected. */
	if (!envelope_has_open(envelope))
		return true;
	if (fetch_secret(submission, &secret, role, err)) {
		submission_run(submission, envelope);
	} else if (err->kind == ERROR_TEMPORARY) {
		outcome_set_own(
		    &outcome, STAGE_AUTH, CAUSE_TEMPORARY, "%s", err->text);
		submission_end(submission, envelope, &outcome);
		outcome_free(&outcome);
	} else {
		done = false;
	}
	submission->secret = NULL;
	secret_free(&secret);
	return done;
}

/* All is settled: who does not read this may end us. */
static void
tell(const struct report *report)
{
	signals_open();
	report_print_trouble(report, stderr);
	if (!report_print(report, stdout))
		fputs("smtpost: cannot write the report to standard output\n",
		    stderr);
	signals_close();
}

bool
post_submit(struct outgoing *prepared, const struct options *options,
    int *exit_status, struct error *err)
{
	struct plan seven_bit = {0}, utf8 = {0};
	struct letter letter = {
	    .message = prepared->message,
	    .plan = &prepared->plan,
	    .seven_bit = &seven_bit,
	    .utf8 = &utf8,
	    .status_in_doubt = options_role_is_sendmail(options->role)
		? EX_TEMPFAIL
		: EXIT_UNKNOWN,
	};
	struct trace trace;
	struct log_watch watch;
	struct submission submission = {
	    .profile = &prepared->profile,
	    .letter = prepared->message != NULL ? &letter : NULL,
	    .observer =
		log_watch_init(&watch, trace_init(&trace, options->verbose)),
	};
	struct report report = {prepared->profile.report, &prepared->envelope,
	    &submission, &prepared->plan,
	    options_role_is_sendmail(options->role)};
	bool done;

	if (submission.letter != NULL)
		letter.size = replay_size(prepared->message, &prepared->plan);
	log_note_options(options, submission.observer);
	opening_tell(&prepared->profile, submission.observer);
	opening_warn(&prepared->profile, options,
	    buf_span(&prepared->plan.notes), submission.observer);
	dialogue_note_lines(
	    submission.observer, buf_span(&prepared->profile.notes));
	if (prepared->message != NULL)
		dialogue_note_lines(submission.observer,
		    message_storage_notes(prepared->message));
	dialogue_note_lines(
	    submission.observer, buf_span(&prepared->plan.routine));
	dialogue_warn_lines(
	    submission.observer, buf_span(&prepared->plan.notes));
	done = deliver(&submission, &prepared->envelope, options->role, err);
	if (done) {
		*exit_status =
		    exit_status_of(&prepared->envelope, report.as_sendmail);
		/* Want of memory does not change it now. */
		mem_set_exit_status(*exit_status);
		tell(&report);
	}
	log_warnings(&prepared->profile, &watch, getuid());
	log_watch_free(&watch);
	if (done && submission.letter != NULL)
		log_submission(&prepared->profile, &prepared->envelope,
		    &submission, &prepared->plan, getuid());
	plan_free(&seven_bit);
	plan_free(&utf8);
	submission_free(&submission);
	return done;
}

/* What was dropped of the options is told, though nothing is sent. */
static void
log_failure(const struct outgoing *prepared, const struct options *options,
    bool is_prepared, const struct error *err)
{
	struct log_watch watch;

	if (prepared->profile.name == NULL)
		return;
	log_note_options(options, log_watch_init(&watch, NULL));
	if (!is_prepared)
		log_warnings(&prepared->profile, &watch, getuid());
	log_watch_free(&watch);
	log_error(&prepared->profile, err, getuid());
}

/* Without a connection: the message is only looked at. */
static bool
look(const struct outgoing *prepared, const struct options *options,
    struct error *err)
{
	enum report_form form = options_report(options);
	struct secret secret;

	trace_notes(options->verbose, buf_span(&prepared->profile.notes));
	if (options->mode == MODE_CHECK_MESSAGE)
		return check_message_print(
		    prepared, form, options->wants_diff, err);
	opening_warn(
	    &prepared->profile, options, buf_span(&prepared->plan.notes), NULL);
	trace_notes(options->verbose, buf_span(&prepared->plan.notes));
	return secret_locate(&secret, &prepared->profile, err) &&
	    preview_print(prepared, form, err);
}

void
post_tell_failure(const struct outgoing *prepared,
    const struct options *options, const struct error *err)
{
	enum report_form form = REPORT_NONE;

	if (options->has_report)
		form = options->report;
	else if (options->mode == MODE_SUBMIT || options->mode == MODE_VERIFY)
		form = prepared->profile.report;
	report_print_failure(form, err, stdout);
}

bool
post_run(const struct options *options, int *exit_status, bool *input_read,
    struct error *err)
{
	struct outgoing prepared = {0};
	bool is_prepared, done;

	*exit_status = 0;
	is_prepared = done = outgoing_prepare(&prepared, options, err);
	if (prepared.input_read)
		*input_read = true;
	if (done && options->mode == MODE_SUBMIT)
		done = post_submit(&prepared, options, exit_status, err);
	else if (done)
		done = look(&prepared, options, err);
	if (!done)
		post_tell_failure(&prepared, options, err);
	if (!done && options->mode == MODE_SUBMIT)
		log_failure(&prepared, options, is_prepared, err);
	outgoing_free(&prepared);
	return done;
}
