/*
 * A TLS connection over a socket, by GnuTLS. Outside of this folder GnuTLS is
 * used for hashing only (smtp/sasl_hash.c).
 */
#ifndef TLS_TLS_H
#define TLS_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "tls/tls_options.h"

struct tls; /* opaque */

/*
 * Performs the handshake as a client on a connected, non-blocking socket, which
 * is borrowed and must outlive the result. The options say how to check the
 * certificate. `deadline` is absolute (base/wait.h). NULL on failure.
 */
struct tls *tls_start(int fd, const struct tls_options *options,
    int64_t deadline, struct tls_failure *failure);
/* Sends close_notify if that does not block, and frees; NULL is allowed. */
void tls_free(struct tls *tls);

/*
 * As read(2) and write(2) on a non-blocking socket: -1 with errno EAGAIN means
 * that the caller must wait, -1 with EPROTO that TLS has failed (see
 * tls_reason), and any other errno is an error of the socket. A read returns 0
 * if the peer has closed, with or without close_notify. A write that failed
 * with EAGAIN must be repeated with the same data.
 */
ssize_t tls_read(struct tls *tls, void *data, size_t len);
ssize_t tls_write(struct tls *tls, const void *data, size_t len);
/* Whether there are decrypted, unread octets, which poll(2) does not report. */
bool tls_has_pending(const struct tls *tls);
/* Why the connection has failed, as a phrase; borrowed; "" if it has not. */
const char *tls_reason(const struct tls *tls);

/* Borrowed texts about the connection. */
const char *tls_protocol(const struct tls *tls);     /* "TLS1.3" */
const char *tls_cipher(const struct tls *tls);	     /* "AES-256-GCM" */
const char *tls_key_exchange(const struct tls *tls); /* "ECDHE-X25519" */
/*
 * "trust", "pin", "trust+pin" or "none"; with TLSA records "dane-ee" or
 * "dane-ta", or "dane-insecure-mx" if the name of the server may be forged.
 */
const char *tls_verified_by(const struct tls *tls);
/* Why the certificate is not trusted, as a sentence; NULL if it is trusted. */
const char *tls_distrust(const struct tls *tls);
/* What is wrong with it: bits of enum certificate_fault. */
unsigned tls_faults(const struct tls *tls);
/*
 * Adds the channel binding, which binds a login to this connection (RFC 5929,
 * RFC 9266). Returns the name of the binding type, as SCRAM writes it; NULL if
 * there is none.
 */
const char *tls_channel_binding(const struct tls *tls, struct buf *out);

/* For tls/ only: GnuTLS's session; and the options of one that diagnoses. */
void *tls_session(const struct tls *tls);
const char *tls_wanted_name(const struct tls *tls); /* "" without diagnose */
bool tls_must_trust(const struct tls *tls); /* a submission would end here */

#endif
