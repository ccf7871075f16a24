/*
 * What a server offers: the keywords of its EHLO reply (RFC 5321 section
 * 4.1.1.1), read with the oddities of the field, and what each of them lets
 * us say behind MAIL and RCPT. One table holds all that is known of them; it
 * says no parameter that is not offered.
 */
#ifndef SMTP_EXTENSION_H
#define SMTP_EXTENSION_H

#include <stdbool.h>
#include <stdint.h>

#include "envelope/envelope.h"
#include "envelope/reply.h"

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
};

struct extensions {
	unsigned offered;    /* enum extension, or'ed */
	uint64_t size_limit; /* octets; 0: no fixed limit */
	unsigned mechanisms; /* SASL, bits of mechanism.h */
	/* LIMITS; 0: not said */
	uint64_t recipients_max;   /* RCPT in one transaction */
	uint64_t transactions_max; /* MAIL in one session */
	uint64_t domains_max;	   /* of the recipients of one transaction */
};

/* From the reply to EHLO; forgets what was there. */
void extensions_read(struct extensions *extensions, const struct reply *ehlo);
bool extensions_has(
    const struct extensions *extensions, enum extension extension);

/*
 * Adds the SASL mechanisms as the server wrote them, unknown ones too, each
 * once and separated by blanks, up to a bound; they may echo a secret.
 */
void extensions_add_mechanisms(const struct reply *ehlo, struct buf *names);

/* What MAIL has to say. */
struct mail_request {
	const struct envelope *envelope; /* borrowed */
	uint64_t size;			 /* 0: not known */
	bool has_eight_bit, is_utf8;	 /* of what is to come */
};

/* The parameters of MAIL and RCPT, a blank in front of each. */
void extensions_add_mail(const struct extensions *extensions,
    const struct mail_request *request, struct buf *line);
void extensions_add_rcpt(const struct extensions *extensions,
    const struct recipient *recipient, struct buf *line);
/*
 * What an envelope asks for and these do not have, as a sentence; NULL: they
 * have all of it.
 */
const char *extensions_warning(
    const struct extensions *extensions, const struct envelope *envelope);

/*
 * The command lines of a transaction (RFC 5321 section 4.1.2), with the
 * parameters that the server's extensions allow.
 */
struct session;
void extension_add_mail(struct buf *line, const struct session *session,
    const struct mail_request *request);
void extension_add_rcpt(struct buf *line, const struct session *session,
    const struct recipient *recipient);
/* The octets of that line on the wire. */
size_t extension_rcpt_octets(
    const struct session *session, const struct recipient *recipient);
/* A note where something is asked for that this server cannot give. */
void extension_warn(
    const struct session *session, const struct envelope *envelope);

#endif
