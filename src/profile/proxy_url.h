/*
 * The setting `proxy`, a URL or a command:
 * socks5://[user[:password]@]host[:1080], or
 * http://[user[:password]@]host:port, or command:TEXT (net/tunnel.h).
 * socks5h:// is the same as socks5://, since the proxy looks up names in any
 * case. User and password may hold octets as %XX (RFC 3986 section 2.1).
 */
#ifndef PROFILE_PROXY_URL_H
#define PROFILE_PROXY_URL_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"
#include "net/proxy.h"

struct proxy {
	enum proxy_kind kind;
	char *command; /* of PROXY_COMMAND, which has nothing else */
	char *host;    /* as host_name_parse gives it */
	unsigned short port;
	char *user;	     /* NULL: no login */
	struct buf password; /* in the URL; wiped */
	/*
	 * Where the password is put once it is fetched (proxy_secret.h); owned
	 * and wiped. NULL: there is no user, or the URL has the password.
	 */
	struct buf *fetched;
};

/* Whether it names a command, which a shell expands. */
bool proxy_url_is_command(struct span url);
/* Whether the URL may hold a password, even if it is wrong otherwise. */
bool proxy_url_has_password(struct span url);
/* Fills *proxy; on failure it is empty. ERROR_CONFIG, with no part of `url`. */
bool proxy_url_parse(struct proxy *proxy, struct span url, struct error *err);
/* The password, in the URL or fetched; borrowed; empty: none. */
struct span proxy_url_password(const struct proxy *proxy);
/* Adds the URL with its port and the password as "***"; nothing for none. */
void proxy_url_print(const struct proxy *proxy, struct buf *out);
/* Adds "proxy HOST port 1080" or "proxy command". */
void proxy_url_add_name(const struct proxy *proxy, struct buf *out);
void proxy_url_free(struct proxy *proxy); /* wipes */

#endif
