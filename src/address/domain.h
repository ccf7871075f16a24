/*
 * Domain names and address literals (RFC 5321 section 4.1.2, 4.1.3; RFC 5890).
 * Pure ASCII names never see libidn2; the result of libidn2 is checked again
 * here, since it drops or passes what it should refuse. Underscores are let
 * through: no host name has them, but the DNS does (RFC 2181 section 11), and
 * whether mail goes there is for the server to say.
 */
#ifndef ADDRESS_DOMAIN_H
#define ADDRESS_DOMAIN_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"

/*
 * The domain of a path in wire form: all behind its last "@", which is never
 * part of the local part. A path without "@" ("postmaster") is given whole.
 */
struct span domain_of_path(struct span path);
/* Letters, digits, hyphens; labels of 1 to 63 octets, 255 in all. */
bool domain_is_ldh(struct span name);
/* The same, or with underscores. */
bool domain_is_name(struct span name);
/* "[192.0.2.1]", "[IPv6:2001:db8::1]", with its brackets. */
bool domain_is_literal(struct span name);
/*
 * Whether the last label is all digits, as in "127.1" and "10": no top-level
 * domain is, and a resolver may read such a name as an IPv4 address.
 */
bool domain_ends_in_number(struct span name);
/* A name with at least one dot that does not end in a number. */
bool domain_is_fqdn(struct span name);
/*
 * Adds the form for the wire: names and literals as they are but for a final
 * dot, U-labels as A-labels (IDNA 2008, non-transitional). Error kind
 * ERROR_DATA.
 */
bool domain_to_ascii(struct span name, struct buf *out, struct error *err);
/*
 * Adds a line to the notes where the domain, or that of the path, has an
 * underscore; once for each domain, and not for very many.
 */
void domain_note_underscore(struct span path, struct buf *notes);
/* For --version: the library and its version. */
const char *domain_library(void);

#endif
