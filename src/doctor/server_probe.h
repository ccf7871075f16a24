/*
 * Looks whether servers take a login: each is reached at the same time, through
 * TLS with a trusted certificate that bears its name, up to the point where a
 * login could begin. No secret is sent, nor the user's name.
 */
#ifndef DOCTOR_SERVER_PROBE_H
#define DOCTOR_SERVER_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct server_candidate {
	char *servers;	     /* as in the setting `server`; owned */
	bool needs_no_login; /* it is good without an offer of a login, too */
	/* Set by the probe: */
	bool is_good;
	bool is_temporary;   /* not good now, but perhaps later */
	bool is_unreached;   /* not even a connection was made */
	unsigned mechanisms; /* offered; by the index in profile/mechanism.h */
	char *url;	     /* of the server that answered; NULL: none */
	char *why;	     /* if it is not good; text of the server, too */
};

enum probe_result {
	PROBE_GOOD,   /* one is good; *best says which */
	PROBE_NONE,   /* none of them */
	PROBE_SIGNAL, /* a signal interrupted it */
};

/*
 * Probes them until it is known which is the first good one, or until the
 * deadline. Candidates that did not end by then are temporary.
 */
enum probe_result server_probe_run(struct server_candidate *candidates,
    size_t count, int64_t deadline, size_t *best);
void server_probe_free(struct server_candidate *candidate);

#endif
