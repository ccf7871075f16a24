/*
 * Server URLs: smtp://host[:587], smtps://host[:465], lmtp://host[:24],
 * smtp+unix:/path, lmtp+unix:/path and srv:domain. A host is a name, an IPv4
 * address or an IPv6 address in brackets. Nothing else has a place in them: no
 * user, no password, no query. Errors never show what could be a password;
 * their kind is ERROR_CONFIG.
 */
#ifndef PROFILE_SERVER_URL_H
#define PROFILE_SERVER_URL_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"
#include "profile/profile.h"
#include "profile/setting_value.h"

/* Refuses a list of URLs that holds a user or a password; shows none of it. */
bool server_urls_are_clean(struct span urls, struct error *err);
bool server_parse(struct server *server, struct span url, struct error *err);
void server_free(struct server *server);
/* The same scheme, host and port, or path. */
bool server_equal(const struct server *a, const struct server *b);
/* An empty one becomes what the domain (scheme SCHEME_SRV) names. */
void server_set_target(struct server *server, const struct server *domain,
    enum scheme scheme, const char *host, unsigned short port);
bool server_is_unix(const struct server *server);
bool server_is_lmtp(const struct server *server);

/* Whether it is an IPv4 or (without brackets) an IPv6 address. */
bool address_is_valid(struct span text);
/*
 * A name (stored as A-labels, without a last dot) or an address (stored
 * without brackets). Caller frees; NULL on failure.
 */
char *host_parse(struct span text, struct error *err);

/*
 * The proxy's URL: socks5://[user[:password]@]host[:1080]; socks5h:// is the
 * same, since the proxy resolves names in any case. User and password may hold
 * octets as %XX. Errors never show any of it; their kind is ERROR_CONFIG.
 */
/* Whether it may hold a password, however wrong it is otherwise. */
bool proxy_url_has_password(struct span url);
bool proxy_parse(struct proxy *proxy, struct span url, struct error *err);
/* The URL with its port, the password as "***". */
void proxy_print(const struct proxy *proxy, struct buf *out);
void proxy_free(struct proxy *proxy); /* wipes */

#endif
