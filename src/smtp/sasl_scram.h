/*
 * SCRAM (RFC 5802, RFC 7677): the password is never sent, and the server must
 * prove that it knows the password. User and password must be printable ASCII:
 * for other characters RFC 5802 section 2.2 requires SASLprep or a refusal, and
 * smtpost refuses.
 */
#ifndef SMTP_SASL_SCRAM_H
#define SMTP_SASL_SCRAM_H

#include <stdbool.h>

#include "smtp/sasl_exchange.h"

/*
 * Iteration counts that a server may ask for. RFC 7677 section 4 requires at
 * least 4096, because fewer make guessing cheap for a false server. The highest
 * count in any recommendation is 600000 (OWASP for SHA-256), half a second of
 * work; a higher one would only keep this machine busy.
 */
#define SCRAM_ROUNDS_MIN 4096
#define SCRAM_ROUNDS_MAX 600000

/* Whether the text is printable ASCII. */
bool sasl_scram_is_plain(struct span text);
/* One step of the exchange, with the contract of sasl_respond. */
bool sasl_scram_respond(
    struct sasl *sasl, struct span challenge, struct buf *response);
/* Wipes and frees the state. */
void sasl_scram_free(struct scram *scram);

#endif
