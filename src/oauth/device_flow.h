/*
 * A login by a code that a person types into a browser on any machine (RFC
 * 8628). Meanwhile smtpost-oauth asks the service again and again.
 */
#ifndef OAUTH_DEVICE_FLOW_H
#define OAUTH_DEVICE_FLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "oauth/oauth_client.h"
#include "oauth/token_error.h"
#include "oauth/token_reply.h"

/*
 * Logs in. Sets *asked_at to the time before the tokens were asked for, in
 * seconds since 1970. False with ERROR_LOGIN, ERROR_CONFIG or ERROR_TEMPORARY.
 * Free the reply in every case.
 */
bool device_flow_run(struct oauth_client *client, struct token_reply *reply,
    int64_t *asked_at, struct error *err);
/*
 * Public for the tests: the seconds to wait before the next question, after a
 * wait of `interval` and an answer of FATE_PENDING, FATE_SLOW_DOWN or
 * FATE_LATER.
 */
int64_t device_flow_interval(int64_t interval, const struct token_error *error);

#endif
