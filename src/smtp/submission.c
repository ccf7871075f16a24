#include "smtp/submission.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/wait.h"
#include "net/dial.h"
#include "net/tls.h"

void
submission_free(struct submission *submission)
{
	struct submission_record *record = &submission->record;

	for (size_t i = 0; i < record->ending_count; i++)
		outcome_free(&record->endings[i]);
	free(record->endings);
	free(record->protocol);
	free(record->cipher);
	free(record->verified_by);
	*record = (struct submission_record){0};
}

static void
record_ending(struct submission *submission, const struct outcome *outcome)
{
	struct submission_record *record = &submission->record;

	outcome_copy(mem_append(&record->endings, &record->ending_count,
			 sizeof(struct outcome)),
	    outcome);
}

void
submission_end(struct submission *submission, struct envelope *envelope,
    const struct outcome *outcome)
{
	record_ending(submission, outcome);
	envelope_settle_open(envelope, outcome);
}

static void
replace_text(char **text, const char *by)
{
	free(*text);
	*text = by != NULL ? mem_copy_text(by) : NULL;
}

static void
record_session(struct submission *submission, const struct session *session)
{
	struct submission_record *record = &submission->record;
	const struct tls *tls = session->dialogue.stream != NULL
	    ? stream_tls(session->dialogue.stream)
	    : NULL;

	record->connected = session->connected_at;
	record->secured = session->secured_at;
	record->mechanism = session->mechanism;
	replace_text(&record->protocol, tls ? tls_protocol(tls) : NULL);
	replace_text(&record->cipher, tls ? tls_cipher(tls) : NULL);
	replace_text(&record->verified_by, tls ? tls_verified_by(tls) : NULL);
}

/* Transactions until nobody is open, or the session is of no more use. */
static void
deliver(struct submission *submission, struct session *session,
    struct envelope *envelope)
{
	bool goes_on = true, quit_said = false;

	while (goes_on && envelope_has_open(envelope)) {
		struct outcome ending = {0};

		goes_on = transaction_run(session, envelope,
		    submission->letter, &ending, &quit_said);
		record_ending(submission, &ending);
		outcome_free(&ending);
	}
	session_close(session, quit_said);
}

/*
 * Of several failures the one that got furthest tells most; but one that may
 * pass outweighs a refusal, since then the same again may help.
 */
static void
keep_more_telling(struct outcome *kept, const struct outcome *next)
{
	if (kept->action != ACTION_NONE) {
		if (next->action == ACTION_FAILED &&
		    kept->action == ACTION_DELAYED)
			return;
		if (next->action == kept->action && next->stage < kept->stage)
			return;
	}
	outcome_copy(kept, next);
}

struct attempt {
	struct submission *submission;
	struct envelope *envelope;
	const struct server *server;
	int64_t deadline;	 /* for the whole run */
	struct outcome *failure; /* the most telling so far */
	bool is_over; /* no other address or server may be tried */
};

static void
fail(struct attempt *attempt, struct outcome *outcome)
{
	observer_note(attempt->submission->observer, "%s: %s",
	    attempt->server->url, buf_text(&outcome->reply.text));
	keep_more_telling(attempt->failure, outcome);
	if (signals_caught() != 0)
		attempt->is_over = true;
}

/* One connected address: a session and its transactions. */
static void
use_connection(struct attempt *attempt, int fd)
{
	struct submission *submission = attempt->submission;
	struct session_options options = {
	    .profile = submission->profile,
	    .server = attempt->server,
	    .secret = submission->secret,
	    .observer = submission->observer,
	    .deadline = attempt->deadline,
	};
	struct session session;
	bool opened = session_open(&session, fd, &options);

	record_session(submission, &session);
	if (opened) {
		attempt->is_over = true;
		deliver(submission, &session, attempt->envelope);
		return;
	}
	if (!session.may_move)
		attempt->is_over = true;
	fail(attempt, &session.trouble);
	session_close(&session, false);
}

static void
fail_dial(struct attempt *attempt, enum dial_result result,
    struct buf *reason)
{
	struct outcome outcome = {0};
	const struct server *server = attempt->server;

	outcome_set_own(&outcome, STAGE_CONNECT,
	    result == DIAL_NO_HOST ? CAUSE_NO_HOST : CAUSE_TEMPORARY,
	    "cannot connect to %s port %u: %s", server->host, server->port,
	    buf_text(reason));
	fail(attempt, &outcome);
	outcome_free(&outcome);
}

/* Every address of one server, until one takes the mail. */
static void
try_server(struct attempt *attempt)
{
	const struct profile *profile = attempt->submission->profile;
	struct buf reason = {0};
	struct dial *dial = NULL;
	enum dial_result result = dial_open(
	    &dial, attempt->server->host, attempt->server->port, &reason);

	while (result == DIAL_DONE && !attempt->is_over) {
		int fd = -1;

		buf_clear(&reason);
		result = dial_next(dial, profile->timeout_connect,
		    attempt->deadline, &fd, &reason);
		if (result == DIAL_DONE)
			use_connection(attempt, fd);
	}
	if (result != DIAL_DONE && result != DIAL_EXHAUSTED)
		fail_dial(attempt, result, &reason);
	if (dial != NULL)
		dial_free(dial);
	buf_free(&reason);
}

void
submission_run(struct submission *submission, struct envelope *envelope)
{
	const struct profile *profile = submission->profile;
	struct outcome failure = {0};
	struct attempt attempt = {
	    .submission = submission,
	    .envelope = envelope,
	    .deadline = profile->timeout_total
		? deadline_in(profile->timeout_total)
		: DEADLINE_NEVER,
	    .failure = &failure,
	};

	signals_catch();
	submission->record.started = clock_now();
	for (size_t i = 0; i < profile->server_count && !attempt.is_over;
	     i++) {
		attempt.server = &profile->servers[i];
		submission->record.server = attempt.server;
		try_server(&attempt);
	}
	if (failure.action != ACTION_NONE && envelope_has_open(envelope) &&
	    submission->record.ending_count == 0)
		submission_end(submission, envelope, &failure);
	if (envelope_has_open(envelope)) {
		outcome_set_own(&failure, STAGE_MAIL, CAUSE_TEMPORARY,
		    "the session ended before this recipient's turn");
		envelope_settle_open(envelope, &failure);
	}
	submission->record.ended = clock_now();
	outcome_free(&failure);
	assert(!envelope_has_open(envelope));
}
