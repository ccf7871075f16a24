/*
 * TLSA records (RFC 6698), by which the owner of a mail server says in DNSSEC
 * what its certificate is (DANE). The rules are those for mail (RFC 7672).
 */
#ifndef TLS_DANE_H
#define TLS_DANE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "tls/certificate_facts.h"

#define DANE_NAMES_MAX 4

/* Mail does not use 0 and 1, which need roots that all clients trust. */
enum dane_usage {
	DANE_TA = 2, /* an authority that has issued the certificate */
	DANE_EE = 3, /* the server's certificate */
};

struct dane_record {
	enum dane_usage usage;
	unsigned char selector; /* 0: the certificate, 1: its public key */
	unsigned char matching; /* 0: as it is, 1: SHA-256, 2: SHA-512 */
	struct span data;	/* borrowed */
};

/* What decides about a server's certificate. All of it is borrowed. */
struct dane {
	const struct dane_record *records; /* from dane_choose */
	size_t count;			   /* at least 1 */
	/* A certificate by a DANE-TA authority must have one of these. */
	const char *names[DANE_NAMES_MAX];
	size_t name_count; /* at least 1 */
	/*
	 * The server's name comes from MX records without DNSSEC (RFC 7672
	 * section 2.2.1): the server is the one named, but the name may be
	 * forged.
	 */
	bool is_name_insecure;
};

enum dane_verdict {
	DANE_UNUSABLE, /* mail does not use a record like this */
	DANE_MISFIT,
	DANE_FIT,
};

/* Reads the data of a record. Returns false if mail cannot use it. */
bool dane_read(struct span data, struct dane_record *record);
/*
 * Of usable records, keeps those that count (RFC 7671 section 9): of the
 * digests for one usage and selector only the strongest, so that a weak digest
 * cannot be chosen instead. Returns how many are left.
 */
size_t dane_choose(struct dane_record *records, size_t count);
/*
 * Judges the data of one record. The chain is as sent, the server's own
 * certificate first. Names are not looked at.
 */
enum dane_verdict dane_judge(
    struct span record, const struct certificate_facts *chain, size_t count);

/* For tls/ only: whether a record of that usage is of the certificate. */
bool dane_fits(const struct dane *dane, enum dane_usage usage,
    struct gnutls_x509_crt_int *certificate);
/*
 * For tls/ only: the certificate of an authority that the record holds as a
 * whole, as DER, which the server need not send; else empty.
 */
struct span dane_authority(const struct dane_record *record);

#endif
