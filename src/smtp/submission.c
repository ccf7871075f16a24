/*
 * Runs sessions and transactions until every recipient is settled, and records
 * for the report how each transaction ended.
 */
#include "smtp/submission.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/signals.h"
#include "base/wait.h"
#include "smtp/extension.h"
#include "smtp/letter.h"
#include "smtp/reach.h"
#include "tls/tls.h"

void
submission_free(struct submission *submission)
{
	struct submission_record *record = &submission->record;

	for (size_t i = 0; i < record->ending_count; i++)
		outcome_free(&record->endings[i].outcome);
	reach_free_trail(&record->trail);
	free(record->endings);
	free(record->protocol);
	free(record->cipher);
	free(record->key_exchange);
	free(record->verified_by);
	*record = (struct submission_record){0};
}

static struct ending *
record_ending(struct submission *submission, const struct outcome *outcome,
    const char *address)
{
	struct submission_record *record = &submission->record;
	struct ending *ending = mem_append(
	    &record->endings, &record->ending_count, sizeof(struct ending));

	outcome_copy(&ending->outcome, outcome);
	ending->address = address;
	return ending;
}

void
submission_end(struct submission *submission, struct envelope *envelope,
    const struct outcome *outcome)
{
	record_ending(submission, outcome, NULL);
	envelope_settle_open(envelope, outcome);
}

static void
defer_refusal(struct outcome *outcome)
{
	if (outcome->action != ACTION_FAILED ||
	    outcome->cause != CAUSE_REFUSED ||
	    (outcome->stage != STAGE_GREETING && outcome->stage != STAGE_EHLO))
		return;
	outcome->action = ACTION_DELAYED;
	outcome->cause = CAUSE_TEMPORARY;
}

void
submission_defer_refusals(
    struct submission *submission, struct envelope *envelope)
{
	struct submission_record *record = &submission->record;

	for (size_t i = 0; i < envelope->count; i++)
		defer_refusal(&envelope->recipients[i].outcome);
	for (size_t i = 0; i < record->ending_count; i++)
		defer_refusal(&record->endings[i].outcome);
	for (size_t i = 0; i < record->trail.attempt_count; i++)
		defer_refusal(&record->trail.attempts[i].outcome);
}

static void
replace_text(char **text, const char *by)
{
	free(*text);
	*text = by != NULL ? mem_copy_text(by) : NULL;
}

static void
record_session(void *context, const struct session *session)
{
	struct submission *submission = context;
	struct submission_record *record = &submission->record;
	const struct tls *tls = session->dialogue.stream != NULL
	    ? stream_tls(session->dialogue.stream)
	    : NULL;

	record->connected = session->connected_at;
	record->secured = session->secured_at;
	record->mechanism = session->mechanism;
	record->offers_dsn =
	    extensions_has(&session->extensions, EXTENSION_DSN);
	record->offers_utf8 =
	    extensions_has(&session->extensions, EXTENSION_SMTPUTF8);
	replace_text(&record->protocol, tls ? tls_protocol(tls) : NULL);
	replace_text(&record->cipher, tls ? tls_cipher(tls) : NULL);
	replace_text(&record->key_exchange, tls ? tls_key_exchange(tls) : NULL);
	replace_text(&record->verified_by, tls ? tls_verified_by(tls) : NULL);
}

/* The recipient whose outcome a surplus reply would change most. */
static const struct recipient *
find_witness(const struct transaction *transaction)
{
	enum on_surplus most = SURPLUS_CHANGES_NOTHING;
	const struct recipient *found = NULL;

	for (size_t i = 0; i < transaction->count; i++) {
		const struct recipient *recipient = transaction->recipients[i];

		if (recipient->on_surplus <= most)
			continue;
		found = recipient;
		most = recipient->on_surplus;
	}
	return found;
}

/* In LMTP the content has an ending for each recipient. */
static void
record_transaction(struct submission *submission, const struct session *session,
    const struct transaction *transaction)
{
	const struct outcome *ending = &transaction->ending;
	bool is_recorded = false;

	for (size_t i = 0; session->is_lmtp && i < transaction->count; i++) {
		const struct recipient *recipient = transaction->recipients[i];

		if (recipient->outcome.stage != STAGE_CONTENT)
			continue;
		record_ending(
		    submission, &recipient->outcome, recipient->forward_path)
		    ->witness = recipient;
		is_recorded = true;
	}
	/*
	 * If RCPT was only a question (-bv), RSET is not reported as an ending.
	 */
	if (submission->letter == NULL && ending->stage == STAGE_RCPT &&
	    ending->action == ACTION_RELAYED)
		return;
	if (!is_recorded)
		record_ending(submission, ending, NULL)->witness =
		    find_witness(transaction);
}

static bool
has_settled(const struct transaction *transaction)
{
	for (size_t i = 0; i < transaction->count; i++)
		if (transaction->recipients[i]->outcome.action != ACTION_NONE)
			return true;
	return false;
}

/* What one session found out for the next. */
struct learned {
	bool asks_dsn; /* the envelope asks for it */
	size_t recipient_limit;
	bool is_chunk_refused;
	bool is_probed; /* as in struct reach */
};

/*
 * Handles a server that sent more replies than it received commands. Every
 * outcome that depends on matching them is in doubt, and so is the ending of
 * its transaction.
 */
static void
doubt(struct submission *submission, const struct session *session,
    struct envelope *envelope)
{
	struct submission_record *record = &submission->record;
	struct outcome outcome = {0};
	/* Without content (-bv) no ending has to be recorded. */
	bool is_recorded = submission->letter == NULL;

	outcome_set_own(&outcome, STAGE_CONTENT, CAUSE_PROTOCOL,
	    "the server sent too many replies, so it is unknown which one is "
	    "for %s",
	    submission->letter != NULL ? "the content" : "which recipient");
	/* Without a message nothing can have been delivered. */
	outcome.in_doubt = submission->letter != NULL;
	if (!envelope_doubt(envelope, &outcome, session->has_taken))
		is_recorded = true;
	for (size_t i = 0; i < record->ending_count; i++) {
		const struct recipient *witness = record->endings[i].witness;
		struct outcome *ending = &record->endings[i].outcome;

		if (witness != NULL && witness->on_surplus == SURPLUS_DEFERS)
			outcome_withdraw_refusal(ending);
		if (witness == NULL || !witness->outcome.in_doubt)
			continue;
		outcome_copy(ending, &outcome);
		is_recorded = true;
	}
	/* If BDAT seemed unknown, no ending was recorded yet. */
	if (!is_recorded)
		record_ending(submission, &outcome, NULL);
	outcome_free(&outcome);
}

/*
 * Runs transactions until no recipient is open or the session cannot be used
 * any more. True: another session may be tried for those still open.
 */
static bool
run_transactions(struct submission *submission, struct session *session,
    struct envelope *envelope, struct learned *learned)
{
	bool goes_on = true, quit_said = false, bdat_was_refused, is_used_up;
	bool has_progress = false;
	struct outcome refusal = {0};

	extensions_warn(&session->extensions, session->dialogue.observer,
	    learned->asks_dsn);
	if (!letter_check_recipients(session, envelope, &refusal))
		record_ending(submission, &refusal, NULL);
	outcome_free(&refusal);
	/* After a signal only the transaction under way is completed. */
	while (goes_on && signals_caught() == 0 && !session_is_full(session) &&
	    envelope_has_open(envelope)) {
		struct transaction transaction;

		goes_on = transaction_run(
		    session, envelope, submission->letter, &transaction);
		if (transaction.ending.action != ACTION_NONE)
			record_transaction(submission, session, &transaction);
		quit_said = transaction.quit_said;
		has_progress = has_progress || has_settled(&transaction);
		transaction_free(&transaction);
	}
	/* Another session is due only after progress, so the loop ends. */
	bdat_was_refused =
	    session->is_chunk_refused && !learned->is_chunk_refused;
	learned->is_chunk_refused = session->is_chunk_refused;
	learned->recipient_limit = session->recipient_limit;
	is_used_up = (quit_said || session_is_full(session)) &&
	    !session->is_broken && !session->dialogue.is_over;
	session_dismiss(session, quit_said);
	if (session->is_out_of_step && session->unconfirmed_count > 0)
		doubt(submission, session, envelope);
	is_used_up = is_used_up && !session->is_out_of_step;
	session_close(session, quit_said);
	return signals_caught() == 0 && envelope_has_open(envelope) &&
	    (bdat_was_refused || (is_used_up && has_progress));
}

/* True: another session is due. */
static bool
run_session(struct submission *submission, struct envelope *envelope,
    int64_t deadline, struct learned *learned)
{
	struct session session;
	struct reach reach = {
	    .profile = submission->profile,
	    .secret = submission->secret,
	    .observer = submission->observer,
	    .deadline = deadline,
	    .trail = submission->record.trail,
	    .is_probed = learned->is_probed,
	    .tried = record_session,
	    .context = submission,
	};
	bool is_due = false;

	if (reach_open(&reach, &session)) {
		session.recipient_limit = learned->recipient_limit;
		session.is_chunk_refused = learned->is_chunk_refused;
		submission->record.decided = reach.server;
		is_due =
		    run_transactions(submission, &session, envelope, learned);
	} else if (reach.failure.action != ACTION_NONE) {
		submission->record.decided = reach.failed;
		submission_end(submission, envelope, &reach.failure);
	}
	learned->is_probed = reach.is_probed;
	submission->record.server = reach.server;
	submission->record.trail = reach.trail;
	reach.trail = (struct trail){0};
	reach_free(&reach);
	return is_due;
}

void
submission_run(struct submission *submission, struct envelope *envelope)
{
	const struct profile *profile = submission->profile;
	int64_t deadline = profile->timeout_total
	    ? deadline_in(profile->timeout_total)
	    : DEADLINE_NEVER;
	struct learned learned = {.asks_dsn = envelope_asks_dsn(envelope)};

	signals_catch();
	submission->record.started = clock_now();
	while (run_session(submission, envelope, deadline, &learned))
		;
	if (envelope_has_open(envelope)) {
		struct outcome failure = {0};

		outcome_set_own(&failure, STAGE_MAIL, CAUSE_TEMPORARY, "%s",
		    signals_caught() != 0
			? "interrupted by a signal"
			: "the session ended before this recipient's turn");
		envelope_settle_open(envelope, &failure);
		outcome_free(&failure);
	}
	submission->record.ended = clock_now();
	assert(!envelope_has_open(envelope));
}
