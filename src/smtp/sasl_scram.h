/*
 * SCRAM (RFC 5802, RFC 7677): the password is never said, and the server has
 * to show that it knows it. User and password are printable ASCII only: for
 * anything else RFC 5802 section 2.2 wants SASLprep or a refusal, and this is
 * the refusal.
 */
#ifndef SMTP_SASL_SCRAM_H
#define SMTP_SASL_SCRAM_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/text.h"

/*
 * What servers may ask for. Fewer than 4096 rounds are too few by RFC 7677
 * section 4, and would give whoever plays the server a cheap way to guess. The
 * most that is recommended to anybody is 600000 (OWASP for SHA-256), half a
 * second of work; what asks for more wants to keep us busy.
 */
#define SCRAM_ROUNDS_MIN 4096
#define SCRAM_ROUNDS_MAX 600000

struct sasl;

struct scram {
	char flag;		     /* of gs2: p, y or n */
	struct buf header;	     /* gs2-header */
	struct buf nonce;	     /* ours; made unless it is there (tests) */
	struct buf first;	     /* client-first-message-bare */
	unsigned char signature[32]; /* the server's, as it must be */
};

/* Whether the text can be carried as it is. */
bool sasl_scram_is_plain(struct span text);
/* One step of the exchange: as sasl_respond. */
bool sasl_scram_respond(
    struct sasl *sasl, struct span challenge, struct buf *response);
void sasl_scram_free(struct scram *scram);

#endif
