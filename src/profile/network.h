/* The way to a server, or to the proxy before it, as the profile says. */
#ifndef PROFILE_NETWORK_H
#define PROFILE_NETWORK_H

#include "net/http.h"
#include "profile/name_list.h"
#include "profile/proxy_url.h"

enum ip_family { IP_ANY, IP_FOUR, IP_SIX };

struct network {
	enum ip_family ip;
	struct name_list sources; /* addresses, at most one of each family */
	struct proxy proxy;
	/* At most one of them, for a login at the proxy; NULL: not set. */
	char *proxy_password_command, *proxy_password_file;
};

/* The family that `ip` or the single source address prescribes: AF_INET. */
int network_family(const struct network *network);
bool network_has_proxy(const struct network *network);
/* Whether that is a command (net/tunnel.h). */
bool network_has_command(const struct network *network);
/*
 * How https servers are judged: by the certificates in the file `trust`, else
 * by those of SSL_CERT_FILE or SSL_CERT_DIR, else by the system's.
 */
struct tls_options network_trust_for_http(const char *trust);
/* The same way for requests by HTTPS; borrows from `network`. */
struct http_network network_for_http(const struct network *network);

#endif
