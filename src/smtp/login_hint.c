/*
 * Hints about a login. Words of the server (the mechanisms that it offers) may
 * echo a secret and are cleaned like its replies.
 */
#include "smtp/login_hint.h"

#include "profile/provider.h"
#include "smtp/echo.h"

/* Octets of the mechanisms that a server offers; a dozen of them fit. */
#define OFFERED_SHOWN ((size_t)256)

static const char *
server_name(const struct session *session)
{
	return session->is_unix ? session->server->path : session->server->host;
}

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
is_provider_known(const struct session *session, const struct outcome *outcome)
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

/* The setting `auth`, or what stands for "auto" with this secret. */
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

/* What the server offers and the secret fits, but only if it is asked for. */
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

static void
add_offered(struct buf *hint, const struct session *session)
{
	struct buf clean;

	buf_init(&clean, REPLY_LINE_MAX);
	echo_replace(&clean, buf_span(&session->offered),
	    buf_span(&session->dialogue.secrets));
	buf_add_span(hint, span_head(buf_span(&clean), OFFERED_SHOWN));
	if (clean.len == 0)
		buf_add_text(hint, "no mechanism");
	if (clean.len > OFFERED_SHOWN)
		buf_add_text(hint, "...");
	buf_free(&clean);
}

void
login_hint_unusable(struct session *session)
{
	const struct mechanism *unasked = find_unasked(session);
	struct buf hint = {0};

	buf_add_format(&hint, "%s offers ", server_name(session));
	add_offered(&hint, session);
	buf_add_text(&hint, "; allowed are ");
	add_allowed(&hint, session);
	if (session->profile->auth.count == 0)
		buf_add_format(&hint, " (auth = auto, with a %s)",
		    credential_name(credential_of(session)));
	else
		buf_add_text(&hint, " (auth)");
	if (unasked != NULL)
		buf_add_format(
		    &hint, "; auth = %s would use that one", unasked->name);
	outcome_set_hint(&session->trouble, "%s", buf_text(&hint));
	buf_free(&hint);
}

void
login_hint_not_offered(struct session *session)
{
	if (!session_is_encrypted(session) && !session->is_unix)
		outcome_set_hint(&session->trouble,
		    "many servers offer a login over TLS only: tls = "
		    "required; auth = none sends without a login");
	else
		outcome_set_hint(&session->trouble,
		    "is %s the right server, and is its port for submission "
		    "(587 or 465)? auth = none sends without a login",
		    server_name(session));
}

/* 530 and 538 want TLS first (RFC 3207 section 4, RFC 4954 section 6). */
static bool
wants_tls(const struct session *session, const struct reply *reply)
{
	return (reply->code == 530 || reply->code == 538) &&
	    !session_is_encrypted(session);
}

void
login_hint_refused(struct session *session, const struct mechanism *mechanism)
{
	struct outcome *trouble = &session->trouble;
	const char *user = session->profile->user;
	struct buf hint = {0};

	if (is_provider_known(session, trouble))
		return;
	if (reply_refuses_mechanism(&trouble->reply)) {
		login_hint_unusable(session);
		return;
	}
	if (wants_tls(session, &trouble->reply))
		buf_add_text(&hint,
		    "it may want TLS before a login: tls = required; else ");
	buf_add_text(&hint, "check user and secret: ");
	if (user != NULL)
		buf_add_format(&hint, "user %s", user);
	else
		buf_add_text(&hint, "no user");
	buf_add_format(&hint, " at %s by %s, the %s from ",
	    server_name(session), mechanism->name,
	    credential_name(mechanism->credential));
	secret_add_source(session->secret, session->profile, &hint);
	outcome_set_hint(trouble, "%s", buf_text(&hint));
	buf_free(&hint);
}

void
login_hint_wanted(const struct session *session, struct outcome *outcome)
{
	int code = outcome->reply.code;

	if ((code != 530 && code != 535) || is_provider_known(session, outcome))
		return;
	if (session->mechanism != NULL)
		outcome_set_hint(outcome,
		    "%s wants another login than user %s by %s",
		    server_name(session),
		    session->profile->user != NULL ? session->profile->user
						   : "(none)",
		    session->mechanism);
	else
		outcome_set_hint(outcome,
		    "%s wants a login%s: set user, and password-command or "
		    "password-file, in profile \"%s\"",
		    server_name(session),
		    session_is_encrypted(session) ? "" : ", or TLS first",
		    session->profile->name);
}
