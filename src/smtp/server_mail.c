/* MAIL, which goes upstream before it is answered. */
#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "smtp/server_parts.h"
#include "smtp/server_path.h"
#include "smtp/server_reply.h"

static void
say_error(struct serving *serving, int code, struct status status,
    const struct error *err)
{
	struct span text = span_from(err->text);

	if (code == 501)
		serving->mistakes++;
	server_reply_text(
	    &serving->io, code, status, span_head(text, span_find(text, '\n')));
}

bool
serving_read_argument(struct serving *serving, struct span argument,
    bool is_rcpt, struct mailbox *mailbox,
    struct server_parameters *parameters)
{
	struct error err = {0};

	*parameters = (struct server_parameters){0};
	if (!server_take_path(&argument, is_rcpt ? SPAN("TO:") : SPAN("FROM:"),
		mailbox, &err)) {
		say_error(serving, 501,
		    err.kind == ERROR_USAGE ? (struct status){5, 5, 4}
		    : is_rcpt		    ? (struct status){5, 1, 3}
					    : (struct status){5, 1, 7},
		    &err);
		return false;
	}
	switch (server_take_parameters(argument, is_rcpt, parameters)) {
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
	observer_note(serving->service->observer,
	    "warning: no %s for <%s>, at %s: %s",
	    outcome->stage < STAGE_MAIL ? "session" : "login",
	    serving->transfer.route.reverse_path, stage_name(outcome->stage),
	    buf_text(&shown));
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
			return span_equal_nocase(
			    span_trim(line), SPAN("DATA"));
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
		service->settled(
		    service->context, transfer, NULL, NULL, NULL);
	server_reply_outcome(&serving->io, &transfer->route.trouble);
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
	server_reply_outcome(&serving->io, outcome);
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
			server_reply_outcome(&serving->io, &outcome);
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
		server_reply_text(&serving->io, refusal.code, refusal.status,
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
	server_parameters_free(&parameters);
	mailbox_free(&sender);
}
