#include "net/tls_setup.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "net/foreign.h"
#include "net/tls_client_certificate.h"
#include "net/tls_library.h"
#include "net/tls_priority.h"
#include "net/tls_verify.h"
#include "net/tls_words.h"

#define UNSENT_MAX ((size_t)1024 * 1024)

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0 /* SIGPIPE is ignored anyway, base/wait.h */
#endif

void
tls_socket_init(struct tls_socket *socket, int fd)
{
	*socket = (struct tls_socket){.fd = fd};
	buf_init(&socket->unsent, UNSENT_MAX);
}

void
tls_socket_free(struct tls_socket *socket)
{
	buf_free(&socket->unsent); /* ciphertext */
}

static bool
would_block(void)
{
	return errno == EAGAIN || errno == EWOULDBLOCK;
}

void
tls_socket_flush(struct tls_socket *socket)
{
	while (socket->unsent.len > 0 && socket->send_error == 0) {
		ssize_t sent = send(socket->fd, socket->unsent.data,
		    socket->unsent.len, MSG_NOSIGNAL);

		if (sent >= 0)
			buf_drop(&socket->unsent, (size_t)sent);
		else if (would_block())
			return;
		else if (errno != EINTR)
			socket->send_error = errno;
	}
}

/* How many octets the socket took at once. */
static size_t
send_now(struct tls_socket *socket, const giovec_t *parts, int count)
{
	struct msghdr message = {0};
	ssize_t sent;

	message.msg_iov = (giovec_t *)(uintptr_t)parts;
	message.msg_iovlen = (size_t)count;
	do
		sent = sendmsg(socket->fd, &message, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	if (sent >= 0)
		return (size_t)sent;
	if (!would_block())
		socket->send_error = errno;
	return 0;
}

/* Sends or keeps all; an error of the socket waits in send_error. */
static ssize_t
push_records(gnutls_transport_ptr_t pointer, const giovec_t *parts, int count)
{
	struct tls_socket *socket = pointer;
	size_t total = 0, sent = 0;

	if (socket->unsent.len == 0 && socket->send_error == 0)
		sent = send_now(socket, parts, count);
	for (int i = 0; i < count; i++) {
		size_t len = parts[i].iov_len;
		size_t gone = sent < len ? sent : len;

		total += len;
		sent -= gone;
		if (socket->send_error == 0 &&
		    !buf_add(&socket->unsent,
			(const char *)parts[i].iov_base + gone, len - gone))
			socket->send_error = ENOBUFS;
	}
	return (ssize_t)total;
}

static ssize_t
pull_octets(gnutls_transport_ptr_t pointer, void *data, size_t len)
{
	struct tls_socket *socket = pointer;
	const char *octets = data;
	ssize_t got;

	do
		got = recv(socket->fd, data, len, 0);
	while (got < 0 && errno == EINTR);
	if (got == 0)
		socket->hung_up = true;
	if (got < 0 && !would_block())
		socket->receive_error = errno;
	for (ssize_t i = 0; i < got && socket->head_len < sizeof(socket->head);
	     i++)
		socket->head[socket->head_len++] = octets[i];
	return got;
}

/* RFC 8446 section 5.1: the types of records are 20 to 23. */
bool
tls_socket_is_plaintext(const struct tls_socket *socket)
{
	return socket->head_len > 0 &&
	       (socket->head[0] < 20 || socket->head[0] > 23);
}

void
tls_socket_say_plaintext(struct tls_socket *socket, struct tls_failure *failure)
{
	char line[64];
	struct span said = {line, socket->head_len};
	struct buf text = {0};
	const char *protocol;
	ssize_t got;

	memcpy(line, socket->head, said.len);
	got = recv(socket->fd, line + said.len, sizeof(line) - said.len, 0);
	if (got > 0)
		said.len += (size_t)got;
	said = span_head(said, span_find(said, '\n'));
	said = span_head(said, span_find(said, '\r'));
	tls_add_foreign(&text, said);
	protocol = foreign_protocol(said);
	if (protocol == NULL)
		tls_fail(failure, TLS_REFUSED,
		    "the server does not speak TLS here, it says \"%s\"\n"
		    "hint: smtps:// is for a port with TLS from the start "
		    "(465), smtp:// for one with STARTTLS (587)",
		    buf_text(&text));
	else if (foreign_is_login_page(said))
		tls_fail(failure, TLS_REFUSED,
		    "the server speaks %s here, not TLS: \"%s\"\n"
		    "hint: a login page answers in the place of the server: "
		    "log in to this network with a browser first",
		    protocol, buf_text(&text));
	else
		tls_fail(failure, TLS_REFUSED,
		    "the server speaks %s here, not TLS: \"%s\"\n"
		    "hint: mail is submitted at port 465 (smtps://) or 587 "
		    "(smtp://)",
		    protocol, buf_text(&text));
	buf_free(&text);
}

/* RFC 6066 section 3: a DNS name without its last dot, never an address. */
static void
set_server_name(gnutls_session_t session, const char *host)
{
	unsigned char address[16];
	size_t len = strlen(host);

	if (len > 0 && host[len - 1] == '.')
		len--;
	if (len == 0 || strchr(host, ':') != NULL ||
	    tls_name_address(host, address) != 0)
		return;
	/* Without it a server may show another certificate: no harm. */
	gnutls_server_name_set(session, GNUTLS_NAME_DNS, host, len);
}

bool
tls_setup(struct tls_setup *setup, struct tls_socket *socket,
    const struct tls_options *options, struct tls_failure *failure)
{
	gnutls_session_t session = NULL;
	gnutls_certificate_credentials_t credentials = NULL;
	struct buf priority = {0};
	int result;

	if (!tls_library_start(failure))
		return false;
	result = gnutls_certificate_allocate_credentials(&credentials);
	setup->credentials = credentials;
	if (result >= 0 && options->verify && !options->pin_alone &&
	    !(tls_trust_open(
		  &setup->trust, credentials, options, failure) &&
		(options->crl == NULL ||
		    tls_trust_use_crl(
			&setup->trust, options->crl, failure))))
		return false;
	if (result >= 0 &&
	    !tls_load_client_certificate(credentials, options, failure))
		return false;
	if (result >= 0)
		result = gnutls_init(&session,
		    GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_TICKETS |
			/* whatever issuers the server has a list of */
			GNUTLS_FORCE_CLIENT_CERT);
	setup->session = session;
	tls_priority_add(&priority, options);
	if (result >= 0)
		result = gnutls_priority_set_direct(
		    session, buf_text(&priority), NULL);
	buf_free(&priority);
	if (result >= 0)
		result = gnutls_credentials_set(
		    session, GNUTLS_CRD_CERTIFICATE, credentials);
	if (result < 0) {
		tls_fail(failure, TLS_CONFIG, "cannot start GnuTLS: %s",
		    gnutls_strerror(result));
		return false;
	}
	set_server_name(session, options->host);
	gnutls_transport_set_ptr(session, socket);
	gnutls_transport_set_pull_function(session, pull_octets);
	gnutls_transport_set_vec_push_function(session, push_records);
	return true;
}

void
tls_setup_free(struct tls_setup *setup)
{
	if (setup->session != NULL)
		gnutls_deinit(setup->session);
	if (setup->credentials != NULL)
		gnutls_certificate_free_credentials(setup->credentials);
	tls_trust_close(&setup->trust);
	*setup = (struct tls_setup){.session = NULL};
}
