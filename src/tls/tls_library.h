/*
 * The library GnuTLS: starts it, and gives its name and its texts for errors
 * and alerts.
 */
#ifndef TLS_TLS_LIBRARY_H
#define TLS_TLS_LIBRARY_H

#include <stdbool.h>

#include "base/buf.h"
#include "tls/tls_failure.h"

/*
 * Starts GnuTLS, first removing from the environment the variables that make
 * GnuTLS and the libraries below it log keys or change priorities. Repeated
 * calls are cheap. On failure sets TLS_CONFIG.
 */
bool tls_library_start(struct tls_failure *failure);
/* "GnuTLS" and the version that the program was built with. */
const char *tls_library_name(void);

/* Adds GnuTLS's description of one of its error codes, as a phrase. */
void tls_library_add_error(struct buf *buf, int error);
/* Adds a sentence about an alert (RFC 8446 section 6) from the server. */
void tls_library_add_alert(struct buf *buf, int alert);

#endif
