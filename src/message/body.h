/*
 * The body of a message, kept as it came and read again in blocks. Only what
 * includes message_parts.h knows of it.
 */
#ifndef MESSAGE_BODY_H
#define MESSAGE_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"

#define MESSAGE_BLOCK ((size_t)64 * 1024)
#define BODY_MEMORY ((size_t)256 * 1024)
/* Where there is no place for a file at all. */
#define BODY_MEMORY_LAST ((size_t)32 * 1024 * 1024)

/*
 * The body as it came: in memory, in an unlinked temporary file, or in the
 * regular file that the caller gave, which others may change at any time.
 */
struct body {
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

/* How much of it may be in memory; 0: BODY_MEMORY. A block has room. */
void body_init(struct body *body, uint64_t memory_max);
/*
 * For streams: memory first, then a file in TMPDIR, else in /var/tmp, else
 * more memory. ERROR_CREATE where all of that is not enough, ERROR_IO where a
 * file gets no larger.
 */
bool body_add(struct body *body, struct span data, struct error *err);
/* The rest into the file, if there is one. */
bool body_end(struct body *body, struct error *err);
void body_free(struct body *body);
/*
 * Notes how the caller's file looks now; fd is used from then on. False if it
 * is no regular file, or has nothing behind `from`.
 */
bool body_set_source(struct body *body, int fd, off_t from);
bool body_is_unchanged(const struct body *body);
/*
 * The octets from `position`, at most MESSAGE_BLOCK, to the end at most.
 * `room` is used where they are not in memory. Empty: they cannot be read
 * (errno), or the file ends before (errno is 0).
 */
struct span body_block(const struct body *body, uint64_t position, char *room);
/*
 * Takes the next block, which begins at *position. False at the end, and
 * (*is_changed) where a source is not what was read; its last block is only
 * given out when that is sure.
 */
struct body_reader {
	const struct body *body; /* borrowed */
	char *room;		 /* MESSAGE_BLOCK; owned; NULL in memory */
	uint64_t position, sum;
	bool is_changed;
};

void body_reader_init(struct body_reader *reader, const struct body *body);
bool body_reader_next(struct body_reader *reader, struct span *block);
void body_reader_free(struct body_reader *reader);

#endif
