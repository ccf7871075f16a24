/*
 * A TLS connection: the handshake, then reading and writing. Once the
 * connection has failed, GnuTLS is not called again except to free it.
 */
#include "tls/tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <gnutls/gnutls.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/wait.h"
#include "tls/certificate_verify.h"
#include "tls/dane.h"
#include "tls/tls_library.h"
#include "tls/transport.h"

#define RECORD_MAX 16384
/* How many warnings and requests to renegotiate in a row are tolerated. */
#define EVENTS_MAX 16
/* The setting that accepts servers older than TLS 1.2. */
#define TLS_OLD_VERSIONS "+VERS-TLS1.1:+VERS-TLS1.0"

struct tls {
	gnutls_session_t session;		      /* owned */
	gnutls_certificate_credentials_t credentials; /* owned */
	struct trust trust;
	struct transport transport;
	/* Octets of a tls_write whose record is not yet all sent. */
	size_t accepted;
	unsigned events;
	bool verified, ended, broken, must_trust;
	unsigned faults; /* bits of enum certificate_fault */
	const char *verified_by;
	char *reason, *distrust, *key_exchange, *wanted; /* owned */
	/* During the handshake only; borrowed. */
	const struct tls_options *options;
	struct tls_failure *failure;
};

/* RFC 6066 section 3: a DNS name without its final dot, never an address. */
static void
set_server_name(gnutls_session_t session, const char *host)
{
	struct in_addr address;
	size_t len = strlen(host);

	if (len > 0 && host[len - 1] == '.')
		len--;
	if (len == 0 || strchr(host, ':') != NULL ||
	    inet_pton(AF_INET, host, &address) == 1)
		return;
	/*
	 * A failure is harmless: at worst the server sends a certificate for
	 * another name, which is refused.
	 */
	gnutls_server_name_set(session, GNUTLS_NAME_DNS, host, len);
}

/* The handshake goes on after this failure; the first one is kept as text. */
static void
note_distrust(struct tls *tls, unsigned faults)
{
	if (tls->distrust == NULL)
		tls->distrust = mem_copy_text(tls->failure->text);
	tls->faults |= tls->failure->faults | faults;
	*tls->failure = (struct tls_failure){.result = TLS_DONE};
}

/* Opens the roots and the revocation lists. */
static bool
open_trust(struct tls *tls)
{
	const struct tls_options *options = tls->options;
	bool done =
	    trust_open(&tls->trust, tls->credentials, options, tls->failure);

	if (!done && options->diagnose)
		note_distrust(tls, FAULT_ROOTS);
	else if (!done)
		return false;
	done = trust_use_crl(&tls->trust, options, tls->failure);
	if (!done && options->diagnose)
		note_distrust(tls, FAULT_CRL);
	return done || options->diagnose;
}

/*
 * Loads the trusted roots and our own certificate, if the options require them.
 */
static bool
load_credentials(struct tls *tls)
{
	const struct tls_options *options = tls->options;

	if ((options->verify || options->diagnose) && !options->pin_alone &&
	    !open_trust(tls))
		return false;
	return tls_options_load_client_certificate(
	    options, tls->credentials, tls->failure);
}

static int
set_priority(struct tls *tls, const char *more)
{
	struct buf priority = {0};
	int result;

	tls_options_add_priority(tls->options, &priority);
	buf_add_text(&priority, more);
	result =
	    gnutls_priority_set_direct(tls->session, buf_text(&priority), NULL);
	buf_free(&priority);
	return result;
}

/* GnuTLS calls this during the handshake, before the client's last message. */
static int
judge_certificate(gnutls_session_t session)
{
	struct tls *tls = gnutls_session_get_ptr(session);
	const char *verified_by;

	if (!certificate_verify_key_size(session, tls->failure))
		return GNUTLS_E_CERTIFICATE_ERROR;
	if (!tls->options->verify && !tls->options->diagnose)
		return 0;
	if (certificate_verify(session, tls->options, &tls->trust, &verified_by,
		tls->failure)) {
		tls->verified = tls->distrust == NULL;
		if (tls->verified)
			tls->verified_by = verified_by;
		return 0;
	}
	if (!tls->options->accept_untrusted && !tls->options->diagnose)
		return GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR;
	note_distrust(tls, 0);
	return 0;
}

/* Whether TLSA records may name the server's own certificate or key. */
static bool
has_own_key(const struct tls_options *options)
{
	const struct dane *dane = options->dane;
	bool found = false;

	for (size_t i = 0; dane != NULL && i < dane->count; i++)
		found = found || dane->records[i].usage == DANE_EE;
	return found;
}

/* GnuTLS calls this before it parses a handshake message. */
static int
watch_message(gnutls_session_t session, unsigned type, unsigned when,
    unsigned incoming, const gnutls_datum_t *message)
{
	struct tls *tls = gnutls_session_get_ptr(session);
	const struct tls_options *options = tls->options;

	(void)when;
	(void)message;
	if (incoming == 0)
		return 0;
	/*
	 * GnuTLS always checks the key usage, unless %COMPAT is set. After the
	 * hello messages %COMPAT has no other effect.
	 */
	if (type == GNUTLS_HANDSHAKE_CERTIFICATE_PKT &&
	    (options->pin_alone || !options->verify || has_own_key(options)))
		return set_priority(tls, ":%COMPAT");
	/* TLS 1.3: before the server's signature is checked. */
	if (type == GNUTLS_HANDSHAKE_CERTIFICATE_VERIFY &&
	    !certificate_verify_key_size(session, tls->failure))
		return GNUTLS_E_CERTIFICATE_ERROR;
	return 0;
}

/* Makes a session that is ready for the handshake. */
static bool
open_session(struct tls *tls)
{
	int result;

	if (!tls_library_start(tls->failure))
		return false;
	result = gnutls_certificate_allocate_credentials(&tls->credentials);
	if (result >= 0 && !load_credentials(tls))
		return false;
	if (result >= 0)
		result = gnutls_init(&tls->session,
		    GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_TICKETS |
			/* even if the server asks for other issuers */
			GNUTLS_FORCE_CLIENT_CERT);
	if (result >= 0)
		result = set_priority(tls, "");
	if (result >= 0)
		result = gnutls_credentials_set(
		    tls->session, GNUTLS_CRD_CERTIFICATE, tls->credentials);
	if (result < 0)
		return tls_failure_set(tls->failure, TLS_CONFIG,
		    "cannot start GnuTLS: %s", gnutls_strerror(result));
	set_server_name(tls->session, tls->options->host);
	transport_attach(&tls->transport, tls->session);
	gnutls_session_set_ptr(tls->session, tls);
	gnutls_session_set_verify_function(tls->session, judge_certificate);
	gnutls_handshake_set_hook_function(
	    tls->session, GNUTLS_HANDSHAKE_ANY, GNUTLS_HOOK_PRE, watch_message);
	return true;
}

/* Waits for input (if `input`), or until unsent octets can be sent. */
static bool
await_socket(struct tls *tls, bool input, int64_t deadline)
{
	struct pollfd wait = {.fd = tls->transport.fd};

	if (input)
		wait.events |= POLLIN;
	if (tls->transport.unsent.len > 0)
		wait.events |= POLLOUT;
	switch (wait_for(&wait, 1, deadline)) {
	case WAIT_READY:
		transport_flush(&tls->transport);
		return true;
	case WAIT_TIMEOUT:
		return tls_failure_set(tls->failure, TLS_LOST,
		    "no answer to the TLS handshake in time");
	case WAIT_INTERRUPTED:
		return tls_failure_set(
		    tls->failure, TLS_SIGNAL, "interrupted by a signal");
	case WAIT_FAILED:
		break;
	}
	return tls_failure_set(tls->failure, TLS_LOST,
	    "cannot wait for the server: %s", strerror(errno));
}

/* Says which versions the options allow, and how to allow more. */
static void
add_version(struct buf *text, const struct tls_options *options)
{
	if (options->only_tls13)
		buf_add_text(text,
		    "the server does not speak TLS 1.3, which tls-min "
		    "requires\nhint: tls-min = 1.2 accepts TLS 1.2 too");
	else
		buf_add_text(text,
		    "the server speaks neither TLS 1.2 nor 1.3\n"
		    "hint: older versions are not safe; "
		    "tls-priority = " TLS_OLD_VERSIONS " accepts them");
}

/* The server found no common algorithms, and did not say which it requires. */
static void
add_settings_hint(struct buf *text, const struct tls_options *options)
{
	if (options->only_tls13)
		buf_add_text(text,
		    "\nhint: perhaps it does not speak TLS 1.3: tls-min = "
		    "1.2 accepts TLS 1.2 too");
	else if (options->priority != NULL)
		buf_add_text(text,
		    "\nhint: perhaps tls-priority allows nothing that it "
		    "supports");
	else if (options->verify && !options->accept_untrusted)
		buf_add_text(text,
		    "\nhint: perhaps it supports no key exchange with forward "
		    "secrecy: tls-priority = +RSA allows one without");
}

/* Sets the failure to why the handshake ended with this error of GnuTLS. */
static void
report_handshake(struct tls *tls, int error)
{
	const struct tls_options *options = tls->options;
	enum tls_result result = TLS_REFUSED;
	struct buf text = {0};
	int alert = -1;

	if (error == GNUTLS_E_FATAL_ALERT_RECEIVED)
		alert = (int)gnutls_alert_get(tls->session);
	if (error == GNUTLS_E_PREMATURE_TERMINATION ||
	    error == GNUTLS_E_SESSION_EOF || error == GNUTLS_E_PULL_ERROR ||
	    error == GNUTLS_E_PUSH_ERROR) {
		result = TLS_LOST;
		buf_add_text(&text,
		    "the server closed the connection during the handshake");
	} else if (error == GNUTLS_E_UNSUPPORTED_VERSION_PACKET ||
	    alert == GNUTLS_A_PROTOCOL_VERSION)
		add_version(&text, options);
	else if (alert >= 0) {
		/*
		 * An internal error of the server may be temporary; a refusal
		 * is not.
		 */
		if (alert == GNUTLS_A_INTERNAL_ERROR ||
		    alert == GNUTLS_A_USER_CANCELED)
			result = TLS_LOST;
		tls_library_add_alert(&text, alert);
		if (alert == GNUTLS_A_HANDSHAKE_FAILURE)
			add_settings_hint(&text, options);
	} else {
		buf_add_text(&text, "the TLS handshake cannot be completed: ");
		tls_library_add_error(&text, error);
		if (error == GNUTLS_E_KEY_USAGE_VIOLATION &&
		    !options->is_public)
			buf_add_text(&text,
			    "\nhint: the certificate was made for another "
			    "use; tls-trust = pin with the tls-pin of its "
			    "key ignores that");
		if (error == GNUTLS_E_UNWANTED_ALGORITHM)
			buf_add_text(&text,
			    "\nhint: perhaps the server uses CBC without "
			    "encrypt-then-MAC: tls-priority = +AES-256-CBC "
			    "accepts that");
		if (error == GNUTLS_E_DH_PRIME_UNACCEPTABLE)
			buf_add_text(&text,
			    "\nhint: the server's Diffie-Hellman group is "
			    "weak; tls-priority = -DHE-RSA avoids it, "
			    "%PROFILE_LOW accepts 1024 bits");
	}
	tls_failure_set(tls->failure, result, "%s", buf_text(&text));
	buf_free(&text);
}

/* Sends the server an alert, and sets the failure. */
static void
explain_failure(struct tls *tls, int result)
{
	gnutls_alert_send_appropriate(tls->session, result);
	if (transport_is_plaintext(&tls->transport))
		transport_report_plaintext(&tls->transport, tls->failure);
	else if (tls->failure->result != TLS_DONE)
		return; /* set when the certificate was checked */
	else if (tls->transport.send_error != 0 ||
	    (tls->transport.hung_up && result != GNUTLS_E_FATAL_ALERT_RECEIVED))
		report_handshake(tls, GNUTLS_E_PREMATURE_TERMINATION);
	else
		report_handshake(tls, result);
}

static bool
shake_hands(struct tls *tls, int64_t deadline)
{
	int result;

	while ((result = gnutls_handshake(tls->session)) < 0) {
		if (gnutls_error_is_fatal(result) ||
		    tls->transport.send_error != 0)
			break;
		if (result == GNUTLS_E_AGAIN) {
			if (!await_socket(tls, true, deadline))
				return false;
		} else if (++tls->events > EVENTS_MAX)
			break;
	}
	if (result < 0) {
		explain_failure(tls, result);
		return false;
	}
	while (tls->transport.unsent.len > 0 && tls->transport.send_error == 0)
		if (!await_socket(tls, false, deadline))
			return false;
	/*
	 * If our last message could not be sent, fail now: otherwise the server
	 * would wait for it, and we would wait for the server's first line.
	 */
	if (tls->transport.send_error != 0)
		explain_failure(tls, GNUTLS_E_PUSH_ERROR);
	tls->events = 0;
	return tls->transport.send_error == 0;
}

/* "ECDHE-X25519"; "RSA" or "DHE" if there is no group (TLS 1.2). */
static char *
describe_key_exchange(gnutls_session_t session)
{
	struct span name =
	    span_from(gnutls_kx_get_name(gnutls_kx_get(session)));
	const char *group = gnutls_group_get_name(gnutls_group_get(session));
	struct buf text = {0};

	/* Drop the signature algorithm, which TLS 1.2 names after a "-". */
	buf_add_span(&text, span_head(name, span_find(name, '-')));
	if (group != NULL)
		buf_add_format(&text, "-%s", group);
	return buf_take_text(&text);
}

struct tls *
tls_start(int fd, const struct tls_options *options, int64_t deadline,
    struct tls_failure *failure)
{
	struct tls *tls = mem_new(1, sizeof(*tls));
	bool done;

	transport_init(&tls->transport, fd);
	tls->options = options;
	tls->verified_by = "none";
	tls->failure = failure;
	*failure = (struct tls_failure){.result = TLS_DONE};

	done = open_session(tls) && shake_hands(tls, deadline);
	/* Cannot happen; if it does, send nothing. */
	if (done && options->verify && !tls->verified && tls->distrust == NULL)
		done = tls_failure_set(
		    failure, TLS_REFUSED, "the certificate was not checked");
	failure->is_tls = done ||
	    (tls->transport.head_len > 0 &&
		!transport_is_plaintext(&tls->transport));
	if (!done) {
		tls->broken = true;
		tls_free(tls);
		return NULL;
	}
	if (options->diagnose) {
		tls->wanted = mem_copy_text(options->name);
		tls->must_trust = options->verify && !options->accept_untrusted;
	}
	tls->key_exchange = describe_key_exchange(tls->session);
	trust_close(&tls->trust); /* frees a quarter of a megabyte */
	tls->options = NULL;
	tls->failure = NULL;
	return tls;
}

void
tls_free(struct tls *tls)
{
	if (tls == NULL)
		return;
	/*
	 * Send nothing more on a connection that has failed: an unsent record
	 * may contain the end of a message that is reported as not sent.
	 */
	if (!tls->broken && !tls->ended && tls->transport.unsent.len == 0 &&
	    tls->accepted == 0 && tls->transport.send_error == 0)
		gnutls_bye(tls->session, GNUTLS_SHUT_WR);
	if (tls->session != NULL)
		gnutls_deinit(tls->session);
	if (tls->credentials != NULL)
		gnutls_certificate_free_credentials(tls->credentials);
	trust_close(&tls->trust);
	transport_free(&tls->transport);
	free(tls->reason);
	free(tls->distrust);
	free(tls->key_exchange);
	free(tls->wanted);
	free(tls);
}

static void
set_reason(struct tls *tls, const char *text)
{
	free(tls->reason);
	tls->reason = mem_copy_text(text);
}

/*
 * Sends the server an alert (RFC 8446 sections 4.6.2 and 6.2), unless part of a
 * record is still unsent.
 */
static ssize_t
break_off(struct tls *tls, ssize_t error)
{
	struct buf text = {0};

	tls->broken = true;
	if (tls->accepted == 0 && tls->transport.unsent.len == 0)
		gnutls_alert_send_appropriate(tls->session, (int)error);
	if (error == GNUTLS_E_FATAL_ALERT_RECEIVED)
		tls_library_add_alert(
		    &text, (int)gnutls_alert_get(tls->session));
	else
		tls_library_add_error(&text, (int)error);
	set_reason(tls, buf_text(&text));
	buf_free(&text);
	errno = EPROTO;
	return -1;
}

/* Fails with the errno of the socket. */
static ssize_t
break_off_for(struct tls *tls, int error)
{
	tls->broken = true;
	set_reason(tls, strerror(error));
	errno = error;
	return -1;
}

ssize_t
tls_read(struct tls *tls, void *data, size_t len)
{
	ssize_t got = GNUTLS_E_INVALID_SESSION;

	if (tls->ended || len == 0)
		return 0;
	while (!tls->broken) {
		got = gnutls_record_recv(tls->session, data, len);
		if (got > 0) {
			tls->events = 0;
			return got;
		}
		if (got == 0 || got == GNUTLS_E_PREMATURE_TERMINATION) {
			tls->ended = true;
			return 0;
		}
		if (got == GNUTLS_E_AGAIN) {
			errno = EAGAIN;
			return -1;
		}
		if (tls->transport.receive_error != 0)
			return break_off_for(tls, tls->transport.receive_error);
		/*
		 * Either a warning or a HelloRequest, which a client may ignore
		 * (RFC 5246 section 7.4.1.1). Up to EVENTS_MAX in a row are
		 * ignored.
		 */
		if (gnutls_error_is_fatal((int)got) ||
		    ++tls->events > EVENTS_MAX)
			return break_off(tls, got);
	}
	errno = EPROTO;
	return -1;
}

ssize_t
tls_write(struct tls *tls, const void *data, size_t len)
{
	ssize_t sent;

	if (tls->broken) {
		errno = EPROTO;
		return -1;
	}
	if (len == 0)
		return 0;
	transport_flush(&tls->transport);
	if (tls->accepted == 0 && tls->transport.unsent.len == 0 &&
	    tls->transport.send_error == 0) {
		sent = gnutls_record_send(
		    tls->session, data, len < RECORD_MAX ? len : RECORD_MAX);
		if (sent <= 0)
			return break_off(tls, sent);
		tls->accepted = (size_t)sent;
	}
	if (tls->transport.send_error != 0) {
		set_reason(tls, strerror(tls->transport.send_error));
		errno = tls->transport.send_error;
		return -1;
	}
	if (tls->transport.unsent.len > 0) {
		errno = EAGAIN;
		return -1;
	}
	sent = (ssize_t)tls->accepted;
	tls->accepted = 0;
	return sent;
}

bool
tls_has_pending(const struct tls *tls)
{
	return !tls->broken && gnutls_record_check_pending(tls->session) > 0;
}

const char *
tls_reason(const struct tls *tls)
{
	return tls->reason != NULL ? tls->reason : "";
}

const char *
tls_protocol(const struct tls *tls)
{
	return gnutls_protocol_get_name(
	    gnutls_protocol_get_version(tls->session));
}

const char *
tls_cipher(const struct tls *tls)
{
	return gnutls_cipher_get_name(gnutls_cipher_get(tls->session));
}

const char *
tls_key_exchange(const struct tls *tls)
{
	return tls->key_exchange;
}

const char *
tls_verified_by(const struct tls *tls)
{
	return tls->verified_by;
}

const char *
tls_distrust(const struct tls *tls)
{
	if (tls->verified)
		return NULL;
	return tls->distrust != NULL ? tls->distrust
				     : "the certificate was not checked";
}

unsigned
tls_faults(const struct tls *tls)
{
	return tls->faults;
}

void *
tls_session(const struct tls *tls)
{
	return tls->session;
}

const char *
tls_wanted_name(const struct tls *tls)
{
	return tls->wanted != NULL ? tls->wanted : "";
}

bool
tls_must_trust(const struct tls *tls)
{
	return tls->must_trust;
}

/*
 * A channel binding is data that only the two ends of a channel know (RFC
 * 5056).
 */
static bool
add_binding(
    gnutls_session_t session, gnutls_channel_binding_t type, struct buf *out)
{
	gnutls_datum_t octets = {0};
	bool done = gnutls_session_channel_binding(session, type, &octets) >= 0;

	if (done)
		done =
		    octets.size > 0 && buf_add(out, octets.data, octets.size);
	gnutls_free(octets.data);
	return done;
}

/*
 * TLS 1.3: tls-exporter (RFC 9266 section 3). TLS 1.2: tls-unique, which is
 * safe only with the extended master secret (RFC 7627) and in the session's
 * first handshake (RFC 7677 section 4); else the hash of the certificate (RFC
 * 5929 section 4).
 */
const char *
tls_channel_binding(const struct tls *tls, struct buf *out)
{
	gnutls_session_t session = tls->session;

	if (gnutls_protocol_get_version(session) >= GNUTLS_TLS1_3)
		return add_binding(session, GNUTLS_CB_TLS_EXPORTER, out)
		    ? "tls-exporter"
		    : NULL;
	if (gnutls_session_ext_master_secret_status(session) != 0 &&
	    !gnutls_session_is_resumed(session))
		return add_binding(session, GNUTLS_CB_TLS_UNIQUE, out)
		    ? "tls-unique"
		    : NULL;
	return add_binding(session, GNUTLS_CB_TLS_SERVER_END_POINT, out)
	    ? "tls-server-end-point"
	    : NULL;
}
