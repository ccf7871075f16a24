/*
 * Who speaks to us, and as whom that user may send (the setting
 * `allow-senders`): the reverse-path, and From and Sender of the message.
 */
#ifndef SERVE_CLIENT_H
#define SERVE_CLIENT_H

#include <stdbool.h>
#include <sys/types.h>

#include "address/alias.h"
#include "base/error.h"
#include "base/text.h"
#include "cli/log_record.h"
#include "cli/options.h"
#include "net/other_end.h"
#include "profile/profile.h"
#include "profile/profiles.h"
#include "profile/sender_map.h"

struct client {
	enum other_end kind;
	/* The peer's on a Unix socket, our own on a pipe; or LOG_NO_USER. */
	uid_t user;
	char *name; /* in the password database; NULL: none */
};

/* What it may do with a profile; all of it borrowed. */
struct client_rights {
	const struct client *client;
	const struct profile *profile;
	struct aliases *aliases;
	const char *domain;	      /* completes its name; NULL: none */
	const struct sender_map *map; /* of the profile; NULL: it has none */
};

/* By its two descriptors, which inetd makes one. */
void client_find(struct client *client, int in, int out);
void client_free(struct client *client);
/* Its name at the domain; NULL: it has none. Caller frees. */
char *client_path(const struct client *client, const char *domain);
/* "uid 1000 (joe)", for notes. */
void client_describe(const struct client *client, struct buf *out);
/* Whether it may send as anybody. */
bool client_may_be_any(const struct client_rights *rights);
/*
 * Whether the client may send as this path (wire form; the null reverse-path
 * names nobody and is anybody's).
 */
bool client_may_send_as(const struct client_rights *rights, const char *path);

/*
 * Whether we speak with the client at all, before anything is known of its
 * mail. False, with ERROR_CONFIG: it must be sent away. A TCP client could be
 * anybody, so it is served only where a profile says so.
 */
bool client_admit(const struct client *client, const struct profiles *profiles,
    const struct options *options, struct error *err);

#endif
