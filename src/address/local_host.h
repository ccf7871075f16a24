/*
 * Which domains name this host: localhost, the host's name, its full name
 * where /etc/hosts has one, and the names that the configuration adds. No name
 * server is asked.
 */
#ifndef ADDRESS_LOCAL_HOST_H
#define ADDRESS_LOCAL_HOST_H

#include <stdbool.h>
#include <stddef.h>

#include "address/mailbox.h"
#include "base/text.h"

#define LOCAL_HOSTS_FILE "/etc/hosts"

/* All-zero: what the system says, found out when it is asked for. */
struct local_host {
	char *name; /* as gethostname has it; owned */
	char *full; /* with its domain; NULL: none found; owned */
	bool is_looked_up;
	/* The setting `local-domains`, in wire form; borrowed. */
	char *const *further;
	size_t further_count;
};

bool local_host_is(struct local_host *host, struct span domain);
/*
 * The mailbox as it leaves: one at a name of `local-domains` is a bare name,
 * to which callers then add `domain`. A shallow copy; without a `domain` the
 * mailbox stays as it is.
 */
struct mailbox local_host_strip_domain(const struct local_host *host,
    const struct mailbox *mailbox, const char *domain);
/*
 * The full name of a host in the text of a hosts file: the first name of the
 * first line that has `name` and begins with it and a dot. Caller frees.
 */
char *local_host_full_name(struct span hosts, struct span name);
void local_host_free(struct local_host *host);

#endif
