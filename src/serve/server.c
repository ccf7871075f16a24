/*
 * The loop that reads SMTP and LMTP commands, and all commands except RCPT and
 * DATA. MAIL is sent upstream before it is answered, so the client gets the
 * server's reply.
 */
#include "serve/server.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/signals.h"
#include "base/wait.h"
#include "serve/server_data.h"
#include "serve/server_rcpt.h"
#include "serve/server_reply.h"

static bool
check_size(
    struct server_session *session, const struct server_parameters *parameters)
{
	uint64_t max = session->transfer.route.profile->max_size;

	if (max == 0 || parameters->size <= max)
		return true;
	server_session_say(
	    session, "552 5.3.4 the message is larger than max-size");
	return false;
}

/*
 * Whether the client has already sent all its RCPTs and DATA (RFC 2920), so
 * that refusing MAIL would not stop it.
 */
static bool
has_sent_data(struct server_io *io)
{
	struct span rest;

	server_io_read_ahead(io);
	rest = server_io_input(io);
	for (;;) {
		struct span line = span_head(rest, span_find(rest, '\n'));

		if (line.len == rest.len)
			return false;
		rest = span_skip(rest, line.len + 1);
		if (!span_starts_nocase(line, SPAN("RCPT ")))
			return span_equal_nocase(span_trim(line), SPAN("DATA"));
	}
}

/*
 * Handles MAIL without a session upstream. The client gets the refusal now; but
 * if it has already sent DATA, only after its content, so that the log can name
 * the recipients and the message.
 */
static void
take_trouble(struct server_session *session)
{
	const struct service *service = session->service;
	struct transfer *transfer = &session->transfer;

	if (has_sent_data(&session->io)) {
		session->has_mail = true;
		server_session_say(session, "250 2.1.0 ok");
		return;
	}
	if (service->settled != NULL)
		service->settled(service->context, transfer, NULL, NULL, NULL);
	server_reply_outcome(&session->io, &transfer->route.trouble);
}

/* The server upstream refused MAIL: the message ends here and is logged. */
static void
refuse_mail(struct server_session *session)
{
	const struct service *service = session->service;
	struct transfer *transfer = &session->transfer;

	if (service->settled != NULL)
		service->settled(service->context, transfer, NULL, NULL,
		    session->relay.session.server);
	server_reply_outcome(&session->io, &transfer->route.trouble);
}

/* A client with many mails must not wait for a dead server with each. */
#define SILENCE_TIME ((int64_t)60 * 1000)

/* Whether the server has just given no session, and this mail may wait. */
static bool
is_silent(struct server_session *session)
{
	const struct silence *silence = &session->silence;

	return silence->profile == session->transfer.route.profile &&
	    clock_now() < silence->until && server_session_may_wait(session);
}

static void
note_silence(struct server_session *session, const struct outcome *trouble)
{
	session->silence.profile = session->transfer.route.profile;
	session->silence.until = deadline_in(SILENCE_TIME);
	outcome_copy(&session->silence.trouble, trouble);
}

/* Sends MAIL upstream. False: the route's trouble says why it is not taken. */
static bool
ask_mail(struct server_session *session)
{
	struct transfer *transfer = &session->transfer;
	struct outcome outcome = {0};

	if (is_silent(session))
		outcome_copy(&outcome, &session->silence.trouble);
	else
		session->has_mail =
		    relay_mail(&session->relay, transfer, &outcome);
	if (session->has_mail) {
		server_reply_outcome(&session->io, &outcome);
	} else {
		outcome_copy(&transfer->route.trouble, &outcome);
		if (outcome.stage < STAGE_MAIL && !is_silent(session))
			note_silence(session, &outcome);
	}
	outcome_free(&outcome);
	return session->has_mail;
}

static void
begin_session(struct server_session *session)
{
	struct outcome *trouble = &session->transfer.route.trouble;

	if (trouble->action == ACTION_NONE && ask_mail(session))
		return;
	/* With queue = always there is no failure. */
	if (trouble->stage < STAGE_MAIL && trouble->stage != STAGE_NONE)
		server_session_note_failure(session, trouble);
	if (server_session_defers(session, trouble)) {
		session->has_mail = true;
		server_session_say(session, "250 2.1.0 ok");
	} else if (trouble->stage < STAGE_MAIL) {
		take_trouble(session);
	} else {
		refuse_mail(session);
	}
}

/* Sets session->has_mail, or replies why not. */
static void
begin_transfer(struct server_session *session, const struct mailbox *sender,
    struct server_parameters *parameters)
{
	const struct service *service = session->service;
	struct transfer *transfer = &session->transfer;
	struct reply refusal = {0};

	if (!service->choose(
		service->context, sender, &transfer->route, &refusal)) {
		server_reply_text(&session->io, refusal.code, refusal.status,
		    buf_span(&refusal.text));
		reply_free(&refusal);
		return;
	}
	if (!check_size(session, parameters))
		return;
	transfer->envelope.reverse_path =
	    mem_copy_text(transfer->route.reverse_path);
	transfer->envelope.envelope_id = parameters->envelope_id;
	parameters->envelope_id = NULL;
	transfer->envelope.dsn_return =
	    parameters->dsn_return != DSN_RETURN_UNSET
	    ? parameters->dsn_return
	    : transfer->route.profile->dsn_return;
	transfer->size = parameters->size;
	transfer->has_eight_bit = parameters->has_eight_bit;
	transfer->is_utf8 = parameters->is_utf8 ||
	    !span_is_ascii(span_from(transfer->envelope.reverse_path));
	begin_session(session);
}

static void
answer_mail(struct server_session *session, struct span argument)
{
	struct server_parameters parameters;
	struct mailbox sender;

	if (!session->is_greeted) {
		server_session_say(session, "503 5.5.1 send EHLO first");
		return;
	}
	if (session->has_mail) {
		server_session_say(session, "503 5.5.1 one MAIL at a time");
		return;
	}
	if (server_session_read_argument(
		session, argument, false, &sender, &parameters))
		begin_transfer(session, &sender, &parameters);
	if (!session->has_mail)
		server_session_reset(session);
	server_argument_free_parameters(&parameters);
	mailbox_free(&sender);
}

/* RFC 5321 section 4.5.3.2.7. */
#define TIMEOUT ((int64_t)5 * 60 * 1000)
/*
 * How much a client may do between two messages before it is sent away. A
 * message needs few commands, and one for each recipient.
 */
#define MISTAKES_MAX 20
#define IDLE_COMMANDS_MAX 100
#define VAIN_RECIPIENTS_MAX 1000
#define SESSION_TIME ((int64_t)4 * 60 * 60 * 1000)

/* Drops a message that the client began but did not send. */
static void
give_up(struct server_session *session)
{
	session->vain_recipients += session->addressee_count;
	server_session_reset(session);
}

static void
offer_extensions(struct server_session *session)
{
	struct server_io *io = &session->io;

	server_io_say(io, "250-%s", session->service->host);
	server_io_say(io, "250-PIPELINING");
	if (session->service->size_limit > 0)
		server_io_say(
		    io, "250-SIZE %" PRIu64, session->service->size_limit);
	else
		server_io_say(io, "250-SIZE");
	server_io_say(io, "250-8BITMIME");
	server_io_say(io, "250-SMTPUTF8");
	server_io_say(io, "250-DSN");
	server_io_say(io, "250 ENHANCEDSTATUSCODES");
}

/* HELO, EHLO, LHLO. */
static void
greet(struct server_session *session, struct span argument, bool is_extended,
    bool is_lmtp)
{
	if (argument.len == 0) {
		server_session_say(session, "501 5.5.4 your name is missing");
		return;
	}
	give_up(session);
	session->is_greeted = true;
	session->is_extended = is_extended;
	session->is_lmtp = is_lmtp;
	if (is_extended)
		offer_extensions(session);
	else
		server_io_say(&session->io, "250 %s", session->service->host);
}

static void
answer_helo(struct server_session *session, struct span argument)
{
	greet(session, argument, false, false);
}

static void
answer_ehlo(struct server_session *session, struct span argument)
{
	greet(session, argument, true, false);
}

static void
answer_lhlo(struct server_session *session, struct span argument)
{
	greet(session, argument, true, true);
}

static void
answer_rset(struct server_session *session, struct span argument)
{
	(void)argument;
	give_up(session);
	server_session_say(session, "250 2.0.0 ok");
}

static void
answer_noop(struct server_session *session, struct span argument)
{
	(void)argument;
	server_session_say(session, "250 2.0.0 ok");
}

static void
answer_vrfy(struct server_session *session, struct span argument)
{
	if (argument.len == 0)
		server_session_say(session, "501 5.5.4 VRFY needs an address");
	else
		server_session_say(session,
		    "252 2.5.2 cannot verify it, but will accept mail for it");
}

static void
answer_help(struct server_session *session, struct span argument)
{
	(void)argument;
	server_session_say(session,
	    "214 2.0.0 HELO EHLO LHLO MAIL RCPT DATA RSET NOOP VRFY HELP "
	    "QUIT");
}

static void
answer_quit(struct server_session *session, struct span argument)
{
	(void)argument;
	session->is_over = true;
	server_session_say(session, "221 2.0.0 goodbye");
}

static void
answer_not_offered(struct server_session *session, struct span argument)
{
	(void)argument;
	server_session_say(session, "502 5.5.1 not offered here");
}

static const struct {
	struct span verb;
	void (*answer)(struct server_session *session, struct span argument);
} commands[] = {
    {{"EHLO", 4}, answer_ehlo},
    {{"HELO", 4}, answer_helo},
    {{"LHLO", 4}, answer_lhlo},
    {{"MAIL", 4}, answer_mail},
    {{"RCPT", 4}, server_rcpt},
    {{"DATA", 4}, server_data},
    {{"RSET", 4}, answer_rset},
    {{"NOOP", 4}, answer_noop},
    {{"VRFY", 4}, answer_vrfy},
    {{"HELP", 4}, answer_help},
    {{"QUIT", 4}, answer_quit},
    {{"AUTH", 4}, answer_not_offered},
    {{"STARTTLS", 8}, answer_not_offered},
    {{"BDAT", 4}, answer_not_offered},
    {{"EXPN", 4}, answer_not_offered},
    {{"ETRN", 4}, answer_not_offered},
    {{"TURN", 4}, answer_not_offered},
};

/*
 * Whether this is the first line of an HTTP request. A web page can make a
 * browser send one here, with SMTP commands in its body.
 */
static bool
is_http(struct span line)
{
	static const struct span methods[] = {SPAN("GET"), SPAN("POST"),
	    SPAN("CONNECT"), SPAN("HEAD"), SPAN("PUT"), SPAN("DELETE"),
	    SPAN("OPTIONS"), SPAN("TRACE"), SPAN("PATCH"), SPAN("PRI")};
	struct span verb = span_head(line, span_find(line, ' '));
	size_t last = line.len;

	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (span_equal_nocase(verb, methods[i]))
			return true;
	while (last > 0 && line.at[last - 1] != ' ')
		last--;
	return last > 0 && span_starts(span_skip(line, last), SPAN("HTTP/"));
}

static void
leave_http(struct server_session *session)
{
	session->is_over = true;
	server_session_say(session, "421 4.7.0 this is SMTP, not HTTP");
}

static void
answer(struct server_session *session, struct span line)
{
	size_t end = span_find(line, ' ');
	struct span verb = span_head(line, end);
	struct span argument = span_trim(span_skip(line, end));

	/* server_rcpt counts the recipients. */
	if (!span_equal_nocase(verb, SPAN("RCPT")))
		session->idle_commands++;
	if (is_http(line)) {
		leave_http(session);
		return;
	}
	if (span_has_control(line)) {
		server_session_say(session, "500 5.5.2 control character");
		return;
	}
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (span_equal_nocase(verb, commands[i].verb)) {
			commands[i].answer(session, argument);
			return;
		}
	server_session_say(session, "500 5.5.1 unknown command");
}

/* Replies why the session ends, if the client can still receive it. */
static void
say_goodbye(struct server_session *session)
{
	switch (session->io.state) {
	case SERVER_IO_TIMED_OUT:
		server_session_say(
		    session, "421 4.4.2 no command for too long");
		break;
	case SERVER_IO_OVERDUE:
		server_session_say(
		    session, "421 4.4.2 the time limit has passed");
		break;
	case SERVER_IO_INTERRUPTED:
		server_session_say(session, "421 4.3.2 ended by a signal");
		break;
	case SERVER_IO_ENDLESS:
		server_session_say(session, "421 4.7.0 the line does not end");
		break;
	case SERVER_IO_OPEN:
	case SERVER_IO_ENDED:
	case SERVER_IO_BROKEN:
		break;
	}
	server_io_flush(&session->io);
}

/* Whether the client did too much since its last message; replies so. */
static bool
is_nuisance(struct server_session *session)
{
	if (session->mistakes > MISTAKES_MAX)
		server_session_say(session, "421 4.7.0 too many mistakes");
	else if (session->idle_commands > IDLE_COMMANDS_MAX)
		server_session_say(
		    session, "421 4.7.0 too many commands without a message");
	else if (session->vain_recipients > VAIN_RECIPIENTS_MAX)
		server_session_say(
		    session, "421 4.7.0 too many recipients without a message");
	else
		return false;
	return true;
}

static void
answer_lines(struct server_session *session)
{
	while (!session->is_over) {
		struct span line;

		switch (server_io_line(&session->io, &line)) {
		case SERVER_LINE:
			answer(session, line);
			break;
		case SERVER_LINE_TOO_LONG:
			if (is_http(line))
				leave_http(session);
			else
				server_session_say(
				    session, "500 5.5.2 line too long");
			break;
		case SERVER_LINE_NONE:
			return;
		}
		if (!session->is_over && is_nuisance(session))
			return;
	}
}

void
server_run(const struct service *service, int in, int out)
{
	struct server_session session = {
	    .service = service,
	    .relay = {.observer = service->observer},
	};

	signals_catch();
	server_io_init(&session.io, in, out,
	    service->timeout ? service->timeout : TIMEOUT);
	session.io.limit = deadline_in(
	    service->session_time ? service->session_time : SESSION_TIME);
	server_io_say(&session.io, "220 %s ESMTP", service->host);
	answer_lines(&session);
	say_goodbye(&session);
	server_session_reset(&session);
	relay_close(&session.relay);
	outcome_free(&session.silence.trouble);
	server_io_free(&session.io);
}

void
server_refuse(int out, const char *status_and_why)
{
	struct server_io io;

	signals_catch();
	server_io_init(&io, -1, out, TIMEOUT);
	server_io_say(&io, "421 %s", status_and_why);
	server_io_flush(&io);
	server_io_free(&io);
}
