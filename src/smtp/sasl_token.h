/*
 * Logins with an OAuth access token: OAUTHBEARER (RFC 7628) and XOAUTH2.
 */
#ifndef SMTP_SASL_TOKEN_H
#define SMTP_SASL_TOKEN_H

#include <stdbool.h>

#include "smtp/sasl_exchange.h"

/*
 * One step of the exchange, with the contract of sasl_respond. A challenge
 * after the first response means that the server refuses the token: sasl->state
 * becomes SASL_REFUSED, and sasl->trouble quotes the "status" of its JSON.
 */
bool sasl_token_respond_bearer(
    struct sasl *sasl, struct span challenge, struct buf *response);
bool sasl_token_respond_xoauth2(
    struct sasl *sasl, struct span challenge, struct buf *response);

#endif
