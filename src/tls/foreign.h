/*
 * Recognises protocols other than SMTP by the first octets that a server sent:
 * the port is wrong, or another program answers instead of the mail server.
 */
#ifndef TLS_FOREIGN_H
#define TLS_FOREIGN_H

#include <stdbool.h>

#include "base/text.h"

/* "HTTP", "IMAP" and so on; NULL if unknown. */
const char *foreign_protocol(struct span said);
/*
 * Whether it is an HTTP response that sends a browser to a login page: a
 * redirection, or status 511 (RFC 6585 section 6).
 */
bool foreign_is_login_page(struct span said);
/*
 * The host in the field Location of an HTTP response; empty if there is none.
 */
struct span foreign_location(struct span answer);

#endif
