/*
 * The two descriptors of a client: lines in, replies out. Replies are buffered
 * until more input is needed, so that a group of commands is answered in one
 * write (RFC 2920 section 3.2). Input is bounded. Commands are not interpreted
 * here.
 */
#ifndef SERVE_SERVER_IO_H
#define SERVE_SERVER_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/*
 * The longest command line, with its end. RFC 5321 section 4.5.3.1.4 requires
 * 512 octets, and the offered extensions require 800 more.
 */
#define SERVER_LINE_MAX ((size_t)2048)

enum server_io_state {
	SERVER_IO_OPEN,
	SERVER_IO_ENDED, /* the client has closed */
	SERVER_IO_TIMED_OUT,
	SERVER_IO_OVERDUE,     /* `limit` has passed */
	SERVER_IO_INTERRUPTED, /* a signal */
	SERVER_IO_ENDLESS,     /* a line had no end */
	SERVER_IO_BROKEN,      /* reading or writing failed */
};

struct server_io {
	int in, out; /* borrowed */
	enum server_io_state state;
	int64_t timeout; /* milliseconds for a line or a block */
	int64_t limit;	 /* deadline for all input, which the caller sets */
	struct buf output;
	char *input; /* owned */
	size_t start, end;
	bool is_lf_line; /* the last line ended in LF without CR */
	char head[16];	 /* of the last line that was too long */
};

enum server_line { SERVER_LINE, SERVER_LINE_TOO_LONG, SERVER_LINE_NONE };

void server_io_init(struct server_io *io, int in, int out, int64_t timeout);
void server_io_free(struct server_io *io);
/*
 * Reads the next line; *line is without its end and borrowed until the next
 * call. If the line is too long, *line has only its first octets. NONE: no line
 * came, and io->state says why.
 */
enum server_line server_io_line(struct server_io *io, struct span *line);
/* The input read but not taken yet; borrowed until the next call. */
struct span server_io_input(const struct server_io *io);
/* Removes the first len octets of the input. */
void server_io_take(struct server_io *io, size_t len);
/* Waits for more input. False: none came, and io->state says why. */
bool server_io_fill(struct server_io *io);
/* Reads what the client has already sent, without waiting. */
void server_io_read_ahead(struct server_io *io);
/* Adds a line and CRLF to the output. */
void server_io_say(struct server_io *io, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Sends the output, even after a signal. False: the client did not read it. */
bool server_io_flush(struct server_io *io);

#endif
