/*
 * Reads certificates and revocation lists from files, to tell the user about
 * them.
 */
#ifndef TLS_CERTIFICATE_FILE_H
#define TLS_CERTIFICATE_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "tls/certificate_facts.h"
#include "tls/tls_failure.h"

/*
 * Reads the first certificate of a PEM file, which the caller frees. False: the
 * failure says why.
 */
bool certificate_file_read(const char *path, struct certificate_facts *facts,
    struct tls_failure *failure);
/* The same for the octets of one certificate (DER). False: it is none. */
bool certificate_file_read_der(
    struct span der, struct certificate_facts *facts);
/*
 * When the first of the file's revocation lists (PEM) was to be renewed, in
 * seconds since 1970; 0: no list says. False: the failure says why.
 */
bool certificate_file_read_lists(
    const char *path, int64_t *renewal, struct tls_failure *failure);
/*
 * Looks for the certificate with this SHA-256 in the files of a folder and of
 * the folders in it. Returns the path, which the caller frees; NULL: it is not
 * there, or not among the first 1000 files.
 */
char *certificate_file_find(const char *folder, const char *sha256);

#endif
