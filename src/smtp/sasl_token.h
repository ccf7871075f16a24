/*
 * Logins with an OAuth access token: OAUTHBEARER (RFC 7628) and XOAUTH2. A
 * server that refuses the token says why in JSON, as a challenge, and refuses
 * the login only when that has been answered.
 */
#ifndef SMTP_SASL_TOKEN_H
#define SMTP_SASL_TOKEN_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/text.h"

struct sasl;

/* One step of the exchange: as sasl_respond. */
bool sasl_token_respond_bearer(
    struct sasl *sasl, struct span challenge, struct buf *response);
bool sasl_token_respond_xoauth2(
    struct sasl *sasl, struct span challenge, struct buf *response);
/*
 * The string that the JSON object has as "status", as sasl_foreign has it;
 * empty where there is none. Caller frees.
 */
char *sasl_token_status(struct span json);

#endif
