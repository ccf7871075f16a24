#include "smtp/login.h"

#include "base/base64.h"
#include "smtp/sasl.h"
#include "smtp/session.h"

/* RFC 4954 section 4: the whole AUTH line, CRLF too. */
#define INITIAL_LINE_MAX ((size_t)512)
#define RESPONSE_MAX ((size_t)12288)

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

static bool
choose_mechanism(struct session *session, struct sasl *sasl)
{
	const struct name_list *wanted = &session->profile->auth;
	struct buf names = {0};
	bool found;

	for (size_t i = 0; i < wanted->count; i++) {
		buf_add_text(&names, wanted->names[i]);
		buf_add_char(&names, ' ');
	}
	found = sasl_choose(
	    sasl, buf_span(&names), session->extensions.mechanisms);
	buf_free(&names);
	return found;
}

static bool
check_offer(struct session *session, struct sasl *sasl)
{
	if (!is_link_allowed(session))
		return fail(session, CAUSE_LOGIN,
		    "a login is not allowed over an unencrypted connection");
	if (!extensions_has(&session->extensions, EXTENSION_AUTH))
		return fail(session, CAUSE_LOGIN,
		    "a login is required and the server offers none");
	if (!choose_mechanism(session, sasl))
		return fail(session, CAUSE_LOGIN,
		    "the server offers no login mechanism that may be used");
	return true;
}

/* The response to one challenge, in base64; false: it must be cancelled. */
static bool
respond(struct sasl *sasl, struct span challenge, struct buf *line)
{
	struct buf clear, response;
	bool done;

	buf_init(&clear, RESPONSE_MAX);
	buf_init(&response, RESPONSE_MAX);
	done = base64_decode(&clear, challenge) &&
	    sasl_respond(sasl, buf_span(&clear), &response) &&
	    base64_encode(line, buf_span(&response));
	buf_wipe(&clear);
	buf_wipe(&response);
	return done;
}

/* RFC 4954 section 4: a lone "*", to which the server says 501. */
static bool
cancel(struct session *session)
{
	struct reply reply = {0};

	dialogue_say(&session->dialogue, "*");
	if (hear(session, &reply))
		fail(session, CAUSE_PROTOCOL,
		    "the server's login challenge makes no sense");
	reply_free(&reply);
	return false;
}

static bool
absorb_refusal(struct session *session, const struct reply *reply)
{
	outcome_from_reply(&session->trouble, STAGE_AUTH, reply);
	session->trouble.action = ACTION_DELAYED;
	if (reply_is_positive(reply))
		session->trouble.cause = CAUSE_PROTOCOL; /* not 235 */
	if (reply_is_permanent(reply)) {
		session->trouble.cause = CAUSE_LOGIN;
		/* Not the same password again, there or elsewhere (F58). */
		session->may_move = false;
	}
	return false;
}

static bool
answer_challenges(struct session *session, struct sasl *sasl)
{
	struct reply reply = {0};
	bool done = hear(session, &reply);

	while (done && reply.code == 334) {
		struct buf line;
		bool answered;

		buf_init(&line, RESPONSE_MAX * 2);
		answered =
		    respond(sasl, span_trim(reply_last_line(&reply)), &line);
		if (answered)
			dialogue_say_secret(
			    &session->dialogue, "", buf_span(&line));
		buf_wipe(&line);
		done = answered ? hear(session, &reply) : cancel(session);
	}
	if (done && reply.code != 235)
		done = absorb_refusal(session, &reply);
	reply_free(&reply);
	return done;
}

/*
 * The initial response goes along if the line stays short: longer ones are
 * cut by some servers, which then speak of a wrong password.
 */
static bool
start(struct session *session, struct sasl *sasl)
{
	struct sasl fresh = *sasl;
	struct buf shown = {0}, line;
	bool done = true;

	buf_init(&line, RESPONSE_MAX * 2);
	buf_add_format(&shown, "AUTH %s", sasl_name(sasl));
	if (sasl_has_initial(sasl))
		done = respond(sasl, SPAN(""), &line);
	if (!done)
		fail(session, CAUSE_LOGIN, "the user or password is too long");
	else if (!sasl_has_initial(sasl) ||
	    shown.len + 1 + line.len + 2 > INITIAL_LINE_MAX) {
		*sasl = fresh;
		dialogue_say(&session->dialogue, "%s", buf_text(&shown));
	} else {
		buf_add_char(&shown, ' ');
		dialogue_say_secret(
		    &session->dialogue, buf_text(&shown), buf_span(&line));
	}
	buf_wipe(&line);
	buf_free(&shown);
	return done;
}

/*
 * From here to the session's end no reply may echo the password: as it is, in
 * base64 wherever it begins in a group of three, or in hexadecimal.
 */
static void
hide_password(struct dialogue *dialogue, struct span password)
{
	struct buf form, padded;

	buf_init(&form, RESPONSE_MAX * 2);
	buf_init(&padded, RESPONSE_MAX);
	dialogue_hide(dialogue, password);
	for (size_t shift = 0; shift < 3; shift++) {
		/* Only the digits that depend on the password alone. */
		size_t first = shift + (shift > 0);
		size_t bits = (shift + password.len) * 8;

		buf_clear(&form);
		buf_clear(&padded);
		buf_add(&padded, "\0\0", shift);
		buf_add_span(&padded, password);
		base64_encode(&form, buf_span(&padded));
		dialogue_hide(dialogue,
		    span_skip(span_head(buf_span(&form), bits / 6), first));
	}
	buf_clear(&form);
	for (size_t i = 0; i < password.len; i++)
		buf_add_format(&form, "%02x", (unsigned char)password.at[i]);
	dialogue_hide(dialogue, buf_span(&form));
	buf_wipe(&form);
	buf_wipe(&padded);
}

bool
session_login(struct session *session)
{
	struct sasl sasl = {
	    .user = span_from(session->profile->user),
	    .password = buf_span(&session->secret->password),
	};
	bool done;

	if (!check_offer(session, &sasl))
		return false;
	hide_password(&session->dialogue, sasl.password);
	done = start(session, &sasl) && answer_challenges(session, &sasl);
	if (done)
		session->mechanism = sasl_name(&sasl);
	return done;
}
