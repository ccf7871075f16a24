/*
 * Finds certificates in a bundle (PEM, RFC 7468) by their subjects. A chain
 * ends in one of some 150 roots, and this decodes only the beginning of each,
 * which saves most of the time of a handshake. Pure: no files, no trust.
 */
#ifndef TLS_ROOT_SCAN_H
#define TLS_ROOT_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

#define ROOT_NAMES_MAX 32

struct root_scan {
	struct span rest; /* of the bundle; borrowed */
	/* The wanted subjects, in DER; borrowed. None: every certificate. */
	struct span names[ROOT_NAMES_MAX];
	size_t count;
};

/* Adds a wanted subject, unless it is there; false: too many. */
bool root_scan_add(struct root_scan *scan, struct span name);
/*
 * Finds the next certificate with a wanted subject, or whose subject cannot be
 * read: *block is from its BEGIN line to "-----END ". False at the end.
 */
bool root_scan_next(struct root_scan *scan, struct span *block);

/*
 * The names of a certificate in DER, which may end behind the subject. They
 * stay encoded: that is how GnuTLS compares them. False: malformed.
 */
bool root_scan_names(
    struct span der, struct span *issuer, struct span *subject);
/* Its public key with the algorithm (SubjectPublicKeyInfo), still in DER. */
bool root_scan_key(struct span der, struct span *key);

#endif
