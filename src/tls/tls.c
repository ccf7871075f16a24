#include "tls/tls.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/wait.h"
#include "tls/tls_setup.h"
#include "tls/tls_trust.h"
#include "tls/tls_verify.h"
#include "tls/tls_words.h"

/* Channel bindings (RFC 5056): what both ends of a channel alone know of it. */

static bool
add_binding(void *session, gnutls_channel_binding_t type, struct buf *out)
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
 * RFC 9266 section 3: tls-exporter for TLS 1.3. RFC 7677 section 4: tls-unique
 * of TLS 1.2 is worth something only with the extended master secret (RFC
 * 7627), and for the session's first handshake. Else the certificate's hash
 * (RFC 5929 section 4).
 */
const char *
tls_binding_of(void *session, struct buf *out)
{
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

#define RECORD_MAX 16384
/* Warnings and requests to renegotiate that are put up with, one after one. */
#define EVENTS_MAX 16

struct tls {
	struct tls_setup setup;
	gnutls_session_t session; /* the one in setup */
	/*
	 * GnuTLS never sees a write that would block: a key update that it
	 * answers between two attempts at one record would send the record's
	 * octets twice.
	 */
	struct tls_socket socket;
	size_t accepted; /* octets of a tls_write that are not yet all sent */
	unsigned events;
	bool verified, ended, broken;
	const char *verified_by;
	char *reason, *distrust, *key_exchange; /* owned */
	/* During the handshake only; borrowed. */
	const struct tls_options *options;
	struct tls_failure *failure;
};

/* GnuTLS calls it in the handshake, before anything is sent by us. */
static int
verify_certificate(gnutls_session_t session)
{
	struct tls *tls = gnutls_session_get_ptr(session);

	if (!tls_verify_key_size(session, tls->failure))
		return GNUTLS_E_CERTIFICATE_ERROR;
	if (!tls->options->verify)
		return 0;
	tls->verified =
	    tls_verify(session, tls->options, &tls->setup.trust, tls->failure);
	if (tls->verified)
		return 0;
	if (!tls->options->accept_untrusted)
		return GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR;
	tls->distrust = mem_copy_text(tls->failure->text);
	*tls->failure = (struct tls_failure){.result = TLS_DONE};
	return 0;
}

/*
 * GnuTLS judges the key usage itself, and %COMPAT alone stops it. Once the
 * hellos are exchanged, that has no other effect on a client: what was agreed
 * on stays.
 */
static int
accept_key_usage(struct tls *tls)
{
	struct buf priority = {0};
	int result;

	tls_setup_add_priority(&priority, tls->options);
	buf_add_text(&priority, ":%COMPAT");
	result =
	    gnutls_priority_set_direct(tls->session, buf_text(&priority), NULL);
	buf_free(&priority);
	return result;
}

/* GnuTLS calls it before it looks into a message of the handshake. */
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
	if (type == GNUTLS_HANDSHAKE_CERTIFICATE_PKT &&
	    (options->pin_alone || !options->verify))
		return accept_key_usage(tls);
	/* TLS 1.3: before the server's signature is checked. */
	if (type == GNUTLS_HANDSHAKE_CERTIFICATE_VERIFY &&
	    !tls_verify_key_size(session, tls->failure))
		return GNUTLS_E_CERTIFICATE_ERROR;
	return 0;
}

/* Until the socket is ready for what the handshake wants next. */
static bool
await_socket(struct tls *tls, bool input, int64_t deadline)
{
	struct pollfd wait = {.fd = tls->socket.fd};

	if (input)
		wait.events |= POLLIN;
	if (tls->socket.unsent.len > 0)
		wait.events |= POLLOUT;
	switch (wait_for(&wait, 1, deadline)) {
	case WAIT_READY:
		tls_setup_socket_flush(&tls->socket);
		return true;
	case WAIT_TIMEOUT:
		tls_words_fail(tls->failure, TLS_LOST,
		    "no answer to the TLS handshake in time");
		return false;
	case WAIT_INTERRUPTED:
		tls_words_fail(
		    tls->failure, TLS_SIGNAL, "interrupted by a signal");
		return false;
	case WAIT_FAILED:
		break;
	}
	tls_words_fail(tls->failure, TLS_LOST, "cannot wait for the server: %s",
	    strerror(errno));
	return false;
}

/* The alert goes out where it can; then the words. */
static void
explain_failure(struct tls *tls, int result)
{
	gnutls_alert_send_appropriate(tls->session, result);
	if (tls_setup_socket_is_plaintext(&tls->socket))
		tls_setup_socket_say_plaintext(&tls->socket, tls->failure);
	else if (tls->failure->result != TLS_DONE)
		return; /* the certificate: it is said */
	else if (tls->socket.send_error != 0 ||
	    (tls->socket.hung_up && result != GNUTLS_E_FATAL_ALERT_RECEIVED))
		tls_words_say_handshake(tls->session,
		    GNUTLS_E_PREMATURE_TERMINATION, tls->options, tls->failure);
	else
		tls_words_say_handshake(
		    tls->session, result, tls->options, tls->failure);
}

static bool
shake_hands(struct tls *tls, int64_t deadline)
{
	int result;

	while ((result = gnutls_handshake(tls->session)) < 0) {
		if (gnutls_error_is_fatal(result) ||
		    tls->socket.send_error != 0)
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
	while (tls->socket.unsent.len > 0 && tls->socket.send_error == 0)
		if (!await_socket(tls, false, deadline))
			return false;
	/* The server would wait for our last message, and we for its first. */
	if (tls->socket.send_error != 0)
		explain_failure(tls, GNUTLS_E_PUSH_ERROR);
	tls->events = 0;
	return tls->socket.send_error == 0;
}

static const char *
verified_by(const struct tls *tls)
{
	const struct tls_options *options = tls->options;

	if (!tls->verified)
		return "none";
	if (options->pin_alone)
		return "pin";
	return options->pin_count > 0 ? "trust+pin" : "trust";
}

/* "ECDHE-X25519"; where there is no group (TLS 1.2), "RSA" or "DHE". */
static char *
describe_key_exchange(gnutls_session_t session)
{
	struct span name =
	    span_from(gnutls_kx_get_name(gnutls_kx_get(session)));
	const char *group = gnutls_group_get_name(gnutls_group_get(session));
	struct buf text = {0};
	char *copy;

	/* Behind it stands how the server signs, which TLS 1.3 separates. */
	buf_add_span(&text, span_head(name, span_find(name, '-')));
	if (group != NULL)
		buf_add_format(&text, "-%s", group);
	copy = mem_copy_text(buf_text(&text));
	buf_free(&text);
	return copy;
}

struct tls *
tls_start(int fd, const struct tls_options *options, int64_t deadline,
    struct tls_failure *failure)
{
	struct tls *tls = mem_new(1, sizeof(*tls));
	bool done = false;

	tls_setup_socket_init(&tls->socket, fd);
	tls->options = options;
	tls->failure = failure;
	*failure = (struct tls_failure){.result = TLS_DONE};

	if (tls_setup(&tls->setup, &tls->socket, options, failure)) {
		tls->session = tls->setup.session;
		gnutls_session_set_ptr(tls->session, tls);
		gnutls_session_set_verify_function(
		    tls->session, verify_certificate);
		gnutls_handshake_set_hook_function(tls->session,
		    GNUTLS_HANDSHAKE_ANY, GNUTLS_HOOK_PRE, watch_message);
		done = shake_hands(tls, deadline);
	}
	/* Cannot happen; if it does, nothing is sent. */
	if (done && options->verify && !tls->verified &&
	    tls->distrust == NULL) {
		tls_words_fail(failure, TLS_REFUSED,
		    "the certificate has not been checked");
		done = false;
	}
	failure->is_tls = done ||
	    (tls->socket.head_len > 0 &&
		!tls_setup_socket_is_plaintext(&tls->socket));
	if (!done) {
		tls->broken = true;
		tls_free(tls);
		return NULL;
	}
	tls->verified_by = verified_by(tls);
	tls->key_exchange = describe_key_exchange(tls->session);
	tls_trust_close(&tls->setup.trust); /* a quarter of a megabyte */
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
	 * Never what was broken off: an unsent record may hold the end of a
	 * message that is already reported as not sent.
	 */
	if (!tls->broken && !tls->ended && tls->socket.unsent.len == 0 &&
	    tls->accepted == 0 && tls->socket.send_error == 0)
		gnutls_bye(tls->session, GNUTLS_SHUT_WR);
	tls_setup_free(&tls->setup);
	tls_setup_socket_free(&tls->socket);
	free(tls->reason);
	free(tls->distrust);
	free(tls->key_exchange);
	free(tls);
}

static void
set_reason(struct tls *tls, const char *text)
{
	free(tls->reason);
	tls->reason = mem_copy_text(text);
}

/*
 * The server is told (RFC 8446 sections 4.6.2 and 6.2), where that cuts no
 * record in two. After this the session is not touched again.
 */
static ssize_t
break_off(struct tls *tls, ssize_t error)
{
	struct buf text = {0};

	tls->broken = true;
	if (tls->accepted == 0 && tls->socket.unsent.len == 0)
		gnutls_alert_send_appropriate(tls->session, (int)error);
	if (error == GNUTLS_E_FATAL_ALERT_RECEIVED)
		tls_words_add_alert(&text, (int)gnutls_alert_get(tls->session));
	else
		tls_words_add_error(&text, (int)error);
	set_reason(tls, buf_text(&text));
	buf_free(&text);
	errno = EPROTO;
	return -1;
}

/* As the socket's own functions would say it. */
static ssize_t
break_off_for(struct tls *tls, int error)
{
	tls->broken = true;
	set_reason(tls, strerror(error));
	errno = error;
	return -1;
}

ssize_t
tls_read(struct tls *tls, void *data, size_t len, short *want)
{
	ssize_t got = GNUTLS_E_INVALID_SESSION;

	*want = POLLIN;
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
		if (tls->socket.receive_error != 0)
			return break_off_for(tls, tls->socket.receive_error);
		/*
		 * A warning; or a HelloRequest, which a client may ignore (RFC
		 * 5246 section 7.4.1.1) and this one does. Not for ever.
		 */
		if (gnutls_error_is_fatal((int)got) ||
		    ++tls->events > EVENTS_MAX)
			return break_off(tls, got);
	}
	errno = EPROTO;
	return -1;
}

ssize_t
tls_write(struct tls *tls, const void *data, size_t len, short *want)
{
	ssize_t sent;

	*want = POLLOUT;
	if (tls->broken) {
		errno = EPROTO;
		return -1;
	}
	if (len == 0)
		return 0;
	tls_setup_socket_flush(&tls->socket);
	if (tls->accepted == 0 && tls->socket.unsent.len == 0 &&
	    tls->socket.send_error == 0) {
		sent = gnutls_record_send(
		    tls->session, data, len < RECORD_MAX ? len : RECORD_MAX);
		if (sent <= 0)
			return break_off(tls, sent);
		tls->accepted = (size_t)sent;
	}
	if (tls->socket.send_error != 0) {
		set_reason(tls, strerror(tls->socket.send_error));
		errno = tls->socket.send_error;
		return -1;
	}
	if (tls->socket.unsent.len > 0) {
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

const char *
tls_channel_binding(const struct tls *tls, struct buf *out)
{
	return tls_binding_of(tls->session, out);
}

const char *
tls_library(void)
{
	return "GnuTLS " GNUTLS_VERSION;
}
