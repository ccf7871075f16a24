/*
 * Between the TLS library and the socket. The library hands over whole records
 * and never sees a write that would block; what the socket does not take waits
 * here. It also knows whether the other end speaks TLS at all. Within net/tls.
 */
#ifndef NET_TLS_SOCKET_H
#define NET_TLS_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <sys/uio.h>

#include "base/buf.h"
#include "net/tls.h"

struct tls_socket {
	int fd; /* borrowed; non-blocking */
	struct buf unsent;
	int send_error, receive_error; /* errno */
	bool hung_up;		       /* an end of file was read */
	char head[5];		       /* of the first record */
	size_t head_len;
};

void tls_socket_init(struct tls_socket *socket, int fd);
void tls_socket_free(struct tls_socket *socket);
/* As much of what is unsent as the socket takes now. */
void tls_socket_flush(struct tls_socket *socket);
/* Sends or keeps all: returns the sum; an error waits in send_error. */
ssize_t tls_socket_send(
    struct tls_socket *socket, const struct iovec *parts, int count);
/* As recv(2). */
ssize_t tls_socket_receive(struct tls_socket *socket, void *data, size_t len);
/* Whether what came first cannot be TLS, and the words for it. */
bool tls_socket_is_plaintext(const struct tls_socket *socket);
void tls_socket_say_plaintext(
    struct tls_socket *socket, struct tls_failure *failure);

#endif
