/*
 * What is known of a TLS connection and its certificates, for people and for
 * the checks of a set-up: see `diagnose` in tls_options.h.
 */
#ifndef TLS_TLS_FACTS_H
#define TLS_TLS_FACTS_H

#include "tls/certificate_facts.h"
#include "tls/tls.h"

/* The texts are owned; all that are not said to be NULL are set. */
struct tls_facts {
	char *protocol, *cipher, *key_exchange; /* as tls.h returns them */
	char *verified_by;
	char *distrust;	       /* as tls_distrust; NULL: it is trusted */
	unsigned faults;       /* bits of enum certificate_fault */
	bool must_trust;       /* a submission ends here if it is not trusted */
	char *wanted;	       /* the name that the certificate must have */
	const char *staple;    /* "good", "revoked", "expired", "bad", "none" */
	const char *binding;   /* as tls_channel_binding; NULL: none */
	bool asks_certificate; /* the server asked for one of the client */
	/* As sent, the server's own first; at most 16. */
	struct certificate_facts *chain;
	size_t count;
	size_t sent; /* how many there were */
	/* The trusted root above the chain, if it was found and not sent. */
	struct certificate_facts anchor;
	bool has_anchor;
};

void tls_facts_read(struct tls_facts *facts, const struct tls *tls);
/*
 * The sentence that says why the certificate is not trusted, without its hints;
 * empty: it is trusted. Borrowed.
 */
struct span tls_facts_sentence(const struct tls_facts *facts);
/* Allowed on a struct that is all zero, which it leaves. */
void tls_facts_free(struct tls_facts *facts);

#endif
