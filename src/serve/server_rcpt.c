/*
 * Answers RCPT with one reply for all mailboxes of a recipient. A loss must not
 * look like success, and a retry must not send another copy to some of them. So
 * the reply is 4yz if one is refused for now and cannot wait in the queue, and
 * then none is kept. Otherwise it is 250 if at least one is accepted; those
 * refused for good make the reply to the content a refusal.
 */
#include "serve/server_rcpt.h"

#include <stdlib.h>

#include "address/domain.h"
#include "base/mem.h"
#include "serve/server_reply.h"

/* RFC 5321 section 4.5.3.1.8 requires 100. */
#define RECIPIENTS_MAX 10000
/*
 * How many aliases may be withdrawn in one transaction. Each withdrawal repeats
 * the envelope upstream, so one client could cause millions of commands.
 */
#define WITHDRAWALS_MAX 20

/* The replies of the server upstream to the mailboxes of one recipient. */
struct hearing {
	struct addressee addressee;
	bool is_accepted; /* at least one of them */
	bool waits;	  /* at least one of them is not asked about now */
	struct outcome accepted; /* the first accepting reply */
	struct outcome refused;	 /* the one that outweighs the others */
	char *refused_path;
};

static void
hearing_free(struct hearing *hearing)
{
	free(hearing->addressee.targets);
	outcome_free(&hearing->accepted);
	outcome_free(&hearing->refused);
	free(hearing->refused_path);
}

static void
add_target(struct addressee *addressee, size_t target)
{
	*(size_t *)mem_append(
	    &addressee->targets, &addressee->count, sizeof(target)) = target;
}

static void
take_outcome(
    struct hearing *hearing, const struct outcome *outcome, const char *path)
{
	if (outcome->action == ACTION_RELAYED ||
	    outcome->action == ACTION_NONE) {
		hearing->is_accepted = true;
		if (hearing->accepted.action == ACTION_NONE)
			outcome_copy(&hearing->accepted, outcome);
	} else if (outcome_outweighs(outcome, &hearing->refused)) {
		outcome_copy(&hearing->refused, outcome);
		free(hearing->refused_path);
		hearing->refused_path = mem_copy_text(path);
	}
}

/* Moves a mailbox into the envelope; *one is empty afterwards. */
static void
add_mailbox(struct server_session *session, struct hearing *hearing,
    struct recipient *one)
{
	struct envelope *envelope = &session->transfer.envelope;

	*(struct recipient *)mem_append(
	    &envelope->recipients, &envelope->count, sizeof(*one)) = *one;
	*one = (struct recipient){0};
	envelope_index_last(envelope, &session->index);
	add_target(&hearing->addressee, envelope->count - 1);
}

/*
 * The mailbox waits for the end of the content. If there is no transaction
 * upstream any more, those that follow wait too.
 */
static void
take_later(struct server_session *session, struct hearing *hearing,
    struct recipient *one, const struct outcome *outcome)
{
	struct transfer *transfer = &session->transfer;

	if (outcome->action != ACTION_NONE) {
		outcome_copy(&one->outcome, outcome);
		transfer->refused++;
		if (!session->relay.in_transaction)
			outcome_copy(&transfer->route.trouble, outcome);
	}
	add_mailbox(session, hearing, one);
	hearing->is_accepted = hearing->waits = true;
}

/*
 * With direct delivery, the servers are asked after the content. What one of
 * them puts off then makes the client repeat the message for all recipients,
 * unless it can wait in the queue. So a message has one domain; only the first
 * recipient may be an alias of mailboxes in several, which is never refused for
 * that, since the next attempt would be, too.
 */
static bool
is_second_domain(struct server_session *session, const struct recipient *one)
{
	const struct envelope *envelope = &session->transfer.envelope;

	return profile_is_direct(session->transfer.route.profile) &&
	    !session->is_lmtp && session->addressee_count > 0 &&
	    !span_equal_nocase(domain_of_path(span_from(one->forward_path)),
		domain_of_path(
		    span_from(envelope->recipients[0].forward_path))) &&
	    !server_session_may_wait(session);
}

static void
set_second_domain(struct outcome *outcome)
{
	outcome_set_own(
	    outcome, STAGE_RCPT, CAUSE_TEMPORARY, "one domain at a time");
	outcome->reply.code = 452;
	outcome->reply.status = (struct status){4, 5, 3};
}

/*
 * Asks about one mailbox, unless there is no session upstream; an accepted one
 * moves into the envelope.
 */
static void
ask(struct server_session *session, struct hearing *hearing,
    struct recipient *one, const struct dsn_request *dsn)
{
	struct transfer *transfer = &session->transfer;
	struct envelope *envelope = &transfer->envelope;
	const struct recipient *there =
	    envelope_find(envelope, &session->index, one->forward_path);
	struct outcome outcome = {0};

	if (there != NULL) {
		if (there->outcome.action == ACTION_DELAYED &&
		    server_session_may_wait(session))
			hearing->is_accepted = hearing->waits = true;
		else
			take_outcome(
			    hearing, &there->outcome, one->forward_path);
		add_target(&hearing->addressee,
		    (size_t)(there - envelope->recipients));
		envelope_recipient_free(one);
		return;
	}
	if (one->outcome.action == ACTION_NONE &&
	    is_second_domain(session, one))
		set_second_domain(&one->outcome);
	if (one->outcome.action != ACTION_NONE) {
		take_outcome(hearing, &one->outcome, one->forward_path);
		return;
	}
	one->dsn = *dsn;
	if (dsn->original != NULL)
		one->dsn.original = mem_copy_text(dsn->original);
	if (transfer->route.trouble.action != ACTION_NONE) {
		take_later(session, hearing, one, &outcome);
	} else if (relay_rcpt(&session->relay, transfer, one, &outcome)) {
		add_target(&hearing->addressee, envelope->count - 1);
		envelope_index_last(envelope, &session->index);
		take_outcome(hearing, &outcome, "");
	} else if (server_session_defers(session, &outcome)) {
		take_later(session, hearing, one, &outcome);
	} else {
		take_outcome(hearing, &outcome, one->forward_path);
		outcome_copy(&one->outcome, &outcome);
	}
	outcome_free(&outcome);
}

/* Withdraws the mailboxes that were accepted for this recipient. */
static void
withdraw(struct server_session *session, size_t count)
{
	struct transfer *transfer = &session->transfer;

	if (transfer->envelope.count > count)
		session->withdrawals++;
	relay_withdraw(&session->relay, transfer, count);
	envelope_index_free(&session->index);
	if (count > 0)
		envelope_index_last(&transfer->envelope, &session->index);
}

/*
 * Also keeps the mailboxes refused for good, for the reply to the content and
 * the log.
 */
static void
accept(struct server_session *session, struct hearing *hearing,
    struct envelope *mailboxes)
{
	for (size_t i = 0; i < mailboxes->count; i++) {
		if (mailboxes->recipients[i].forward_path == NULL)
			continue;
		add_mailbox(session, hearing, &mailboxes->recipients[i]);
		session->transfer.refused++;
	}
	if (hearing->addressee.count > 1)
		session->is_expanded = true;
	*(struct addressee *)mem_append(&session->addressees,
	    &session->addressee_count, sizeof(struct addressee)) =
	    hearing->addressee;
	hearing->addressee = (struct addressee){0};
	if (hearing->accepted.action == ACTION_RELAYED)
		server_reply_outcome(&session->io, &hearing->accepted);
	else if (session->transfer.route.trouble.action != ACTION_NONE ||
	    hearing->waits)
		server_session_say(session, "250 2.1.5 ok");
	else
		server_session_say(session, "250 2.1.5 ok, as before");
}

static void
ask_all(struct server_session *session, struct envelope *mailboxes,
    const struct dsn_request *dsn)
{
	struct hearing hearing = {0};
	size_t count = mailboxes->count;
	size_t before = session->transfer.envelope.count;

	for (size_t i = 0;
	     i < count && hearing.refused.action != ACTION_DELAYED; i++)
		ask(session, &hearing, &mailboxes->recipients[i], dsn);
	if (hearing.is_accepted && hearing.refused.action != ACTION_DELAYED) {
		accept(session, &hearing, mailboxes);
	} else {
		withdraw(session, before);
		if (server_reply_hides(&hearing.refused))
			server_session_note_failure(session, &hearing.refused);
		if (count > 1)
			server_reply_outcome_of(&session->io, &hearing.refused,
			    hearing.refused_path, NULL);
		else
			server_reply_outcome(&session->io, &hearing.refused);
	}
	hearing_free(&hearing);
}

static void
add_recipient(struct server_session *session, const struct mailbox *mailbox,
    struct server_parameters *parameters)
{
	const struct service *service = session->service;
	const struct route *route = &session->transfer.route;
	struct envelope mailboxes = {0};
	struct reply refusal = {0};

	if (parameters->dsn.notify == 0)
		parameters->dsn.notify = route->profile->dsn_notify;
	if (!service->resolve(
		service->context, route, mailbox, &mailboxes, &refusal))
		server_reply_text(&session->io, refusal.code, refusal.status,
		    buf_span(&refusal.text));
	else if (mailboxes.count > 1 && session->withdrawals >= WITHDRAWALS_MAX)
		server_session_say(
		    session, "452 4.5.3 too many aliases are refused for now");
	else
		ask_all(session, &mailboxes, &parameters->dsn);
	reply_free(&refusal);
	envelope_free(&mailboxes);
}

static void
take_recipient(struct server_session *session, struct span argument)
{
	struct server_parameters parameters;
	struct mailbox mailbox;

	if (session->addressee_count >= RECIPIENTS_MAX) {
		server_session_say(session, "452 4.5.3 too many recipients");
		return;
	}
	if (server_session_read_argument(
		session, argument, true, &mailbox, &parameters)) {
		if (mailbox.local == NULL)
			server_session_say(
			    session, "501 5.1.3 not a valid recipient");
		else
			add_recipient(session, &mailbox, &parameters);
	}
	server_argument_free_parameters(&parameters);
	mailbox_free(&mailbox);
}

void
server_rcpt(struct server_session *session, struct span argument)
{
	size_t before = session->addressee_count;

	if (!session->has_mail) {
		server_session_say(session, "503 5.5.1 send MAIL first");
		return;
	}
	take_recipient(session, argument);
	if (session->addressee_count == before)
		session->vain_recipients++;
}
