/*
 * What a server offers: the keywords of its EHLO reply (RFC 5321 section
 * 4.1.1.1), and the MAIL and RCPT lines with the parameters that they allow.
 * No parameter is written that the server did not offer.
 */
#ifndef SMTP_EXTENSION_H
#define SMTP_EXTENSION_H

#include <stdbool.h>
#include <stdint.h>

#include "envelope/envelope.h"
#include "envelope/reply.h"
#include "smtp/observer.h"

enum extension {
	EXTENSION_PIPELINING = 1 << 0,	 /* RFC 2920 */
	EXTENSION_SIZE = 1 << 1,	 /* RFC 1870 */
	EXTENSION_8BITMIME = 1 << 2,	 /* RFC 6152 */
	EXTENSION_STARTTLS = 1 << 3,	 /* RFC 3207 */
	EXTENSION_AUTH = 1 << 4,	 /* RFC 4954 */
	EXTENSION_STATUS_CODES = 1 << 5, /* RFC 2034 */
	EXTENSION_DSN = 1 << 6,		 /* RFC 3461 */
	EXTENSION_SMTPUTF8 = 1 << 7,	 /* RFC 6531 */
	EXTENSION_CHUNKING = 1 << 8,	 /* RFC 3030 */
	EXTENSION_LIMITS = 1 << 9,	 /* RFC 9422 */
	EXTENSION_REQUIRETLS = 1 << 10,	 /* RFC 8689 */
};

struct extensions {
	unsigned offered;    /* enum extension, or'ed together */
	uint64_t size_limit; /* octets; 0: no limit is known */
	unsigned mechanisms; /* SASL; bits as mechanism_bit gives them */
	/* LIMITS; 0: no limit is known */
	uint64_t recipients_max;   /* RCPT in one transaction */
	uint64_t transactions_max; /* MAIL in one session */
	uint64_t domains_max;	   /* of the recipients of one transaction */
};

/*
 * Reads the reply to EHLO; the old content of *extensions is dropped. Unknown
 * keywords and malformed parameters are ignored.
 */
void extensions_read(struct extensions *extensions, const struct reply *ehlo);
bool extensions_has(
    const struct extensions *extensions, enum extension extension);

/*
 * Adds the names of the SASL mechanisms as the server wrote them, also unknown
 * ones, each once and separated by blanks, up to a bound. A server may have put
 * a secret of ours there: mask the names before showing them.
 */
void extensions_add_mechanisms(const struct reply *ehlo, struct buf *names);

/* The input for the parameters of MAIL. */
struct mail_request {
	const struct envelope *envelope; /* borrowed */
	uint64_t size;			 /* octets of the message; 0: unknown */
	bool has_eight_bit;		 /* the message has 8-bit octets */
	bool is_utf8; /* the message is sent under SMTPUTF8 */
};

/*
 * Adds the command line (RFC 5321 sections 4.1.1.2 and 4.1.1.3), without CRLF.
 */
void extensions_add_mail(const struct extensions *extensions,
    const struct mail_request *request, struct buf *line);
void extensions_add_rcpt(const struct extensions *extensions,
    const struct recipient *recipient, struct buf *line);
/* How many octets the RCPT line has on the wire, CRLF included. */
size_t extensions_rcpt_octets(
    const struct extensions *extensions, const struct recipient *recipient);
/* Warns if the sender asked for DSNs and the server does not offer DSN. */
void extensions_warn(const struct extensions *extensions,
    const struct observer *observer, bool asks_dsn);

#endif
