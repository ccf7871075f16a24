/*
 * Which domains name this host: localhost, the host's name, and its full name
 * where /etc/hosts has one. No name server is asked.
 */
#ifndef MAIL_LOCAL_HOST_H
#define MAIL_LOCAL_HOST_H

#include <stdbool.h>

#include "base/text.h"

#define LOCAL_HOSTS_FILE "/etc/hosts"

/* All-zero: what the system says, found out when it is asked for. */
struct local_host {
	char *name;	/* as gethostname has it; owned */
	char *full;	/* with its domain; NULL: none found; owned */
	bool is_looked_up;
};

bool local_host_is(struct local_host *host, struct span domain);
/*
 * The full name of a host in the text of a hosts file: the first name of the
 * first line that has `name` and begins with it and a dot. Caller frees.
 */
char *local_host_full_name(struct span hosts, struct span name);
void local_host_free(struct local_host *host);

#endif
