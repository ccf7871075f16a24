/* Whole small files, read with a bound; and the checks on their owner. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"

enum file_trust {
	FILE_ANY,     /* nothing is asked of it */
	FILE_OWN,     /* the caller's or root's, written by nobody else */
	FILE_PRIVATE, /* and not readable by everybody; its group may read */
	FILE_FOLDER,  /* a folder that belongs to them and nobody else fills */
};

/*
 * Opens for reading (O_CLOEXEC; a FIFO without a writer does not hang) and
 * checks the opened file: regular unless FILE_ANY. -1 on failure; errno is
 * ENOENT or ENOTDIR where there is no such file. The error's kind is `kind`.
 */
int file_open(const char *path, enum file_trust trust, enum error_kind kind,
    struct error *err);
/* The checks alone, on an open file that `path` names. */
bool file_is_trusted(int fd, const char *path, enum file_trust trust,
    enum error_kind kind, struct error *err);
/* The same of what stat(2) says of it. */
bool file_status_is_trusted(const struct stat *status, const char *path,
    enum file_trust trust, enum error_kind kind, struct error *err);
/*
 * Whether others can read a file that is private: it is not root's, and its
 * group may read it and is not the caller's own.
 */
bool file_is_shared(int fd);
/*
 * Whether the path is below a folder in which a service manager keeps secrets:
 * /run/secrets or $CREDENTIALS_DIRECTORY. Whoever sees that folder may read
 * them, and they may belong to a user outside of the container: FILE_PRIVATE
 * only asks there that nobody else can write to them.
 */
bool file_is_in_secrets(const char *path);
/* Reads to the end, at most buf's maximum. */
bool file_read(int fd, const char *path, struct buf *buf, enum error_kind kind,
    struct error *err);

/* The path folder/name. Caller frees. */
char *file_path_in(const char *folder, const char *name);
/* The path as `file` means it: relative to that file's folder. Caller frees. */
char *file_path_beside(const char *file, struct span path);

#endif
