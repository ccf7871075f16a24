/*
 * The MIME type of a file by its name: from the globs of shared-mime-info if
 * they are installed, or else from a short table; otherwise it is
 * application/octet-stream.
 */
#ifndef COMPOSE_FILE_TYPE_H
#define COMPOSE_FILE_TYPE_H

#include "base/buf.h"

/* The globs2 files, read when the first name is looked up. */
#define FILE_TYPE_FOLDERS_MAX ((size_t)16)
struct file_types {
	struct buf globs[FILE_TYPE_FOLDERS_MAX]; /* the best first */
	size_t count;
	bool is_read;
};

void file_type_free(struct file_types *types);
/* Adds the type of a file of this name, without its folder. */
void file_type_add(struct file_types *types, struct span name, struct buf *out);
/*
 * Finds the type in globs that were read already, for the tests and the fuzzer;
 * empty if no glob matches. Borrowed from `types`.
 */
struct span file_type_find(const struct file_types *types, struct span name);

#endif
