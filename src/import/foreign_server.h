/*
 * A server as several keys of another program describe it, and the settings
 * `server` and `tls` that mean the same.
 */
#ifndef IMPORT_FOREIGN_SERVER_H
#define IMPORT_FOREIGN_SERVER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "import/import_profile.h"

enum foreign_tls {
	FOREIGN_TLS_NONE,
	FOREIGN_TLS_OPPORTUNISTIC, /* STARTTLS where the server offers it */
	FOREIGN_TLS_STARTTLS,	   /* or nothing is sent */
	FOREIGN_TLS_IMMEDIATE,
};

struct foreign_server {
	bool is_lmtp;
	enum foreign_tls tls;
	struct span host;    /* a name or an address; an IPv6 one may have [] */
	struct span socket;  /* instead of a host: the path of a Unix socket */
	unsigned short port; /* what the program would use; not of a socket */
	bool verifies;	     /* the program checks the certificate */
	bool takes_any;	     /* it accepts any, as tls = opportunistic does */
	const char *keys;    /* "host, port, tls" */
};

/* A port by number or, as in services(5), by name; 0: it is none. */
unsigned short foreign_server_port(struct span text);
/*
 * Sets `server` and `tls`, and warns if TLS is off or not enforced, if any
 * certificate is taken, or if the program did not check certificates, which
 * smtpost does. A server that cannot be used, or that needs another value of
 * `tls` than the first one, is not taken over; a comment says why.
 */
void foreign_server_translate(const struct foreign_server *servers,
    size_t count, struct import_profile *profile);

#endif
