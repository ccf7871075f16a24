/*
 * SASL mechanisms (RFC 4422), the client's side: challenges in, responses out,
 * both decoded. Independent of SMTP and of sockets.
 */
#ifndef SMTP_SASL_H
#define SMTP_SASL_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/text.h"
#include "smtp/sasl_exchange.h"

/*
 * Chooses one of the `offered` mechanisms (bits as mechanism_bit gives them)
 * that fits the credential and the connection: the first of `wanted` (names
 * separated by blanks) or, if that is empty, the strongest one that may be
 * chosen automatically. False: there is none, and sasl->trouble says why.
 */
bool sasl_choose(struct sasl *sasl, struct span wanted, unsigned offered);
/* Whether the chosen mechanism begins with a response of the client. */
bool sasl_has_initial(const struct sasl *sasl);
/*
 * Makes the response to a challenge; the first call has an empty one. False:
 * the exchange must be cancelled, for the reason in sasl->trouble.
 */
bool sasl_respond(
    struct sasl *sasl, struct span challenge, struct buf *response);
/* Wipes and frees what the exchange made, but nothing that it borrowed. */
void sasl_free(struct sasl *sasl);

#endif
