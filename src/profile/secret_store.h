/*
 * Puts a password where a profile's later calls find it. The password reaches
 * other programs through a pipe, never as an argument or in the environment.
 */
#ifndef PROFILE_SECRET_STORE_H
#define PROFILE_SECRET_STORE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"

enum secret_place {
	SECRET_PLACE_COMMAND,	 /* a command of the user prints it */
	SECRET_PLACE_KEYRING,	 /* secret-tool (libsecret) */
	SECRET_PLACE_FILE,	 /* that only the user can read */
	SECRET_PLACE_CREDENTIAL, /* a file encrypted by systemd-creds */
	SECRET_PLACE_CONFIG,	 /* the setting `password` */
	SECRET_PLACE_OAUTH,	 /* no password: smtpost-oauth keeps a login */
};

/* Whose password it is, and where it goes; all borrowed. */
struct secret_store {
	const char *profile, *host, *user;
	const char *folder; /* for files: that of the configuration */
	enum secret_place place;
	bool is_token; /* of PLACE_COMMAND: it prints an OAuth access token */
	const char *command; /* of PLACE_COMMAND */
	const char *oauth;   /* of PLACE_OAUTH: the service */
};

/* Whether the machine has the program for the place, and can use it. */
bool secret_store_is_possible(enum secret_place place);
/* The path of its file; NULL: the place has none. Caller frees. */
char *secret_store_path(const struct secret_store *store);
/*
 * Adds the line of the configuration that finds the secret. Of PLACE_CONFIG
 * that is the password itself.
 */
void secret_store_add_setting(
    const struct secret_store *store, struct span password, struct buf *text);
/*
 * Adds the command of a shell that reads a password and keeps it in the place;
 * nothing where none is needed.
 */
void secret_store_add_recipe(const struct secret_store *store, struct buf *out);
/*
 * Keeps the password; nothing to do where the place takes none. An old
 * file is never replaced.
 */
bool secret_store_keep(
    const struct secret_store *store, struct span password, struct error *err);
/*
 * After a later step failed: removes the file that secret_store_keep made. An
 * entry in the keyring stays; then adds the command of a shell that removes it.
 */
void secret_store_forget(const struct secret_store *store, struct buf *rest);

#endif
