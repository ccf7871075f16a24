/*
 * Where the body of a message is kept, however large it is: in memory, in an
 * unlinked temporary file, or in the regular file that the caller gave. It is
 * kept as it came, and can be read again any number of times in blocks.
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

/* The most octets that are read or added at once. */
#define STORAGE_BLOCK ((size_t)64 * 1024)
/* A larger body goes to a temporary file, unless the caller says otherwise. */
#define STORAGE_MEMORY ((size_t)256 * 1024)
/* The most that is kept in memory when no temporary file can be made. */
#define STORAGE_MEMORY_LAST ((size_t)32 * 1024 * 1024)

struct storage {
	struct buf memory; /* all of the body, or what the file has not yet */
	int fd;		   /* -1: all of it is in memory */
	int no_file;	   /* errno: why no file could be made; 0: not tried */
	struct buf notes;  /* one line for each folder that could not be used */
	bool is_source;	   /* fd is the caller's: borrowed, and others may
			      change the file at any time */
	uint64_t from;	   /* where the body begins in fd */
	uint64_t size;
	/* How a source looked, to be compared at the end of a replay: */
	off_t file_size;
	struct timespec file_time;
	uint64_t sum; /* storage_sum over its blocks */
};

/*
 * memory_max: how many octets may be in memory, rounded up to one block;
 * 0: STORAGE_MEMORY.
 */
void storage_init(struct storage *storage, uint64_t memory_max);
/*
 * Adds at most STORAGE_BLOCK octets of a stream: to memory, or to a file in
 * TMPDIR, else in /var/tmp, or to memory after all. ERROR_CREATE when no file
 * can be made and memory does not suffice; ERROR_IO when a file cannot grow.
 */
bool storage_add(struct storage *storage, struct span data, struct error *err);
/* The stream has ended: writes out what the file lacks. ERROR_IO. */
bool storage_end(struct storage *storage, struct error *err);
void storage_free(struct storage *storage);
/*
 * Uses the caller's file from the offset `from` on, and notes how it looks now.
 * False if it is no regular file, or has nothing behind that offset.
 */
bool storage_set_source(struct storage *storage, int fd, off_t from);
/* Whether the caller's file still has the size and time it had then. */
bool storage_is_unchanged(const struct storage *storage);
/*
 * The octets from `position` on, at most STORAGE_BLOCK. `room` has that many
 * octets and is used where they are not in memory. Empty on failure: errno says
 * why, or is 0 when the file has become shorter.
 */
struct span storage_block(
    const struct storage *storage, uint64_t position, char *room);
/* The sum over all blocks so far (0 before the first) and one more. */
uint64_t storage_sum(uint64_t sum, struct span block);

/* Reads the body once, block by block. */
struct storage_reader {
	const struct storage *storage; /* borrowed */
	char *room; /* STORAGE_BLOCK octets; owned; NULL in memory */
	uint64_t position, sum; /* behind the block taken last */
	bool is_changed;	/* the file is not what was read at first */
};

void storage_reader_init(
    struct storage_reader *reader, const struct storage *storage);
/*
 * Takes the next block. False at the end, or with is_changed: the last block
 * of a source is only given when the whole is known to be unchanged.
 */
bool storage_reader_next(struct storage_reader *reader, struct span *block);
void storage_reader_free(struct storage_reader *reader);

#endif
