/*
 * Which mail service an address or a domain belongs to, by the lists of the
 * table of mail services.
 */
#ifndef PROFILE_PROVIDER_DOMAIN_H
#define PROFILE_PROVIDER_DOMAIN_H

#include <stdbool.h>

#include "base/text.h"
#include "profile/provider_table.h"

struct provider_match {
	const struct provider *provider;
	const struct provider_variant *variant;
};

/*
 * The service that gives addresses of this domain to everybody ("gmail.com");
 * false: none is known. The domain is in the form for the wire.
 */
bool provider_domain_find(struct span domain, struct provider_match *match);
/*
 * The service that a mail server (MX) of a domain belongs to; false: none is
 * known.
 */
bool provider_domain_find_mx(struct span host, struct provider_match *match);

#endif
