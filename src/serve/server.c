#include "serve/server.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "base/wait.h"
#include "serve/server_io.h"
#include "serve/server_parts.h"
#include "serve/server_path.h"

/* MAIL, which goes upstream before it is answered. */

static void
say_error(struct serving *serving, int code, struct status status,
    const struct error *err)
{
	struct span text = span_from(err->text);

	if (code == 501)
		serving->mistakes++;
	server_io_reply_text(
	    &serving->io, code, status, span_head(text, span_find(text, '\n')));
}

bool
serving_read_argument(struct serving *serving, struct span argument,
    bool is_rcpt, struct mailbox *mailbox, struct server_parameters *parameters)
{
	struct error err = {0};

	*parameters = (struct server_parameters){0};
	if (!server_path_take(&argument, is_rcpt ? SPAN("TO:") : SPAN("FROM:"),
		mailbox, &err)) {
		say_error(serving, 501,
		    err.kind == ERROR_USAGE ? (struct status){5, 5, 4}
			: is_rcpt	    ? (struct status){5, 1, 3}
					    : (struct status){5, 1, 7},
		    &err);
		return false;
	}
	switch (server_path_take_parameters(argument, is_rcpt, parameters)) {
	case SERVER_PARAMETERS_DONE:
		if (mailbox->local == NULL ||
		    span_is_ascii(span_from(mailbox->local)) ||
		    parameters->is_utf8 || serving->transfer.is_utf8)
			return true;
		/* RFC 6531 section 3.5 */
		serving_say(serving,
		    "553 5.6.7 an address beyond ASCII wants SMTPUTF8 with "
		    "MAIL");
		break;
	case SERVER_PARAMETERS_MALFORMED:
		serving_say(serving, "501 5.5.4 a parameter is malformed");
		break;
	case SERVER_PARAMETERS_UNKNOWN:
		serving_say(serving, "555 5.5.4 a parameter is not known");
		break;
	}
	return false;
}

static bool
check_size(struct serving *serving, const struct server_parameters *parameters)
{
	uint64_t max = serving->transfer.route.profile->max_size;

	if (max == 0 || parameters->size <= max)
		return true;
	serving_say(serving, "552 5.3.4 the message is larger than max-size");
	return false;
}

void
serving_note_failure(
    const struct serving *serving, const struct outcome *outcome)
{
	struct buf text, shown;

	buf_init(&text, REPLY_TEXT_MAX);
	buf_init(&shown, REPLY_TEXT_MAX * 5);
	reply_add_joined(&text, &outcome->reply);
	utf8_add_masked(&shown, buf_span(&text));
	dialogue_note(serving->service->observer,
	    "warning: no %s for <%s>, at %s: %s",
	    outcome->stage < STAGE_MAIL ? "session" : "login",
	    serving->transfer.route.reverse_path,
	    outcome_stage_name(outcome->stage), buf_text(&shown));
	buf_free(&text);
	buf_free(&shown);
}

/*
 * Whether the client has sent the whole envelope and DATA in advance
 * (RFC 2920), so that nothing is gained by refusing MAIL.
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
 * There is no session. Usually the client hears so now. One that has sent
 * DATA already is heard to the end of its message, so that the log can name
 * the recipients and the message, and hears it then.
 */
static void
take_trouble(struct serving *serving)
{
	const struct service *service = serving->service;
	struct transfer *transfer = &serving->transfer;

	if (has_sent_data(&serving->io)) {
		serving->has_mail = true;
		serving_say(serving, "250 2.1.0 ok");
		return;
	}
	if (service->settled != NULL)
		service->settled(service->context, transfer, NULL, NULL, NULL);
	server_io_reply_outcome(&serving->io, &transfer->route.trouble);
}

/* The server's refusal of MAIL ends the message: it is logged as one. */
static void
refuse_mail(struct serving *serving, const struct outcome *outcome)
{
	const struct service *service = serving->service;
	struct transfer *transfer = &serving->transfer;

	outcome_copy(&transfer->route.trouble, outcome);
	if (service->settled != NULL)
		service->settled(service->context, transfer, NULL, NULL,
		    serving->relay.session.server);
	server_io_reply_outcome(&serving->io, outcome);
}

static void
begin_session(struct serving *serving)
{
	struct transfer *transfer = &serving->transfer;
	struct outcome *trouble = &transfer->route.trouble;
	struct outcome outcome = {0};

	if (trouble->action == ACTION_NONE) {
		serving->has_mail =
		    relay_mail(&serving->relay, transfer, &outcome);
		if (serving->has_mail)
			server_io_reply_outcome(&serving->io, &outcome);
		else if (outcome.stage >= STAGE_MAIL)
			refuse_mail(serving, &outcome);
		else
			outcome_copy(trouble, &outcome);
	}
	if (trouble->action != ACTION_NONE && outcome.stage < STAGE_MAIL) {
		serving_note_failure(serving, trouble);
		take_trouble(serving);
	}
	outcome_free(&outcome);
}

/* has_mail, or a reply has said why not. */
static void
begin_transfer(struct serving *serving, const struct mailbox *sender,
    struct server_parameters *parameters)
{
	const struct service *service = serving->service;
	struct transfer *transfer = &serving->transfer;
	struct reply refusal = {0};

	if (!service->choose(
		service->context, sender, &transfer->route, &refusal)) {
		server_io_reply_text(&serving->io, refusal.code, refusal.status,
		    buf_span(&refusal.text));
		reply_free(&refusal);
		return;
	}
	if (!check_size(serving, parameters))
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
	begin_session(serving);
}

void
serve_mail(struct serving *serving, struct span argument)
{
	struct server_parameters parameters;
	struct mailbox sender;

	if (!serving->is_greeted) {
		serving_say(serving, "503 5.5.1 say EHLO first");
		return;
	}
	if (serving->has_mail) {
		serving_say(serving, "503 5.5.1 one MAIL at a time");
		return;
	}
	if (serving_read_argument(
		serving, argument, false, &sender, &parameters))
		begin_transfer(serving, &sender, &parameters);
	if (!serving->has_mail)
		serving_reset(serving);
	server_path_free_parameters(&parameters);
	mailbox_free(&sender);
}

/* RFC 5321 section 4.5.3.2.7. */
#define TIMEOUT ((int64_t)5 * 60 * 1000)
/* Other servers lose patience there, too. */
#define MISTAKES_MAX 20
/* A message takes few commands, and one for each recipient. */
#define IDLE_COMMANDS_MAX 100
#define VAIN_RECIPIENTS_MAX 1000
#define SESSION_TIME ((int64_t)4 * 60 * 60 * 1000)

void
serving_say(struct serving *serving, const char *reply)
{
	server_io_say(&serving->io, "%s", reply);
	if (reply[0] == '5' && (reply[1] == '0' || reply[2] == '5'))
		serving->mistakes++;
}

/* The client has begun a message that will not come. */
static void
give_up(struct serving *serving)
{
	serving->vain_recipients += serving->addressee_count;
	serving_reset(serving);
}

void
serving_reset(struct serving *serving)
{
	relay_transfer_free(&serving->transfer);
	for (size_t i = 0; i < serving->addressee_count; i++)
		free(serving->addressees[i].targets);
	free(serving->addressees);
	serving->addressees = NULL;
	serving->addressee_count = 0;
	serving->is_expanded = false;
	serving->withdrawals = 0;
	envelope_index_free(&serving->index);
	serving->has_mail = false;
}

static void
greet_by(struct serving *serving, bool is_extended, bool is_lmtp)
{
	give_up(serving);
	serving->is_greeted = true;
	serving->is_extended = is_extended;
	serving->is_lmtp = is_lmtp;
}

static void
serve_helo(struct serving *serving, struct span argument)
{
	if (argument.len == 0) {
		serving_say(serving, "501 5.5.4 HELO wants a name");
		return;
	}
	greet_by(serving, false, false);
	server_io_say(&serving->io, "250 %s", serving->service->host);
}

static void
offer(struct serving *serving)
{
	struct server_io *io = &serving->io;

	server_io_say(io, "250-%s", serving->service->host);
	server_io_say(io, "250-PIPELINING");
	if (serving->service->size_limit > 0)
		server_io_say(
		    io, "250-SIZE %" PRIu64, serving->service->size_limit);
	else
		server_io_say(io, "250-SIZE");
	server_io_say(io, "250-8BITMIME");
	server_io_say(io, "250-SMTPUTF8");
	server_io_say(io, "250-DSN");
	server_io_say(io, "250 ENHANCEDSTATUSCODES");
}

static void
serve_ehlo(struct serving *serving, struct span argument)
{
	if (argument.len == 0) {
		serving_say(serving, "501 5.5.4 EHLO wants a name");
		return;
	}
	greet_by(serving, true, false);
	offer(serving);
}

static void
serve_lhlo(struct serving *serving, struct span argument)
{
	if (argument.len == 0) {
		serving_say(serving, "501 5.5.4 LHLO wants a name");
		return;
	}
	greet_by(serving, true, true);
	offer(serving);
}

static void
serve_rset(struct serving *serving, struct span argument)
{
	(void)argument;
	give_up(serving);
	serving_say(serving, "250 2.0.0 ok");
}

static void
serve_noop(struct serving *serving, struct span argument)
{
	(void)argument;
	serving_say(serving, "250 2.0.0 ok");
}

static void
serve_vrfy(struct serving *serving, struct span argument)
{
	if (argument.len == 0)
		serving_say(serving, "501 5.5.4 VRFY wants an address");
	else
		serving_say(serving,
		    "252 2.5.2 cannot verify it, but will take mail for it");
}

static void
serve_help(struct serving *serving, struct span argument)
{
	(void)argument;
	serving_say(serving,
	    "214 2.0.0 HELO EHLO LHLO MAIL RCPT DATA RSET NOOP VRFY HELP "
	    "QUIT");
}

static void
serve_quit(struct serving *serving, struct span argument)
{
	(void)argument;
	serving->is_over = true;
	serving_say(serving, "221 2.0.0 goodbye");
}

static void
serve_not(struct serving *serving, struct span argument)
{
	(void)argument;
	serving_say(serving, "502 5.5.1 not offered here");
}

static const struct {
	struct span verb;
	void (*serve)(struct serving *serving, struct span argument);
} commands[] = {
    {{"EHLO", 4}, serve_ehlo},
    {{"HELO", 4}, serve_helo},
    {{"LHLO", 4}, serve_lhlo},
    {{"MAIL", 4}, serve_mail},
    {{"RCPT", 4}, serve_rcpt},
    {{"DATA", 4}, serve_data},
    {{"RSET", 4}, serve_rset},
    {{"NOOP", 4}, serve_noop},
    {{"VRFY", 4}, serve_vrfy},
    {{"HELP", 4}, serve_help},
    {{"QUIT", 4}, serve_quit},
    {{"AUTH", 4}, serve_not},
    {{"STARTTLS", 8}, serve_not},
    {{"BDAT", 4}, serve_not},
    {{"EXPN", 4}, serve_not},
    {{"ETRN", 4}, serve_not},
    {{"TURN", 4}, serve_not},
};

/*
 * Whether this is the first line of an HTTP request. A web page can have a
 * browser send one, with commands of SMTP in what follows.
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
leave_http(struct serving *serving)
{
	serving->is_over = true;
	serving_say(serving, "421 4.7.0 this is SMTP, not HTTP");
}

static void
serve_command(struct serving *serving, struct span line)
{
	size_t end = span_find(line, ' ');
	struct span verb = span_head(line, end);
	struct span argument = span_trim(span_skip(line, end));

	/* Recipients are counted by serve_rcpt. */
	if (!span_equal_nocase(verb, SPAN("RCPT")))
		serving->idle_commands++;
	if (is_http(line)) {
		leave_http(serving);
		return;
	}
	if (span_has_control(line)) {
		serving_say(serving, "500 5.5.2 control character");
		return;
	}
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (span_equal_nocase(verb, commands[i].verb)) {
			commands[i].serve(serving, argument);
			return;
		}
	serving_say(serving, "500 5.5.1 unknown command");
}

/* The last word, where one can still be said. */
static void
say_goodbye(struct serving *serving)
{
	switch (serving->io.state) {
	case SERVER_IO_TIMED_OUT:
		serving_say(serving, "421 4.4.2 no command for too long");
		break;
	case SERVER_IO_OVERDUE:
		serving_say(serving, "421 4.4.2 it has lasted too long");
		break;
	case SERVER_IO_INTERRUPTED:
		serving_say(serving, "421 4.3.2 ended by a signal");
		break;
	case SERVER_IO_ENDLESS:
		serving_say(serving, "421 4.7.0 the line does not end");
		break;
	case SERVER_IO_OPEN:
	case SERVER_IO_ENDED:
	case SERVER_IO_BROKEN:
		break;
	}
	server_io_flush(&serving->io);
}

/* Whether the client is sent away for what it did since its last message. */
static bool
is_nuisance(struct serving *serving)
{
	if (serving->mistakes > MISTAKES_MAX)
		serving_say(serving, "421 4.7.0 too many mistakes");
	else if (serving->idle_commands > IDLE_COMMANDS_MAX)
		serving_say(
		    serving, "421 4.7.0 too many commands without a message");
	else if (serving->vain_recipients > VAIN_RECIPIENTS_MAX)
		serving_say(
		    serving, "421 4.7.0 too many recipients without a message");
	else
		return false;
	return true;
}

void
serving_forgive(struct serving *serving)
{
	serving->mistakes = 0;
	serving->idle_commands = 0;
	serving->vain_recipients = 0;
}

static void
serve_lines(struct serving *serving)
{
	while (!serving->is_over) {
		struct span line;

		switch (server_io_line(&serving->io, &line)) {
		case SERVER_LINE:
			serve_command(serving, line);
			break;
		case SERVER_LINE_TOO_LONG:
			if (is_http(line))
				leave_http(serving);
			else
				serving_say(serving, "500 5.5.2 line too long");
			break;
		case SERVER_LINE_NONE:
			return;
		}
		if (!serving->is_over && is_nuisance(serving))
			return;
	}
}

void
server_run(const struct service *service, int in, int out)
{
	struct serving serving = {
	    .service = service,
	    .relay = {.observer = service->observer},
	};

	signals_catch();
	server_io_init(&serving.io, in, out,
	    service->timeout ? service->timeout : TIMEOUT);
	serving.io.limit = deadline_in(
	    service->session_time ? service->session_time : SESSION_TIME);
	server_io_say(&serving.io, "220 %s ESMTP", service->host);
	serve_lines(&serving);
	say_goodbye(&serving);
	serving_reset(&serving);
	relay_close(&serving.relay);
	server_io_free(&serving.io);
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
