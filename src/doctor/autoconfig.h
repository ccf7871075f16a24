/*
 * Reads what a domain, or the ISPDB of Thunderbird, publishes about its mail
 * servers: config-v1.1.xml (draft-ietf-mailmaint-autoconfig). Of XML only what
 * such a document needs is understood; one with a DOCTYPE is refused.
 */
#ifndef DOCTOR_AUTOCONFIG_H
#define DOCTOR_AUTOCONFIG_H

#include <stdbool.h>

#include "base/buf.h"

#define AUTOCONFIG_SERVERS_MAX 4
#define AUTOCONFIG_ISSUER_MAX ((size_t)256)

/* The first login of a server's list that is understood. */
enum autoconfig_login {
	AUTOCONFIG_LOGIN_UNSAID,
	AUTOCONFIG_LOGIN_PASSWORD,
	AUTOCONFIG_LOGIN_HIDDEN, /* a password that is not sent: SCRAM */
	AUTOCONFIG_LOGIN_OAUTH,
	AUTOCONFIG_LOGIN_NONE, /* the server knows the client's address */
};

struct autoconfig_server {
	char host[256]; /* a host name in lower case */
	unsigned short port;
	bool is_smtps;	     /* TLS from the start, and not STARTTLS */
	bool has_local_user; /* the user is the local part of the address */
	enum autoconfig_login login;
	bool has_oauth; /* somewhere in the list */
};

struct autoconfig {
	struct autoconfig_server servers[AUTOCONFIG_SERVERS_MAX];
	size_t count;
	/* Of OAuth, as the document writes it; "": none. Not checked. */
	char issuer[AUTOCONFIG_ISSUER_MAX + 1];
};

/*
 * Finds the servers for outgoing mail of the domain that use TLS, in their
 * order. False: the document is no such XML, or has none of them; then a phrase
 * is added to `reason` that quotes nothing.
 */
bool autoconfig_read(struct autoconfig *found, struct span document,
    struct span domain, struct buf *reason);

#endif
