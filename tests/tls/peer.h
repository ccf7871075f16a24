/*
 * A server of TLS in a process of its own, at the other end of a socket; and
 * the client under test, connected to it.
 */
#ifndef TESTS_NET_PEER_H
#define TESTS_NET_PEER_H

#include <gnutls/gnutls.h>
#include <stdbool.h>
#include <sys/types.h>

#include "tls/tls.h"

#define LONG 20000
#define TLS12 "NORMAL:-VERS-ALL:+VERS-TLS1.2"
#define TLS13 "NORMAL:-VERS-ALL:+VERS-TLS1.3"

/* What the server does once the hands are shaken: its exit status. */
typedef int peer_function(int fd, gnutls_session_t session);

struct peer {
	pid_t pid;
	int fd; /* the client's end */
};

struct peer_options {
	const char *certificate; /* of pki.h */
	const char *priority;
	peer_function *function; /* NULL: nothing */
	const char *staple;	 /* file with an OCSP response; NULL: none */
};

struct peer peer_start(
    const char *certificate, const char *priority, peer_function *function);
struct peer peer_start_with(const struct peer_options *options);
/* Waits for it; 50 is a handshake that did not come about. */
void peer_end(struct peer *server, int expected);
/* Expects the client's goodbye and nothing before it. */
int peer_hang_up(int fd, gnutls_session_t session);

/* tls_start with the root "ca" of pki.h as the trusted one. */
struct tls *peer_connect(struct peer *server, const char *name, bool verify,
    struct tls_failure *failure);
/* Nothing of what a failure says can disturb a terminal. */
void assert_text_is_safe(const char *text);

#endif
