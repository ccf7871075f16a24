/*
 * Decides which domains are names of this host: localhost, the host name, its
 * full name if /etc/hosts has one, and the names in the setting local-domains.
 * No name server is asked.
 */
#ifndef ADDRESS_LOCAL_HOST_H
#define ADDRESS_LOCAL_HOST_H

#include <stdbool.h>
#include <stddef.h>

#include "address/mailbox.h"

#define LOCAL_HOSTS_FILE "/etc/hosts"

/* All zero to begin with; the names are looked up when first needed. */
struct local_host {
	char *name;	   /* of gethostname; owned */
	char *full;	   /* with its domain; NULL: not found; owned */
	bool is_looked_up; /* `full` was looked up */
	/* The setting `local-domains`, in wire form; borrowed. */
	char *const *further;
	size_t further_count;
};

/* Whether a domain is a name of this host, ignoring case. */
bool local_host_is(struct local_host *host, struct span domain);
/*
 * A copy of the mailbox. If its domain is one of local-domains, the copy has
 * none, so that the caller adds `domain` instead; if `domain` is NULL, the copy
 * keeps its domain. The copy borrows its strings.
 */
struct mailbox local_host_strip_domain(const struct local_host *host,
    const struct mailbox *mailbox, const char *domain);
/*
 * Finds the full name of a host in the text of a hosts file: the first name
 * that begins with `name` and a dot, in the first line that has both such a
 * name and `name` itself. The caller frees it; NULL if there is none. Public
 * for its test.
 */
char *local_host_full_name(struct span hosts, struct span name);
void local_host_free(struct local_host *host);

#endif
