/* Other names of a server: whether two may be of one, and what the DNS says. */
#ifndef DOCTOR_SERVER_NAME_H
#define DOCTOR_SERVER_NAME_H

#include <stdbool.h>

#include "base/buf.h"
#include "net/host.h"

/*
 * Whether a name in a certificate may be another name of this host: both are
 * of the same known mail service, or of the same organisation, as far as that
 * can be told: "smtp.example.co.uk" and "mail.example.co.uk" are, "a.co.uk" and
 * "b.co.uk" are not. A wildcard is no name of a host.
 */
bool server_name_is_akin(const char *host, struct span name);
/*
 * Adds the name that the DNS has for an address (PTR), until the deadline.
 * False: it has none.
 */
bool server_name_find(
    const struct host_address *address, int64_t deadline, struct buf *name);
/*
 * Adds the name by which the DNS is asked for it, "5.2.0.192.in-addr.arpa"
 * (RFC 1035 section 3.5, RFC 3596 section 2.5), also for an IPv4 address that
 * is mapped into IPv6. False: it is no IP address.
 */
bool server_name_add_reverse(
    const struct host_address *address, struct buf *out);

#endif
