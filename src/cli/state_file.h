/*
 * The file of --state, in which a batch notes what became of each mail. A
 * second run reads it, so that no mail is sent twice. smtpost(1) describes it:
 * a line for the source, then lines that are only appended, each with a word, a
 * mail and the numbers of its recipients.
 */
#ifndef CLI_STATE_FILE_H
#define CLI_STATE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

#define STATE_DIGEST_SIZE 16

/* What is known about a recipient. state_file.c has the word for each. */
enum state {
	STATE_OPEN,    /* not tried yet, or deferred */
	STATE_SENDING, /* in doubt: the content was sent, or perhaps was */
	STATE_RELAYED,
	STATE_QUEUED, /* the queue has it */
	STATE_FAILED,
	STATE_COUNT,
};

/* Names a mail. */
struct state_key {
	unsigned char digest[STATE_DIGEST_SIZE];
	size_t copy; /* of equal mails of one source, from 1 on */
};

struct state_file {
	const char *path; /* borrowed */
	int fd;		  /* locked; -1: there is no file */
	char header[64];  /* its first line */
	uint64_t end;	  /* where the next line begins */
	int error;	  /* errno: a write failed, and none may follow */
};

/* A line of the file: recipients of a mail have this state. */
struct state_line {
	struct state_key key;
	enum state state;
	size_t first, last; /* recipients, from 0 on */
};

/*
 * Adds a part to a digest, which is all zero at first. False if GnuTLS has no
 * SHA-256.
 */
bool state_file_digest(
    unsigned char digest[STATE_DIGEST_SIZE], struct span part);

/*
 * Opens and locks the file; `identity` says which source it belongs to. A
 * missing file is made if `is_made`, otherwise file->fd is -1. The caller calls
 * state_file_close in any case. False, with err:
 *   ERROR_CREATE     it cannot be opened or trusted
 *   ERROR_TEMPORARY  another process uses it
 *   ERROR_OS         GnuTLS has no SHA-256
 */
bool state_file_open(struct state_file *file, const char *path,
    struct span identity, bool is_made, struct error *err);
/*
 * Reads the file and calls `take` for each range of recipients. A last line
 * without its end is dropped, since it was never complete. False with
 * ERROR_DATA if the file belongs to another source or cannot be understood, or
 * if `take` returns false; ERROR_IO.
 */
bool state_file_read(struct state_file *file,
    bool (*take)(void *context, const struct state_line *line), void *context,
    struct error *err);
/* Writes what a new file begins with. False with ERROR_IO. */
bool state_file_begin(struct state_file *file, struct error *err);
/*
 * Adds lines for those recipients from `first` to `last` (exclusive) whose
 * state in `states` is not that in `recorded`, which then becomes the same.
 */
void state_file_add(struct buf *lines, const struct state_key *key,
    const unsigned char *states, unsigned char *recorded, size_t first,
    size_t last);
/* Appends the lines and syncs them. False: file->error says why. */
bool state_file_append(struct state_file *file, struct span lines);
void state_file_close(struct state_file *file);

#endif
