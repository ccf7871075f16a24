#include "smtp/transaction.h"

#include <stdlib.h>

#include "address/domain.h"
#include "base/mem.h"
#include "smtp/content.h"
#include "smtp/extension.h"
#include "smtp/letter.h"
#include "smtp/login.h"
#include "smtp/transaction_parts.h"

/* Whom a transaction is for: no more than the server says it takes at once. */

/* Domains told apart in one transaction, however many a server may take. */
#define DOMAINS_MAX 64
/* So many of other domains are stepped over; the rest is not looked at. */
#define STEPS_MAX 1000

struct domains {
	struct span names[DOMAINS_MAX];
	size_t count, max; /* max 0: they do not matter */
	size_t steps;
};

/* RFC 9422 section 4.3: whether it is one more domain than there may be. */
static bool
is_of_other(struct domains *domains, const struct recipient *recipient)
{
	struct span name;

	if (domains->max == 0)
		return false;
	if (domains->steps >= STEPS_MAX)
		return true;
	name = domain_of_path(span_from(recipient->forward_path));
	for (size_t i = 0; i < domains->count; i++)
		if (span_equal_nocase(name, domains->names[i]))
			return false;
	if (domains->count == domains->max) {
		domains->steps++;
		return true;
	}
	domains->names[domains->count++] = name;
	return false;
}

/* What was learned, or what was said if that is less; 0: no limit. */
static uint64_t
recipients_max(const struct session *session)
{
	uint64_t said = session->extensions.recipients_max;
	uint64_t seen = session->recipient_limit;

	return said > 0 && (seen == 0 || said < seen) ? said : seen;
}

void
transaction_gather(struct transaction *tx)
{
	struct envelope *envelope = tx->envelope;
	uint64_t said = tx->session->extensions.domains_max;
	uint64_t limit = recipients_max(tx->session);
	struct domains domains = {
	    .max = said < DOMAINS_MAX ? (size_t)said : DOMAINS_MAX};

	tx->recipients = mem_new(envelope->count, sizeof(struct recipient *));
	for (size_t i = 0; i < envelope->count; i++) {
		struct recipient *recipient = &envelope->recipients[i];

		if (recipient->outcome.action != ACTION_NONE)
			continue;
		if ((limit > 0 && tx->count == limit) ||
		    is_of_other(&domains, recipient))
			tx->left++;
		else
			tx->recipients[tx->count++] = recipient;
	}
}

bool
transaction_is_all_or_nothing(const struct transaction *tx)
{
	return tx->session->profile->partial == PARTIAL_ALL_OR_NOTHING;
}

/*
 * RFC 2920 section 3.1: a server that says 3yz though nobody was accepted is
 * given a lone dot, and whatever it answers, nothing was sent.
 */
bool
transaction_end_empty_content(struct transaction *tx)
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

bool
transaction_reset(struct transaction *tx)
{
	struct outcome ignored = {0};
	struct reply reply = {0};
	bool done;

	dialogue_say(&tx->session->dialogue, "RSET");
	done = dialogue_hear(
		   &tx->session->dialogue, STAGE_MAIL, &reply, &ignored) &&
	    reply_is_positive(&reply) && !reply_is_misplaced(&reply);
	reply_free(&reply);
	outcome_free(&ignored);
	return done;
}

bool
transaction_is_content_due(struct transaction *tx)
{
	if (tx->mail_refused)
		return false;
	if (transaction_is_all_or_nothing(tx) && tx->refused > 0 &&
	    tx->accepted > 0) {
		outcome_set_own(tx->ending, STAGE_DATA,
		    tx->refused_for_now == tx->refused ? CAUSE_TEMPORARY
						       : CAUSE_REFUSED,
		    "not sent: another recipient was refused");
		if (tx->refused_for_now < tx->refused)
			tx->ending->action = ACTION_FAILED;
		return false;
	}
	if (tx->accepted == 0) {
		tx->all_refused = true;
		/* The reply to DATA, if any, only says the same once more. */
		outcome_from_reply(tx->ending, STAGE_DATA, &tx->data_reply);
		if (reply_is_intermediate(&tx->data_reply))
			reply_free(&tx->ending->reply);
		tx->ending->action =
		    tx->refused_for_now > 0 ? ACTION_DELAYED : ACTION_FAILED;
		tx->ending->cause =
		    tx->refused_for_now > 0 ? CAUSE_TEMPORARY : CAUSE_REFUSED;
		return false;
	}
	if (!reply_is_intermediate(&tx->data_reply)) {
		outcome_from_reply(tx->ending, STAGE_DATA, &tx->data_reply);
		return false;
	}
	return true;
}

/*
 * Whether the ending is for everybody who is still open. What was answered to
 * each by himself, at RCPT or (LMTP) for the content, says nothing of those
 * whose turn comes later.
 */
static bool
is_for_all(const struct transaction *tx)
{
	if (tx->session->is_lmtp && tx->ending->stage == STAGE_CONTENT)
		return false;
	return tx->ending->action != ACTION_RELAYED && !tx->all_refused;
}

/* Those put off get another transaction only if this one went well. */
static void
settle_put_off(struct transaction *tx)
{
	for (size_t i = 0; i < tx->heard; i++) {
		struct recipient *recipient = tx->recipients[i];

		if (recipient->outcome.action != ACTION_NONE)
			continue;
		outcome_from_reply(
		    &recipient->outcome, STAGE_RCPT, &recipient->rcpt_reply);
		recipient->outcome.action = ACTION_DELAYED;
		recipient->outcome.cause = CAUSE_TEMPORARY;
	}
}

/*
 * Where no content can have been taken, a refusal still rests on the count: in
 * a flight it may be that of another recipient, and behind an earlier content
 * that of its recipients.
 */
static enum on_surplus
refusal_effect(const struct transaction *tx, const struct recipient *recipient)
{
	bool is_by_data = recipient->accepted &&
	    tx->ending->action == ACTION_FAILED &&
	    session_is_pipelined(tx->session);

	return tx->is_behind_unconfirmed || is_by_data
	    ? SURPLUS_DEFERS
	    : SURPLUS_CHANGES_NOTHING;
}

/*
 * Where content was sent, or the server was only asked about recipients,
 * later replies of the session may show that a reply here was surplus. With
 * DATA all before the 3yz is certain, and so are the replies to RCPT before a
 * BDAT of LMTP; in a flight with BDAT they are not.
 */
static enum on_surplus
surplus_effect(const struct transaction *tx, const struct recipient *recipient)
{
	bool chunk_heard = tx->is_chunk_said && tx->data_reply.code != 0;

	if (tx->letter == NULL)
		return SURPLUS_DOUBTS;
	if (tx->ending->in_doubt)
		return SURPLUS_CHANGES_NOTHING;
	if (tx->mail_refused && !tx->is_contradicted)
		return refusal_effect(tx, recipient);
	/* A server that does not know BDAT answers each line of the content. */
	if (chunk_heard && tx->session->is_chunk_refused)
		return SURPLUS_DOUBTS_IF_TAKEN;
	if (recipient->accepted && (tx->is_content_sent || chunk_heard))
		return SURPLUS_DOUBTS;
	return chunk_heard && !tx->session->is_lmtp
	    ? SURPLUS_DOUBTS_IF_TAKEN
	    : refusal_effect(tx, recipient);
}

static void
note_unconfirmed(struct transaction *tx)
{
	tx->is_behind_unconfirmed = tx->session->has_unconfirmed;
	for (size_t i = 0; i < tx->count; i++) {
		struct recipient *recipient = tx->recipients[i];

		recipient->on_surplus = surplus_effect(tx, recipient);
		if (recipient->on_surplus != SURPLUS_CHANGES_NOTHING)
			tx->session->has_unconfirmed = true;
	}
	if (tx->is_chunk_said && reply_is_positive(&tx->data_reply))
		tx->session->has_taken = true;
}

/* Whose turn was to come is refused by a reply that may be surplus. */
static void
note_unasked(struct transaction *tx)
{
	struct envelope *envelope = tx->envelope;

	for (size_t i = 0; i < envelope->count; i++) {
		struct recipient *recipient = &envelope->recipients[i];

		if (recipient->outcome.action == ACTION_NONE &&
		    recipient->on_surplus == SURPLUS_CHANGES_NOTHING)
			recipient->on_surplus = SURPLUS_DEFERS;
	}
}

void
transaction_settle(struct transaction *tx)
{
	bool in_doubt = tx->ending->in_doubt;

	note_unconfirmed(tx);
	/* BDAT was refused and is tried no more: they all stay open. */
	if (tx->ending->action == ACTION_NONE)
		goto out;
	envelope_settle_accepted(tx->envelope, tx->ending);
	if (is_for_all(tx)) {
		settle_put_off(tx);
		if (tx->session->has_unconfirmed)
			note_unasked(tx);
		/* Who was not accepted certainly got nothing. */
		tx->ending->in_doubt = false;
		envelope_settle_open(tx->envelope, tx->ending);
		tx->ending->in_doubt = in_doubt;
	}
out:
	for (size_t i = 0; i < tx->count; i++)
		tx->recipients[i]->accepted = false;
}

/*
 * Commands under way at once, in octets: the replies to them fit into the
 * buffers on the way, whatever the server does first (RFC 2920 section 3.1).
 */
#define WINDOW_OCTETS ((size_t)16 * 1024)
/* So many put off, one behind the other, and the server has a limit. */
#define PUT_OFF_MAX ((size_t)8)

enum { STEP_MAIL = 0 };

static size_t
step_data(const struct transaction *tx)
{
	return tx->count + 1;
}

/* Without a letter the server is only asked about the recipients. */
static size_t
last_step(const struct transaction *tx)
{
	return tx->letter != NULL ? step_data(tx) : tx->count;
}

static enum stage
stage_of(const struct transaction *tx, size_t step)
{
	if (step == STEP_MAIL)
		return STAGE_MAIL;
	if (step != step_data(tx))
		return STAGE_RCPT;
	return tx->is_chunked ? STAGE_CONTENT : STAGE_DATA;
}

static size_t
octets_of(const struct transaction *tx, size_t step)
{
	if (step == STEP_MAIL || step == step_data(tx))
		return 0;
	return extensions_rcpt_octets(
	    &tx->session->extensions, tx->recipients[step - 1]);
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
	if (step == step_data(tx) && tx->is_chunked)
		return transaction_chunk_fits(tx);
	if (step == step_data(tx) && transaction_is_all_or_nothing(tx))
		return false;
	return tx->octets_under_way + octets_of(tx, step) <= WINDOW_OCTETS;
}

static void
add_mail(struct transaction *tx, struct buf *line)
{
	const struct letter *letter = &tx->fitted;
	struct mail_request request = {.envelope = tx->envelope,
	    .size = letter->size,
	    .is_utf8 = letter->is_utf8};

	if (letter->message != NULL)
		request.has_eight_bit =
		    plan_facts(letter->plan, letter->message)->has_eight_bit;
	tx->session->dialogue.is_utf8 = letter->is_utf8;
	tx->session->mails++;
	extensions_add_mail(&tx->session->extensions, &request, line);
}

static void
issue_path(struct transaction *tx, size_t step)
{
	struct buf line = {0};

	if (step == STEP_MAIL)
		add_mail(tx, &line);
	else
		extensions_add_rcpt(
		    &tx->session->extensions, tx->recipients[step - 1], &line);
	dialogue_say(&tx->session->dialogue, "%s", buf_text(&line));
	buf_free(&line);
}

static void
issue(struct transaction *tx, size_t step)
{
	tx->octets_under_way += octets_of(tx, step);
	if (step == step_data(tx)) {
		tx->data_asked = true;
		if (tx->is_chunked)
			transaction_say_chunk(tx);
		else
			dialogue_say(&tx->session->dialogue, "DATA");
	} else {
		issue_path(tx, step);
	}
}

/* A reply to another command: we no longer know what the server means. */
static bool
is_senseless(
    const struct transaction *tx, size_t step, const struct reply *reply)
{
	if (step != step_data(tx))
		return reply_is_misplaced(reply);
	if (tx->is_chunked)
		return content_reply_is_senseless(reply);
	return reply_is_positive(reply);
}

static void
absorb_mail(struct transaction *tx, const struct reply *reply)
{
	if (reply_is_positive(reply))
		return;
	tx->mail_refused = true;
	tx->is_lost = true;
	outcome_from_reply(tx->ending, STAGE_MAIL, reply);
	login_hint_wanted(tx->session, tx->ending);
}

/*
 * RFC 5321 section 4.5.3.1.10: 452, and 552 like it, can mean that this is
 * all the server takes in one transaction; then there are accepted ones.
 */
static bool
is_put_off(const struct transaction *tx, const struct reply *reply)
{
	return (reply->code == 452 || reply->code == 552) && tx->accepted > 0 &&
	    !transaction_is_all_or_nothing(tx);
}

static void
absorb_rcpt(struct transaction *tx, struct recipient *recipient,
    const struct reply *reply)
{
	/* After a refused MAIL it speaks of that, not of the recipient. */
	if (tx->mail_refused)
		return;
	tx->heard++;
	reply_copy(&recipient->rcpt_reply, reply);
	if (reply_is_positive(reply)) {
		recipient->accepted = true;
		tx->accepted++;
		tx->put_off_in_row = 0;
	} else if (is_put_off(tx, reply)) {
		tx->put_off++;
		tx->put_off_in_row++;
	} else {
		outcome_from_reply(&recipient->outcome, STAGE_RCPT, reply);
		login_hint_wanted(tx->session, &recipient->outcome);
		tx->refused++;
		if (reply_is_transient(reply))
			tx->refused_for_now++;
	}
}

/* Only DATA is answered 3yz: replies and commands match up to here. */
static void
absorb_data(struct transaction *tx, const struct reply *reply)
{
	reply_copy(&tx->data_reply, reply);
	if (!reply_is_intermediate(reply) || !tx->session->has_unconfirmed)
		return;
	envelope_confirm(tx->envelope);
	tx->session->has_unconfirmed = tx->session->has_taken = false;
}

/*
 * One put off may be a full mailbox; many in a row are a limit. Those not
 * asked yet wait for the next transaction then, and this session's
 * transactions stay that small.
 */
static void
keep_to_limit(struct transaction *tx, size_t issued)
{
	if (tx->put_off_in_row < PUT_OFF_MAX)
		return;
	tx->session->recipient_limit = tx->accepted;
	if (tx->data_asked || issued > tx->count)
		return;
	tx->left += tx->count - (issued - 1);
	tx->count = issued - 1;
}

/* False: the session ends here, and tx->ending says why. */
static bool
absorb(struct transaction *tx, size_t step, const struct reply *reply)
{
	enum stage stage = stage_of(tx, step);

	tx->octets_under_way -= octets_of(tx, step);
	if (is_senseless(tx, step, reply)) {
		tx->session->is_broken = true;
		tx->session->is_out_of_step = true;
		if (tx->mail_refused && !tx->is_contradicted)
			return false;
		outcome_from_reply(tx->ending, stage, reply);
		tx->ending->action = ACTION_DELAYED;
		tx->ending->cause = CAUSE_PROTOCOL;
		return false;
	}
	if (reply->code == 421 && transaction_goes_on_after_421(tx)) {
		outcome_from_reply(tx->ending, STAGE_CONTENT, reply);
		if (stage == STAGE_RCPT)
			reply_copy(
			    &tx->recipients[step - 1]->rcpt_reply, reply);
		return false;
	}
	if (tx->is_chunk_said && tx->mail_refused && reply_is_positive(reply))
		tx->is_contradicted = true;
	if (step == STEP_MAIL)
		absorb_mail(tx, reply);
	else if (step == step_data(tx))
		absorb_data(tx, reply);
	else
		absorb_rcpt(tx, tx->recipients[step - 1], reply);
	/*
	 * 421 to one RCPT does not say what becomes of the others: their
	 * content may be there already.
	 */
	if (reply->code != 421 ||
	    (step < step_data(tx) && transaction_has_doubtful(tx)))
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
	if (tx->accepted == 0 ||
	    (transaction_is_all_or_nothing(tx) && tx->refused > 0))
		tx->is_lost = true;
}

/* False: the session is of no more use, and tx->ending says why. */
static bool
exchange_commands(struct transaction *tx)
{
	size_t issued = 0, answered = 0, last = last_step(tx);
	struct outcome trouble = {0};
	struct reply reply = {0};
	bool goes_on = true;

	while (goes_on && answered <= last) {
		while (issued <= last &&
		    window_open(tx, issued, issued - answered))
			issue(tx, issued++);
		goes_on = transaction_hear(
		    tx, stage_of(tx, answered), &reply, &trouble);
		if (goes_on) {
			goes_on = absorb(tx, answered++, &reply);
			keep_to_limit(tx, issued);
			stop_if_pointless(tx, answered);
		} else if (!tx->mail_refused) {
			outcome_copy(tx->ending, &trouble);
		}
		/* A lost one is heard out, and nothing more is asked. */
		last = tx->is_lost ? issued - 1 : last_step(tx);
	}
	reply_free(&reply);
	outcome_free(&trouble);
	return goes_on;
}

/*
 * In a flight, when the server waits though replies are due, each reply may
 * be that to another recipient.
 */
static bool
is_reply_missing(const struct transaction *tx)
{
	return session_is_pipelined(tx->session) &&
	    stream_state(tx->session->dialogue.stream) == STREAM_TIMED_OUT;
}

/*
 * Without a letter the server is only asked: what it said to RCPT is what
 * becomes of the recipient, and RSET ends the transaction.
 */
static bool
ask(struct transaction *tx)
{
	bool goes_on = exchange_commands(tx);

	if (is_reply_missing(tx)) {
		dialogue_describe(
		    &tx->session->dialogue, STAGE_RCPT, tx->ending);
		for (size_t i = 0; i < tx->count; i++)
			outcome_free(&tx->recipients[i]->outcome);
		return false;
	}
	for (size_t i = 0; i < tx->count; i++)
		if (tx->recipients[i]->accepted)
			outcome_from_reply(&tx->recipients[i]->outcome,
			    STAGE_RCPT, &tx->recipients[i]->rcpt_reply);
	if (!goes_on || tx->mail_refused)
		return goes_on;
	tx->ending->action = ACTION_RELAYED;
	tx->ending->stage = STAGE_RCPT;
	return transaction_reset(tx);
}

/* RFC 5321 section 3.3: MAIL within a transaction is refused. */
static bool
is_in_the_way(const struct transaction *tx)
{
	if (tx->all_refused)
		return tx->left > 0;
	return transaction_is_all_or_nothing(tx) && tx->accepted > 0;
}

/* True if the session can go on with another transaction. */
static bool
run(struct transaction *tx, bool *quit_said)
{
	bool goes_on;

	if (!letter_fit(
		tx->session, tx->envelope, tx->letter, &tx->fitted, tx->ending))
		return true;
	if (tx->letter == NULL)
		return ask(tx);
	tx->letter = &tx->fitted;
	if (transaction_is_all_or_nothing(tx) && tx->left > 0) {
		outcome_set_own(tx->ending, STAGE_MAIL, CAUSE_CONTENT,
		    "not sent: the server does not take all recipients in "
		    "one transaction");
		return true;
	}
	if (!transaction_prepare_chunk(tx))
		return true;
	if (!exchange_commands(tx)) {
		transaction_lose_chunk(tx);
		return false;
	}
	if (tx->is_chunk_said && tx->accepted > 0)
		return transaction_end_chunk(tx);
	if (transaction_is_content_due(tx)) {
		*quit_said = tx->put_off + tx->left == 0 &&
		    session_is_pipelined(tx->session);
		tx->is_content_sent = true;
		goes_on = content_send(
		    tx->session, tx->letter, *quit_said, tx->ending);
		if (goes_on && tx->session->is_lmtp)
			goes_on = content_hear_each(
			    tx->session, tx->recipients, tx->count, tx->ending);
		return goes_on;
	}
	goes_on = !tx->session->dialogue.is_over;
	if (goes_on && reply_is_intermediate(&tx->data_reply))
		goes_on = transaction_end_empty_content(tx);
	else if (goes_on && is_in_the_way(tx))
		goes_on = transaction_reset(tx);
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
	transaction_gather(&tx);
	goes_on = run(&tx, quit_said);
	if (tx.is_quit_said) {
		*quit_said = true;
		transaction_check_missing(&tx);
	}
	transaction_settle(&tx);
	free(tx.recipients);
	buf_free(&tx.chunk);
	reply_free(&tx.data_reply);
	return goes_on && !*quit_said;
}
