/*
 * A key that signs mail (RFC 6376 section 3.3, RFC 8301, RFC 8463), and the DNS
 * record with its public key.
 */
#ifndef DKIM_DKIM_KEY_H
#define DKIM_DKIM_KEY_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "tls/private_key.h"

#define DKIM_KEY_FILE_MAX ((size_t)64 * 1024)
#define DKIM_KEY_BITS 2048 /* of a new RSA key */
/* Of the RSA keys that sign; verifiers need not know others (RFC 8301). */
#define DKIM_KEY_BITS_MIN 1024
#define DKIM_KEY_BITS_MAX 4096

/*
 * Reads a key from the text of a file; `name` is the file in errors. The caller
 * frees it with private_key_free. NULL with ERROR_CONFIG.
 */
struct private_key *dkim_key_read(
    struct span text, const char *name, struct error *err);
/*
 * Whether it is a selector: labels of letters, digits and hyphens with dots
 * between them (RFC 6376 section 3.1), of which a domain name can be made.
 */
bool dkim_key_is_selector(struct span text);
/* The name of its record: "SELECTOR._domainkey.DOMAIN". */
void dkim_key_add_record_name(
    const char *selector, const char *domain, struct buf *out);
/*
 * Adds the text of the record: "v=DKIM1; k=rsa; p=...". False with
 * ERROR_CONFIG.
 */
bool dkim_key_add_record(
    const struct private_key *key, struct buf *out, struct error *err);

#endif
