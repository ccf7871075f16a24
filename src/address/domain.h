/*
 * Domain names and address literals (RFC 5321 sections 4.1.2 and 4.1.3, RFC
 * 5890). Only names that are not ASCII are given to libidn2, and its result is
 * checked, because it drops or accepts some characters that it should refuse.
 * Underscores are accepted: host names have none, but the DNS allows them (RFC
 * 2181 section 11), so the server decides.
 */
#ifndef ADDRESS_DOMAIN_H
#define ADDRESS_DOMAIN_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"

/*
 * The domain of a path in wire form: the text after its last "@", which is
 * never part of the local part. A path without "@" ("postmaster") is returned
 * whole.
 */
struct span domain_of_path(struct span path);
/*
 * Whether it consists of letters, digits and hyphens, in labels of 1 to 63
 * octets, 255 octets in all.
 */
bool domain_is_ldh(struct span name);
/* The same, but underscores are allowed. */
bool domain_is_name(struct span name);
/* Whether it is "[192.0.2.1]" or "[IPv6:2001:db8::1]". Public for tests. */
bool domain_is_literal(struct span name);
/* Whether it is an IP address, without brackets. */
bool domain_is_ipv4(struct span text);
bool domain_is_ipv6(struct span text);
/*
 * Whether the last label is all digits, as in "127.1" and "10": no top-level
 * domain is a number, and a resolver may read such a name as an IPv4 address.
 */
bool domain_ends_in_number(struct span name);
/* Whether it is a name with a dot in it that does not end in a number. */
bool domain_is_fqdn(struct span name);
/* Whether it is the domain `end`, or a name below it. */
bool domain_is_in(struct span name, struct span end);
/*
 * Adds the form for the wire: ASCII names without a final dot, literals
 * unchanged, U-labels as A-labels (IDNA 2008, non-transitional). False with
 * ERROR_DATA.
 */
bool domain_to_ascii(struct span name, struct buf *out, struct error *err);
/*
 * Adds a line to `notes` if the domain (of the path) has an underscore. Each
 * domain is noted once; after about 4 KiB one line says that there are more.
 */
void domain_note_underscore(struct span path, struct buf *notes);
/* The name and version of the IDNA library, for --version. */
const char *domain_library(void);

#endif
