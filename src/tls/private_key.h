/*
 * A private key of RSA or Ed25519 that signs for DKIM: read from a text in PEM
 * form, or made. Phrases about failures quote nothing of the key.
 */
#ifndef TLS_PRIVATE_KEY_H
#define TLS_PRIVATE_KEY_H

#include <stdbool.h>

#include "base/buf.h"
#include "tls/sha256.h"
#include "tls/tls_failure.h"

enum private_key_kind { PRIVATE_KEY_RSA, PRIVATE_KEY_ED25519 };

struct private_key;

/*
 * Reads a key (PKCS #8 or PKCS #1) that is not encrypted. NULL with TLS_CONFIG
 * and a phrase: "the key is encrypted; ...".
 */
struct private_key *private_key_read(
    struct span pem, struct tls_failure *failure);
/* Makes a new key; `bits` is for RSA. NULL with TLS_CONFIG. */
struct private_key *private_key_make(
    enum private_key_kind kind, unsigned bits, struct tls_failure *failure);
/* Wipes it; NULL does nothing. */
void private_key_free(struct private_key *key);

enum private_key_kind private_key_kind(const struct private_key *key);
unsigned private_key_bits(const struct private_key *key);
/* Adds the key as PKCS #8 in PEM form, to a buf for secrets. */
bool private_key_add_pem(const struct private_key *key, struct buf *out,
    struct tls_failure *failure);
/*
 * Adds its public key as a DKIM record has it: of RSA the SubjectPublicKeyInfo
 * (RFC 6376 section 3.6.1), of Ed25519 the 32 octets alone (RFC 8463 section
 * 4.2).
 */
bool private_key_add_public(const struct private_key *key, struct buf *out,
    struct tls_failure *failure);
/*
 * Adds the signature of a SHA-256: PKCS #1 1.5 by RSA, or PureEdDSA over the 32
 * octets of the hash (RFC 8463 section 3).
 */
bool private_key_add_signature(const struct private_key *key,
    const unsigned char hash[SHA256_OCTETS], struct buf *out,
    struct tls_failure *failure);

#endif
