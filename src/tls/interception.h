/*
 * Knows the names under which programs issue certificates that open TLS on its
 * way: virus scanners, company gateways, and tools that show what is sent.
 */
#ifndef TLS_INTERCEPTION_H
#define TLS_INTERCEPTION_H

#include <stdbool.h>

#include "base/buf.h"

/*
 * Whether a name of an authority (RFC 4514) is that of such a program. No
 * server has its certificate from one, unless it is the program's own.
 */
bool interception_is_name(struct span name);
/*
 * Adds the common name of a masked name, as in "CN=R11,O=Let's Encrypt"; the
 * whole name if it has none.
 */
void interception_add_common_name(struct span name, struct buf *out);

#endif
