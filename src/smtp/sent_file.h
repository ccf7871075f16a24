/*
 * Appends a message to a mailbox file (mbox), under a lock of fcntl(2) and a
 * dot lock, as other programs use them. The message is appended whole or not at
 * all.
 */
#ifndef SMTP_SENT_FILE_H
#define SMTP_SENT_FILE_H

#include <stdbool.h>
#include <sys/types.h>

struct sent_file {
	int fd;		 /* locked, for appending; -1: not open */
	char *lock;	 /* path of the dot lock; owned; NULL: there is none */
	off_t size;	 /* of the file before */
	const char *gap; /* what ends the last message; static */
};

/*
 * Opens the file, which is made if it is missing, and waits for the locks, 20
 * seconds at most. It must be a regular file of the caller with one hard link,
 * and a mailbox or empty. A dot lock is removed if both it and the last change
 * of the file are older than five minutes. False: *why is a phrase that says
 * why. The caller calls sent_file_end in any case.
 */
bool sent_file_begin(
    struct sent_file *file, const char *path, const char **why);
/*
 * Keeps what was appended if `is_whole`, or else cuts it off; then unlocks.
 * False if it was to be kept and could not be; *why says why.
 */
bool sent_file_end(struct sent_file *file, bool is_whole, const char **why);

#endif
