/* The certificate that we show to a server that asks. Within net/tls. */
#ifndef NET_TLS_CLIENT_CERTIFICATE_H
#define NET_TLS_CLIENT_CERTIFICATE_H

#include <stdbool.h>

#include "net/tls.h"

/* Into the library's credentials; true where there is none to load. */
bool tls_load_client_certificate(void *credentials,
    const struct tls_options *options, struct tls_failure *failure);

#endif
