/*
 * Finds certificates in a bundle (PEM, RFC 7468) by their subjects. A chain
 * ends in one of some 150 roots, and this code decodes only the beginning of
 * each, which saves most of the time of a handshake. It works on memory only
 * and decides nothing about trust.
 */
#ifndef TLS_ROOT_SCAN_H
#define TLS_ROOT_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

#define ROOT_NAMES_MAX 32

struct root_scan {
	struct span rest; /* of the bundle; borrowed */
	/*
	 * The wanted subjects, in DER; borrowed. If there are none, every
	 * certificate is wanted.
	 */
	struct span names[ROOT_NAMES_MAX];
	size_t count;
};

/*
 * Adds a wanted subject, unless it was added before; false if there are too
 * many.
 */
bool root_scan_add(struct root_scan *scan, struct span name);
/*
 * Finds the next certificate with a wanted subject, or whose subject cannot be
 * read: *block begins at its BEGIN line and ends after "-----END ". False at
 * the end of the bundle.
 */
bool root_scan_next(struct root_scan *scan, struct span *block);

/*
 * The names of a certificate in DER, which may be cut off after the subject.
 * The names stay encoded, because GnuTLS compares them so. False if malformed.
 */
bool root_scan_names(
    struct span der, struct span *issuer, struct span *subject);
/*
 * The public key of a certificate with its algorithm (SubjectPublicKeyInfo),
 * still in DER. False if malformed.
 */
bool root_scan_key(struct span der, struct span *key);

#endif
