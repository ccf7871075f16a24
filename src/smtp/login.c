#include "smtp/login.h"

#include "base/base64.h"
#include "net/other_end.h"
#include "profile/mechanism.h"
#include "smtp/echo.h"
#include "smtp/login_hint.h"
#include "smtp/sasl.h"
#include "smtp/session.h"
#include "tls/tls.h"

/* RFC 4954 section 4: the whole AUTH line, CRLF too. */
#define INITIAL_LINE_MAX ((size_t)512)
#define RESPONSE_MAX ((size_t)32 * 1024)

struct login {
	struct session *session;
	struct sasl sasl;
	struct buf binding;	/* of the TLS channel */
	struct buf line;	/* the response, in base64; wiped */
	bool is_waiting;	/* it waits for the first 334 */
	bool is_renewed;	/* the token, after it was refused */
	unsigned excluded;	/* mechanisms that may not be tried any more */
	struct outcome refusal; /* of the mechanism that was tried before */
};

static bool
hear(struct session *session, struct reply *reply)
{
	return dialogue_hear(
	    &session->dialogue, STAGE_AUTH, reply, &session->trouble);
}

static bool
fail(struct session *session, enum cause cause, const char *why)
{
	outcome_set_own(&session->trouble, STAGE_AUTH, cause, "%s", why);
	return false;
}

/* Adds why the mechanism failed; foreign words in it may echo a secret. */
static void
add_trouble(const struct login *login, struct buf *out)
{
	echo_replace(out, buf_span(&login->sasl.trouble),
	    buf_span(&login->session->dialogue.secrets));
}

static bool
fail_by_mechanism(struct login *login)
{
	struct buf text = {0};

	add_trouble(login, &text);
	fail(login->session,
	    login->sasl.is_impossible ? CAUSE_LOGIN : CAUSE_PROTOCOL,
	    buf_text(&text));
	if (login->sasl.state == SASL_REFUSED)
		login->session->may_move = false;
	buf_free(&text);
	return false;
}

/*
 * A password goes over TLS, or in clear where nobody else can listen and the
 * user said so in so many words.
 */
static bool
is_link_allowed(const struct session *session)
{
	return session_is_encrypted(session) || session->is_unix ||
	    (session->is_loopback && session->profile->tls_is_set &&
		session->profile->tls == TLS_POLICY_NONE);
}

/*
 * With tls = opportunistic anybody may be at the other end: then a mechanism
 * has to be bound to the channel, which somebody in between cannot pass on.
 * On a Unix socket it is the peer's user who is judged.
 */
static bool
is_peer_known(const struct session *session)
{
	const struct tls *tls = stream_tls(session->dialogue.stream);

	return tls == NULL || session->is_unix || tls_distrust(tls) == NULL;
}

/* Another user's process may have taken the socket's place. */
static bool
check_socket(struct session *session)
{
	struct buf reason = {0};
	bool is_trusted = !session->is_unix ||
	    other_end_is_trusted(stream_fd(session->dialogue.stream),
		session->server->path, &reason);

	if (!is_trusted) {
		outcome_set_own(&session->trouble, STAGE_AUTH, CAUSE_LOGIN,
		    "no login over %s: %s", session->server->path,
		    buf_text(&reason));
		outcome_set_hint(&session->trouble,
		    "if that is the right server, let its user own the folder "
		    "of the socket");
	}
	buf_free(&reason);
	return is_trusted;
}

/* No mechanism was bound to the channel: says what is wrong with the peer. */
static bool
fail_by_distrust(struct session *session)
{
	outcome_set_own(&session->trouble, STAGE_AUTH, CAUSE_LOGIN,
	    "no login over TLS with a certificate that is not trusted: %s",
	    tls_distrust(stream_tls(session->dialogue.stream)));
	if (session->trouble.hint == NULL)
		outcome_set_hint(&session->trouble,
		    "a login needs a certificate that can be verified, a "
		    "tls-pin, or SCRAM with channel binding (-PLUS)");
	return false;
}

static bool
find_mechanism(struct login *login)
{
	const struct session *session = login->session;
	const struct name_list *wanted = &session->profile->auth;
	struct buf names = {0};
	bool found;

	for (size_t i = 0; i < wanted->count; i++) {
		buf_add_text(&names, wanted->names[i]);
		buf_add_char(&names, ' ');
	}
	found = sasl_choose(
	    &login->sasl, buf_span(&names), session->extensions.mechanisms);
	buf_free(&names);
	return found;
}

static bool
choose_mechanism(struct login *login)
{
	if (find_mechanism(login))
		return true;
	if (login->sasl.only_bound)
		return fail_by_distrust(login->session);
	fail_by_mechanism(login);
	login_hint_unusable(login->session);
	return false;
}

static bool
check_offer(struct login *login)
{
	struct session *session = login->session;

	if (!is_link_allowed(session))
		return fail(session, CAUSE_LOGIN,
		    "a login is not allowed over an unencrypted connection\n"
		    "hint: set tls = required; to a server on this machine, "
		    "tls = none in the profile allows it too");
	if (!check_socket(session))
		return false;
	if (!extensions_has(&session->extensions, EXTENSION_AUTH)) {
		fail(session, CAUSE_LOGIN,
		    "a login is required and the server offers none");
		login_hint_not_offered(session);
		return false;
	}
	return choose_mechanism(login);
}

/* Makes the response to one challenge, in base64; false: to be cancelled. */
static bool
respond(struct login *login, struct span challenge)
{
	struct buf clear, response;
	bool done;

	buf_wipe(&login->line);
	buf_init(&login->line, RESPONSE_MAX * 2);
	buf_init(&clear, RESPONSE_MAX);
	buf_init(&response, RESPONSE_MAX);
	done = base64_decode(&clear, challenge);
	if (!done)
		sasl_break(
		    &login->sasl, "the server's login challenge is not base64");
	else
		done =
		    sasl_respond(&login->sasl, buf_span(&clear), &response) &&
		    base64_encode(&login->line, buf_span(&response));
	if (!done && login->sasl.trouble.len == 0)
		sasl_give_up(
		    &login->sasl, "the user or the password is too long");
	buf_wipe(&clear);
	buf_wipe(&response);
	return done;
}

/* What says nothing of us is no secret, and nothing that a reply may hold. */
static void
say(struct login *login)
{
	struct dialogue *dialogue = &login->session->dialogue;

	if (login->line.len == 0 || login->sasl.state == SASL_REFUSED)
		dialogue_say(dialogue, "%s", buf_text(&login->line));
	else
		dialogue_say_secret(dialogue, "", buf_span(&login->line));
	buf_wipe(&login->line);
	login->is_waiting = false;
}

/* RFC 4954 section 4: a lone "*", to which the server says 501. */
static bool
cancel(struct login *login)
{
	struct reply reply = {0};

	dialogue_say(&login->session->dialogue, "*");
	hear(login->session, &reply);
	reply_free(&reply);
	return fail_by_mechanism(login);
}

static bool
absorb_refusal(struct login *login, const struct reply *reply)
{
	struct session *session = login->session;
	struct outcome *trouble = &session->trouble;

	outcome_from_reply(trouble, STAGE_AUTH, reply);
	trouble->action = ACTION_DELAYED;
	if (reply_is_positive(reply))
		trouble->cause = CAUSE_PROTOCOL; /* not 235 */
	if (reply_is_permanent(reply)) {
		trouble->cause = CAUSE_LOGIN;
		/* Not the same password again, there or elsewhere (F58). */
		session->may_move = false;
		login_hint_refused(session, login->sasl.mechanism);
	}
	if (login->sasl.state == SASL_REFUSED) {
		buf_add_text(&trouble->reply.text, " (");
		add_trouble(login, &trouble->reply.text);
		buf_add_char(&trouble->reply.text, ')');
	}
	return false;
}

/* 235: the server is content. Whether we are, the mechanism says. */
static bool
absorb_success(struct login *login)
{
	switch (login->sasl.state) {
	case SASL_SETTLED:
		return true;
	case SASL_REFUSED:
		return fail(login->session, CAUSE_PROTOCOL,
		    "the server refuses the login and then takes it");
	case SASL_OPEN:
		break;
	}
	/* RFC 5802 section 5: there is no login without the server's proof. */
	return fail(login->session, CAUSE_PROTOCOL,
	    "the server takes the login and does not prove that it knows the "
	    "password: it may be another one");
}

static bool
answer_challenges(struct login *login)
{
	struct reply reply = {0};
	bool done = hear(login->session, &reply);

	while (done && reply.code == 334) {
		done = login->is_waiting ||
		    respond(login, span_trim(reply_last_line(&reply)));
		if (done) {
			say(login);
			done = hear(login->session, &reply);
		} else {
			cancel(login);
		}
	}
	if (done)
		done = reply.code == 235 ? absorb_success(login)
					 : absorb_refusal(login, &reply);
	reply_free(&reply);
	return done;
}

/*
 * The initial response goes along if the line stays short: longer ones are
 * cut by some servers, which then speak of a wrong password.
 */
static bool
start(struct login *login)
{
	struct dialogue *dialogue = &login->session->dialogue;
	struct buf shown = {0};

	if (sasl_has_initial(&login->sasl) && !respond(login, SPAN("")))
		return fail_by_mechanism(login);
	buf_add_format(&shown, "AUTH %s", login->sasl.mechanism->name);
	login->is_waiting = sasl_has_initial(&login->sasl) &&
	    shown.len + 1 + login->line.len + 2 > INITIAL_LINE_MAX;
	if (!sasl_has_initial(&login->sasl) || login->is_waiting) {
		dialogue_say(dialogue, "%s", buf_text(&shown));
	} else if (login->line.len == 0) {
		dialogue_say(dialogue, "%s =", buf_text(&shown));
	} else {
		buf_add_char(&shown, ' ');
		dialogue_say_secret(
		    dialogue, buf_text(&shown), buf_span(&login->line));
	}
	buf_free(&shown);
	return true;
}

/* What there is to log in with. */
static void
prepare(struct login *login)
{
	struct session *session = login->session;
	const struct tls *tls = stream_tls(session->dialogue.stream);

	sasl_free(&login->sasl);
	login->sasl = (struct sasl){
	    .user = span_from(session->profile->user),
	    .password = buf_span(&session->secret->password),
	    .token = buf_span(&session->secret->token),
	    .has_certificate = session->profile->tls_cert != NULL,
	    .host = span_from(session->server->host),
	    .port = session->server->port,
	    .is_encrypted = tls != NULL,
	    .excluded = login->excluded,
	    .only_bound = !is_peer_known(session),
	};
	if (tls == NULL)
		return;
	buf_clear(&login->binding);
	login->sasl.binding_name = tls_channel_binding(tls, &login->binding);
	login->sasl.binding = buf_span(&login->binding);
}

static bool
attempt(struct login *login)
{
	bool done;

	prepare(login);
	if (!check_offer(login))
		return false;
	done = start(login) && answer_challenges(login);
	if (done)
		login->session->mechanism = login->sasl.mechanism->name;
	return done;
}

/*
 * The server does not know the mechanism that it offered: another one that it
 * offers may do, if it is as strong. Once each.
 */
static bool
change_mechanism(struct login *login)
{
	const struct mechanism *refused = login->sasl.mechanism;
	struct session *session = login->session;

	if (refused == NULL || login->sasl.state == SASL_REFUSED ||
	    !reply_refuses_mechanism(&session->trouble.reply) ||
	    !dialogue_is_in_step(&session->dialogue))
		return false;
	for (size_t i = 0; i < mechanism_count(); i++)
		if (mechanism_at(i) == refused ||
		    !mechanism_is_as_strong(mechanism_at(i), refused))
			login->excluded |= 1U << i;
	prepare(login);
	if (!find_mechanism(login))
		return false;
	dialogue_note(session->dialogue.observer,
	    "%s was refused as a mechanism: trying %s", refused->name,
	    login->sasl.mechanism->name);
	outcome_copy(&login->refusal, &session->trouble);
	outcome_free(&session->trouble);
	session->may_move = true;
	return true;
}

/* A server that hung up behind a refusal has said its last word with it. */
static void
restore_refusal(struct login *login)
{
	struct session *session = login->session;

	if (login->refusal.action == ACTION_NONE ||
	    stream_state(session->dialogue.stream) != STREAM_CLOSED)
		return;
	outcome_copy(&session->trouble, &login->refusal);
	session->may_move = false;
}

/*
 * Tokens end: after 535 the command is asked for another one, once, and that
 * one is tried once (RFC 4954 section 4 allows AUTH again after a refusal).
 */
static bool
renew(struct login *login)
{
	struct session *session = login->session;
	struct error err;

	if (login->is_renewed || login->sasl.mechanism == NULL ||
	    login->sasl.mechanism->credential != CREDENTIAL_TOKEN ||
	    session->trouble.reply.code != 535 ||
	    !dialogue_is_in_step(&session->dialogue))
		return false;
	login->is_renewed = true;
	dialogue_note(session->dialogue.observer,
	    "the token was refused: asking token-command for another one");
	if (secret_renew_token(session->secret, session->profile,
		session->dialogue.deadline, &err)) {
		dialogue_hide_forms(
		    &session->dialogue, buf_span(&session->secret->token));
		outcome_free(&session->trouble);
		session->may_move = true;
		return true;
	}
	if (err.kind != ERROR_NONE)
		return fail(session,
		    err.kind == ERROR_TEMPORARY ? CAUSE_TEMPORARY : CAUSE_LOGIN,
		    err.text);
	dialogue_note(session->dialogue.observer,
	    "token-command gives the same token again");
	return false;
}

bool
login_run(struct session *session)
{
	struct login login = {.session = session};
	bool done;

	do
		done = attempt(&login);
	while (!done && (change_mechanism(&login) || renew(&login)));
	if (!done)
		restore_refusal(&login);
	outcome_free(&login.refusal);
	sasl_free(&login.sasl);
	buf_free(&login.binding);
	buf_wipe(&login.line);
	return done;
}

void
login_note_lost(const struct session *session, unsigned before)
{
	for (size_t i = 0; i < mechanism_count(); i++) {
		const struct mechanism *mechanism = mechanism_at(i);

		if (!(mechanism->traits & MECHANISM_AUTO))
			continue;
		if (session->extensions.mechanisms & 1U << i)
			return;
		if (before & 1U << i) {
			dialogue_note(session->dialogue.observer,
			    "%s was offered before TLS and is not any more",
			    mechanism->name);
			return;
		}
	}
}
