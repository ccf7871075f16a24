/*
 * Words for files that hold a secret: what somebody can do who may not read
 * one, and who else may read one.
 */
#ifndef PROFILE_SECRET_FILE_H
#define PROFILE_SECRET_FILE_H

#include "base/buf.h"
#include "base/error.h"

/*
 * Adds to the error, where the file belongs to root and the caller is somebody
 * else, how they can send mail without reading it.
 */
void secret_file_hint(const char *path, struct error *err);
/* Adds the line that the group of the file may read it. */
void secret_file_note(const char *path, struct buf *notes);

#endif
