/*
 * Starts GnuTLS and makes a session that is ready to shake hands: versions and
 * strength, the server's name, and the way to the socket. The
 * library hands over whole records and never sees a write that would block:
 * what the socket does not take waits here. Within tls/.
 */
#ifndef TLS_TLS_SETUP_H
#define TLS_TLS_SETUP_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/buf.h"
#include "tls/tls.h"
#include "tls/tls_trust.h"

struct tls_setup {
	void *session, *credentials; /* the library's; owned */
	struct tls_trust trust;
};

struct tls_socket {
	int fd; /* borrowed; non-blocking */
	struct buf unsent;
	int send_error, receive_error; /* errno */
	bool hung_up;		       /* an end of file was read */
	char head[5];		       /* of the first record */
	size_t head_len;
};

void tls_setup_socket_init(struct tls_socket *socket, int fd);
void tls_setup_socket_free(struct tls_socket *socket);
/* As much of what is unsent as the socket takes now. */
void tls_setup_socket_flush(struct tls_socket *socket);
/* Whether what came first cannot be TLS, and the words for it. */
bool tls_setup_socket_is_plaintext(const struct tls_socket *socket);
void tls_setup_socket_say_plaintext(
    struct tls_socket *socket, struct tls_failure *failure);

/* False with TLS_CONFIG; tls_setup_free in either case. */
bool tls_setup(struct tls_setup *setup, struct tls_socket *socket,
    const struct tls_options *options, struct tls_failure *failure);
void tls_setup_free(struct tls_setup *setup);

/*
 * The start of GnuTLS: once, when it is first needed, and never with what the
 * environment says.
 */
/*
 * SSLKEYLOGFILE and what makes GnuTLS and its libraries talk are taken out of
 * the environment first. To call it again is cheap. False with TLS_CONFIG.
 */
bool tls_setup_library(struct tls_failure *failure);

/*
 * What a session may agree on, as GnuTLS wants to hear it: versions from
 * tls-min on, strength, and behind them the user's own words. Within tls/.
 */
/* The whole priority string of a session. */
void tls_setup_add_priority(struct buf *out, const struct tls_options *options);

/* The certificate that we show to a server that asks. Within tls/. */
/* Into the library's credentials; true where there is none to load. */
bool tls_load_client_certificate(void *credentials,
    const struct tls_options *options, struct tls_failure *failure);

#endif
