/*
 * What message.c, section.c, scan.c, body.c and replay.c share, and nobody
 * else includes: the parts of a message and of the one pass over it.
 */
#ifndef MAIL_MESSAGE_PARTS_H
#define MAIL_MESSAGE_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"
#include "mail/message.h"

#define MESSAGE_BLOCK ((size_t)64 * 1024)
#define MESSAGE_MEMORY_MAX ((size_t)256 * 1024)

/*
 * The body as it came: in memory, in an unlinked temporary file, or in the
 * regular file that the caller gave, which others may change at any time.
 */
struct body {
	struct buf memory; /* all of it, or what waits for the file */
	int fd;		   /* -1: all in memory */
	bool is_source;	   /* fd is the caller's: borrowed, not to be trusted */
	uint64_t from;	   /* where it begins in fd */
	uint64_t size;
	/* of a source: what is compared before the end of a replay */
	off_t file_size;
	struct timespec file_time;
	uint64_t sum;
};

struct message {
	struct buf header;
	struct body body;
	struct message_facts facts;
};

/* For streams: memory first, then a temporary file. */
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
struct span body_block(
    const struct body *body, uint64_t position, char *room);
/* Joins a block to the sum over all blocks before it. */
uint64_t body_sum(uint64_t sum, struct span block);

/* The lines of a body, counted while it passes. */
struct scan {
	struct message_facts facts;
	bool dot_ends;
	bool after_cr, is_dot; /* the line begins with a dot */
	bool ended;	       /* by a dot; what follows is not counted */
	uint64_t line;	       /* octets in the line, until now */
	uint64_t line_from;    /* where it began, in octets as they came */
	uint64_t taken;
};

/* False once a dot has ended the body; line_from is its size then. */
bool scan_take(struct scan *scan, struct span block);
void scan_end(struct scan *scan);
/* Adds the facts of a header section, in its CRLF form. */
void facts_add_header(struct message_facts *facts, struct span header);

enum section_progress {
	SECTION_MORE,
	SECTION_BODY,	 /* what comes next is the body */
	SECTION_TOO_BIG, /* over MESSAGE_HEADER_MAX */
};

/* The header section, made CRLF lines while it passes. */
struct section {
	struct buf lines; /* field lines; behind `line` the one being read */
	size_t line;
	enum section_progress progress;
	enum { LINE_OPEN, LINE_KEPT, LINE_SKIPPED } kind;
	bool after_cr, is_over; /* the empty line was seen */
	bool is_later_line;
	bool has_bare_cr, has_bare_lf;
};

void section_init(struct section *section);
/* Takes octets while there is progress; returns how many. */
size_t section_take(struct section *section, struct span block);
/* The input is at its end. */
void section_end(struct section *section);
/*
 * Behind the fields: a line that was held for one and belongs to the body, as
 * it came (the dot that ends a message too).
 */
struct span section_tail(const struct section *section);

#endif
