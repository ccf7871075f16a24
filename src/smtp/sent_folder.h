/*
 * Puts a message into a Maildir, marked as read. It is written to the
 * folder `tmp` and gets its name in `cur` when it is whole and on disk.
 */
#ifndef SMTP_SENT_FOLDER_H
#define SMTP_SENT_FOLDER_H

#include <stdbool.h>

struct sent_folder {
	int fd;	      /* the new file, for writing; -1: none */
	int tmp, cur; /* the folders; -1: not open */
	char *name;   /* owned */
};

/*
 * Opens a new file. The folder, and tmp, new and cur in it, are made if they
 * are missing. They must be the caller's own, and not writable for everybody.
 * False: *why is a phrase that says why. The caller calls sent_folder_end in
 * any case.
 */
bool sent_folder_begin(
    struct sent_folder *folder, const char *path, const char **why);
/*
 * Keeps the file if `is_whole`, or else removes it. False if it was to be kept
 * and could not be; *why says why.
 */
bool sent_folder_end(
    struct sent_folder *folder, bool is_whole, const char **why);

#endif
