/*
 * Who speaks to us, and which reverse-paths that user may use (the setting
 * `allow-senders`).
 */
#ifndef CLI_SERVE_CLIENT_H
#define CLI_SERVE_CLIENT_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/text.h"
#include "profile/profile.h"

struct client {
	uid_t user; /* of the peer on a Unix socket, else our own */
	char *name; /* in the password database; NULL: none */
};

void client_find(struct client *client, int fd);
void client_free(struct client *client);
/*
 * Whether the client may send as this path (wire form; the null reverse-path
 * names nobody and is anybody's). `domain` completes its own name.
 */
bool client_may_send_as(const struct client *client,
    const struct profile *profile, const char *path, const char *domain);

#endif
