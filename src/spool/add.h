/*
 * Putting a mail into the spool. Success is said only when content, envelope
 * and the folder's names are on disk; whatever happens before, nothing is left
 * that counts as a mail.
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
 * Makes and locks ID.eml: under the name *id, else (NULL) under a new one. All
 * errors are temporary and say why. add_abandon follows on failure, too.
 */
bool add_begin(struct add *add, const struct folder *folder,
    const struct id *id, int64_t now, struct error *err);
/* Octets of the content; false: add_commit will say why. */
bool add_write(struct add *add, const char *data, size_t len);
/*
 * Writes the envelope (the head of *waiting, whose id and content this fills
 * in) and makes the mail whole, with three syncs in all. The lock is kept
 * until add_release, so that no runner has the mail before. Any failure is
 * temporary, and nothing is left.
 */
bool add_commit(struct add *add, struct waiting *waiting, struct error *err);

/* The first records of a mail, made when its head is complete. */
struct add_records {
	/* Adds them to `out` (record.h). */
	void (*add)(void *context, struct buf *out, struct waiting *waiting);
	void *context; /* borrowed */
};
/* The same, with records behind the head: in the same write and sync. */
bool add_commit_with_records(struct add *add, struct waiting *waiting,
    const struct add_records *records, struct error *err);
void add_release(struct add *add);
/* Removes what there is of a mail that is not whole. */
void add_abandon(struct add *add);

#endif
