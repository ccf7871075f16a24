/*
 * What a server offers: the keywords of its EHLO reply (RFC 5321 section
 * 4.1.1.1), read with the oddities of the field. One table names them all.
 */
#ifndef SMTP_EXTENSION_H
#define SMTP_EXTENSION_H

#include <stdbool.h>
#include <stdint.h>

#include "mail/reply.h"

enum extension {
	EXTENSION_PIPELINING = 1 << 0,	/* RFC 2920 */
	EXTENSION_SIZE = 1 << 1,	/* RFC 1870 */
	EXTENSION_8BITMIME = 1 << 2,	/* RFC 6152 */
	EXTENSION_STARTTLS = 1 << 3,	/* RFC 3207 */
	EXTENSION_AUTH = 1 << 4,	/* RFC 4954 */
	EXTENSION_STATUS_CODES = 1 << 5, /* RFC 2034 */
	EXTENSION_DSN = 1 << 6,		/* RFC 3461 */
};

struct extensions {
	unsigned offered;    /* enum extension, or'ed */
	uint64_t size_limit; /* octets; 0: no fixed limit */
	unsigned mechanisms; /* SASL, bits of sasl.h */
};

/* From the reply to EHLO; forgets what was there. */
void extensions_read(struct extensions *extensions, const struct reply *ehlo);
bool extensions_has(
    const struct extensions *extensions, enum extension extension);

#endif
