/* Channel bindings of a session of the library. Within net/tls. */
#ifndef NET_TLS_BINDING_H
#define NET_TLS_BINDING_H

#include "base/buf.h"

/* As tls_channel_binding of tls.h. */
const char *tls_binding_of(void *session, struct buf *out);

#endif
