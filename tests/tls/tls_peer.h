/*
 * A TLS server in a child process at the other end of a socket, and the client
 * under test that connects to it.
 */
#ifndef TESTS_TLS_TLS_PEER_H
#define TESTS_TLS_TLS_PEER_H

#include <gnutls/gnutls.h>
#include <stdbool.h>
#include <sys/types.h>

#include "net/stream.h"
#include "tls/tls.h"

#define LONG 20000
#define TLS12 "NORMAL:-VERS-ALL:+VERS-TLS1.2"
#define TLS13 "NORMAL:-VERS-ALL:+VERS-TLS1.3"

/* What the server does after the handshake; returns its exit status. */
typedef int tls_peer_function(int fd, gnutls_session_t session);

struct tls_peer {
	pid_t pid;
	int fd; /* the client's end */
};

struct tls_peer_options {
	const char *certificate; /* a name, as in pki.h */
	const char *priority;
	tls_peer_function *function; /* NULL: nothing */
	const char *staple; /* file with an OCSP response; NULL: none */
	/* Sends the certificates that are no part of the chain, too. */
	bool sends_all;
};

struct tls_peer tls_peer_start(
    const char *certificate, const char *priority, tls_peer_function *function);
struct tls_peer tls_peer_start_with(const struct tls_peer_options *options);
/* Waits for its exit status, which is 50 if the handshake failed. */
void tls_peer_end(struct tls_peer *server, int expected);
/* Expects close_notify from the client and nothing before it. */
int tls_peer_hang_up(int fd, gnutls_session_t session);

/*
 * The options of a client that looks for "mail.example.org" and trusts the
 * root "ca" of pki.h; their texts stay valid.
 */
struct tls_options tls_peer_client(void);
/* tls_start with those options, except for this name and without `verify`. */
struct tls *tls_peer_connect(struct tls_peer *server, const char *name,
    bool verify, struct tls_failure *failure);
/*
 * Connects and expects the result, and the text in the sentence of a failure;
 * then ends the server, whose function must be tls_peer_hang_up. *failure is
 * for further checks; NULL: not needed.
 */
void tls_peer_expect(struct tls_peer *server, const struct tls_options *options,
    enum tls_result result, const char *text, struct tls_failure *failure);

/* Starts a server with the certificate "leaf", and a stream to it over TLS. */
struct stream *tls_peer_stream(
    struct tls_peer *server, const char *priority, tls_peer_function *function);
/* The same to a server that has started. The stream closes its socket. */
struct stream *tls_peer_stream_with(
    struct tls_peer *server, const struct tls_options *options);
/* Reads until `len` octets of input wait; false: they do not come. */
bool tls_peer_fill(struct stream *stream, size_t len);
/* Octets that show whether any is missing or repeated; the second on the heap.
 */
char tls_peer_octet(size_t i);
char *tls_peer_octets(size_t len);

/* Checks that a failure's text cannot disturb a terminal. */
void assert_text_is_safe(const char *text);

#endif
