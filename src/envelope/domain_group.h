/*
 * The open recipients of an envelope by domain, because each domain has mail
 * servers of its own (RFC 5321 section 5). Domains are compared ignoring case;
 * address literals as text.
 */
#ifndef ENVELOPE_DOMAIN_GROUP_H
#define ENVELOPE_DOMAIN_GROUP_H

#include <stddef.h>

#include "envelope/envelope.h"

struct domain_group {
	/*
	 * In small letters: "example.org", "[192.0.2.1]"; "" for a forward-path
	 * without a domain. Owned by the groups.
	 */
	char *domain;
	/* Indexes into the envelope's recipients, rising. */
	size_t *members;
	size_t count; /* at least one */
};

struct domain_groups {
	struct domain_group *items; /* as their domains first appear */
	size_t count;
	size_t *members; /* of all groups */
};

/*
 * Groups the recipients that are not settled, in linear time. The caller frees
 * the groups with domain_groups_free.
 */
void domain_groups_make(
    struct domain_groups *groups, const struct envelope *envelope);
void domain_groups_free(struct domain_groups *groups);

#endif
