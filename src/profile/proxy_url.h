/*
 * The proxy's URL: socks5://[user[:password]@]host[:1080]; socks5h:// is the
 * same, since the proxy resolves names in any case. User and password may hold
 * octets as %XX. Errors never show any of it; their kind is ERROR_CONFIG.
 */
#ifndef PROFILE_PROXY_URL_H
#define PROFILE_PROXY_URL_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"
#include "profile/setting_value.h"

/* Whether it may hold a password, however wrong it is otherwise. */
bool proxy_url_has_password(struct span url);
bool proxy_parse(struct proxy *proxy, struct span url, struct error *err);
/* The URL with its port, the password as "***". */
void proxy_print(const struct proxy *proxy, struct buf *out);
void proxy_free(struct proxy *proxy); /* wipes */

#endif
