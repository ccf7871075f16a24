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

struct autoconfig_server {
	char host[256]; /* a host name in lower case */
	unsigned short port;
	bool is_smtps;	     /* TLS from the start, and not STARTTLS */
	bool has_local_user; /* the user is the local part of the address */
};

struct autoconfig {
	struct autoconfig_server servers[AUTOCONFIG_SERVERS_MAX];
	size_t count;
};

/*
 * Finds the servers for outgoing mail of the domain that use TLS, in their
 * order. False: the document is no such XML, or has none of them; then a phrase
 * is added to `reason` that quotes nothing.
 */
bool autoconfig_read(struct autoconfig *found, struct span document,
    struct span domain, struct buf *reason);

#endif
