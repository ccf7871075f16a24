/*
 * The domain of From, which a DKIM signature must fit, so that it counts for
 * DMARC (RFC 9989 section 4.4.1).
 */
#ifndef DKIM_FROM_DOMAIN_H
#define DKIM_FROM_DOMAIN_H

#include <stdbool.h>

#include "base/buf.h"

/*
 * Finds the domain that may sign a message with this header section: the given
 * one, or with NULL that of the first mailbox in From. Adds it to `domain` as
 * A-labels in small letters. False: a signature would not fit, and `why` says
 * why, as a phrase: each mailbox in each From must be in this domain or below.
 */
bool from_domain_find(
    struct span header, const char *given, struct buf *domain, struct buf *why);

#endif
