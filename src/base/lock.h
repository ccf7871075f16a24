/*
 * A lock on an open file, which ends with the last descriptor of that opening:
 * nothing that a killed process held stays locked.
 */
#ifndef BASE_LOCK_H
#define BASE_LOCK_H

enum lock_result {
	LOCK_TAKEN,
	LOCK_BUSY,   /* another process, or another opening, has it */
	LOCK_FAILED, /* errno: this file system has no locks */
};

/* Never waits. The file must be open for writing: NFS asks for that. */
enum lock_result lock_try(int fd);

#endif
