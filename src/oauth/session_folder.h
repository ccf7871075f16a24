/*
 * A folder that lasts as long as the user's session and is in memory: smtpost
 * in $XDG_RUNTIME_DIR, which is called the place of the session.
 */
#ifndef OAUTH_SESSION_FOLDER_H
#define OAUTH_SESSION_FOLDER_H

#include <stdbool.h>

#include "base/error.h"
#include "base/text.h"

/* The place of this session; NULL: it has none. */
const char *session_folder_place(void);
/*
 * Opens the folder in a place. -1: there is none, or others than the caller
 * could enter it.
 */
int session_folder_open(const char *place);
/* Writes a whole file of mode 0600; an old one is replaced in one step. */
bool session_folder_write(int folder, const char *name, struct span text);
/*
 * Removes a file from this session and from another place (NULL: none). If it
 * is still there, joins ERROR_TEMPORARY to err (error_join).
 */
void session_folder_remove(
    const char *name, const char *place, struct error *err);

#endif
