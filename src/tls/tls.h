/*
 * TLS, by GnuTLS, which no other header or file of the program names. The
 * certificate is judged against the system's trust or one file, for the name
 * that the user configured, or by its key alone.
 */
#ifndef TLS_TLS_H
#define TLS_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"

struct buf;
struct tls; /* opaque */

struct tls_options {
	const char *host; /* for SNI: A-labels, or an address; borrowed */
	const char *name; /* the name that the certificate must bear */
	/* "_submissions": it may bear the name for this service alone, as an
	   SRV-ID (RFC 6186); NULL: the name is a server's. */
	const char *service;
	const char *trust; /* file of trusted roots (PEM); NULL: the system's */
	const char *trust_folder; /* in the system's place; NULL: none */
	const char *crl;       /* file of revocation lists (PEM); NULL: none */
	bool verify;	       /* false: the certificate is not judged */
	bool accept_untrusted; /* the handshake goes on; see tls_distrust */
	/* The server's key is one of these ("sha256:" and 64 hex digits). */
	char *const *pins; /* borrowed */
	size_t pin_count;  /* 0: any key */
	bool pin_alone;	   /* then the key is all that is judged */
	bool is_public;	   /* a known mail service: nothing else stands in */
	bool only_tls13;
	const char *priority; /* GnuTLS's words behind ours; NULL: none */
	const char *client_certificate; /* PEM file; NULL: none */
	const char *client_key; /* PEM file; NULL: in the certificate's */
};

enum tls_result {
	TLS_DONE,
	TLS_REFUSED, /* certificate not trusted, or no common protocol */
	TLS_LOST,    /* connection closed, time-out: the same may work later */
	TLS_SIGNAL,  /* interrupted */
	TLS_CONFIG,  /* tls-trust or tls-crl cannot be read or is of no use */
};

struct tls_failure {
	enum tls_result result;
	bool is_tls;	/* the server did speak TLS */
	char text[768]; /* which check failed and what the certificate says;
			   a line feed begins a hint */
};

/*
 * Shakes hands on a connected, non-blocking socket (borrowed). NULL on
 * failure. GnuTLS is started at the first call, with SSLKEYLOGFILE and the
 * debugging variables taken out of the environment first.
 */
struct tls *tls_start(int fd, const struct tls_options *options,
    int64_t deadline, struct tls_failure *failure);
/*
 * Whether the library understands options->priority; TLS_CONFIG and a phrase
 * if not.
 */
bool tls_priority_check(
    const struct tls_options *options, struct tls_failure *failure);
/* The same for the files of the client certificate. */
bool tls_client_certificate_check(
    const struct tls_options *options, struct tls_failure *failure);
/* Sends close_notify where that does not block, and frees. */
void tls_free(struct tls *tls);

/*
 * As read(2) and write(2) on a non-blocking socket: -1 with errno EAGAIN and
 * *want POLLIN or POLLOUT; -1 with EPROTO and a phrase from tls_reason. A read
 * of 0 is the peer's end, with or without close_notify.
 */
ssize_t tls_read(struct tls *tls, void *data, size_t len, short *want);
ssize_t tls_write(struct tls *tls, const void *data, size_t len, short *want);
/* Whether octets wait inside, where poll does not see them. */
bool tls_has_pending(const struct tls *tls);
const char *tls_reason(const struct tls *tls);

const char *tls_protocol(const struct tls *tls);     /* "TLS1.3" */
const char *tls_cipher(const struct tls *tls);	     /* "AES-256-GCM" */
const char *tls_key_exchange(const struct tls *tls); /* "ECDHE-X25519" */
/* "trust", "pin", "trust+pin" or "none". */
const char *tls_verified_by(const struct tls *tls);
/* Why the certificate is not trusted, as a failure says it; NULL: it is. */
const char *tls_distrust(const struct tls *tls);
/*
 * Adds what binds a login to this channel (RFC 5929, RFC 9266). The name of
 * its kind, as SCRAM writes it; NULL: there is none.
 */
const char *tls_channel_binding(const struct tls *tls, struct buf *out);
/* For --version: the library and its version. */
const char *tls_library(void);

/* Channel bindings of a session of the library. Within tls/. */
/* As tls_channel_binding of tls.h. */
const char *tls_binding_of(void *session, struct buf *out);

#endif
