/*
 * One address of a server, and what a session there showed: greeting, EHLO,
 * TLS, EHLO again, QUIT; never a login. The handshake goes on despite any fault
 * of the certificate. What the server said is kept as it came, within bounds;
 * what prints it masks it.
 */
#ifndef DOCTOR_SURVEY_ADDRESS_H
#define DOCTOR_SURVEY_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "envelope/outcome.h"
#include "net/host.h"
#include "profile/profile.h"
#include "profile/secret.h"
#include "smtp/extension.h"
#include "smtp/observer.h"
#include "tls/tls_facts.h"

struct survey_address {
	/* AF_UNSPEC: a Unix socket, or known to the proxy only. */
	struct host_address address;
	char *name; /* "192.0.2.5", the socket's path, or the host's name */
	int64_t connect_time; /* milliseconds, also of a refusal; -1: none */
	int error; /* errno of connecting; ETIMEDOUT: silence; 0: no error */
	bool is_source_refused; /* `error` is about the source address */
	bool is_connected;
	bool is_silent; /* a wait for the server ended the session */
	/* Milliseconds until the whole reply, or the end of the handshake. */
	int64_t greeting_time, ehlo_time, tls_time; /* -1: none */
	/* Lines as they came, joined by LF, each with its code; empty: none.
	 * Like all text here they show no secret. */
	struct buf greeting, ehlo, ehlo_tls;
	struct buf odd; /* the first octets, if they are no reply: HTTP */
	struct extensions before, after;    /* of the two EHLOs */
	struct buf offered_before, offered; /* AUTH mechanisms as offered */
	bool is_extended;		    /* EHLO was accepted, not HELO */
	bool is_tls;			    /* the handshake was completed */
	struct tls_facts tls;		    /* all zero without TLS */
	/*
	 * A submission would go on with a trusted certificate only: the policy
	 * or a login asks for it.
	 */
	bool needs_trust;
	bool needs_login; /* the profile logs in, which needs EHLO */
	/* Why the session did not become ready; ACTION_NONE: it did. */
	struct outcome trouble;
};

struct survey_visit {
	const struct profile *profile; /* its secret is not read */
	const struct server *server;
	const struct observer *observer; /* may be NULL */
	const struct secret *hidden;	 /* see session_options */
	bool by_proxy;			 /* the socket leads to a proxy */
	struct tunnel *tunnel;		 /* or to this command, see session.h */
	int64_t connected_at;		 /* clock_now */
	int64_t heard_at; /* when the first octet had come; 0: not yet */
	int64_t timeout;  /* of each step, in milliseconds */
	int64_t deadline; /* for the whole run */
};

/* A new address without any result. */
struct survey_address *survey_address_new(void);
/* Runs the session on a connected socket, which it closes. */
void survey_address_meet(
    struct survey_address *address, int fd, const struct survey_visit *visit);
/*
 * Whether a submission would get as far as the login: the session became ready,
 * the certificate is trusted if it has to be, and EHLO is known if there is a
 * login.
 */
bool survey_address_is_ready(const struct survey_address *address);
/* The last EHLO, which counts: that after TLS, if there is TLS. */
const struct extensions *survey_address_offer(
    const struct survey_address *address);
/* The reply to it. */
const struct buf *survey_address_reply(const struct survey_address *address);
/*
 * Takes the next line off a kept reply, without its code: "SIZE 1000". The
 * first line of a reply to EHLO is the server's name.
 */
bool survey_address_next_line(struct span *reply, struct span *line);
void survey_address_free(struct survey_address *address);

#endif
