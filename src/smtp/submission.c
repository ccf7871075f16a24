/*
 * Records for the report how each transaction of a letter ended. Such an ending
 * can still come into doubt, with the recipient who is its witness.
 */
#include "smtp/submission.h"

#include <stdlib.h>

#include "base/mem.h"
#include "smtp/letter.h"
#include "smtp/reach.h"
#include "tls/tls.h"

static void
free_tls(struct session_tls *tls)
{
	free(tls->protocol);
	free(tls->cipher);
	free(tls->key_exchange);
	free(tls->verified_by);
	*tls = (struct session_tls){0};
}

void
submission_free(struct submission *submission)
{
	struct submission_record *record = &submission->record;

	for (size_t i = 0; i < record->ending_count; i++)
		outcome_free(&record->endings[i].outcome);
	reach_free_trail(&record->trail);
	free(record->endings);
	for (size_t i = 0; i < record->visit_count; i++)
		free_tls(&record->visits[i].tls);
	free(record->visits);
	free_tls(&record->tls);
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
submission_note_ending(
    struct submission *submission, const struct outcome *outcome)
{
	record_ending(submission, outcome, NULL);
}

void
submission_end(struct submission *submission, struct envelope *envelope,
    const struct outcome *outcome)
{
	record_ending(submission, outcome, NULL);
	envelope_settle_open(envelope, outcome);
}

void
submission_defer_refusals(
    struct submission *submission, struct envelope *envelope)
{
	struct submission_record *record = &submission->record;

	for (size_t i = 0; i < envelope->count; i++)
		outcome_defer_refusal(&envelope->recipients[i].outcome);
	for (size_t i = 0; i < record->ending_count; i++)
		outcome_defer_refusal(&record->endings[i].outcome);
	for (size_t i = 0; i < record->trail.attempt_count; i++)
		outcome_defer_refusal(&record->trail.attempts[i].outcome);
}

static void
replace_text(char **text, const char *by)
{
	free(*text);
	*text = by != NULL ? mem_copy_text(by) : NULL;
}

void
submission_note_session(
    struct submission *submission, const struct session *session)
{
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
	replace_text(&record->tls.protocol, tls ? tls_protocol(tls) : NULL);
	replace_text(&record->tls.cipher, tls ? tls_cipher(tls) : NULL);
	replace_text(
	    &record->tls.key_exchange, tls ? tls_key_exchange(tls) : NULL);
	replace_text(
	    &record->tls.verified_by, tls ? tls_verified_by(tls) : NULL);
}

void
submission_note_visit(
    struct submission *submission, struct envelope *part, size_t endings)
{
	struct submission_record *record = &submission->record;
	struct visit *visit =
	    mem_append(&record->visits, &record->visit_count, sizeof(*visit));

	visit->server = record->decided;
	visit->tls = record->tls;
	record->tls = (struct session_tls){0};
	record->decided = record->server = NULL;
	record->mechanism = NULL;
	for (size_t i = endings; i < record->ending_count; i++) {
		record->endings[i].visit = record->visit_count;
		/* Those witnesses return to their envelope, at other places. */
		record->endings[i].witness = NULL;
	}
	for (size_t i = 0; i < part->count; i++) {
		part->recipients[i].visit = record->visit_count;
		part->recipients[i].outcome.is_of_domain = true;
	}
}

const struct server *
submission_server_of(
    const struct submission_record *record, const struct recipient *recipient)
{
	return recipient->visit > 0
	    ? record->visits[recipient->visit - 1].server
	    : record->server;
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
void
submission_note_transaction(struct submission *submission,
    const struct session *session, const struct transaction *transaction)
{
	const struct outcome *ending = &transaction->ending;
	bool is_recorded = false;

	submission->record.plan = transaction->commands.letter.plan;
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

void
submission_doubt(struct submission *submission, const struct session *session,
    struct envelope *envelope)
{
	struct submission_record *record = &submission->record;
	struct outcome outcome = {0};
	/* Without content (-bv) no ending has to be recorded. */
	bool is_recorded = submission->letter == NULL;

	outcome_set_own(&outcome, STAGE_CONTENT, CAUSE_PROTOCOL,
	    "the server sent too %s replies, so it is unknown which one is "
	    "for %s",
	    session->lacks_reply ? "few" : "many",
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
