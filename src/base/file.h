/*
 * Opens files and checks who owns them and who can write to them, and reads
 * small files whole.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/error.h"

enum file_trust {
	FILE_ANY,     /* anything but a folder */
	FILE_REGULAR, /* a regular file of anybody; no other is even opened */
	FILE_OWN,     /* a file of the caller or root; no others can write */
	FILE_PRIVATE, /* the same, and only its owner and group can read */
	FILE_FOLDER,  /* a folder of the caller or root; no others can write */
};

/*
 * Opens a file for reading (O_CLOEXEC) and checks the open file. With FILE_ANY
 * it may be a FIFO, and opening waits for its writer; all others must be
 * regular files or, for FILE_FOLDER, folders, and opening never waits. Returns
 * the descriptor, or -1 with an error of the kind `kind`; errno is then ENOENT
 * or ENOTDIR if there is no such file, EPERM if a check failed.
 */
int file_open(const char *path, enum file_trust trust, enum error_kind kind,
    struct error *err);
/*
 * Opens a regular file as with FILE_REGULAR. The first `folder` octets of the
 * path, which end in "/", name a folder; the rest may not lead out of it: "..",
 * an absolute path and symbolic links are refused.
 */
int file_open_below(
    const char *path, size_t folder, enum error_kind kind, struct error *err);
/*
 * Makes a file with the mode 0600, whatever the umask is, or opens it:
 * openat(2) with these flags, O_CREAT, O_NOFOLLOW and O_CLOEXEC.
 */
int file_make(int folder, const char *name, int flags);
/*
 * After a failed system call: sets the error "cannot VERB PATH: " and the text
 * of errno. Keeps errno; always returns false.
 */
bool file_refuse(const char *verb, const char *path, enum error_kind kind,
    struct error *err);
/* Only the checks, on an open file; `path` is for the error. */
bool file_is_trusted(int fd, const char *path, enum file_trust trust,
    enum error_kind kind, struct error *err);
/* Only the checks, on the result of stat(2). */
bool file_status_is_trusted(const struct stat *status, const char *path,
    enum file_trust trust, enum error_kind kind, struct error *err);
/*
 * Whether others than the caller can read a FILE_PRIVATE: root does not own it,
 * and its group, which is not the caller's own, can read it.
 */
bool file_is_shared(int fd);
/*
 * Whether the path is below /run/secrets or $CREDENTIALS_DIRECTORY, where
 * container and service managers keep secrets. Every user that can enter that
 * folder may read them, and their owner may be a user outside of the container.
 * So FILE_PRIVATE there only requires that others cannot write to the file.
 */
bool file_is_in_secrets(const char *path);
/*
 * Adds all up to the end of the file to `buf`. A file that is larger than the
 * maximum of `buf` is an error; `path` is for the error.
 */
bool file_read(int fd, const char *path, struct buf *buf, enum error_kind kind,
    struct error *err);
/*
 * Opens a file, checks it and adds all of it to `buf`: file_open, then
 * file_read.
 */
bool file_read_path(const char *path, enum file_trust trust, struct buf *buf,
    enum error_kind kind, struct error *err);

/* The path folder/name. Caller frees. */
char *file_path_in(const char *folder, const char *name);
/* What follows the last slash of a path. */
struct span file_last_part(struct span path);
/* The path of the folder that the file is in. Caller frees. */
char *file_folder(const char *path);
/* The path as `file` means it: relative to that file's folder. Caller frees. */
char *file_path_beside(const char *file, struct span path);

#endif
