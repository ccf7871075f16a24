/*
 * A buffered connection: a socket, with or without TLS, or memory for tests.
 * Deadlines are absolute (base/wait.h). While output cannot be sent, input is
 * read, so that two ends that both write do not block each other.
 */
#ifndef NET_STREAM_H
#define NET_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Output is collected until this many octets can be sent at once. */
#define STREAM_ROOM ((size_t)16 * 1024)

struct stream; /* opaque: two buffers, a socket, optionally TLS */
struct tls;
struct tunnel;

enum stream_state {
	STREAM_OPEN,
	STREAM_CLOSED, /* the peer ended the connection */
	STREAM_TIMED_OUT,
	STREAM_INTERRUPTED, /* by a signal; stream_retry clears it */
	STREAM_BROKEN,	    /* an error of the socket or of TLS */
};

/* Makes the descriptor non-blocking; stream_free closes it. */
struct stream *stream_new(int fd);
/*
 * For tests: a stream that reads `input`, at most `cut` octets at a time (0: no
 * limit), and then the end of the connection. It writes to *output. Both are
 * borrowed.
 */
struct stream *stream_new_memory(
    struct span input, size_t cut, struct buf *output);
/* Closes without sending the output that is still buffered; NULL is allowed. */
void stream_free(struct stream *stream);

/* Borrowed; -1 for memory. */
int stream_fd(const struct stream *stream);
/*
 * All further input and output goes through `tls`, a TLS connection on the same
 * descriptor, which the stream then owns. If there is unread input, which came
 * in plaintext, the stream becomes STREAM_BROKEN.
 */
void stream_use_tls(struct stream *stream, struct tls *tls);
/* Borrowed; NULL: no TLS. */
const struct tls *stream_tls(const struct stream *stream);

/* The socket leads to this command, which the stream then owns. */
void stream_use_tunnel(struct stream *stream, struct tunnel *tunnel);
/*
 * Called when the connection is lost: if it led to a command and this has
 * ended, adds "ended with status 255". Else returns false.
 */
bool stream_add_tunnel_end(const struct stream *stream, struct buf *reason);

/*
 * Adds to the output, and sends once STREAM_ROOM octets are buffered. On
 * failure returns false, stream_state says why, and the octets that were not
 * sent stay buffered.
 */
bool stream_write(
    struct stream *stream, const char *data, size_t len, int64_t deadline);
/*
 * Sends all of the output; on failure returns false, and stream_state says why.
 */
bool stream_flush(struct stream *stream, int64_t deadline);
/*
 * The number of octets that were passed to stream_write (also in a call that
 * failed) and not yet sent: the peer cannot have seen them.
 */
size_t stream_unsent(const struct stream *stream);
/* Input that has been read and not consumed; borrowed until the next call. */
struct span stream_input(const struct stream *stream);
/* Drops the first `len` octets of the input. */
void stream_consume(struct stream *stream, size_t len);
/*
 * Sends all of the output, then waits for more input. False if none came;
 * stream_state says why.
 */
bool stream_fill(struct stream *stream, int64_t deadline);
/*
 * Reads what has arrived, without waiting. True if there is unread input or
 * the connection has ended.
 */
bool stream_peek(struct stream *stream);

enum stream_state stream_state(const struct stream *stream);
/* Why the state is not STREAM_OPEN, as a phrase; borrowed; "" if it is open. */
const char *stream_reason(const struct stream *stream);
/* Returns from STREAM_TIMED_OUT or STREAM_INTERRUPTED to STREAM_OPEN. */
void stream_retry(struct stream *stream);

#endif
