/* Whole small files, read with a bound; and the checks on their owner. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"

enum file_trust {
	FILE_ANY,     /* nothing is asked of it */
	FILE_OWN,     /* the caller's or root's, written by nobody else */
	FILE_PRIVATE, /* and read by nobody else */
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
/* Reads to the end, at most buf's maximum. */
bool file_read(int fd, const char *path, struct buf *buf, enum error_kind kind,
    struct error *err);

#endif
