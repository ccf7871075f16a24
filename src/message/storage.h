/*
 * Keeps the body of a message, however large: in memory, in an unlinked
 * temporary file, or in the regular file that the caller passed. It is kept
 * unchanged, and can be read in blocks any number of times.
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

/* The most octets that are read at once. */
#define STORAGE_BLOCK ((size_t)64 * 1024)
/*
 * A larger body goes to a temporary file, unless the caller sets another limit.
 */
#define STORAGE_MEMORY ((size_t)256 * 1024)
/* The most octets kept in memory when no temporary file can be created. */
#define STORAGE_MEMORY_LAST ((size_t)32 * 1024 * 1024)

/* A body that a storage does not keep itself: pieces.h. */
struct storage_backing {
	/* As storage_block, but may return more than the storage has left. */
	struct span (*block)(
	    const void *context, uint64_t position, char *room);
	/* Whether the octets there are not part of the sum. */
	bool (*is_unread)(const void *context, uint64_t position);
	/* As storage_known_lines. */
	uint64_t (*known_lines)(const void *context, uint64_t position);
	/* The name of a file that has changed, for a sentence; NULL: none. */
	const char *(*changed_name)(const void *context);
	void (*free)(void *context);
};

struct storage {
	const struct storage_backing *backing; /* NULL: none */
	void *context;			       /* of the backing; owned */
	struct buf memory; /* the body, or the rest not yet in the file */
	int fd;		   /* -1: the whole body is in memory */
	int no_file;	   /* errno of creating a file; 0: not tried, or done */
	struct buf notes;  /* one line for each folder that could not be used */
	bool is_source; /* fd is the caller's: borrowed, and other programs may
			   change the file at any time */
	uint64_t from;	/* where the body begins in fd */
	uint64_t size;
	/*
	 * The state of a source file, which is compared at the end of a replay:
	 */
	off_t file_size;
	struct timespec file_time;
	uint64_t sum; /* storage_sum over its blocks, as far as it was read */
};

/*
 * memory_max: how many octets may be in memory, at least one block; 0:
 * STORAGE_MEMORY.
 */
void storage_init(struct storage *storage, uint64_t memory_max);
/*
 * Adds octets of a stream: to memory, else to a file in TMPDIR or /var/tmp,
 * else to more memory. False with ERROR_CREATE if no file can be created and
 * memory does not suffice, or ERROR_IO if a file cannot grow.
 */
bool storage_add(struct storage *storage, struct span data, struct error *err);
/*
 * Called at the end of the stream: writes the rest to the file. False with
 * ERROR_IO.
 */
bool storage_end(struct storage *storage, struct error *err);
/*
 * Waits for a stream such as standard input and reads at most STORAGE_BLOCK
 * octets; 0 at its end. -1 with ERROR_TEMPORARY if a signal came, or ERROR_IO.
 * `name` is that of the stream, masked.
 */
ssize_t storage_read(int fd, const char *name, char *room, struct error *err);
/*
 * Adds a stream up to its end, or until more than `max` octets are there (0: no
 * limit), and calls storage_end. False as storage_read and storage_add.
 */
bool storage_add_stream(struct storage *storage, int fd, const char *name,
    uint64_t max, struct error *err);
void storage_free(struct storage *storage);
/*
 * Uses the caller's file from the offset `from` on, and notes its size and
 * time. False if it is not a regular file, or ends at that offset.
 */
bool storage_set_source(struct storage *storage, int fd, off_t from);
/*
 * Makes an empty storage stand on a whole regular file, which is opened without
 * waiting. Unless `folder` is 0, the file must be below a folder: see
 * file_open_below. *fd is the file, which the caller closes after storage_free.
 * It is -1 after a failure, and for a file whose size is not known, as in
 * /proc, which is read at once, up to STORAGE_UNSIZED_MAX octets. False with an
 * error that names the file:
 *   ERROR_NO_INPUT   it cannot be opened or read, or is not a regular file
 *   ERROR_OS         no descriptor is left
 *   ERROR_IO, ERROR_CREATE as storage_add
 */
bool storage_open(struct storage *storage, const char *path, size_t folder,
    int *fd, struct error *err);
#define STORAGE_UNSIZED_MAX ((uint64_t)64 * 1024 * 1024)
/* Whether the file, or that of each piece, still has that size and time. */
bool storage_is_unchanged(const struct storage *storage);
/*
 * The octets from `position` on, at most STORAGE_BLOCK. `room` has
 * STORAGE_BLOCK octets and is used if they are not in memory. Empty on failure,
 * with errno; errno is 0 if the file has become shorter.
 */
struct span storage_block(
    const struct storage *storage, uint64_t position, char *room);
/*
 * How many octets from `position` on are known without reading them: complete
 * lines of base64, as the lines before them. 0 if that is not known.
 */
uint64_t storage_known_lines(const struct storage *storage, uint64_t position);
/* Adds a block to the sum over all blocks before it (0 at first). */
uint64_t storage_sum(uint64_t sum, struct span block);

/* Reads the body once, block by block. */
struct storage_reader {
	const struct storage *storage; /* borrowed */
	char *room; /* STORAGE_BLOCK octets; owned; NULL in memory */
	uint64_t position, sum; /* after the last block taken */
	bool is_changed;	/* the file has changed since it was read */
};

void storage_reader_init(
    struct storage_reader *reader, const struct storage *storage);
/*
 * Takes the next block. False at the end, or with is_changed: the last block of
 * a source is returned only if the whole file is unchanged.
 */
bool storage_reader_next(struct storage_reader *reader, struct span *block);
void storage_reader_free(struct storage_reader *reader);

#endif
