/*
 * Puts a mail into the spool. It succeeds only when the content, the envelope
 * and the names in the folder are on disk. After a failure nothing is left that
 * counts as a mail.
 */
#ifndef SPOOL_ADD_H
#define SPOOL_ADD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "spool/folder.h"
#include "spool/waiting.h"

struct add {
	const struct folder *folder; /* borrowed */
	struct id id;
	int fd;	  /* the content as it is written; -1: none */
	int lock; /* the same file, which keeps the lock; -1: none */
	uint64_t size;
	uint32_t sum;
	int error; /* errno of the first write that failed; 0: none */
};

/*
 * Makes and locks ID.eml, under the name *id or, if that is NULL, under a new
 * one. Every error is temporary and says why. The caller calls add_abandon
 * after a failure, too.
 */
bool add_begin(struct add *add, const struct folder *folder,
    const struct id *id, int64_t now, struct error *err);
/* Writes octets of the content. After false, add_commit tells the reason. */
bool add_write(struct add *add, const char *data, size_t len);
/*
 * Completes the mail: syncs the content, writes and syncs the envelope (the
 * head of *waiting, whose id and content are filled in here), and syncs the
 * folder. The lock is kept until add_release, so that no runner takes the mail
 * before. Every failure is temporary and leaves nothing.
 */
bool add_commit(struct add *add, struct waiting *waiting, struct error *err);

/* The first records of a mail, made when its head is complete. */
struct add_records {
	/* Adds them to `out` (record.h). */
	void (*add)(void *context, struct buf *out, struct waiting *waiting);
	void *context; /* borrowed */
};
/* The same, with records after the head: in the same write and sync. */
bool add_commit_with_records(struct add *add, struct waiting *waiting,
    const struct add_records *records, struct error *err);
void add_release(struct add *add);
/* Removes the files of a mail that is not complete. */
void add_abandon(struct add *add);

#endif
