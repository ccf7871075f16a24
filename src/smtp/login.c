/*
 * AUTH: chooses a mechanism, answers the server's challenges, and explains a
 * failure. A login needs TLS, a Unix socket or this host's loopback, and, if
 * the server's certificate is not trusted, a mechanism bound to the TLS
 * channel.
 */
#include "smtp/login.h"

#include "base/base64.h"
#include "net/other_end.h"
#include "profile/mechanism.h"
#include "profile/provider.h"
#include "profile/server_url.h"
#include "smtp/sasl.h"
#include "tls/tls.h"

/* How many octets of the offered mechanisms a hint shows: about a dozen. */
#define OFFERED_SHOWN ((size_t)256)

/* RFC 4954 section 4: the whole AUTH line, CRLF too. */
#define INITIAL_LINE_MAX ((size_t)512)
#define RESPONSE_MAX ((size_t)32 * 1024)

struct login {
	struct session *session;
	struct sasl sasl;
	struct buf binding; /* of the TLS channel */
	struct buf line;    /* the response, in base64; wiped */
	bool is_waiting;    /* the response waits for the first 334 */
	bool is_renewed;    /* the refused token was replaced once */
	unsigned excluded; /* bits of mechanisms that must not be tried again */
	struct outcome refusal; /* of the mechanism tried before this one */
};

static const char *
credential_name(enum credential credential)
{
	static const char *const names[] = {
	    [CREDENTIAL_PASSWORD] = "password",
	    [CREDENTIAL_TOKEN] = "token",
	    [CREDENTIAL_CERTIFICATE] = "client certificate",
	};

	return names[credential];
}

static bool
provider_has_hint(const struct session *session, const struct outcome *outcome)
{
	return provider_hint(session->profile, session->server, outcome) !=
	    NULL;
}

static enum credential
credential_of(const struct session *session)
{
	if (session->secret->token.len > 0)
		return CREDENTIAL_TOKEN;
	return session->secret->password.len > 0 ? CREDENTIAL_PASSWORD
						 : CREDENTIAL_CERTIFICATE;
}

/* The mechanisms of the setting `auth`, or those that "auto" may choose. */
static void
add_allowed(struct buf *hint, const struct session *session)
{
	const struct name_list *wanted = &session->profile->auth;
	enum credential credential = credential_of(session);
	const char *between = "";

	for (size_t i = 0; i < wanted->count; i++)
		buf_add_format(
		    hint, "%s%s", i > 0 ? " " : "", wanted->names[i]);
	for (size_t i = 0; wanted->count == 0 && i < mechanism_count(); i++) {
		const struct mechanism *mechanism = mechanism_at(i);

		if (!(mechanism->traits & MECHANISM_AUTO) ||
		    mechanism->credential != credential)
			continue;
		buf_add_format(hint, "%s%s", between, mechanism->name);
		between = " ";
	}
}

/* An offered mechanism that takes the secret but that "auto" never chooses. */
static const struct mechanism *
find_unasked(const struct session *session)
{
	for (size_t i = 0;
	     session->profile->auth.count == 0 && i < mechanism_count(); i++) {
		const struct mechanism *mechanism = mechanism_at(i);

		if (session->extensions.mechanisms & 1U << i &&
		    !(mechanism->traits & MECHANISM_AUTO) &&
		    mechanism->credential == credential_of(session))
			return mechanism;
	}
	return NULL;
}

/* The server's names may echo a secret, so they are masked like its replies. */
static void
add_offered(struct buf *hint, struct session *session)
{
	struct buf clean;

	buf_init(&clean, REPLY_LINE_MAX);
	echo_replace(
	    &session->dialogue.echo, buf_span(&session->offered), &clean);
	buf_add_span(hint, span_head(buf_span(&clean), OFFERED_SHOWN));
	if (clean.len == 0)
		buf_add_text(hint, "no mechanism");
	if (clean.len > OFFERED_SHOWN)
		buf_add_text(hint, "...");
	buf_free(&clean);
}

/* No mechanism that the server offers may be used. */
static void
hint_unusable(struct session *session)
{
	const struct mechanism *unasked = find_unasked(session);
	struct buf hint = {0};

	buf_add_format(&hint, "%s offers ", server_url_name(session->server));
	add_offered(&hint, session);
	buf_add_text(&hint, "; allowed are ");
	add_allowed(&hint, session);
	if (session->profile->auth.count == 0)
		buf_add_format(&hint, " (auth = auto, with a %s)",
		    credential_name(credential_of(session)));
	else
		buf_add_text(&hint, " (auth)");
	if (unasked != NULL)
		buf_add_format(&hint, "; auth = %s would allow that mechanism",
		    unasked->name);
	outcome_set_hint(&session->trouble, "%s", buf_text(&hint));
	buf_free(&hint);
}

/* The server offers no AUTH at all. */
static void
hint_not_offered(struct session *session)
{
	if (!session_is_encrypted(session) && !session->is_unix)
		outcome_set_hint(&session->trouble,
		    "many servers offer a login over TLS only: tls = "
		    "required; auth = none sends without a login");
	else
		outcome_set_hint(&session->trouble,
		    "is %s the right server, and is its port for submission "
		    "(587 or 465)? auth = none sends without a login",
		    server_url_name(session->server));
}

/* 530 and 538 ask for TLS first (RFC 3207 section 4, RFC 4954 section 6). */
static bool
wants_tls(const struct session *session, const struct reply *reply)
{
	return (reply->code == 530 || reply->code == 538) &&
	    !session_is_encrypted(session);
}

/* session->trouble is a 5yz reply to AUTH with this mechanism. */
static void
hint_refused(const struct login *login)
{
	struct session *session = login->session;
	const struct mechanism *mechanism = login->sasl.mechanism;
	struct outcome *trouble = &session->trouble;
	const char *user = session->profile->user;
	struct buf hint = {0};

	if (provider_has_hint(session, trouble))
		return;
	if (reply_refuses_mechanism(&trouble->reply)) {
		hint_unusable(session);
		return;
	}
	if (wants_tls(session, &trouble->reply))
		buf_add_text(&hint,
		    "it may require TLS before a login: tls = required; else ");
	buf_add_text(&hint, "check user and secret: ");
	if (user != NULL)
		buf_add_format(&hint, "user %s", user);
	else
		buf_add_text(&hint, "no user");
	buf_add_format(&hint, " at %s by %s, the %s from ",
	    server_url_name(session->server), mechanism->name,
	    credential_name(mechanism->credential));
	secret_add_source(session->secret, session->profile, &hint);
	if (login->sasl.advice.len > 0) {
		buf_add_text(&hint, "; ");
		echo_replace(&session->dialogue.echo,
		    buf_span(&login->sasl.advice), &hint);
	}
	outcome_set_hint(trouble, "%s", buf_text(&hint));
	buf_free(&hint);
}

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

/* Adds why the mechanism failed. The server's words in it may echo a secret. */
static void
add_trouble(const struct login *login, struct buf *out)
{
	echo_replace(&login->session->dialogue.echo,
	    buf_span(&login->sasl.trouble), out);
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
 * Logins are allowed over TLS, over Unix sockets, and over this host's loopback
 * if the profile itself sets tls = none.
 */
static bool
is_link_allowed(const struct session *session)
{
	return session_is_encrypted(session) || session->is_unix ||
	    (session->is_loopback && session->profile->tls_is_set &&
		session->profile->tls == TLS_POLICY_NONE);
}

/*
 * With tls = opportunistic the server's certificate may be untrusted. Then only
 * a mechanism bound to the TLS channel is safe, because an attacker in the
 * middle cannot forward its proof. For a Unix socket see check_socket.
 */
static bool
is_peer_known(const struct session *session)
{
	const struct tls *tls = stream_tls(session->dialogue.stream);

	return tls == NULL || session->is_unix || tls_distrust(tls) == NULL;
}

bool
login_is_safe(const struct session *session)
{
	return is_link_allowed(session) && is_peer_known(session);
}

/* Another user's process may have replaced the server's socket by its own. */
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

/* Only a mechanism bound to the channel would be safe, and none can be used. */
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
	hint_unusable(login->session);
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
		hint_not_offered(session);
		return false;
	}
	return choose_mechanism(login);
}

/*
 * Puts the response to a challenge, in base64, into login->line. False: the
 * exchange must be cancelled, for the reason in login->sasl.trouble.
 */
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
		sasl_exchange_break(
		    &login->sasl, "the server's login challenge is not base64");
	else
		done =
		    sasl_respond(&login->sasl, buf_span(&clear), &response) &&
		    base64_encode(&login->line, buf_span(&response));
	if (!done && login->sasl.trouble.len == 0)
		sasl_exchange_give_up(
		    &login->sasl, "the user or the password is too long");
	buf_wipe(&clear);
	buf_wipe(&response);
	return done;
}

/*
 * A response without credentials is not hidden: replies may legitimately
 * repeat it.
 */
static void
send_response(struct login *login)
{
	struct dialogue *dialogue = &login->session->dialogue;

	if (login->line.len == 0 || login->sasl.state == SASL_REFUSED)
		dialogue_say(dialogue, "%s", buf_text(&login->line));
	else
		dialogue_say_secret(dialogue, "", buf_span(&login->line));
	buf_wipe(&login->line);
	login->is_waiting = false;
}

/* RFC 4954 section 4: "*" cancels, and the server answers 501. */
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
		/* Do not try the same secret elsewhere: accounts get locked. */
		session->may_move = false;
		hint_refused(login);
	}
	if (login->sasl.state == SASL_REFUSED) {
		buf_add_text(&trouble->reply.text, " (");
		add_trouble(login, &trouble->reply.text);
		buf_add_char(&trouble->reply.text, ')');
	}
	return false;
}

/* 235 counts only if the mechanism's state allows it. */
static bool
absorb_success(struct login *login)
{
	switch (login->sasl.state) {
	case SASL_SETTLED:
		return true;
	case SASL_REFUSED:
		return fail(login->session, CAUSE_PROTOCOL,
		    "the server refuses the login and then accepts it");
	case SASL_OPEN:
		break;
	}
	/* RFC 5802 section 5: the server must have proved itself. */
	return fail(login->session, CAUSE_PROTOCOL,
	    "the server accepts the login without proving that it knows the "
	    "password: it may be an impostor");
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
			send_response(login);
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
 * Sends AUTH, with the initial response if the line stays short, because some
 * servers cut longer lines and then report a wrong password.
 */
static bool
start(struct login *login)
{
	struct dialogue *dialogue = &login->session->dialogue;
	struct buf shown = {0};

	if (sasl_has_initial(&login->sasl) && !respond(login, SPAN("")))
		return fail_by_mechanism(login);
	login->session->is_login_said = true;
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

/* Collects what the profile, the secret and the connection provide. */
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
 * If the server refused the mechanism itself, chooses another offered one that
 * is at least as strong and was not tried yet. False: there is none.
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
	observer_note(session->dialogue.observer,
	    "%s was refused as a mechanism: trying %s", refused->name,
	    login->sasl.mechanism->name);
	outcome_copy(&login->refusal, &session->trouble);
	outcome_free(&session->trouble);
	session->may_move = true;
	return true;
}

/* If the server hangs up after a refusal, report that refusal. */
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
 * Tokens expire, so after a 535 another one is asked for, once. True: there is
 * another, so AUTH can be sent again, which RFC 4954 section 4 allows
 * after a refusal.
 */
static bool
renew(struct login *login)
{
	struct session *session = login->session;
	const char *source = secret_token_source(session->profile);
	struct error err;

	if (login->is_renewed || login->sasl.mechanism == NULL ||
	    login->sasl.mechanism->credential != CREDENTIAL_TOKEN ||
	    session->trouble.reply.code != 535 ||
	    !dialogue_is_in_step(&session->dialogue))
		return false;
	login->is_renewed = true;
	observer_note(session->dialogue.observer,
	    "the token was refused: running %s for another one", source);
	switch (secret_renew_token(session->secret, session->profile,
	    session->dialogue.deadline, &err)) {
	case TOKEN_RENEWED:
		echo_hide_forms(
		    &session->dialogue.echo, buf_span(&session->secret->token));
		outcome_free(&session->trouble);
		session->may_move = true;
		return true;
	case TOKEN_FAILED:
		return fail(session, secret_cause(&err), err.text);
	case TOKEN_SAME:
		break;
	}
	observer_note(session->dialogue.observer,
	    "%s gives the same token again", source);
	return false;
}

static void
free_login(struct login *login)
{
	outcome_free(&login->refusal);
	sasl_free(&login->sasl);
	buf_free(&login->binding);
	buf_wipe(&login->line);
}

bool
login_is_possible(struct session *session)
{
	struct login login = {.session = session};
	bool is_possible;

	prepare(&login);
	is_possible = check_offer(&login);
	free_login(&login);
	return is_possible;
}

bool
login_authenticate(struct session *session)
{
	struct login login = {.session = session};
	bool done;

	do
		done = attempt(&login);
	while (!done && (change_mechanism(&login) || renew(&login)));
	if (!done)
		restore_refusal(&login);
	free_login(&login);
	return done;
}

void
login_add_hint(const struct session *session, struct outcome *outcome)
{
	int code = outcome->reply.code;

	/* At a mail exchanger nobody has a login. */
	if ((code != 530 && code != 535) || session->verdict != NULL ||
	    provider_has_hint(session, outcome))
		return;
	if (session->mechanism != NULL)
		outcome_set_hint(outcome,
		    "%s requires another login than user %s by %s",
		    server_url_name(session->server),
		    session->profile->user != NULL ? session->profile->user
						   : "(none)",
		    session->mechanism);
	else
		outcome_set_hint(outcome,
		    "%s requires a login%s: set user, and password-command or "
		    "password-file, in profile \"%s\"",
		    server_url_name(session->server),
		    session_is_encrypted(session) ? "" : ", or TLS first",
		    session->profile->name);
}
