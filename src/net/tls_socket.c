#include "net/tls_socket.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include "net/tls_words.h"

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0 /* SIGPIPE is ignored anyway, base/wait.h */
#endif

#define UNSENT_MAX ((size_t)1024 * 1024)

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
send_now(struct tls_socket *socket, const struct iovec *parts, int count)
{
	struct msghdr message = {0};
	ssize_t sent;

	message.msg_iov = (struct iovec *)(uintptr_t)parts;
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

ssize_t
tls_socket_send(struct tls_socket *socket, const struct iovec *parts, int count)
{
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

ssize_t
tls_socket_receive(struct tls_socket *socket, void *data, size_t len)
{
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
	ssize_t got;

	memcpy(line, socket->head, said.len);
	got = recv(socket->fd, line + said.len, sizeof(line) - said.len, 0);
	if (got > 0)
		said.len += (size_t)got;
	said = span_head(said, span_find(said, '\n'));
	tls_add_foreign(&text, span_head(said, span_find(said, '\r')));
	tls_fail(failure, TLS_REFUSED,
	    "the server does not speak TLS here, it says \"%s\"\n"
	    "hint: smtps:// is for a port with TLS from the start (465), "
	    "smtp:// for one with STARTTLS (587)",
	    buf_text(&text));
	buf_free(&text);
}
