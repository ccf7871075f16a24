/* What the user should know about a file that holds a secret. */
#ifndef PROFILE_SECRET_FILE_H
#define PROFILE_SECRET_FILE_H

#include "base/buf.h"
#include "base/error.h"

/*
 * Adds a hint to the error about a file that the caller may not read: if the
 * file belongs to root, how mail can be sent all the same.
 */
void secret_file_add_hint(const char *path, struct error *err);
/* Adds a note that the group of the file can read it. */
void secret_file_add_note(const char *path, struct buf *notes);

#endif
