/*
 * The client of -bs: its user, whether it is served, and which senders it may
 * use (the setting `allow-senders`) as reverse-path and in From and Sender.
 */
#ifndef SERVE_CLIENT_H
#define SERVE_CLIENT_H

#include <stdbool.h>
#include <sys/types.h>

#include "address/alias.h"
#include "cli/log_record.h"
#include "cli/options.h"
#include "net/other_end.h"
#include "profile/profiles.h"
#include "profile/sender_map.h"

struct client {
	enum other_end kind;
	/* The peer of a Unix socket; on a pipe our user; else LOG_NO_USER. */
	uid_t user;
	char *name; /* in the password database; NULL: none */
};

/* The facts that decide which senders a client may use; all borrowed. */
struct client_rights {
	const struct client *client;
	const struct profile *profile;
	struct aliases *aliases;
	const char *domain;	      /* of its user name; NULL: none */
	const struct sender_map *map; /* of the profile; NULL: it has none */
};

/* Finds the client by the two descriptors, which under inetd are one. */
void client_find(struct client *client, int in, int out);
void client_free(struct client *client);
/* The client's user name at the domain; NULL: no name. Caller frees. */
char *client_path(const struct client *client, const char *domain);
/* Adds "uid 1000 (joe)" or "a TCP client", for notes. */
void client_describe(const struct client *client, struct buf *out);
/* Whether the client may use any sender. */
bool client_may_be_any(const struct client_rights *rights);
/*
 * Whether the client may use this sender, a path in wire form. Every client may
 * use the null reverse-path.
 */
bool client_may_send_as(const struct client_rights *rights, const char *path);

/*
 * Whether the client is served at all. False, with ERROR_CONFIG: the caller
 * must send it away. The user of a TCP client is not known, so it is served
 * only if it is on this machine and a profile has tcp-clients = loopback.
 */
bool client_admit(const struct client *client, const struct profiles *profiles,
    const struct options *options, struct error *err);

#endif
