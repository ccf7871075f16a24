/* Forms that a client sends to a service, and how it shows who it is. */
#ifndef OAUTH_CLIENT_FORM_H
#define OAUTH_CLIENT_FORM_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "oauth/oauth_client.h"
#include "oauth/token_error.h"
#include "oauth/web.h"

/*
 * Sends the form, which must be a secret, and is changed. With
 * CLIENT_AUTH_UNSURE a refused secret is sent in the other way, too;
 * client->auth then says so. Errors as web_send, and ERROR_CONFIG for a form
 * that is too long.
 */
bool client_form_send(struct oauth_client *client, const char *endpoint,
    struct buf *form, struct http_reply *reply, struct error *err);
/* Forgets what the server said where it repeats the client's secret. */
void client_form_hide(
    const struct oauth_client *client, struct token_error *error);

#endif
