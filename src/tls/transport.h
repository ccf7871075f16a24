/*
 * The socket below GnuTLS. GnuTLS writes whole records and never sees a write
 * that would block: octets that the socket does not accept at once are buffered
 * here.
 */
#ifndef TLS_TRANSPORT_H
#define TLS_TRANSPORT_H

#include <gnutls/gnutls.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "tls/tls_failure.h"

struct transport {
	int fd; /* borrowed; non-blocking */
	struct buf unsent;
	int send_error, receive_error; /* errno; 0: none */
	bool hung_up;		       /* the peer has closed */
	char head[5];		       /* the first octets received */
	size_t head_len;
};

void transport_init(struct transport *transport, int fd);
void transport_free(struct transport *transport);
/* Makes the session read and write through the transport (borrowed). */
void transport_attach(struct transport *transport, gnutls_session_t session);
/* Sends as many of the unsent octets as the socket accepts now. */
void transport_flush(struct transport *transport);
/* Whether the first octet received cannot begin a TLS record. */
bool transport_is_plaintext(const struct transport *transport);
/*
 * If transport_is_plaintext: sets the failure, which quotes the server's first
 * line.
 */
void transport_report_plaintext(
    struct transport *transport, struct tls_failure *failure);

#endif
