/*
 * Finds certificates in a bundle (PEM, RFC 7468) by their subject, without
 * decoding more than the beginning of each: of a hundred and fifty roots a
 * chain ends in one. Pure: octets in, pieces of them out. It knows nothing of
 * trust, and where it cannot tell whose a certificate is, it hands it out.
 */
#ifndef TLS_ROOT_SCAN_H
#define TLS_ROOT_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

#define ROOT_NAMES_MAX 32

struct root_scan {
	struct span rest; /* of the bundle; borrowed */
	/* Subjects that are looked for, in DER; borrowed. No names: all. */
	struct span names[ROOT_NAMES_MAX];
	size_t count;
};

/* Looks for this name too, once; false when there are too many. */
bool root_scan_add(struct root_scan *scan, struct span name);
/* The next block from its BEGIN line to "-----END "; false at the end. */
bool root_scan_next(struct root_scan *scan, struct span *block);

/*
 * The names of a certificate in DER, or of its beginning, as far as the
 * subject: as they are encoded, which is how GnuTLS compares them.
 */
bool root_scan_names(
    struct span der, struct span *issuer, struct span *subject);
/* Its public key with the algorithm (SubjectPublicKeyInfo), in DER. */
bool root_scan_key(struct span der, struct span *key);

#endif
