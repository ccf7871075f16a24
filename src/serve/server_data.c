/*
 * Answers DATA. The whole content is read before anything is sent upstream, so
 * a client that breaks off never leaves half a message there. The reply is the
 * worst outcome of all recipients; LMTP has one reply for each.
 */
#include "serve/server_data.h"

#include <stdlib.h>
#include <time.h>

#include "base/date.h"
#include "base/signals.h"
#include "base/wait.h"
#include "message/replay.h"
#include "serve/content_scan.h"
#include "serve/server_reply.h"
#include "smtp/filter.h"

/* RFC 5321 section 6.3. */
#define RECEIVED_MAX 100
#define CONTENT_TIME ((int64_t)60 * 60 * 1000)

/* The content while it is read. */
struct incoming {
	struct message_feed *feed;
	uint64_t size, max_size; /* as received; max_size 0: no bound */
	bool is_too_large, has_failed;
	struct error err;
};

/* After a failure the rest of the content is read and dropped. */
static void
take(void *context, struct span content)
{
	struct incoming *incoming = context;

	incoming->size += content.len;
	if (incoming->max_size != 0 && incoming->size > incoming->max_size)
		incoming->is_too_large = true;
	if (incoming->is_too_large || incoming->has_failed)
		return;
	incoming->has_failed =
	    !message_feed_add(incoming->feed, content, &incoming->err);
}

/* False: the connection ended before the content did. */
static bool
read_content(struct server_session *session, struct incoming *incoming)
{
	struct server_io *io = &session->io;
	struct content_scan scan = {
	    .has_lf_lines = io->is_lf_line,
	    .take = take,
	    .context = incoming,
	};

	for (;;) {
		server_io_take(
		    io, content_scan_take(&scan, server_io_input(io)));
		if (scan.is_over)
			return true;
		if (!server_io_fill(io))
			return false;
	}
}

/* One reply, or in LMTP one for each recipient. */
static void
say_for_all(struct server_session *session, const char *reply)
{
	size_t count = session->is_lmtp ? session->addressee_count : 1;

	while (count-- > 0)
		server_io_say(&session->io, "%s", reply);
}

static void
say_failure(struct server_session *session, const struct error *err)
{
	struct outcome outcome = {0};
	size_t count = session->is_lmtp ? session->addressee_count : 1;
	bool is_for_now = err->kind != ERROR_DATA;

	outcome_set_own(&outcome, STAGE_CONTENT,
	    is_for_now ? CAUSE_TEMPORARY : CAUSE_CONTENT, "%s", err->text);
	outcome.reply.status =
	    is_for_now ? (struct status){4, 3, 0} : (struct status){5, 6, 0};
	while (count-- > 0)
		server_reply_outcome(&session->io, &outcome);
	outcome_free(&outcome);
}

static size_t
count_received(const struct message *message)
{
	struct span rest = message_header(message);
	struct field field;
	size_t count = 0;

	while (header_next(&rest, &field))
		if (span_equal_nocase(field.name, SPAN("Received")))
			count++;
	return count;
}

/*
 * Adds a Received field with only what RFC 5321 section 4.4 requires: it does
 * not reveal the client's user or its EHLO name.
 */
static void
add_received(const struct server_session *session, struct plan *plan)
{
	/* RFC 3848 and RFC 6531 section 4.3 */
	static const char *const protocols[2][3] = {
	    {"SMTP", "ESMTP", "LMTP"},
	    {"UTF8SMTP", "UTF8SMTP", "UTF8LMTP"},
	};
	size_t form = session->is_lmtp ? 2 : session->is_extended ? 1 : 0;
	struct buf fields;

	buf_init(&fields, plan->added.len + 1024);
	buf_add_format(&fields, "Received: by %s with %s; ",
	    session->service->host, protocols[session->transfer.is_utf8][form]);
	date_add(&fields, time(NULL));
	buf_add_text(&fields, "\r\n");
	buf_add_span(&fields, buf_span(&plan->added));
	buf_free(&plan->added);
	plan->added = fields;
}

/* One reply for the recipients in `targets`; NULL: for all. */
static void
say_outcome(struct server_session *session, const size_t *targets, size_t count)
{
	const struct envelope *envelope = &session->transfer.envelope;
	const struct recipient *found = NULL;
	const char *others = NULL;
	bool is_named = targets != NULL ? count == 1 : !session->is_expanded;

	for (size_t i = 0; i < count; i++) {
		const struct recipient *next =
		    &envelope->recipients[targets != NULL ? targets[i] : i];

		if (next->kept == KEPT_NOT &&
		    next->outcome.action == ACTION_RELAYED)
			others = "other recipients have the message";
		else if (next->kept != KEPT_NOT && others == NULL)
			others = "the message is kept for other recipients";
		if (found == NULL ||
		    outcome_outweighs(&next->outcome, &found->outcome) ||
		    (next->kept > found->kept &&
			found->outcome.action == ACTION_RELAYED))
			found = next;
	}
	/* Cannot happen: DATA without a recipient was refused. */
	if (found == NULL)
		return;
	/* A refused recipient behind an alias is named in the reply. */
	if (is_named || found->outcome.action == ACTION_RELAYED)
		server_reply_outcome(&session->io, &found->outcome);
	else
		server_reply_outcome_of(
		    &session->io, &found->outcome, found->forward_path, others);
}

static void
say_outcomes(struct server_session *session)
{
	if (!session->is_lmtp)
		say_outcome(session, NULL, session->transfer.envelope.count);
	for (size_t i = 0; session->is_lmtp && i < session->addressee_count;
	     i++)
		say_outcome(session, session->addressees[i].targets,
		    session->addressees[i].count);
}

/* Whether a recipient is left that can wait in the queue. */
static bool
has_rest(struct server_session *session)
{
	struct envelope *envelope = &session->transfer.envelope;
	bool has = false;

	for (size_t i = 0; i < envelope->count; i++)
		if (server_session_defers(
			session, &envelope->recipients[i].outcome))
			has = true;
	return has;
}

/*
 * The refusal for good that is for the whole message; NULL: there is none, or
 * somebody may have the message.
 */
static const struct outcome *
refusal_of_all(const struct envelope *envelope)
{
	const struct outcome *refusal = NULL;

	for (size_t i = 0; i < envelope->count; i++) {
		const struct outcome *outcome =
		    &envelope->recipients[i].outcome;

		if (outcome->action == ACTION_RELAYED || outcome->in_doubt)
			return NULL;
		if (outcome->action == ACTION_FAILED &&
		    outcome->stage != STAGE_RCPT)
			refusal = outcome;
	}
	return refusal;
}

/*
 * An SMTP client hears one reply for all. If that is a refusal of the message,
 * recipients who were put off before must not get it later.
 */
static void
refuse_rest(struct envelope *envelope)
{
	const struct outcome *refusal = refusal_of_all(envelope);

	for (size_t i = 0; i < envelope->count && refusal != NULL; i++) {
		struct outcome *outcome = &envelope->recipients[i].outcome;

		if (outcome->action == ACTION_DELAYED)
			outcome_copy(outcome, refusal);
	}
}

/*
 * What the client hears of those that the server did not take: that they are
 * kept, or why they are not.
 */
static void
tell_kept(struct envelope *envelope, const struct error *err)
{
	for (size_t i = 0; i < envelope->count; i++) {
		struct recipient *recipient = &envelope->recipients[i];
		struct outcome *outcome = &recipient->outcome;

		if (recipient->kept != KEPT_NOT) {
			outcome_set_own(outcome, STAGE_CONTENT, CAUSE_TEMPORARY,
			    "%s as %s",
			    recipient->kept == KEPT_HELD ? "held" : "queued",
			    envelope_queue_id(envelope, recipient));
			outcome->action = ACTION_RELAYED;
		} else if (outcome->action == ACTION_DELAYED &&
		    err->kind != ERROR_NONE) {
			outcome_set_own(outcome, STAGE_CONTENT, CAUSE_TEMPORARY,
			    "%s", err->text);
			outcome->reply.status = (struct status){4, 3, 0};
		}
	}
}

/*
 * Whether the client's next attempt must not be another copy for some of the
 * recipients. It is one for all of them, unless what is put off waits here.
 */
static bool
is_all_or_nothing(struct server_session *session)
{
	return !session->is_lmtp &&
	    (!profile_is_direct(session->transfer.route.profile) ||
		!server_session_may_wait(session));
}

/*
 * Settles every recipient, and reports to the service and to the client. If
 * there is trouble, no server gets the message.
 */
static void
deliver(struct server_session *session, const struct letter *letter,
    const struct outcome *trouble)
{
	const struct service *service = session->service;
	struct transfer *transfer = &session->transfer;
	const struct server *upstream = NULL;
	struct error err = {0};

	if (trouble->action != ACTION_NONE)
		envelope_settle_open(&transfer->envelope, trouble);
	else
		relay_content(&session->relay, transfer, letter,
		    is_all_or_nothing(session));
	if (trouble->action == ACTION_NONE || trouble->stage >= STAGE_MAIL)
		upstream = session->relay.session.server;
	if (has_rest(session) && !session->is_lmtp)
		refuse_rest(&transfer->envelope);
	/* SIGINT: somebody wants the message gone. */
	if (has_rest(session) && signals_caught() != SIGINT)
		service->keep(
		    service->context, transfer, letter, upstream, &err);
	if (service->settled != NULL)
		service->settled(
		    service->context, transfer, letter, letter->plan, upstream);
	tell_kept(&transfer->envelope, &err);
	say_outcomes(session);
}

/*
 * Passes a message that is sent now through filter-command. If that fails,
 * *trouble says why.
 */
static void
filter(struct server_session *session, struct message **message,
    struct plan *plan, struct outcome *trouble)
{
	struct transfer *transfer = &session->transfer;
	struct error err = {0};

	if (trouble->action != ACTION_NONE ||
	    transfer->route.profile->filter_command == NULL)
		return;
	transfer->is_filtered =
	    filter_message(transfer->route.profile, message, plan, &err);
	if (!transfer->is_filtered)
		filter_set_outcome(trouble, &err);
}

/* Sends a message on; *message is replaced if it is filtered. */
static void
send_on(struct server_session *session, struct message **message)
{
	const struct service *service = session->service;
	struct transfer *transfer = &session->transfer;
	struct outcome trouble = {0};
	struct plan plan = {0}, seven_bit = {0}, utf8 = {0};
	struct error err = {0};
	struct signing signing = {
	    .profile = transfer->route.profile,
	    .keys = transfer->route.signing_keys,
	};
	struct letter letter = {
	    .plan = &plan,
	    .seven_bit = &seven_bit,
	    .utf8 = &utf8,
	    .signing = &signing,
	};

	if (count_received(*message) > RECEIVED_MAX) {
		say_for_all(session,
		    "554 5.4.6 too many Received fields: "
		    "the message is in a loop");
	} else if (!service->plan(service->context, &transfer->route, *message,
		       &plan, &err)) {
		say_failure(session, &err);
	} else {
		outcome_copy(&trouble, &transfer->route.trouble);
		filter(session, message, &plan, &trouble);
		add_received(session, &plan);
		letter.message = *message;
		letter.size = replay_size(*message, &plan);
		deliver(session, &letter, &trouble);
		session->mistakes = session->idle_commands = 0;
		session->vain_recipients = 0;
	}
	outcome_free(&trouble);
	signing_free(&signing);
	plan_free(&utf8);
	plan_free(&seven_bit);
	plan_free(&plan);
}

static void
take_message(struct server_session *session)
{
	struct incoming incoming = {
	    .feed = message_feed_new(
		HEADER_BY_NAME, session->transfer.route.profile->memory_max),
	    .max_size = session->transfer.route.profile->max_size,
	};
	struct message *message = NULL;
	int64_t session_limit = session->io.limit;
	bool is_whole;

	session->io.limit = deadline_in(session->service->content_time
		? session->service->content_time
		: CONTENT_TIME);
	is_whole = read_content(session, &incoming);
	session->io.limit = session_limit;
	if (is_whole && !incoming.is_too_large && !incoming.has_failed)
		message = message_feed_end(incoming.feed, &incoming.err);
	if (!is_whole && session->io.state == SERVER_IO_ENDED)
		say_for_all(session,
		    "451 4.4.2 the connection ended before the content did");
	else if (is_whole && incoming.is_too_large)
		say_for_all(
		    session, "552 5.3.4 the message is larger than max-size");
	else if (is_whole && message == NULL)
		say_failure(session, &incoming.err);
	else if (is_whole)
		send_on(session, &message);
	message_free(message);
	message_feed_free(incoming.feed);
}

/*
 * Called after DATA was refused. If the client sent its content without waiting
 * for 354, the content must not be read as commands, so the session ends.
 */
static void
leave_content(struct server_session *session)
{
	if (server_io_input(&session->io).len == 0)
		return;
	session->is_over = true;
	server_io_say(&session->io,
	    "421 4.7.0 further input may be content, not commands");
}

static void
refuse_data(struct server_session *session, const char *reply)
{
	server_session_say(session, reply);
	leave_content(session);
}

/* Asks the service, which counts the message. False: the client was refused. */
static bool
admit_content(struct server_session *session)
{
	const struct service *service = session->service;
	struct reply refusal = {0};

	/* A message that cannot be sent is not counted, unless it is kept. */
	if (service->begin_content == NULL ||
	    (session->transfer.route.trouble.action != ACTION_NONE &&
		!server_session_may_wait(session)) ||
	    service->begin_content(
		service->context, &session->transfer.route, &refusal))
		return true;
	server_reply_text(&session->io, refusal.code, refusal.status,
	    buf_span(&refusal.text));
	reply_free(&refusal);
	leave_content(session);
	return false;
}

void
server_data(struct server_session *session, struct span argument)
{
	if (argument.len > 0) {
		refuse_data(session, "501 5.5.4 DATA has no argument");
		return;
	}
	if (!session->has_mail) {
		refuse_data(session, "503 5.5.1 send MAIL first");
		return;
	}
	if (session->transfer.envelope.count == 0) {
		refuse_data(session,
		    session->is_lmtp ? "503 5.5.1 no recipient was accepted"
				     : "554 5.5.1 no recipient was accepted");
		return;
	}
	if (admit_content(session)) {
		server_io_say(&session->io, "354 go ahead, and end with a dot");
		take_message(session);
	}
	server_session_reset(session);
}
