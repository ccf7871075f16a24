/*
 * What a certificate says, as texts and numbers for people and for the checks
 * of a set-up. All texts are masked and bounded.
 */
#ifndef TLS_CERTIFICATE_FACTS_H
#define TLS_CERTIFICATE_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct gnutls_x509_crt_int; /* GnuTLS's gnutls_x509_crt_t points to it */

/* The texts are owned, and never NULL once the struct is filled. */
struct certificate_facts {
	char *subject, *issuer; /* as in RFC 4514: "CN=R11,O=Let's Encrypt" */
	/*
	 * DNS names and addresses, ", " between them and in none of them. If
	 * there are very many, the last ones are missing.
	 */
	char *names;
	int64_t not_before, not_after; /* seconds since 1970 */
	char *key;		       /* "RSA 2048", "ECDSA 256" */
	char *signature;	       /* "ECDSA-SHA256" */
	char sha256[65]; /* of the certificate; "": cannot be computed */
	char pin[72];	 /* of its key, as for tls-pin: "sha256:..." */
	unsigned key_bits;
	/* Below what TLS needs today (RFC 9325): 2048 bits of RSA, SHA-256. */
	bool is_key_weak, is_signature_weak;
	bool is_self_issued;
	bool has_issuer_url; /* says where its issuer's certificate is */
	struct buf der;	     /* the whole certificate; empty: too long */
	/*
	 * In a chain as sent: it is between the server's own certificate and
	 * the root, or one of them. Others change nothing.
	 */
	bool is_used;
};

void certificate_facts_read(
    struct certificate_facts *facts, struct gnutls_x509_crt_int *certificate);
void certificate_facts_free(struct certificate_facts *facts);

/* Adds "sha256:" and the digest of the public key; nothing if that fails. */
void certificate_facts_add_pin(
    struct gnutls_x509_crt_int *certificate, struct buf *pin);
/* Names of algorithms: "RSA" with its bits, "RSA-SHA256". */
const char *certificate_facts_key(
    struct gnutls_x509_crt_int *certificate, unsigned *bits);
const char *certificate_facts_signature(
    struct gnutls_x509_crt_int *certificate);

#endif
