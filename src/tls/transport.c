/*
 * Moves octets between GnuTLS and a non-blocking socket. GnuTLS must not see a
 * write that would block: if it answered a key update between two attempts to
 * send a record, it would send that record's octets twice.
 */
#include "tls/transport.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/utf8.h"
#include "tls/foreign.h"

#define UNSENT_MAX ((size_t)1024 * 1024)
#define LINE_SHOWN 64 /* octets of the server's first line in a failure */

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0 /* SIGPIPE is ignored, base/signals.h */
#endif

void
transport_init(struct transport *transport, int fd)
{
	*transport = (struct transport){.fd = fd};
	buf_init(&transport->unsent, UNSENT_MAX);
}

void
transport_free(struct transport *transport)
{
	buf_free(&transport->unsent); /* encrypted, so it need not be wiped */
}

static bool
would_block(void)
{
	return errno == EAGAIN || errno == EWOULDBLOCK;
}

void
transport_flush(struct transport *transport)
{
	while (transport->unsent.len > 0 && transport->send_error == 0) {
		ssize_t sent = send(transport->fd, transport->unsent.data,
		    transport->unsent.len, MSG_NOSIGNAL);

		if (sent >= 0)
			buf_drop(&transport->unsent, (size_t)sent);
		else if (would_block())
			return;
		else if (errno != EINTR)
			transport->send_error = errno;
	}
}

/* Returns how many octets the socket accepted at once. */
static size_t
send_now(struct transport *transport, const giovec_t *parts, int count)
{
	struct msghdr message = {0};
	ssize_t sent;

	message.msg_iov = (giovec_t *)(uintptr_t)parts;
	message.msg_iovlen = (size_t)count;
	do
		sent = sendmsg(transport->fd, &message, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	if (sent >= 0)
		return (size_t)sent;
	if (!would_block())
		transport->send_error = errno;
	return 0;
}

/* Sends or buffers all octets; an error of the socket is kept in send_error. */
static ssize_t
push_records(gnutls_transport_ptr_t pointer, const giovec_t *parts, int count)
{
	struct transport *transport = pointer;
	size_t total = 0, sent = 0;

	if (transport->unsent.len == 0 && transport->send_error == 0)
		sent = send_now(transport, parts, count);
	for (int i = 0; i < count; i++) {
		size_t len = parts[i].iov_len;
		size_t gone = sent < len ? sent : len;

		total += len;
		sent -= gone;
		if (transport->send_error == 0 &&
		    !buf_add(&transport->unsent,
			(const char *)parts[i].iov_base + gone, len - gone))
			transport->send_error = ENOBUFS;
	}
	return (ssize_t)total;
}

static ssize_t
pull_octets(gnutls_transport_ptr_t pointer, void *data, size_t len)
{
	struct transport *transport = pointer;
	const char *octets = data;
	ssize_t got;

	do
		got = recv(transport->fd, data, len, 0);
	while (got < 0 && errno == EINTR);
	if (got == 0)
		transport->hung_up = true;
	if (got < 0 && !would_block())
		transport->receive_error = errno;
	for (ssize_t i = 0;
	     i < got && transport->head_len < sizeof(transport->head); i++)
		transport->head[transport->head_len++] = octets[i];
	return got;
}

void
transport_attach(struct transport *transport, gnutls_session_t session)
{
	gnutls_transport_set_ptr(session, transport);
	gnutls_transport_set_pull_function(session, pull_octets);
	gnutls_transport_set_vec_push_function(session, push_records);
}

/* RFC 8446 section 5.1: the types of records are 20 to 23. */
bool
transport_is_plaintext(const struct transport *transport)
{
	return transport->head_len > 0 &&
	    (transport->head[0] < 20 || transport->head[0] > 23);
}

void
transport_report_plaintext(
    struct transport *transport, struct tls_failure *failure)
{
	char line[LINE_SHOWN + 1], *shown;
	struct span said = {line, transport->head_len};
	const char *protocol;
	ssize_t got;

	memcpy(line, transport->head, said.len);
	got = recv(transport->fd, line + said.len, sizeof(line) - said.len, 0);
	if (got > 0)
		said.len += (size_t)got;
	said = span_head(said, span_find(said, '\n'));
	said = span_head(said, span_find(said, '\r'));
	shown = utf8_excerpt_masked(said, LINE_SHOWN);
	protocol = foreign_protocol(said);
	if (protocol == NULL)
		tls_failure_set(failure, TLS_REFUSED,
		    "the server does not speak TLS on this port; it sent "
		    "\"%s\"\n"
		    "hint: smtps:// is for a port with TLS from the start "
		    "(465), smtp:// for one with STARTTLS (587)",
		    shown);
	else if (foreign_is_login_page(said))
		tls_failure_set(failure, TLS_REFUSED,
		    "the server speaks %s on this port, not TLS: \"%s\"\n"
		    "hint: a login page answers instead of the server: log in "
		    "to this network with a browser first",
		    protocol, shown);
	else
		tls_failure_set(failure, TLS_REFUSED,
		    "the server speaks %s on this port, not TLS: \"%s\"\n"
		    "hint: mail is submitted on port 465 (smtps://) or 587 "
		    "(smtp://)",
		    protocol, shown);
	free(shown);
}
