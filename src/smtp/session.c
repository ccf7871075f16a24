/*
 * Opens a session: TLS if the port has it from the start, greeting, EHLO,
 * STARTTLS and EHLO again; closes it with QUIT. Replies before TLS can be
 * forged, so if TLS is required they never refuse the mail for good.
 */
#include "smtp/session.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "address/domain.h"
#include "base/mem.h"
#include "base/wait.h"
#include "net/dial.h"
#include "net/other_end.h"
#include "profile/mechanism.h"
#include "profile/profile_check.h"
#include "profile/provider.h"
#include "profile/server_url.h"
#include "smtp/false_greeting.h"
#include "smtp/route.h"
#include "tls/tls.h"

/* How long a server may be silent before a second connection tries TLS. */
#define SILENCE ((int64_t)10000)
#define QUIT_TIMEOUT ((int64_t)5000)
/* If QUIT was sent with the content, its reply usually comes at once. */
#define QUIT_BEHIND_TIMEOUT ((int64_t)2000)
/* For one more reply, if the reply to QUIT was not 221. */
#define SURPLUS_TIMEOUT ((int64_t)2000)

static bool
hear(struct session *session, enum stage stage, struct reply *reply)
{
	return dialogue_hear(
	    &session->dialogue, stage, reply, &session->trouble);
}

/*
 * TLS cannot be had as it is needed. The TLS of a mail exchanger is its
 * owner's: the mail waits, unless it must have REQUIRETLS.
 */
static void
refuse_tls(struct session *session, enum cause cause, const char *text)
{
	const struct mx_verdict *verdict = session->verdict;
	struct outcome *trouble = &session->trouble;

	if (verdict != NULL && verdict->required_by != NULL)
		outcome_set_own(trouble, STAGE_TLS, cause,
		    "TLS is required by %s: %s", verdict->required_by, text);
	else
		outcome_set_own(trouble, STAGE_TLS, cause, "%s", text);
	if (verdict == NULL)
		return;
	trouble->cause = CAUSE_TEMPORARY;
	if (session->tls == TLS_POLICY_REQUIRED)
		outcome_set_status(trouble, mx_policy_failed);
	if (verdict->requires_tls && cause == CAUSE_PROTOCOL)
		outcome_set_status(trouble, mx_policy_no_requiretls);
}

static const char *
name_to_verify(const struct session *session)
{
	if (session->profile->tls_host != NULL)
		return session->profile->tls_host;
	/* RFC 6186 section 6: a forged DNS answer can name any target. */
	return session->server->domain != NULL ? session->server->domain
					       : session->server->host;
}

/*
 * Adds a failure of TLS, in which the server is quoted. Only the quotation is
 * masked: our own words are no secret.
 */
static void
mask_quotes(struct session *session, struct span text, struct buf *out)
{
	size_t begin = span_find(text, '"'), end = text.len;

	while (end > begin && text.at[end - 1] != '"')
		end--;
	buf_add_span(out, span_head(text, begin));
	echo_replace(&session->dialogue.echo,
	    span_skip(span_head(text, end), begin), out);
	buf_add_span(out, span_skip(text, end));
}

/*
 * The connection was lost before the server said anything. If the command that
 * leads to the server has ended, there was none: session->trouble says so.
 */
static bool
blames_tunnel(struct session *session)
{
	struct buf reason = {0};
	bool has_ended;

	buf_add_text(&reason, "it ");
	has_ended = stream_add_tunnel_end(session->dialogue.stream, &reason);
	if (has_ended)
		route_set_failure(&session->trouble, session->profile,
		    session->server, CAUSE_TEMPORARY, &reason);
	buf_free(&reason);
	return has_ended;
}

/* False: session->trouble says why, and nothing more must be sent. */
static bool
shake_hands(struct session *session)
{
	const struct profile *profile = session->profile;
	const struct mx_verdict *verdict = session->verdict;
	bool is_lenient = session->tls == TLS_POLICY_OPPORTUNISTIC ||
	    (verdict != NULL && verdict->tls == MX_TLS_ENCRYPTED);
	bool is_tested =
	    verdict != NULL && is_lenient && verdict->is_sts_testing;
	struct tls_failure failure = {0};
	struct tls_options options = {
	    .host = name_to_verify(session),
	    .name = name_to_verify(session),
	    .service =
		profile->tls_host == NULL ? session->server->service : NULL,
	    .trust = profile->tls_trust != NULL ? profile->tls_trust
						: profile->trust_file,
	    .trust_folder = profile->trust_folder,
	    .crl = profile->tls_crl,
	    /* A login requires a server whose identity is known. */
	    .verify = !is_lenient || session->secret != NULL ||
		(session->diagnose && secret_is_wanted(profile)),
	    .accept_untrusted = is_lenient,
	    .diagnose = session->diagnose || is_tested,
	    .pins = profile->tls_pin.names,
	    .pin_count = profile->tls_pin.count,
	    .pin_alone = profile_check_trusts_pin_alone(profile) ||
		(is_lenient && profile->tls_pin.count > 0),
	    .dane = verdict != NULL ? verdict->dane : NULL,
	    .is_foreign = verdict != NULL,
	    .is_public = verdict != NULL ||
		provider_of(profile, session->server) != NULL,
	    .only_tls13 = profile->tls_min == TLS_MIN_1_3,
	    .priority = profile->tls_priority,
	    .client_certificate = profile->tls_cert,
	    .client_key = profile->tls_key,
	};
	struct tls *tls;

	if (verdict != NULL && verdict->sni != NULL)
		options.host = verdict->sni;
	observer_reach(session->dialogue.observer,
	    &(struct observed_place){.stage = STAGE_TLS});
	tls = tls_start(stream_fd(session->dialogue.stream), &options,
	    dialogue_deadline(&session->dialogue, STAGE_TLS), &failure);

	if (tls == NULL) {
		bool lost =
		    failure.result == TLS_LOST || failure.result == TLS_SIGNAL;
		struct buf text = {0};

		session->is_broken = true;
		if (failure.result == TLS_LOST && !failure.is_tls &&
		    session->server->scheme == SCHEME_SMTPS &&
		    blames_tunnel(session))
			return false;
		mask_quotes(session, span_from(failure.text), &text);
		refuse_tls(session, lost ? CAUSE_TEMPORARY : CAUSE_PROTOCOL,
		    buf_text(&text));
		buf_free(&text);
		session->may_move = failure.result != TLS_SIGNAL;
		return false;
	}
	stream_use_tls(session->dialogue.stream, tls);
	session->secured_at = clock_now();
	observer_note(session->dialogue.observer,
	    "%s %s, key exchange %s, verified by %s", tls_protocol(tls),
	    tls_cipher(tls), tls_key_exchange(tls), tls_verified_by(tls));
	if (is_tested && tls_distrust(tls) != NULL)
		observer_note(session->dialogue.observer,
		    "MTA-STS, which is being tested, would refuse it: %s",
		    tls_distrust(tls));
	return true;
}

static bool
is_lost(const struct session *session)
{
	enum stream_state state = stream_state(session->dialogue.stream);

	return state == STREAM_CLOSED || state == STREAM_BROKEN;
}

/* Explains a greeting that is not a reply. */
static void
explain_greeting(struct session *session)
{
	struct dialogue *dialogue = &session->dialogue;
	struct span said = buf_span(&dialogue->odd);

	if (said.len == 0)
		said = stream_input(dialogue->stream);
	if (said.len == 0 && is_lost(session) && blames_tunnel(session))
		return;
	/* An unfinished line that begins with a digit may be a reply. */
	if (dialogue->odd.len > 0 ||
	    (said.len > 0 && !ascii_is_digit(said.at[0])))
		false_greeting_explain(
		    dialogue, session->server, said, &session->trouble);
	else if (session->server->scheme == SCHEME_SMTP &&
	    session->trouble.hint == NULL)
		false_greeting_hint_at_tls(session->server, &session->trouble);
}

/*
 * Waits for the first octet. True: none came within SILENCE, and a second
 * connection showed that the server waits for TLS.
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

	session->is_broken = true; /* it would not understand QUIT */
	outcome_set_own(&session->trouble, STAGE_GREETING, CAUSE_PROTOCOL,
	    "port %u of %s uses TLS from the start", (unsigned)server->port,
	    server->host);
	outcome_set_hint(&session->trouble, "write smtps%s instead of smtp://",
	    strchr(server->url, ':'));
	return false;
}

/* Whether replies can be forged: TLS is required, but not begun. */
static bool
is_forgeable(const struct session *session)
{
	return session->tls == TLS_POLICY_REQUIRED &&
	    !session_is_encrypted(session);
}

/* A greeting other than 220. */
static void
refuse_greeting(struct session *session, const struct reply *reply)
{
	struct outcome *trouble = &session->trouble;

	outcome_from_reply(trouble, STAGE_GREETING, reply);
	if (reply_is_positive(reply)) {
		trouble->action = ACTION_DELAYED;
		trouble->cause = CAUSE_PROTOCOL;
	} else if (reply_is_permanent(reply) && is_forgeable(session)) {
		trouble->action = ACTION_DELAYED;
		trouble->cause = CAUSE_TEMPORARY;
	}
}

/*
 * RFC 2920 section 3.1 permits MAIL, RCPT and DATA in the flight of the end of
 * a content. Some servers do not take them there; this is how they are known
 * by their greeting or their reply to EHLO.
 */
static void
note_marks(struct session *session, struct reply *reply)
{
	static const char *const marks[] = {
	    "Dovecot",	     /* crashes: the content may be lost */
	    "BURL imap",     /* Dovecot with a greeting of the site */
	    "Haraka",	     /* refuses MAIL, so that it is sent twice */
	    "XVERP=Courier", /* drops what comes right after a content */
	};
	const char *text = buf_text(&reply->text);

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (strstr(text, marks[i]) != NULL)
			session->is_unfit_for_flights = true;
}

/* Only 220 is accepted (RFC 5321 section 3.1); 5yz refuses this mail. */
static bool
hear_greeting(struct session *session, const struct session_options *options)
{
	struct dialogue *dialogue = &session->dialogue;
	int64_t deadline = dialogue->deadline;
	struct reply reply = {0};
	bool heard;

	observer_reach(dialogue->observer,
	    &(struct observed_place){.stage = STAGE_GREETING});
	/* One deadline for the silence and for the greeting itself. */
	dialogue->deadline = dialogue_deadline(dialogue, STAGE_GREETING);
	if (is_waiting_for_tls(session, options))
		return fail_by_tls(session); /* the session is not used again */
	heard =
	    dialogue_hear(dialogue, STAGE_GREETING, &reply, &session->trouble);
	dialogue->deadline = deadline;
	if (!heard)
		explain_greeting(session);
	if (heard && reply.code != 220) {
		refuse_greeting(session, &reply);
		heard = false;
	}
	if (heard)
		note_marks(session, &reply);
	reply_free(&reply);
	return heard;
}

/*
 * Finds our name for EHLO (RFC 5321 sections 4.1.3 and 4.1.4): this host's name
 * if that is a full name, else its address.
 */
static void
find_own_name(struct session *session, int fd, bool by_proxy)
{
	char host[256] = "";

	buf_init(&session->own_name, 512);
	if (session->profile->ehlo_name != NULL) {
		buf_add_text(&session->own_name, session->profile->ehlo_name);
		return;
	}
	/* On a Unix socket our name is meaningless and there is no address. */
	if (session->is_unix) {
		buf_add_text(&session->own_name, "localhost.localdomain");
		return;
	}
	if (gethostname(host, sizeof(host) - 1) == 0 &&
	    domain_is_ldh(span_from(host)) && domain_is_fqdn(span_from(host)))
		buf_add_text(&session->own_name, host);
	else if (by_proxy || !dial_own_literal(fd, &session->own_name))
		buf_add_text(&session->own_name, "[127.0.0.1]");
}

/* Whether the server knows only HELO (RFC 5321 section 4.1.4). */
static bool
is_ehlo_unknown(const struct reply *reply)
{
	return reply->code == 500 || reply->code == 501 || reply->code == 502 ||
	    reply->code == 504 || reply->code == 550;
}

/* After HELO there is neither STARTTLS nor AUTH. */
static bool
may_use_helo(const struct session *session)
{
	return session->tls != TLS_POLICY_REQUIRED && session->secret == NULL &&
	    !session->is_lmtp;
}

/*
 * 5yz refuses this mail, unless it only shows that the server lacks TLS or
 * AUTH. The reply to another command, such as a second 220, breaks the
 * protocol.
 */
static void
refuse_hello(struct session *session, const struct reply *reply)
{
	struct outcome *trouble = &session->trouble;
	bool is_unknown = reply->code == 500 || reply->code == 502;

	outcome_from_reply(trouble, STAGE_EHLO, reply);
	if (reply_is_misplaced(reply) ||
	    (reply_is_permanent(reply) && is_forgeable(session))) {
		trouble->action = ACTION_DELAYED;
		/* The TLS of a mail exchanger is not ours to mend. */
		trouble->cause =
		    session->verdict != NULL && !reply_is_misplaced(reply)
		    ? CAUSE_TEMPORARY
		    : CAUSE_PROTOCOL;
	} else if (is_unknown && session->secret != NULL) {
		trouble->action = ACTION_DELAYED;
		trouble->cause = CAUSE_LOGIN;
	}
	if (reply->code == 501 || reply->code == 504)
		outcome_set_hint(trouble,
		    "the server may require another name than %s: set "
		    "ehlo-name "
		    "to the full host name of this machine",
		    buf_text(&session->own_name));
}

/*
 * Limits that the server does not announce come from the provider's row; but a
 * diagnosis finds out what the server itself says.
 */
static void
add_provider_limits(struct session *session)
{
	const struct provider *provider;

	if (session->profile->provider == NULL || session->diagnose)
		return;
	provider = provider_of(session->profile, session->server);
	if (session->extensions.size_limit == 0)
		session->extensions.size_limit = provider->size_limit;
	if (session->extensions.recipients_max == 0)
		session->extensions.recipients_max = provider->recipient_limit;
}

static bool
say_hello(struct session *session)
{
	struct reply reply = {0};
	bool done;

	dialogue_say(&session->dialogue, "%s %s",
	    session->is_lmtp ? "LHLO" : "EHLO", buf_text(&session->own_name));
	done = hear(session, STAGE_EHLO, &reply);
	if (done && is_ehlo_unknown(&reply) && may_use_helo(session)) {
		dialogue_say(&session->dialogue, "HELO %s",
		    buf_text(&session->own_name));
		done = hear(session, STAGE_EHLO, &reply);
		session->is_extended = false;
	} else {
		session->is_extended = true;
	}
	if (done &&
	    (!reply_is_positive(&reply) || reply_is_misplaced(&reply))) {
		refuse_hello(session, &reply);
		done = false;
	}
	session->extensions = (struct extensions){0};
	buf_clear(&session->offered);
	if (done && session->is_extended) {
		extensions_read(&session->extensions, &reply);
		/* RFC 8689 section 2: it means nothing without encryption. */
		if (!session_is_encrypted(session))
			session->extensions.offered &=
			    ~(unsigned)EXTENSION_REQUIRETLS;
		note_marks(session, &reply);
		if (session->secret != NULL || session->diagnose)
			extensions_add_mechanisms(&reply, &session->offered);
	}
	add_provider_limits(session);
	reply_free(&reply);
	return done;
}

/*
 * Whether no input came between the 220 and the handshake. A server waits for
 * our ClientHello, so such input was injected (RFC 3207 section 6).
 */
static bool
is_input_clean(struct session *session)
{
	if (!stream_peek(session->dialogue.stream))
		return true;
	if (stream_input(session->dialogue.stream).len > 0)
		refuse_tls(session, CAUSE_PROTOCOL,
		    "plaintext came between the reply to STARTTLS and the "
		    "handshake: an attacker may have injected it");
	else
		dialogue_describe(
		    &session->dialogue, STAGE_TLS, &session->trouble);
	session->is_broken = true;
	return false;
}

enum upgrade {
	UPGRADE_ENDED,	 /* session->trouble says why */
	UPGRADE_REFUSED, /* opportunistic: the session continues without TLS */
	UPGRADE_READY,	 /* the handshake is next */
};

/* What to say of a server without STARTTLS. */
static const char *
without_tls(const struct session *session)
{
	if (session->verdict != NULL)
		return session->verdict->required_by != NULL
		    ? "the server does not offer STARTTLS"
		    : "TLS is required and the server does not offer STARTTLS";
	return session->is_loopback
	    ? "TLS is required and the server does not offer STARTTLS\n"
	      "hint: tls = none does without TLS, for a server on this host"
	    : "TLS is required and the server does not offer STARTTLS\n"
	      "hint: it may have a port with TLS from the start, for smtps://";
}

static enum upgrade
ask_for_tls(struct session *session)
{
	bool is_required = session->tls == TLS_POLICY_REQUIRED;
	enum upgrade upgrade = UPGRADE_ENDED;
	struct reply reply = {0};

	if (!extensions_has(&session->extensions, EXTENSION_STARTTLS)) {
		if (!is_required)
			return UPGRADE_REFUSED;
		refuse_tls(session, CAUSE_PROTOCOL, without_tls(session));
		return UPGRADE_ENDED;
	}
	dialogue_say(&session->dialogue, "STARTTLS");
	if (!hear(session, STAGE_TLS, &reply))
		return UPGRADE_ENDED;
	if (reply.code == 220) {
		upgrade = UPGRADE_READY;
	} else if (!is_required && reply.code >= 400 && reply.code != 421) {
		upgrade = UPGRADE_REFUSED;
	} else {
		outcome_from_reply(&session->trouble, STAGE_TLS, &reply);
		session->trouble.action = ACTION_DELAYED;
		if (!reply_is_transient(&reply) && session->verdict == NULL)
			session->trouble.cause = CAUSE_PROTOCOL;
	}
	reply_free(&reply);
	return upgrade;
}

/*
 * Notes that a stronger mechanism was offered before TLS than now. That is not
 * an error, because only the offer under TLS counts.
 */
static void
note_lost_mechanism(const struct session *session, unsigned before)
{
	/* The strongest mechanism comes first. */
	for (size_t i = 0; i < mechanism_count(); i++) {
		const struct mechanism *mechanism = mechanism_at(i);

		if (!(mechanism->traits & MECHANISM_AUTO))
			continue;
		if (session->extensions.mechanisms & 1U << i)
			return;
		if (before & 1U << i) {
			observer_note(session->dialogue.observer,
			    "%s was offered before TLS but not under TLS",
			    mechanism->name);
			return;
		}
	}
}

/* RFC 3207 section 4.2: what was learned before the handshake is forgotten. */
static bool
upgrade(struct session *session)
{
	unsigned before = session->extensions.mechanisms;
	enum upgrade upgrade = ask_for_tls(session);

	if (upgrade == UPGRADE_REFUSED)
		observer_note(session->dialogue.observer,
		    "no STARTTLS: continuing without encryption");
	if (upgrade != UPGRADE_READY)
		return upgrade == UPGRADE_REFUSED;
	if (!is_input_clean(session) || !shake_hands(session) ||
	    !say_hello(session))
		return false;
	note_lost_mechanism(session, before);
	return true;
}

static enum tls_policy
policy_of(const struct mx_verdict *verdict)
{
	if (verdict->tls == MX_TLS_NONE)
		return TLS_POLICY_NONE;
	return verdict->tls == MX_TLS_OPPORTUNISTIC ? TLS_POLICY_OPPORTUNISTIC
						    : TLS_POLICY_REQUIRED;
}

/*
 * A Unix socket has no listeners, so TLS is used only if a setting asks for it.
 */
static enum tls_policy
policy_for(const struct session_options *options)
{
	if (options->verdict != NULL)
		return policy_of(options->verdict);
	if (server_url_is_unix(options->server) &&
	    !options->profile->tls_is_set)
		return TLS_POLICY_NONE;
	return options->profile->tls;
}

bool
session_open(
    struct session *session, int fd, const struct session_options *options)
{
	const struct profile *profile = options->profile;
	bool is_implicit = options->server->scheme == SCHEME_SMTPS;

	*session = (struct session){.profile = profile,
	    .server = options->server,
	    .verdict = options->verdict,
	    .secret = options->secret,
	    .tls = policy_for(options),
	    .is_unix = server_url_is_unix(options->server),
	    .is_lmtp = server_url_is_lmtp(options->server),
	    .diagnose = options->diagnose && options->secret == NULL,
	    .may_move = true,
	    .connected_at = clock_now()};
	dialogue_init(&session->dialogue, stream_new(fd), options->observer,
	    profile->timeout, options->deadline);
	/* The server may know the secret from an earlier session. */
	if (session->secret != NULL)
		echo_hide_secret(&session->dialogue.echo, session->secret);
	if (options->hidden != NULL)
		echo_hide_secret(&session->dialogue.echo, options->hidden);
	if (options->by_proxy)
		echo_hide_forms(&session->dialogue.echo,
		    proxy_url_password(&profile->network.proxy));
	stream_use_tunnel(session->dialogue.stream, options->tunnel);
	session->is_loopback = !options->by_proxy && other_end_is_loopback(fd);
	find_own_name(session, fd, options->by_proxy);

	if (is_implicit && !shake_hands(session))
		return false;
	if (!hear_greeting(session, options) || !say_hello(session))
		return false;
	if (!is_implicit && session->tls != TLS_POLICY_NONE &&
	    !upgrade(session))
		return false;
	session->ready_at = clock_now();
	return true;
}

bool
session_is_encrypted(const struct session *session)
{
	return stream_tls(session->dialogue.stream) != NULL;
}

bool
session_is_pipelined(const struct session *session)
{
	return extensions_has(&session->extensions, EXTENSION_PIPELINING) &&
	    session->profile->pipelining == EXTENSION_AUTO;
}

bool
session_is_all_or_nothing(const struct session *session)
{
	return session->profile->partial == PARTIAL_ALL_OR_NOTHING;
}

void
session_note_unconfirmed(struct session *session, struct recipient *recipient,
    enum on_surplus effect)
{
	struct recipient **item;

	recipient->on_surplus = effect;
	if (effect == SURPLUS_CHANGES_NOTHING)
		return;
	item = mem_append(
	    &session->unconfirmed, &session->unconfirmed_count, sizeof(*item));
	*item = recipient;
}

void
session_confirm(struct session *session)
{
	for (size_t i = 0; i < session->unconfirmed_count; i++)
		session->unconfirmed[i]->on_surplus = SURPLUS_CHANGES_NOTHING;
	session->unconfirmed_count = 0;
	session->has_taken = false;
}

bool
session_is_full(const struct session *session)
{
	uint64_t max = session->extensions.transactions_max;

	return max > 0 && session->mails >= max;
}

bool
session_is_chunked(const struct session *session)
{
	return extensions_has(&session->extensions, EXTENSION_CHUNKING) &&
	    session_is_pipelined(session) &&
	    session->profile->chunking == EXTENSION_AUTO &&
	    !session->is_chunk_refused &&
	    (session_is_encrypted(session) || session->is_unix ||
		session->is_loopback);
}

/*
 * Reads the replies that belong to no command, up to 221, and notes whether one
 * of them may have accepted the content.
 */
static void
hear_surplus(struct session *session)
{
	struct dialogue *dialogue = &session->dialogue;
	struct outcome ignored = {0};
	struct reply reply = {0};

	dialogue->unsolicited = false;
	dialogue->deadline =
	    deadline_earlier(dialogue->deadline, deadline_in(SURPLUS_TIMEOUT));
	while (reply.code != 221 &&
	    dialogue_hear(dialogue, STAGE_QUIT, &reply, &ignored)) {
		session->is_out_of_step = true;
		if (reply_is_positive(&reply) && reply.code != 221)
			session->has_taken = true;
	}
	outcome_free(&ignored);
	reply_free(&reply);
}

/*
 * 221 ends the session, as does a closed connection or silence. Any other reply
 * is either an unusual answer to QUIT, or the server sent one reply too many
 * before; then the answer to QUIT follows.
 */
static void
hear_dismissal(struct session *session, int64_t timeout)
{
	struct dialogue *dialogue = &session->dialogue;
	struct outcome ignored = {0};
	struct reply reply = {0};

	dialogue->timeout = timeout;
	if (dialogue_hear(dialogue, STAGE_QUIT, &reply, &ignored) &&
	    reply.code != 221 && session->unconfirmed_count > 0) {
		if (reply_is_positive(&reply))
			session->has_taken = true;
		hear_surplus(session);
	}
	outcome_free(&ignored);
	reply_free(&reply);
}

void
session_dismiss(struct session *session, bool quit_said)
{
	struct dialogue *dialogue = &session->dialogue;
	/*
	 * After BDAT the reply to QUIT confirms that no reply is missing, so it
	 * is worth a longer wait.
	 */
	int64_t timeout = quit_said && !session_is_chunked(session)
	    ? QUIT_BEHIND_TIMEOUT
	    : QUIT_TIMEOUT;

	if (session->is_dismissed)
		return;
	session->is_dismissed = true;
	if (!quit_said && !session->is_broken &&
	    dialogue_is_in_step(dialogue)) {
		dialogue_say(dialogue, "QUIT");
		quit_said = true;
	}
	if (quit_said && !session->is_broken &&
	    stream_state(dialogue->stream) == STREAM_OPEN)
		hear_dismissal(session, timeout);
	if (!dialogue->unsolicited)
		return;
	session->is_out_of_step = true;
	if (session->is_chunk_refused || session_is_chunked(session))
		hear_surplus(session);
}

void
session_close(struct session *session, bool quit_said)
{
	if (session->dialogue.stream == NULL)
		return;
	session_dismiss(session, quit_said);
	dialogue_free(&session->dialogue);
	buf_free(&session->own_name);
	buf_free(&session->offered);
	session_confirm(session);
	free(session->unconfirmed);
	outcome_free(&session->trouble);
}
