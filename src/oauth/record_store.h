/*
 * Where a login is stored: in a file of the caller's state folder, or in what
 * oauth-write-command writes and oauth-read-command reads.
 */
#ifndef OAUTH_RECORD_STORE_H
#define OAUTH_RECORD_STORE_H

#include <stdbool.h>

#include "base/error.h"
#include "oauth/login_record.h"
#include "profile/profile.h"

enum record_access {
	RECORD_LOOK,   /* without the lock; makes nothing */
	RECORD_CHANGE, /* with the lock */
};

struct record_store {
	const struct profile *profile; /* borrowed */
	enum record_access access;
	char *folder;		    /* its path; owned */
	int folder_fd, reserved_fd; /* -1: none */
	/* Of the file NAME.lock: locked, or with RECORD_LOOK only open. */
	int lock_fd;
	bool is_filled; /* NAME.new has a record */
};

enum record_result {
	RECORD_FOUND,
	RECORD_NONE, /* nobody has logged in */
	RECORD_FAILED,
};

/*
 * Opens the store of the profile's login. False with ERROR_TEMPORARY, or
 * ERROR_CONFIG if others could change the folder. Close it in every case.
 */
bool record_store_open(struct record_store *store,
    const struct profile *profile, enum record_access access,
    struct error *err);
void record_store_close(struct record_store *store);
/*
 * Reads the login into a record that is all zero; free it in every case.
 * RECORD_FAILED sets ERROR_LOGIN for a record that is damaged, ERROR_CONFIG for
 * a file that others can read, else ERROR_TEMPORARY.
 */
enum record_result record_store_read(
    struct record_store *store, struct login_record *record, struct error *err);
/*
 * Makes sure that record_store_write will have room. ERROR_TEMPORARY. Needs
 * RECORD_CHANGE, as do the next two.
 */
bool record_store_reserve(struct record_store *store, struct error *err);
/*
 * Stores the login, on the disk before this returns, and ends its pause. If it
 * cannot be stored in its place, it goes into a rescue file, with a warning,
 * and the next call tries again. False with ERROR_TEMPORARY if that failed,
 * too.
 */
bool record_store_write(struct record_store *store,
    const struct login_record *record, struct error *err);
/*
 * Deletes the login and what was rescued of it, here and in the place of
 * another session (NULL: none). A command gets an empty record instead. If
 * something of it stays, joins ERROR_TEMPORARY to err; false if err is set.
 */
bool record_store_remove(
    struct record_store *store, const char *session, struct error *err);
/*
 * The path of a record that was rescued and waits to be stored, of this session
 * or of none; NULL: there is none. Needs no open store. Caller frees.
 */
char *record_store_rescued(const struct profile *profile);
/* The path of the login's file, or the command, for people. Caller frees. */
char *record_store_place(const struct record_store *store);

#endif
