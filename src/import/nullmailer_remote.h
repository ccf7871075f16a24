/*
 * A line of nullmailer's file `remotes`: a server, the program that speaks its
 * protocol, and options of that program.
 */
#ifndef IMPORT_NULLMAILER_REMOTE_H
#define IMPORT_NULLMAILER_REMOTE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/text.h"

enum nullmailer_option {
	NULLMAILER_HOST,
	NULLMAILER_PORT,
	NULLMAILER_USER,
	NULLMAILER_PASS,
	NULLMAILER_AUTH_LOGIN,
	NULLMAILER_AUTH_EXTERNAL,
	NULLMAILER_SOURCE,
	NULLMAILER_TLS,
	NULLMAILER_SSL,
	NULLMAILER_STARTTLS,
	NULLMAILER_X509CERTFILE,
	NULLMAILER_X509KEYFILE,
	NULLMAILER_X509CAFILE,
	NULLMAILER_X509CRLFILE,
	NULLMAILER_X509FMTDER,
	NULLMAILER_INSECURE,
	NULLMAILER_TLS_ANON_AUTH,
	NULLMAILER_OPTION_COUNT,
};

struct nullmailer_remote {
	struct buf host;			    /* not empty */
	unsigned given;				    /* 1 << option */
	struct buf values[NULLMAILER_OPTION_COUNT]; /* wiped */
	unsigned short port;			    /* 0: the default */
};

/* "auth-login" */
const char *nullmailer_remote_option_name(enum nullmailer_option option);
/*
 * Fills the empty *remote. NULL, or why it cannot be taken over: a text for
 * import_profile_leave that shows nothing of the line. Free it also then; at
 * least the host is set.
 */
const char *nullmailer_remote_parse(
    struct nullmailer_remote *remote, struct span line);
void nullmailer_remote_free(struct nullmailer_remote *remote);
bool nullmailer_remote_has(
    const struct nullmailer_remote *remote, enum nullmailer_option option);
/* Whether the connection is encrypted. */
bool nullmailer_remote_uses_tls(const struct nullmailer_remote *remote);
/* Whether both can be servers of one profile. */
bool nullmailer_remote_agrees(
    const struct nullmailer_remote *a, const struct nullmailer_remote *b);

#endif
