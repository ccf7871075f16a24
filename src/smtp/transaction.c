#include "smtp/transaction.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "smtp/content.h"

/*
 * Commands under way at once, in octets: the replies to them fit into the
 * buffers on the way, whatever the server does first (RFC 2920 section 3.1).
 */
#define WINDOW_OCTETS ((size_t)16 * 1024)
/* "RCPT TO:<" ... ">" CRLF around a path */
#define RCPT_FRAME ((size_t)14)

struct transaction {
	struct session *session;
	struct envelope *envelope;
	const struct letter *letter;
	struct outcome *ending;

	struct recipient **recipients; /* the open ones; borrowed */
	size_t count, accepted, put_off;
	size_t refused, refused_for_now; /* at RCPT */
	size_t octets_under_way;
	bool mail_refused;
	bool data_asked;
	bool is_lost; /* no more may be asked in this transaction */
	struct reply data_reply;
};

enum { STEP_MAIL = 0 };

static size_t
step_data(const struct transaction *tx)
{
	return tx->count + 1;
}

static enum stage
stage_of(const struct transaction *tx, size_t step)
{
	return step == STEP_MAIL ? STAGE_MAIL
	    : step == step_data(tx) ? STAGE_DATA
				    : STAGE_RCPT;
}

static size_t
octets_of(const struct transaction *tx, size_t step)
{
	if (step == STEP_MAIL || step == step_data(tx))
		return 0;
	return strlen(tx->recipients[step - 1]->forward_path) + RCPT_FRAME;
}

static bool
is_all_or_nothing(const struct transaction *tx)
{
	return tx->session->profile->partial == PARTIAL_ALL_OR_NOTHING;
}

/*
 * Whether the step may be asked before the ones in front of it are answered:
 * lockstep is a window of one.
 */
static bool
window_open(const struct transaction *tx, size_t step, size_t under_way)
{
	if (under_way == 0)
		return true;
	if (!session_is_pipelined(tx->session))
		return false;
	if (step == step_data(tx) && is_all_or_nothing(tx))
		return false;
	return tx->octets_under_way + octets_of(tx, step) <= WINDOW_OCTETS;
}

static void
issue_mail(struct transaction *tx)
{
	struct buf line = {0};

	buf_add_format(
	    &line, "MAIL FROM:<%s>", tx->envelope->reverse_path);
	if (extensions_has(&tx->session->extensions, EXTENSION_SIZE))
		buf_add_format(&line, " SIZE=%llu",
		    (unsigned long long)tx->letter->size);
	if (message_facts(tx->letter->message)->has_eight_bit)
		buf_add_text(&line, " BODY=8BITMIME");
	dialogue_say(&tx->session->dialogue, "%s", buf_text(&line));
	buf_free(&line);
}

static void
issue(struct transaction *tx, size_t step)
{
	tx->octets_under_way += octets_of(tx, step);
	if (step == STEP_MAIL) {
		issue_mail(tx);
	} else if (step == step_data(tx)) {
		tx->data_asked = true;
		dialogue_say(&tx->session->dialogue, "DATA");
	} else {
		dialogue_say(&tx->session->dialogue, "RCPT TO:<%s>",
		    tx->recipients[step - 1]->forward_path);
	}
}

/* A 3yz where none belongs: we no longer know what the server means. */
static bool
is_senseless(const struct transaction *tx, size_t step,
    const struct reply *reply)
{
	if (step == step_data(tx))
		return reply_is_positive(reply) ||
		    (reply_is_intermediate(reply) && reply->code != 354);
	return reply_is_intermediate(reply);
}

static void
absorb_mail(struct transaction *tx, const struct reply *reply)
{
	if (reply_is_positive(reply))
		return;
	tx->mail_refused = true;
	tx->is_lost = true;
	outcome_from_reply(tx->ending, STAGE_MAIL, reply);
}

/*
 * RFC 5321 section 4.5.3.1.10: 452, and 552 like it, can mean that this is
 * all the server takes in one transaction; then there are accepted ones.
 */
static bool
is_put_off(const struct transaction *tx, const struct reply *reply)
{
	return (reply->code == 452 || reply->code == 552) &&
	    tx->accepted > 0 && !is_all_or_nothing(tx);
}

static void
absorb_rcpt(struct transaction *tx, struct recipient *recipient,
    const struct reply *reply)
{
	/* After a refused MAIL it speaks of that, not of the recipient. */
	if (tx->mail_refused)
		return;
	reply_copy(&recipient->rcpt_reply, reply);
	if (reply_is_positive(reply)) {
		recipient->accepted = true;
		tx->accepted++;
	} else if (is_put_off(tx, reply)) {
		tx->put_off++;
	} else {
		outcome_from_reply(&recipient->outcome, STAGE_RCPT, reply);
		tx->refused++;
		if (reply_is_transient(reply))
			tx->refused_for_now++;
	}
}

/* False: the session ends here, and tx->ending says why. */
static bool
absorb(struct transaction *tx, size_t step, const struct reply *reply)
{
	enum stage stage = stage_of(tx, step);

	tx->octets_under_way -= octets_of(tx, step);
	if (is_senseless(tx, step, reply)) {
		outcome_from_reply(tx->ending, stage, reply);
		tx->ending->action = ACTION_DELAYED;
		tx->ending->cause = CAUSE_PROTOCOL;
		tx->session->is_broken = true;
		return false;
	}
	if (step == STEP_MAIL)
		absorb_mail(tx, reply);
	else if (step == step_data(tx))
		reply_copy(&tx->data_reply, reply);
	else
		absorb_rcpt(tx, tx->recipients[step - 1], reply);
	if (reply->code != 421)
		return true;
	/* The server is going: nobody accepted so far will be served. */
	if (!tx->mail_refused)
		outcome_from_reply(tx->ending, stage, reply);
	return false;
}

/* Before DATA in lockstep: is there anybody to send to? */
static void
stop_if_pointless(struct transaction *tx, size_t answered)
{
	if (answered != step_data(tx) || tx->data_asked)
		return;
	if (tx->accepted == 0 || (is_all_or_nothing(tx) && tx->refused > 0))
		tx->is_lost = true;
}

/* False: the session is of no more use, and tx->ending says why. */
static bool
exchange_commands(struct transaction *tx)
{
	size_t issued = 0, answered = 0, last = step_data(tx);
	struct outcome trouble = {0};
	struct reply reply = {0};
	bool goes_on = true;

	while (goes_on && answered <= last) {
		while (issued <= last &&
		    window_open(tx, issued, issued - answered))
			issue(tx, issued++);
		goes_on = dialogue_hear(&tx->session->dialogue,
		    stage_of(tx, answered), &reply, &trouble);
		if (goes_on) {
			goes_on = absorb(tx, answered++, &reply);
			stop_if_pointless(tx, answered);
		} else if (!tx->mail_refused) {
			outcome_copy(tx->ending, &trouble);
		}
		if (tx->is_lost)
			last = issued - 1; /* hear out, ask no more */
	}
	reply_free(&reply);
	outcome_free(&trouble);
	return goes_on;
}

/*
 * RFC 2920 section 3.1: a server that says 354 though nobody was accepted is
 * given a lone dot, and whatever it answers, nothing was sent.
 */
static bool
end_empty_content(struct transaction *tx)
{
	struct outcome ignored = {0};
	struct reply reply = {0};
	bool heard;

	dialogue_say(&tx->session->dialogue, ".");
	heard = dialogue_hear(
	    &tx->session->dialogue, STAGE_CONTENT, &reply, &ignored);
	reply_free(&reply);
	outcome_free(&ignored);
	return heard;
}

static bool
reset(struct transaction *tx)
{
	struct outcome ignored = {0};
	struct reply reply = {0};
	bool done;

	dialogue_say(&tx->session->dialogue, "RSET");
	done = dialogue_hear(
		   &tx->session->dialogue, STAGE_MAIL, &reply, &ignored) &&
	    reply_is_positive(&reply);
	reply_free(&reply);
	outcome_free(&ignored);
	return done;
}

/* Whether the content may go; if not, tx->ending and the recipients say so. */
static bool
is_content_due(struct transaction *tx)
{
	if (tx->mail_refused)
		return false;
	if (is_all_or_nothing(tx) && tx->refused > 0) {
		outcome_set_own(tx->ending, STAGE_DATA,
		    tx->refused_for_now == tx->refused ? CAUSE_TEMPORARY
						       : CAUSE_REFUSED,
		    "not sent: another recipient was refused");
		if (tx->refused_for_now < tx->refused)
			tx->ending->action = ACTION_FAILED;
		return false;
	}
	if (tx->accepted == 0) {
		/* The reply to DATA, if any, only says the same once more. */
		outcome_from_reply(tx->ending, STAGE_DATA, &tx->data_reply);
		if (tx->data_reply.code == 354)
			reply_free(&tx->ending->reply);
		tx->ending->action = tx->refused_for_now > 0 ? ACTION_DELAYED
							     : ACTION_FAILED;
		return false;
	}
	if (tx->data_reply.code != 354) {
		outcome_from_reply(tx->ending, STAGE_DATA, &tx->data_reply);
		return false;
	}
	return true;
}

/* Those put off get another transaction only if this one went well. */
static void
settle(struct transaction *tx)
{
	if (tx->mail_refused || tx->accepted + tx->put_off + tx->refused <
		tx->count)
		envelope_settle_open(tx->envelope, tx->ending);
	envelope_settle_accepted(tx->envelope, tx->ending);
	for (size_t i = 0; i < tx->count; i++) {
		struct recipient *recipient = tx->recipients[i];

		recipient->accepted = false;
		if (tx->ending->action == ACTION_RELAYED ||
		    recipient->outcome.action != ACTION_NONE)
			continue;
		outcome_from_reply(&recipient->outcome, STAGE_RCPT,
		    &recipient->rcpt_reply);
		recipient->outcome.action = ACTION_DELAYED;
		recipient->outcome.cause = CAUSE_TEMPORARY;
	}
}

/* RFC 1870 section 6.1, RFC 6152: what the server has said it cannot take. */
static bool
can_carry(struct transaction *tx)
{
	uint64_t limit = tx->session->extensions.size_limit;

	if (limit > 0 && tx->letter->size > limit) {
		outcome_set_own(tx->ending, STAGE_MAIL, CAUSE_CONTENT,
		    "the message has %llu octets, the server takes %llu",
		    (unsigned long long)tx->letter->size,
		    (unsigned long long)limit);
		return false;
	}
	if (message_facts(tx->letter->message)->has_eight_bit &&
	    !extensions_has(&tx->session->extensions, EXTENSION_8BITMIME)) {
		outcome_set_own(tx->ending, STAGE_MAIL, CAUSE_CONTENT,
		    "the message holds 8-bit octets and the server does not "
		    "offer 8BITMIME");
		return false;
	}
	return true;
}

static void
gather_open(struct transaction *tx)
{
	struct envelope *envelope = tx->envelope;

	tx->recipients =
	    mem_new(envelope->count, sizeof(struct recipient *));
	for (size_t i = 0; i < envelope->count; i++)
		if (envelope->recipients[i].outcome.action == ACTION_NONE)
			tx->recipients[tx->count++] =
			    &envelope->recipients[i];
}

/* True if the session can go on with another transaction. */
static bool
run(struct transaction *tx, bool *quit_said)
{
	bool goes_on;

	if (!can_carry(tx))
		return true;
	if (!exchange_commands(tx))
		return false;
	if (is_content_due(tx)) {
		*quit_said =
		    tx->put_off == 0 && session_is_pipelined(tx->session);
		return content_send(
		    tx->session, tx->letter, *quit_said, tx->ending);
	}
	goes_on = !tx->session->dialogue.is_over;
	if (goes_on && tx->data_reply.code == 354)
		goes_on = end_empty_content(tx);
	else if (goes_on && is_all_or_nothing(tx) && tx->accepted > 0)
		goes_on = reset(tx);
	return goes_on;
}

bool
transaction_run(struct session *session, struct envelope *envelope,
    const struct letter *letter, struct outcome *ending, bool *quit_said)
{
	struct transaction tx = {.session = session,
	    .envelope = envelope,
	    .letter = letter,
	    .ending = ending};
	bool goes_on;

	*quit_said = false;
	gather_open(&tx);
	goes_on = run(&tx, quit_said);
	settle(&tx);
	free(tx.recipients);
	reply_free(&tx.data_reply);
	return goes_on && !*quit_said;
}
