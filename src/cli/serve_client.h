/*
 * Who speaks to us, and as whom that user may send (the setting
 * `allow-senders`): the reverse-path, and From and Sender of the message.
 */
#ifndef CLI_SERVE_CLIENT_H
#define CLI_SERVE_CLIENT_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/text.h"
#include "mail/alias.h"
#include "profile/profile.h"

struct client {
	uid_t user; /* of the peer on a Unix socket, else our own */
	char *name; /* in the password database; NULL: none */
};

/* What it may do with a profile; all of it borrowed. */
struct client_rights {
	const struct client *client;
	const struct profile *profile;
	struct aliases *aliases;
	const char *domain; /* completes its name; NULL: none */
};

void client_find(struct client *client, int fd);
void client_free(struct client *client);
/* Its name at the domain; NULL: it has none. Caller frees. */
char *client_path(const struct client *client, const char *domain);
/* Whether it may send as anybody. */
bool client_may_be_any(const struct profile *profile);
/*
 * Whether the client may send as this path (wire form; the null reverse-path
 * names nobody and is anybody's).
 */
bool client_may_send_as(const struct client_rights *rights, const char *path);

#endif
