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
bool server_url_list_is_clean(struct span urls, struct error *err);
bool server_url_parse(
    struct server *server, struct span url, struct error *err);
void server_url_free(struct server *server);
/* The same scheme, host and port, or path. */
bool server_url_equal(const struct server *a, const struct server *b);
/* An empty one becomes what the domain (scheme SCHEME_SRV) names. */
void server_url_set_target(struct server *server, const struct server *domain,
    enum scheme scheme, const char *host, unsigned short port);
bool server_url_is_unix(const struct server *server);
bool server_url_is_lmtp(const struct server *server);

/* Whether it is an IPv4 or (without brackets) an IPv6 address. */
bool server_url_address_is_valid(struct span text);
/*
 * A name (stored as A-labels, without a last dot) or an address (stored
 * without brackets). Caller frees; NULL on failure.
 */
char *server_url_parse_host(struct span text, struct error *err);

/*
 * The proxy's URL: socks5://[user[:password]@]host[:1080]; socks5h:// is the
 * same, since the proxy resolves names in any case. User and password may hold
 * octets as %XX. Errors never show any of it; their kind is ERROR_CONFIG.
 */
/* Whether it may hold a password, however wrong it is otherwise. */
bool server_url_proxy_has_password(struct span url);
bool server_url_parse_proxy(
    struct proxy *proxy, struct span url, struct error *err);
/* The URL with its port, the password as "***". */
void server_url_print_proxy(const struct proxy *proxy, struct buf *out);
void server_url_free_proxy(struct proxy *proxy); /* wipes */

#endif
