/* The file of another program: a regular file of at most 1 MiB, read as text.
 */
#ifndef IMPORT_IMPORT_FILE_H
#define IMPORT_IMPORT_FILE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "import/translation.h"

/* What a reader of a kind (import/import_kind.h) is given; all borrowed. */
struct import_source {
	const char *path; /* NULL: the user's files; "-": standard input */
	struct span text; /* without NUL; empty if there is no single file */
	bool is_folder;	  /* `path` is a folder */
};

/*
 * Adds the content to `text`, which must be empty and is to be wiped; "-" is
 * standard input. False with ERROR_NO_INPUT, or with ERROR_DATA if it is not
 * text: it has a NUL octet or a line of more than 64 KiB. errno is then ENOENT
 * only if there is no such file.
 */
bool import_file_read(const char *path, struct buf *text,
    struct translation *translation, struct error *err);
/*
 * Warns of files that others could have written, if there are commands, and of
 * files that everybody can read, if there are passwords.
 */
void import_file_warn(struct translation *translation);

#endif
