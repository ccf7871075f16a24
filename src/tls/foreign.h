/*
 * Protocols that are not SMTP, told by the first octets of what a server
 * says: the wrong port was named, or something else answers. It knows nothing
 * of sockets.
 */
#ifndef TLS_FOREIGN_H
#define TLS_FOREIGN_H

#include <stdbool.h>

#include "base/text.h"

/* "HTTP", "IMAP", ...; NULL: not one that is known. */
const char *foreign_protocol(struct span said);
/*
 * Whether it is an answer of HTTP that sends a browser to another page, as
 * networks do that want a login first (RFC 6585 section 6 has 511 for it).
 */
bool foreign_is_login_page(struct span said);
/* The host in the header field Location of such an answer; empty: none. */
struct span foreign_location(struct span answer);

#endif
