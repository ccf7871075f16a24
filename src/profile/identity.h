/*
 * Who and where the caller is: home directory, names, domain, sender. The
 * caller is known by the user id, never by USER or LOGNAME.
 */
#ifndef PROFILE_IDENTITY_H
#define PROFILE_IDENTITY_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"

struct profile;

/*
 * The caller's home directory (HOME if it belongs to the calling user, else
 * the password database's); NULL if there is none. Caller frees.
 */
char *identity_home(void);
/*
 * The domain for bare addresses: the setting, else /etc/mailname, else the
 * host name if it has a dot; NULL otherwise. Caller frees.
 */
char *identity_domain(const struct profile *profile);
/* The same without the setting; *origin names its source (static). */
char *identity_domain_found(const char **origin);
/* The caller's login name; NULL if there is none. Caller frees. */
char *identity_user_name(void);
/*
 * The user's full name in the password database; NULL: none, or it only repeats
 * the login name. Caller frees.
 */
char *identity_full_name(void);
/*
 * `full-name` with %u and %h replaced; user NULL: the caller's name. NULL if
 * the setting is not set, or if the value of a word is not known. Caller frees.
 */
char *identity_display_name(const struct profile *profile, const char *user);
/*
 * `sender` with %u, %h and %m replaced; NULL with ERROR_CONFIG. Caller frees.
 */
char *identity_sender(const struct profile *profile, struct error *err);

/* The values of %u, %h and %m; NULL: not known. */
struct sender_words {
	const char *user, *host, *mail_name; /* borrowed */
};

/*
 * Adds `sender`, which may also be a full-name, with the words replaced. False
 * if a % is followed by another letter, or by one whose value is not known.
 */
bool identity_expand_sender(
    struct span sender, const struct sender_words *words, struct buf *out);
/* Adds text to a `sender` or `full-name`, where each % of it is only a %. */
void identity_add_literal(struct buf *value, struct span text);
/*
 * Adds the name in a password entry: up to the first comma, and "&" is the
 * login name with a capital. Public for the unit test.
 */
void identity_add_full_name(
    struct buf *out, struct span gecos, struct span login);
/*
 * The path of this folder of the caller's state: below XDG_STATE_HOME, else
 * below ~/.local/state. NULL: there is no home directory. Caller frees.
 */
char *identity_state_path(const char *folder);
/* Whether the path is a directory that belongs to the caller. */
bool identity_owns_directory(const char *path);

#endif
