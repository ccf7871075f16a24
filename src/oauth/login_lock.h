/* The right to read a login, to renew it and to write it, in one go. */
#ifndef OAUTH_LOGIN_LOCK_H
#define OAUTH_LOGIN_LOCK_H

#include "base/error.h"

/* How long another process may take, in milliseconds. */
#define LOGIN_LOCK_MILLISECONDS ((int64_t)30 * 1000)

/*
 * Locks the file `name` in the open folder, which is made if it is not there,
 * and waits for a process that has the lock. Returns the descriptor that holds
 * it; it also ends with the process. -1 with ERROR_TEMPORARY, or ERROR_CONFIG
 * if the file is not the caller's. `path` is for the error.
 */
int login_lock_take(
    int folder, const char *name, const char *path, struct error *err);
/* Opens it for reading only and does not wait; -1 if there is none. */
int login_lock_look(int folder, const char *name, const char *path);

#endif
