/*
 * Chooses the recipients of a transaction, runs it, and settles them. Until the
 * count of replies is confirmed, a reply may belong to another command; an
 * outcome that rests on it can still change (on_surplus).
 */
#include "smtp/transaction.h"

#include <stdlib.h>

#include "address/domain.h"
#include "base/mem.h"
#include "smtp/content.h"
#include "smtp/pipeline.h"

/* The most domains in one transaction, even if the server accepts more. */
#define DOMAINS_MAX 64
/* The search ends after skipping this many recipients of other domains. */
#define SKIPPED_MAX 1000

struct domains {
	struct span names[DOMAINS_MAX];
	size_t count, max; /* max 0: the server has no limit */
	size_t skipped;
};

/*
 * Adds the recipient's domain if it is new. False: it would be one more than
 * the server accepts in a transaction (RFC 9422 section 4.3).
 */
static bool
take_domain(struct domains *domains, const struct recipient *recipient)
{
	struct span name;

	if (domains->max == 0)
		return true;
	name = domain_of_path(span_from(recipient->forward_path));
	for (size_t i = 0; i < domains->count; i++)
		if (span_equal_nocase(name, domains->names[i]))
			return true;
	if (domains->count == domains->max)
		return false;
	domains->names[domains->count++] = name;
	return true;
}

/* The lower of the limits announced and observed; 0: no limit. */
static uint64_t
recipients_max(const struct session *session)
{
	uint64_t said = session->extensions.recipients_max;
	uint64_t seen = session->recipient_limit;

	return said > 0 && (seen == 0 || said < seen) ? said : seen;
}

/*
 * Collects as many recipients as the server accepts in one transaction. The
 * search begins at the first open one and ends with the first left for later,
 * so that many small transactions do not each search all recipients.
 */
static void
gather(struct envelope *envelope, struct pipeline *commands)
{
	const struct session *session = commands->session;
	uint64_t said = session->extensions.domains_max;
	uint64_t limit = recipients_max(session);
	struct domains domains = {
	    .max = said < DOMAINS_MAX ? (size_t)said : DOMAINS_MAX};

	for (size_t i = envelope_first_open(envelope); i < envelope->count;
	     i++) {
		struct recipient *recipient = &envelope->recipients[i], **item;

		if (recipient->outcome.action != ACTION_NONE)
			continue;
		if ((limit > 0 && commands->count == limit) ||
		    domains.skipped == SKIPPED_MAX) {
			commands->has_left = true;
			break;
		}
		if (!take_domain(&domains, recipient)) {
			commands->has_left = true;
			domains.skipped++;
			continue;
		}
		item = mem_append(
		    &commands->recipients, &commands->count, sizeof(*item));
		*item = recipient;
		if (envelope->asked <= i)
			envelope->asked = i + 1;
	}
}

/* Sends a command and reads its reply; the reason for a failure is dropped. */
static bool
say_and_hear(struct session *session, const char *command, enum stage stage,
    struct reply *reply)
{
	struct outcome ignored = {0};
	bool heard;

	dialogue_say(&session->dialogue, "%s", command);
	heard = dialogue_hear(&session->dialogue, stage, reply, &ignored);
	outcome_free(&ignored);
	return heard;
}

/*
 * RFC 2920 section 3.1: a server may answer DATA with 3yz although it accepted
 * no recipient. A lone dot ends that content; whatever the reply, nothing was
 * sent.
 */
static bool
end_empty_content(struct session *session)
{
	struct reply reply = {0};
	bool heard = say_and_hear(session, ".", STAGE_CONTENT, &reply);

	reply_free(&reply);
	return heard;
}

static bool
reset(struct session *session)
{
	struct reply reply = {0};
	bool done = say_and_hear(session, "RSET", STAGE_MAIL, &reply) &&
	    reply_is_positive(&reply) && !reply_is_misplaced(&reply);

	reply_free(&reply);
	return done;
}

/*
 * Decides whether the content is sent after DATA. If not, sets the ending,
 * which says why.
 */
static bool
decide_content(struct transaction *transaction)
{
	struct pipeline *commands = &transaction->commands;
	struct outcome *ending = commands->ending;
	bool is_for_now = commands->refused_for_now > 0;

	if (commands->mail_refused)
		return false;
	if (session_is_all_or_nothing(commands->session) &&
	    commands->refused > 0 && commands->accepted > 0) {
		outcome_set_own(ending, STAGE_DATA,
		    commands->refused_for_now == commands->refused
			? CAUSE_TEMPORARY
			: CAUSE_REFUSED,
		    "not sent: another recipient was refused");
		if (commands->refused_for_now < commands->refused)
			ending->action = ACTION_FAILED;
		return false;
	}
	if (commands->accepted == 0) {
		transaction->all_refused = true;
		/* The reply to DATA, if any, only repeats the refusal. */
		outcome_from_reply(ending, STAGE_DATA, &commands->data_reply);
		if (reply_is_intermediate(&commands->data_reply))
			reply_free(&ending->reply);
		ending->action = is_for_now ? ACTION_DELAYED : ACTION_FAILED;
		ending->cause = is_for_now ? CAUSE_TEMPORARY : CAUSE_REFUSED;
		return false;
	}
	if (!reply_is_intermediate(&commands->data_reply)) {
		outcome_from_reply(ending, STAGE_DATA, &commands->data_reply);
		return false;
	}
	return true;
}

/*
 * Whether the ending is for all recipients still open. A reply for a single
 * recipient, to RCPT or in LMTP to the content, does not concern recipients not
 * yet tried.
 */
static bool
is_for_all(const struct transaction *transaction)
{
	const struct pipeline *commands = &transaction->commands;

	if (commands->session->is_lmtp && commands->data_asked &&
	    commands->ending->stage == STAGE_CONTENT)
		return false;
	return commands->ending->action != ACTION_RELAYED &&
	    !transaction->all_refused;
}

/* Recipients put off get another transaction only if this one succeeded. */
static void
settle_put_off(struct pipeline *commands)
{
	for (size_t i = 0; i < commands->heard; i++) {
		struct recipient *recipient = commands->recipients[i];

		if (recipient->outcome.action != ACTION_NONE)
			continue;
		outcome_from_reply(
		    &recipient->outcome, STAGE_RCPT, &recipient->rcpt_reply);
		recipient->outcome.action = ACTION_DELAYED;
		recipient->outcome.cause = CAUSE_TEMPORARY;
	}
}

/*
 * What a surplus reply changes for a recipient refused before any content. With
 * PIPELINING the refusal may be meant for another recipient of this
 * transaction; if an earlier transaction is unconfirmed, for one of its
 * recipients.
 */
static enum on_surplus
refusal_effect(const struct pipeline *commands,
    const struct recipient *recipient, bool is_behind_unconfirmed)
{
	bool is_by_data = recipient->accepted &&
	    commands->ending->action == ACTION_FAILED &&
	    session_is_pipelined(commands->session);

	return is_behind_unconfirmed || is_by_data ? SURPLUS_DEFERS
						   : SURPLUS_CHANGES_NOTHING;
}

/*
 * What a surplus reply, if one is still found, changes for the recipient. The
 * 3yz to DATA confirms all replies before it. In LMTP, BDAT waits for the
 * replies to RCPT, which are thereby confirmed. Replies to commands sent in one
 * flight with BDAT are never confirmed.
 */
static enum on_surplus
surplus_effect(const struct transaction *transaction,
    const struct recipient *recipient, bool is_behind_unconfirmed)
{
	const struct pipeline *commands = &transaction->commands;
	const struct session *session = commands->session;
	bool chunk_heard =
	    commands->is_chunk_said && commands->data_reply.code != 0;

	if (commands->letter.message == NULL)
		return SURPLUS_DOUBTS;
	if (commands->ending->in_doubt || transaction->is_reset)
		return SURPLUS_CHANGES_NOTHING;
	if (commands->mail_refused && !commands->is_contradicted)
		return refusal_effect(
		    commands, recipient, is_behind_unconfirmed);
	/* A server that does not know BDAT answers each line of the content. */
	if (chunk_heard && session->is_chunk_refused)
		return SURPLUS_DOUBTS_IF_TAKEN;
	if (recipient->accepted &&
	    (transaction->is_content_sent || chunk_heard))
		return SURPLUS_DOUBTS;
	return chunk_heard && !session->is_lmtp
	    ? SURPLUS_DOUBTS_IF_TAKEN
	    : refusal_effect(commands, recipient, is_behind_unconfirmed);
}

static void
note_unconfirmed(struct transaction *transaction)
{
	struct pipeline *commands = &transaction->commands;
	struct session *session = commands->session;
	bool is_behind_unconfirmed = session->unconfirmed_count > 0;

	for (size_t i = 0; i < commands->count; i++) {
		struct recipient *recipient = commands->recipients[i];

		session_note_unconfirmed(session, recipient,
		    surplus_effect(
			transaction, recipient, is_behind_unconfirmed));
	}
	if (commands->is_chunk_said && reply_is_positive(&commands->data_reply))
		session->has_taken = true;
}

/*
 * Settles all open recipients of the envelope, also those without a RCPT yet:
 * the content was certainly sent to none of them. The refusal may come from a
 * surplus reply.
 */
static void
settle_all(struct transaction *transaction)
{
	struct envelope *envelope = transaction->envelope;
	struct session *session = transaction->commands.session;
	struct outcome *ending = transaction->commands.ending;
	bool in_doubt = ending->in_doubt;

	settle_put_off(&transaction->commands);
	ending->in_doubt = false;
	envelope->asked = envelope->count;
	for (size_t i = envelope_first_open(envelope); i < envelope->count;
	     i++) {
		struct recipient *recipient = &envelope->recipients[i];

		if (recipient->outcome.action != ACTION_NONE)
			continue;
		outcome_copy(&recipient->outcome, ending);
		if (session->unconfirmed_count > 0 &&
		    recipient->on_surplus == SURPLUS_CHANGES_NOTHING)
			session_note_unconfirmed(
			    session, recipient, SURPLUS_DEFERS);
	}
	ending->in_doubt = in_doubt;
}

static void
settle(struct transaction *transaction)
{
	struct pipeline *commands = &transaction->commands;

	note_unconfirmed(transaction);
	for (size_t i = 0; i < commands->count; i++) {
		struct recipient *recipient = commands->recipients[i];

		/*
		 * ACTION_NONE: BDAT is unknown, and all recipients stay open.
		 */
		if (recipient->accepted &&
		    recipient->outcome.action == ACTION_NONE &&
		    commands->ending->action != ACTION_NONE)
			outcome_copy(&recipient->outcome, commands->ending);
		recipient->accepted = false;
	}
	if (commands->ending->action != ACTION_NONE && is_for_all(transaction))
		settle_all(transaction);
}

/*
 * Whether the server fell silent although pipelined replies are due; then each
 * reply may belong to another recipient.
 */
static bool
has_fallen_silent(const struct session *session)
{
	return session_is_pipelined(session) &&
	    stream_state(session->dialogue.stream) == STREAM_TIMED_OUT;
}

/*
 * Without a message (-bv) the reply to RCPT settles the recipient, and RSET
 * ends the transaction.
 */
static bool
ask(struct pipeline *commands)
{
	struct session *session = commands->session;
	bool goes_on = pipeline_run(commands);

	if (has_fallen_silent(session)) {
		dialogue_describe(
		    &session->dialogue, STAGE_RCPT, commands->ending);
		for (size_t i = 0; i < commands->count; i++)
			outcome_free(&commands->recipients[i]->outcome);
		return false;
	}
	for (size_t i = 0; i < commands->count; i++) {
		struct recipient *recipient = commands->recipients[i];

		if (recipient->accepted)
			outcome_from_reply(&recipient->outcome, STAGE_RCPT,
			    &recipient->rcpt_reply);
	}
	if (!goes_on || commands->mail_refused)
		return goes_on;
	commands->ending->action = ACTION_RELAYED;
	commands->ending->stage = STAGE_RCPT;
	return reset(session);
}

static void
say_ahead(void *context)
{
	pipeline_say_ahead(context);
}

static bool
send_content(struct transaction *transaction, struct transaction *ahead)
{
	struct pipeline *commands = &transaction->commands;
	struct session *session = commands->session;
	const struct content_follower follower = {
	    say_ahead, ahead != NULL ? &ahead->commands : NULL};

	commands->is_quit_said = commands->put_off == 0 &&
	    !commands->has_left && !session->has_next &&
	    session_is_pipelined(session);
	transaction->is_content_sent = true;
	return (ahead != NULL
		       ? content_send_and_say(session, &commands->letter,
			     &follower, commands->ending)
		       : content_send(session, &commands->letter,
			     commands->is_quit_said, commands->ending)) &&
	    (!session->is_lmtp ||
		content_hear_each(session, commands->recipients,
		    commands->count, commands->ending));
}

/*
 * RFC 5321 section 3.3: MAIL within a transaction is refused, so one that goes
 * no further is reset before another transaction or letter.
 */
static bool
needs_reset(const struct transaction *transaction)
{
	const struct pipeline *commands = &transaction->commands;

	if (transaction->is_reset || commands->mail_refused)
		return false;
	if (commands->session->has_next)
		return true;
	return transaction->all_refused
	    ? commands->has_left
	    : session_is_all_or_nothing(commands->session) &&
		commands->accepted > 0;
}

/*
 * The last command was RCPT or DATA. What is left of their replies if there was
 * a surplus one, a refusal or 354, cannot be taken for the reply to RSET.
 */
bool
transaction_confirm(struct transaction *transaction)
{
	struct session *session = transaction->commands.session;
	struct reply reply = {0};

	if (say_and_hear(session, "RSET", STAGE_MAIL, &reply)) {
		transaction->is_reset =
		    reply_is_positive(&reply) && !reply_is_misplaced(&reply);
		if (!transaction->is_reset && reply.code != 421)
			session->is_out_of_step = true;
	}
	if (transaction->is_reset)
		session_confirm(session);
	reply_free(&reply);
	return transaction->is_reset;
}

/* Ends a transaction in which no content may be sent. */
static bool
abandon(struct transaction *transaction)
{
	struct session *session = transaction->commands.session;

	if (session->dialogue.is_over)
		return false;
	/* A server that says 354 to nobody may keep the transaction, too. */
	if (reply_is_intermediate(&transaction->commands.data_reply))
		return end_empty_content(session) &&
		    (!session->has_next || transaction_confirm(transaction));
	if (!needs_reset(transaction))
		return true;
	return session->has_next ? transaction_confirm(transaction)
				 : reset(session);
}

void
transaction_begin(struct transaction *transaction, struct session *session,
    struct envelope *envelope, const struct letter *letter)
{
	struct pipeline *commands = &transaction->commands;

	*transaction = (struct transaction){.envelope = envelope,
	    .goes_on = true,
	    .commands = {.session = session,
		.envelope = envelope,
		.ending = &transaction->ending}};
	gather(envelope, commands);
	if (!letter_fit(
		session, envelope, letter, &commands->letter, commands->ending))
		return;
	if (letter != NULL && session_is_all_or_nothing(session) &&
	    commands->has_left) {
		outcome_set_own(commands->ending, STAGE_MAIL, CAUSE_CONTENT,
		    "not sent: the server does not accept all recipients in "
		    "one transaction");
		return;
	}
	transaction->is_due =
	    letter == NULL || pipeline_prepare_chunk(commands);
}

bool
transaction_ask(struct transaction *transaction)
{
	struct pipeline *commands = &transaction->commands;

	if (transaction->is_due)
		transaction->goes_on = commands->letter.message == NULL
		    ? ask(commands)
		    : pipeline_run(commands);
	return transaction->goes_on;
}

bool
transaction_is_last(const struct transaction *transaction)
{
	const struct pipeline *commands = &transaction->commands;

	return reply_is_intermediate(&commands->data_reply) &&
	    !commands->mail_refused && commands->accepted > 0 &&
	    commands->put_off == 0 && !commands->has_left &&
	    !(session_is_all_or_nothing(commands->session) &&
		commands->refused > 0);
}

bool
transaction_finish(struct transaction *transaction, struct transaction *ahead)
{
	struct pipeline *commands = &transaction->commands;
	bool is_sent = transaction->is_due && commands->letter.message != NULL;
	bool goes_on = transaction->goes_on;

	if (goes_on && is_sent && commands->is_chunk_said &&
	    commands->accepted > 0)
		goes_on = pipeline_end_chunk(commands);
	else if (goes_on && is_sent)
		goes_on = decide_content(transaction)
		    ? send_content(transaction, ahead)
		    : abandon(transaction);
	if (commands->is_chunk_said && commands->is_quit_said)
		pipeline_check_missing(commands);
	settle(transaction);
	transaction->recipients = commands->recipients;
	transaction->count = commands->count;
	transaction->quit_said = commands->is_quit_said;
	pipeline_free(commands);
	return goes_on && !transaction->quit_said;
}

void
transaction_drop(struct transaction *transaction)
{
	struct pipeline *commands = &transaction->commands;

	for (size_t i = 0; i < commands->count; i++) {
		struct recipient *recipient = commands->recipients[i];

		outcome_free(&recipient->outcome);
		reply_free(&recipient->rcpt_reply);
		recipient->accepted = false;
	}
	/* envelope_first_open may have counted a refused one as settled. */
	transaction->envelope->settled = transaction->envelope->plain = 0;
	transaction_free(transaction);
}

bool
transaction_run(struct session *session, struct envelope *envelope,
    const struct letter *letter, struct transaction *transaction)
{
	transaction_begin(transaction, session, envelope, letter);
	transaction_ask(transaction);
	return transaction_finish(transaction, NULL);
}

void
transaction_free(struct transaction *transaction)
{
	outcome_free(&transaction->ending);
	pipeline_free(&transaction->commands);
	free(transaction->commands.recipients);
	*transaction = (struct transaction){0};
}
