/*
 * Hears the greeting. A server that waits for TLS from the start is silent
 * here: after a while a second connection, which the caller makes, asks.
 */
#include "smtp/greeting.h"

#include <stdlib.h>
#include <string.h>

#include "base/wait.h"
#include "profile/server_url.h"
#include "smtp/sasl.h"
#include "tls/foreign.h"

/* How long a server may be silent before it is asked for TLS. */
#define SILENCE ((int64_t)10000)
/* How long, and for how many octets, the header of a page is waited for. */
#define PAGE_TIMEOUT ((int64_t)1000)
#define PAGE_MAX ((size_t)8192)

static void
hint_at_tls(struct session *session)
{
	outcome_set_hint(&session->trouble,
	    "if port %u wants TLS from the start, write smtps:// instead of "
	    "smtp://",
	    (unsigned)session->server->port);
}

/* The rest of an answer of HTTP: where it sends a browser to. */
static void
hint_at_login_page(struct session *session)
{
	struct stream *stream = session->dialogue.stream;
	int64_t deadline = deadline_earlier(
	    session->dialogue.deadline, deadline_in(PAGE_TIMEOUT));
	char *host;

	while (stream_input(stream).len < PAGE_MAX &&
	    foreign_location(stream_input(stream)).len == 0 &&
	    stream_fill(stream, deadline))
		;
	host = sasl_foreign(foreign_location(stream_input(stream)));
	outcome_set_hint(&session->trouble,
	    "a login page answers in the place of the server: log in to this "
	    "network with a browser first%s%s",
	    host[0] != '\0' ? ", at " : "", host);
	free(host);
}

static void
hint_at_protocol(struct session *session, const char *protocol)
{
	if (span_equal(span_from(protocol), SPAN("HTTP")))
		outcome_set_hint(&session->trouble,
		    "port %u is a web server's, or a login page of this "
		    "network answers in the place of the server",
		    (unsigned)session->server->port);
	else
		outcome_set_hint(&session->trouble,
		    "port %u is for %s; mail is submitted at port 465 "
		    "(smtps://) or 587 (smtp://)",
		    (unsigned)session->server->port, protocol);
}

/* What came is no reply of SMTP. */
static void
say_foreign(struct session *session, struct span said)
{
	const char *wanted = session->is_lmtp ? "LMTP" : "SMTP";
	const char *protocol = foreign_protocol(said);
	char *quoted = sasl_foreign(said);

	if (protocol == NULL) {
		outcome_set_own(&session->trouble, STAGE_GREETING,
		    CAUSE_PROTOCOL,
		    "the server's greeting is malformed: \"%s\"", quoted);
	} else if (span_equal(span_from(protocol), SPAN("TLS"))) {
		outcome_set_own(&session->trouble, STAGE_GREETING,
		    CAUSE_PROTOCOL, "the server speaks TLS, not %s", wanted);
		hint_at_tls(session);
	} else {
		outcome_set_own(&session->trouble, STAGE_GREETING,
		    CAUSE_PROTOCOL, "the server speaks %s, not %s: \"%s\"",
		    protocol, wanted, quoted);
		if (foreign_is_login_page(said))
			hint_at_login_page(session);
		else
			hint_at_protocol(session, protocol);
	}
	free(quoted);
}

/* There was no reply. */
static void
explain(struct session *session)
{
	struct dialogue *dialogue = &session->dialogue;
	struct span said = buf_span(&dialogue->odd);

	if (said.len == 0)
		said = stream_input(dialogue->stream);
	/* Without a line end it is no reply yet, but a digit may begin one. */
	if (dialogue->odd.len > 0 ||
	    (said.len > 0 && !ascii_is_digit(said.at[0])))
		say_foreign(session, said);
	else if (session->server->scheme == SCHEME_SMTP &&
	    session->trouble.hint == NULL)
		hint_at_tls(session);
}

/*
 * Waits for the first octet. True: none came for a while, and TLS is what the
 * server waits for.
 */
static bool
is_waiting_for_tls(
    struct session *session, const struct session_options *options)
{
	struct stream *stream = session->dialogue.stream;
	int64_t silence = deadline_in(SILENCE);

	if (session->server->scheme != SCHEME_SMTP ||
	    session->server->port == 25 || options->speaks_tls == NULL ||
	    silence >= session->dialogue.deadline)
		return false;
	if (stream_fill(stream, silence) ||
	    stream_state(stream) != STREAM_TIMED_OUT)
		return false;
	stream_retry(stream);
	return options->speaks_tls(options->context, stream_fd(stream)) &&
	    !stream_peek(stream);
}

static bool
fail_by_tls(struct session *session)
{
	const struct server *server = session->server;

	session->is_broken = true; /* no QUIT: it would not be understood */
	outcome_set_own(&session->trouble, STAGE_GREETING, CAUSE_PROTOCOL,
	    "port %u of %s wants TLS from the start", (unsigned)server->port,
	    server->host);
	outcome_set_hint(&session->trouble, "write smtps%s instead of smtp://",
	    strchr(server->url, ':'));
	return false;
}

/* Where TLS is required, anybody on the way can forge what comes before it. */
static void
judge(struct session *session, const struct reply *reply)
{
	struct outcome *trouble = &session->trouble;

	outcome_from_reply(trouble, STAGE_GREETING, reply);
	if (reply_is_positive(reply)) {
		trouble->action = ACTION_DELAYED;
		trouble->cause = CAUSE_PROTOCOL;
	} else if (reply_is_permanent(reply) && session_is_forgeable(session)) {
		trouble->action = ACTION_DELAYED;
		trouble->cause = CAUSE_TEMPORARY;
	}
}

/* 220 and nothing else (RFC 5321 section 3.1); 5yz refuses this mail. */
bool
greeting_run(struct session *session, const struct session_options *options)
{
	struct dialogue *dialogue = &session->dialogue;
	int64_t deadline = dialogue->deadline;
	struct reply reply = {0};
	bool heard;

	/* For both: the silence, and what may follow. */
	dialogue->deadline = dialogue_deadline(dialogue, STAGE_GREETING);
	if (is_waiting_for_tls(session, options))
		return fail_by_tls(session);
	heard =
	    dialogue_hear(dialogue, STAGE_GREETING, &reply, &session->trouble);
	dialogue->deadline = deadline;
	if (!heard)
		explain(session);
	if (heard && reply.code != 220) {
		judge(session, &reply);
		heard = false;
	}
	reply_free(&reply);
	return heard;
}
