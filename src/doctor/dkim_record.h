/*
 * Judges the key record of DKIM (RFC 6376 section 3.6.1, RFC 8301, RFC 8463).
 * The parser works in memory only, and accepts any octets as input.
 */
#ifndef DOCTOR_DKIM_RECORD_H
#define DOCTOR_DKIM_RECORD_H

#include <stdbool.h>

#include "base/buf.h"

enum dkim_fault {
	DKIM_FINE,
	DKIM_OTHER,   /* no record of DKIM: it has neither a key nor v=DKIM1 */
	DKIM_SYNTAX,  /* it is no list of tags */
	DKIM_NO_KEY,  /* the tag p is missing */
	DKIM_REVOKED, /* the key is empty */
	DKIM_BROKEN,  /* the key cannot be read */
	DKIM_UNKNOWN, /* a kind of key that receivers do not know */
	DKIM_OTHER_HASH, /* h= has no SHA-256, which signatures use */
	DKIM_OTHER_USE,	 /* not for mail (s=) */
	DKIM_TOO_WEAK,	 /* RSA of less than 1024 bits: receivers ignore it */
};

struct dkim_record {
	enum dkim_fault fault;
	bool is_rsa;   /* else Ed25519 */
	unsigned bits; /* of an RSA key that can be read */
	bool is_test;  /* t=y */
};

void dkim_record_read(struct dkim_record *record, struct span text);
/*
 * Whether two records have the same key: their tags p, apart from white space
 * and the padding at the end.
 */
bool dkim_record_same_key(struct span text, struct span other);

#endif
