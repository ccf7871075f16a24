/*
 * Files that are either there with all of their content, and on disk for good,
 * or not there at all: the content is written to a temporary file beside them
 * first. Paths in error texts are masked. A path may not be a symbolic link,
 * nor the folder that it is in; the folder must belong to the caller or root,
 * and no others may be able to write to it.
 */
#ifndef BASE_WHOLE_FILE_H
#define BASE_WHOLE_FILE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"
#include "base/text.h"

/*
 * Makes a new file with this mode, whatever the umask is. An old one is never
 * replaced. False with ERROR_CREATE, or ERROR_CONFIG for a path that is not
 * trusted.
 */
bool whole_file_make(
    const char *path, mode_t mode, struct span content, struct error *err);
/*
 * Adds text to the end of a file of the caller that others cannot write to. Its
 * octets, its mode and its group stay. If the group cannot be kept, the mode
 * gives the new one no rights. Makes the file, with mode 0600, if there is
 * none. Errors are those of whole_file_make, or ERROR_TEMPORARY if the file
 * changes meanwhile. If only the last step fails, which syncs the folder, the
 * text has been added all the same.
 */
bool whole_file_append(const char *path, struct span text, struct error *err);
/*
 * Makes the folders above `path` that are missing, with this mode, whatever the
 * umask is. For root it makes none where another user could lead it elsewhere.
 * False with ERROR_CREATE.
 */
bool whole_file_make_folders(const char *path, mode_t mode, struct error *err);

#endif
