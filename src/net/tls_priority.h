/*
 * What a session may agree on, as GnuTLS wants to hear it: versions from
 * tls-min on, strength, and behind them the user's own words. Within net/tls.
 */
#ifndef NET_TLS_PRIORITY_H
#define NET_TLS_PRIORITY_H

#include <stdbool.h>

#include "base/buf.h"
#include "net/tls.h"

/* The whole priority string of a session. */
void tls_priority_add(struct buf *out, const struct tls_options *options);

#endif
