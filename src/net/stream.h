/*
 * A buffered connection: a socket, with or without TLS, or memory for tests.
 * Every call has an absolute deadline (base/wait.h). It writes and reads in
 * one: while output waits, input is taken in, so that two ends that both write
 * do not wait for each other. It knows nothing of SMTP.
 */
#ifndef NET_STREAM_H
#define NET_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/text.h"

/* The output buffer: what fits into it is sent at once. */
#define STREAM_ROOM ((size_t)16 * 1024)

struct stream; /* opaque: two buffers, a socket, perhaps a tls */
struct tls;

enum stream_state {
	STREAM_OPEN,
	STREAM_CLOSED, /* the peer ended the connection */
	STREAM_TIMED_OUT,
	STREAM_INTERRUPTED, /* a signal; cleared by stream_retry */
	STREAM_BROKEN,	    /* an error of the socket or of TLS */
};

/* Takes the descriptor (non-blocking from then on). */
struct stream *stream_new(int fd);
/*
 * For tests: input is handed out `cut` octets at a time (0: all at once),
 * then the peer has closed; output goes to *output (borrowed).
 */
struct stream *stream_new_memory(
    struct span input, size_t cut, struct buf *output);
void stream_free(struct stream *stream); /* closes at once, without goodbye */

int stream_fd(const struct stream *stream);
/* From now on through TLS, which it owns. */
void stream_use_tls(struct stream *stream, struct tls *tls);
const struct tls *stream_tls(const struct stream *stream);

/*
 * Adds to the output; sends when the output buffer is full. False
 * when the connection cannot take it: see stream_state.
 */
bool stream_write(
    struct stream *stream, const char *data, size_t len, int64_t deadline);
/* Sends all of the output. */
bool stream_flush(struct stream *stream, int64_t deadline);
/*
 * Octets given to stream_write (to a call that failed, too) that have not
 * been handed to the system: what the peer cannot have seen.
 */
size_t stream_unsent(const struct stream *stream);
/*
 * What has been read and not consumed; borrowed until the next call. While
 * more is wanted: stream_fill, which flushes first, then waits for input.
 */
struct span stream_input(const struct stream *stream);
void stream_consume(struct stream *stream, size_t len);
bool stream_fill(struct stream *stream, int64_t deadline);
/*
 * Takes in what has arrived, without waiting. True if there is unread input
 * or the peer has closed: before content, that means it ended the session.
 */
bool stream_peek(struct stream *stream);

enum stream_state stream_state(const struct stream *stream);
/* Why the state is not STREAM_OPEN, as a phrase; borrowed. */
const char *stream_reason(const struct stream *stream);
/* After STREAM_TIMED_OUT or STREAM_INTERRUPTED: open again. */
void stream_retry(struct stream *stream);

/*
 * Octets that have been read from a connection and not yet consumed: a window
 * that grows to a bound, and is wiped when it moves or ends. Within net.
 */
#define INPUT_MAX ((size_t)64 * 1024)

struct input {
	char *data; /* owned */
	size_t start, end, room;
	size_t most; /* how far it was ever filled */
};

void input_free(struct input *input);
struct span input_span(const struct input *input);
size_t input_len(const struct input *input);
void input_consume(struct input *input, size_t len);
/*
 * Where to read to; *room is how much. NULL when INPUT_MAX octets wait; then
 * input_added says how much came.
 */
char *input_room(struct input *input, size_t *room);
void input_added(struct input *input, size_t len);

#endif
