/*
 * The name of a service in a certificate: "_submissions.example.org" (RFC
 * 4985), for servers that were found by SRV records. Within net/tls.
 */
#ifndef NET_TLS_SRV_ID_H
#define NET_TLS_SRV_ID_H

#include <stdbool.h>

#include "base/text.h"

/*
 * Whether it (the DER of an IA5String) is that service of that domain. There
 * is no wildcard in it.
 */
bool tls_srv_id_matches(
    struct span der, const char *service, const char *domain);

#endif
