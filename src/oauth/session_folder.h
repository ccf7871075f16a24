/*
 * A folder that lasts as long as the user's session and is in memory:
 * $XDG_RUNTIME_DIR/smtpost.
 */
#ifndef OAUTH_SESSION_FOLDER_H
#define OAUTH_SESSION_FOLDER_H

#include <stdbool.h>

#include "base/text.h"

/* -1: there is none, or others than the caller could enter it. */
int session_folder_open(void);
/* Writes a whole file of mode 0600; an old one is replaced in one step. */
bool session_folder_write(int folder, const char *name, struct span text);

#endif
