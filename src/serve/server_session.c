/*
 * Functions that several commands of the server need: replies, arguments and
 * the state of the transaction. They read no input from the client.
 */
#include "serve/server_session.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "serve/server_reply.h"

void
server_session_say(struct server_session *session, const char *reply)
{
	server_io_say(&session->io, "%s", reply);
	if (reply[0] == '5' && (reply[1] == '0' || reply[2] == '5'))
		session->mistakes++;
}

static void
say_error(struct server_session *session, int code, struct status status,
    const struct error *err)
{
	struct span text = span_from(err->text);

	if (code == 501)
		session->mistakes++;
	server_reply_text(
	    &session->io, code, status, span_head(text, span_find(text, '\n')));
}

bool
server_session_read_argument(struct server_session *session,
    struct span argument, bool is_rcpt, struct mailbox *mailbox,
    struct server_parameters *parameters)
{
	struct error err = {0};

	*parameters = (struct server_parameters){0};
	if (!server_argument_take_path(&argument,
		is_rcpt ? SPAN("TO:") : SPAN("FROM:"), mailbox, &err)) {
		say_error(session, 501,
		    err.kind == ERROR_USAGE ? (struct status){5, 5, 4}
			: is_rcpt	    ? (struct status){5, 1, 3}
					    : (struct status){5, 1, 7},
		    &err);
		return false;
	}
	switch (
	    server_argument_take_parameters(argument, is_rcpt, parameters)) {
	case SERVER_PARAMETERS_DONE:
		if (mailbox->local == NULL ||
		    span_is_ascii(span_from(mailbox->local)) ||
		    parameters->is_utf8 || session->transfer.is_utf8)
			return true;
		/* RFC 6531 section 3.5 */
		server_session_say(session,
		    "553 5.6.7 an address beyond ASCII needs SMTPUTF8 in "
		    "MAIL");
		break;
	case SERVER_PARAMETERS_MALFORMED:
		server_session_say(session, "501 5.5.4 malformed parameter");
		break;
	case SERVER_PARAMETERS_UNKNOWN:
		server_session_say(session, "555 5.5.4 unknown parameter");
		break;
	}
	return false;
}

bool
server_session_may_wait(struct server_session *session)
{
	const struct service *service = session->service;
	struct route *route = &session->transfer.route;

	if (route->permit == PERMIT_UNKNOWN)
		route->permit = service->may_wait != NULL &&
			service->may_wait(
			    service->context, route, session->transfer.size)
		    ? PERMIT_GIVEN
		    : PERMIT_REFUSED;
	return route->permit == PERMIT_GIVEN;
}

bool
server_session_defers(struct server_session *session, struct outcome *outcome)
{
	bool is_final =
	    outcome->action == ACTION_FAILED && outcome->stage >= STAGE_MAIL;

	if (is_final || outcome->action == ACTION_NONE ||
	    outcome->action == ACTION_RELAYED ||
	    !server_session_may_wait(session))
		return false;
	outcome_defer_refusal(outcome);
	return true;
}

void
server_session_note_failure(
    const struct server_session *session, const struct outcome *outcome)
{
	struct buf text, shown;

	buf_init(&text, REPLY_TEXT_MAX);
	buf_init(&shown, REPLY_TEXT_MAX * 5);
	reply_add_joined(&text, &outcome->reply);
	utf8_add_masked(&shown, buf_span(&text));
	observer_note(session->service->observer,
	    "warning: no %s for <%s>, at %s: %s",
	    outcome->stage < STAGE_MAIL ? "session" : "login",
	    session->transfer.route.reverse_path,
	    outcome_stage_name(outcome->stage), buf_text(&shown));
	buf_free(&text);
	buf_free(&shown);
}

void
server_session_reset(struct server_session *session)
{
	relay_transfer_free(&session->transfer);
	for (size_t i = 0; i < session->addressee_count; i++)
		free(session->addressees[i].targets);
	free(session->addressees);
	session->addressees = NULL;
	session->addressee_count = 0;
	session->is_expanded = false;
	session->withdrawals = 0;
	envelope_index_free(&session->index);
	session->has_mail = false;
}
