/*
 * The body of a message, kept as it came and read again in blocks. Only what
 * includes message_parts.h knows of it.
 */
#ifndef MESSAGE_STORAGE_H
#define MESSAGE_STORAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"

#define STORAGE_BLOCK ((size_t)64 * 1024)
#define STORAGE_MEMORY ((size_t)256 * 1024)
/* Where there is no place for a file at all. */
#define STORAGE_MEMORY_LAST ((size_t)32 * 1024 * 1024)

/*
 * The body as it came: in memory, in an unlinked temporary file, or in the
 * regular file that the caller gave, which others may change at any time.
 */
struct storage {
	struct buf memory; /* all of it, or what waits; max: then a file */
	int fd;		   /* -1: all in memory */
	int no_file;	   /* errno: why there is none; 0: not tried */
	struct buf notes;  /* a line for each place that could not be used */
	bool is_source;	   /* fd is the caller's: borrowed, not to be trusted */
	uint64_t from;	   /* where it begins in fd */
	uint64_t size;
	/* of a source: what is compared before the end of a replay */
	off_t file_size;
	struct timespec file_time;
	uint64_t sum;
};

/* How much of it may be in memory; 0: STORAGE_MEMORY. A block has room. */
void storage_init(struct storage *body, uint64_t memory_max);
/*
 * For streams: memory first, then a file in TMPDIR, else in /var/tmp, else
 * more memory. ERROR_CREATE where all of that is not enough, ERROR_IO where a
 * file gets no larger.
 */
bool storage_add(struct storage *body, struct span data, struct error *err);
/* The rest into the file, if there is one. */
bool storage_end(struct storage *body, struct error *err);
void storage_free(struct storage *body);
/*
 * Notes how the caller's file looks now; fd is used from then on. False if it
 * is no regular file, or has nothing behind `from`.
 */
bool storage_set_source(struct storage *body, int fd, off_t from);
bool storage_is_unchanged(const struct storage *body);
/*
 * The octets from `position`, at most STORAGE_BLOCK, to the end at most.
 * `room` is used where they are not in memory. Empty: they cannot be read
 * (errno), or the file ends before (errno is 0).
 */
struct span storage_block(
    const struct storage *body, uint64_t position, char *room);
/* Joins a block to the sum over all blocks before it. */
uint64_t storage_sum(uint64_t sum, struct span block);

/*
 * Takes the next block, which begins at *position. False at the end, and
 * (*is_changed) where a source is not what was read; its last block is only
 * given out when that is sure.
 */
struct storage_reader {
	const struct storage *body; /* borrowed */
	char *room;		    /* STORAGE_BLOCK; owned; NULL in memory */
	uint64_t position, sum;
	bool is_changed;
};

void storage_reader_init(
    struct storage_reader *reader, const struct storage *body);
bool storage_reader_next(struct storage_reader *reader, struct span *block);
void storage_reader_free(struct storage_reader *reader);

#endif
