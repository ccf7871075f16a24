/*
 * The start of GnuTLS: once, when it is first needed, and never with what the
 * environment says.
 */
#ifndef NET_TLS_LIBRARY_H
#define NET_TLS_LIBRARY_H

#include <stdbool.h>

#include "net/tls.h"

/*
 * SSLKEYLOGFILE and what makes GnuTLS and its libraries talk are taken out of
 * the environment first. To call it again is cheap. False with TLS_CONFIG.
 */
bool tls_library_start(struct tls_failure *failure);

#endif
