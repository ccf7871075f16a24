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
};

/* The family that `ip` or the single source address prescribes: AF_INET. */
int network_family(const struct network *network);
/* The same way for requests by HTTPS; borrows from `network`. */
struct http_network network_for_http(const struct network *network);

#endif
