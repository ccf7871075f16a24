#include "sink.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

/* The socket, below the TLS library or without it. */
static ssize_t
wire_read(gnutls_transport_ptr_t context, void *data, size_t len)
{
	struct session *session = context;
	ssize_t got = recv(session->fd, data, len, 0);

	if (session->has_written && got >= 0)
		session->turns++;
	session->has_written = false;
	if (got < 0 && session->tls != NULL)
		gnutls_transport_set_errno(session->tls, errno);
	return got;
}

static ssize_t
wire_write(gnutls_transport_ptr_t context, const void *data, size_t len)
{
	struct session *session = context;

	session->has_written = true;
	return send(session->fd, data, len, MSG_NOSIGNAL);
}

bool
session_flush(struct session *session)
{
	size_t done = 0;

	while (done < session->out_len) {
		const char *at = session->out + done;
		size_t len = session->out_len - done;
		ssize_t n = session->tls != NULL
		    ? gnutls_record_send(session->tls, at, len)
		    : wire_write(session, at, len);

		if (n <= 0)
			return false;
		done += (size_t)n;
	}
	session->out_len = 0;
	return true;
}

void
session_say(struct session *session, const char *text)
{
	size_t len = strlen(text);

	if (session->out_len + len > OUT_MAX && !session_flush(session))
		session->is_over = true;
	if (session->is_over)
		return;
	memcpy(session->out + session->out_len, text, len);
	session->out_len += len;
}

/* Whether more of a flight comes before the answers are sent. */
static bool
more_comes(struct session *session)
{
	struct pollfd poll_fd = {.fd = session->fd, .events = POLLIN};

	if (session->tls != NULL &&
	    gnutls_record_check_pending(session->tls) > 0)
		return true;
	return poll(&poll_fd, 1, session->options->patience) > 0;
}

bool
session_fill(struct session *session)
{
	size_t left = session->end - session->at;
	ssize_t n;

	if (session->out_len > 0 &&
	    (session->options->patience == 0 || !more_comes(session)) &&
	    !session_flush(session))
		return false;
	memmove(session->in, session->in + session->at, left);
	session->at = 0;
	session->end = left;
	if (session->tls != NULL)
		n = gnutls_record_recv(
		    session->tls, session->in + left, IN_MAX - left);
	else
		n = wire_read(session, session->in + left, IN_MAX - left);
	if (n <= 0)
		return false;
	session->end += (size_t)n;
	return true;
}

bool
session_handshake(struct session *session)
{
	const struct options *options = session->options;
	int result;

	if (!session_flush(session) ||
	    gnutls_init(&session->tls, GNUTLS_SERVER | GNUTLS_NO_TICKETS) < 0)
		return false;
	gnutls_priority_set(session->tls, options->priority);
	gnutls_credentials_set(
	    session->tls, GNUTLS_CRD_CERTIFICATE, options->credentials);
	gnutls_transport_set_ptr(session->tls, session);
	gnutls_transport_set_pull_function(session->tls, wire_read);
	gnutls_transport_set_push_function(session->tls, wire_write);
	do
		result = gnutls_handshake(session->tls);
	while (result < 0 && !gnutls_error_is_fatal(result));
	if (result < 0)
		fprintf(stderr, "sink: %s\n", gnutls_strerror(result));
	return result >= 0;
}

char *
session_line(struct session *session)
{
	for (size_t seen = 0;;) {
		char *line = session->in + session->at;
		size_t len = session->end - session->at;
		char *end = memchr(line + seen, '\n', len - seen);

		if (end != NULL) {
			session->at += (size_t)(end - line) + 1;
			if (end > line && end[-1] == '\r')
				end--;
			*end = '\0';
			return line;
		}
		seen = len;
		if (len == IN_MAX || !session_fill(session))
			return NULL;
	}
}
