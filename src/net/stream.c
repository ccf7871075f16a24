/*
 * Reads and writes a non-blocking socket: every wait has a deadline and ends at
 * a signal. An octet that stream_write accepted is either sent exactly once or
 * still buffered, whatever interrupts a call.
 */
#include "net/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/wait.h"
#include "net/tunnel.h"
#include "tls/tls.h"

#define FIRST_ROOM ((size_t)4 * 1024)
#define INPUT_MAX ((size_t)64 * 1024)

/* Octets that have been read and not consumed; grows up to INPUT_MAX. */
struct input {
	char *data; /* owned */
	size_t start, end, room;
	size_t most; /* the largest `end` so far */
};

static void
input_free(struct input *input)
{
	/* Wiped because some servers echo a password. */
	if (input->data != NULL)
		mem_wipe(input->data, input->most);
	free(input->data);
	*input = (struct input){0};
}

static size_t
input_len(const struct input *input)
{
	return input->end - input->start;
}

static struct span
input_span(const struct input *input)
{
	if (input->data == NULL)
		return (struct span){"", 0};
	return (struct span){input->data + input->start, input_len(input)};
}

static void
input_consume(struct input *input, size_t len)
{
	size_t unread = input_len(input);

	input->start += len < unread ? len : unread;
	if (input->start == input->end)
		input->start = input->end = 0;
}

static void
grow(struct input *input, size_t room)
{
	size_t unread = input_len(input);
	char *data = mem_resize(NULL, room, 1);

	if (unread > 0)
		memcpy(data, input->data + input->start, unread);
	input_free(input);
	input->data = data;
	input->room = room;
	input->end = input->most = unread;
}

/*
 * The memory to read into, and its size in *room; NULL if INPUT_MAX octets are
 * unread. The caller then passes the number of octets read to input_added.
 */
static char *
input_room(struct input *input, size_t *room)
{
	size_t unread = input_len(input);

	if (unread == INPUT_MAX)
		return NULL;
	if (input->room - unread < FIRST_ROOM && input->room < INPUT_MAX)
		grow(input, input->room == 0 ? FIRST_ROOM : input->room * 2);
	else if (input->room - input->end < FIRST_ROOM && input->start > 0) {
		memmove(input->data, input->data + input->start, unread);
		input->start = 0;
		input->end = unread;
	}
	*room = input->room - input->end;
	return input->data + input->end;
}

static void
input_added(struct input *input, size_t len)
{
	input->end += len;
	if (input->end > input->most)
		input->most = input->end;
}

#define OUTPUT_MAX ((size_t)64 * 1024 * 1024)
/*
 * Writes up to this length are never split: some servers expect a command to
 * arrive in one packet.
 */
#define WHOLE_MAX 512
/* While writes do not block, look for signals and input this often. */
#define LOOK_EVERY ((size_t)64 * 1024)
#define AT_ONCE 0 /* a deadline in the past */
/* How many TLS records without content a peek skips. */
#define PEEKS_MAX 16

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0 /* SIGPIPE is ignored, base/signals.h */
#endif

struct stream {
	int fd; /* -1: memory */
	struct tls *tls;
	struct tunnel *tunnel; /* NULL: none */
	enum stream_state state;
	char *reason; /* owned */
	bool ended;   /* no more input can be read */

	struct input input;
	struct buf output;
	size_t unlooked; /* octets sent since the last look for input */

	struct span memory_input;
	size_t memory_cut;
	struct buf *memory_output; /* borrowed */
};

struct stream *
stream_new(int fd)
{
	struct stream *stream = mem_new(1, sizeof(*stream));
	int flags = fcntl(fd, F_GETFL);

	stream->fd = fd;
	buf_init(&stream->output, OUTPUT_MAX);
	if (flags >= 0 && !(flags & O_NONBLOCK))
		fcntl(fd, F_SETFL, flags | O_NONBLOCK);
	return stream;
}

struct stream *
stream_new_memory(struct span input, size_t cut, struct buf *output)
{
	struct stream *stream = mem_new(1, sizeof(*stream));

	stream->fd = -1;
	buf_init(&stream->output, OUTPUT_MAX);
	stream->memory_input = input;
	stream->memory_cut = cut != 0 ? cut : SIZE_MAX;
	stream->memory_output = output;
	return stream;
}

void
stream_free(struct stream *stream)
{
	if (stream == NULL)
		return;
	tls_free(stream->tls);
	if (stream->fd >= 0)
		close(stream->fd);
	tunnel_close(stream->tunnel);
	input_free(&stream->input);
	buf_wipe(&stream->output); /* a password may have gone through */
	free(stream->reason);
	free(stream);
}

int
stream_fd(const struct stream *stream)
{
	return stream->fd;
}

const struct tls *
stream_tls(const struct stream *stream)
{
	return stream->tls;
}

void
stream_use_tunnel(struct stream *stream, struct tunnel *tunnel)
{
	stream->tunnel = tunnel;
}

bool
stream_add_tunnel_end(const struct stream *stream, struct buf *reason)
{
	return stream->tunnel != NULL && tunnel_add_end(stream->tunnel, reason);
}

enum stream_state
stream_state(const struct stream *stream)
{
	return stream->state;
}

const char *
stream_reason(const struct stream *stream)
{
	return stream->reason != NULL ? stream->reason : "";
}

struct span
stream_input(const struct stream *stream)
{
	return input_span(&stream->input);
}

void
stream_consume(struct stream *stream, size_t len)
{
	input_consume(&stream->input, len);
}

/* Leaves STREAM_OPEN; the first reason is kept. Always false. */
static bool
leave_open(struct stream *stream, enum stream_state state, const char *reason)
{
	if (stream->state != STREAM_OPEN)
		return false;
	stream->state = state;
	free(stream->reason);
	stream->reason = mem_copy_text(reason);
	if (ascii_is_alpha(stream->reason[0]))
		stream->reason[0] = ascii_lower(stream->reason[0]);
	return false;
}

/* Leaves STREAM_OPEN with the reason in errno. Always false. */
static bool
leave_for_errno(struct stream *stream)
{
	if (errno == EPIPE)
		return leave_open(
		    stream, STREAM_CLOSED, "the server closed the connection");
	if (errno == ECONNRESET)
		return leave_open(
		    stream, STREAM_CLOSED, "the server reset the connection");
	if (errno == EPROTO && stream->tls != NULL)
		return leave_open(
		    stream, STREAM_BROKEN, tls_reason(stream->tls));
	return leave_open(stream, STREAM_BROKEN, strerror(errno));
}

void
stream_retry(struct stream *stream)
{
	if (stream->state != STREAM_TIMED_OUT &&
	    stream->state != STREAM_INTERRUPTED)
		return;
	stream->state = STREAM_OPEN;
	free(stream->reason);
	stream->reason = NULL;
}

void
stream_use_tls(struct stream *stream, struct tls *tls)
{
	stream->tls = tls;
	/* Plaintext input must not be read as input over TLS. */
	if (input_len(&stream->input) > 0) {
		stream_consume(stream, SIZE_MAX);
		stream->ended = true;
		leave_open(stream, STREAM_BROKEN,
		    "plaintext after the STARTTLS reply");
	}
}

static ssize_t
receive(struct stream *stream, void *data, size_t len)
{
	ssize_t got;

	if (stream->tls != NULL)
		return tls_read(stream->tls, data, len);
	if (stream->fd < 0) {
		if (len > stream->memory_cut)
			len = stream->memory_cut;
		if (len > stream->memory_input.len)
			len = stream->memory_input.len;
		if (len > 0)
			memcpy(data, stream->memory_input.at, len);
		stream->memory_input = span_skip(stream->memory_input, len);
		return (ssize_t)len;
	}
	do
		got = recv(stream->fd, data, len, 0);
	while (got < 0 && errno == EINTR);
	return got;
}

static ssize_t
transmit(struct stream *stream, const void *data, size_t len)
{
	ssize_t sent;

	if (stream->tls != NULL)
		return tls_write(stream->tls, data, len);
	if (stream->fd < 0) {
		if (buf_add(stream->memory_output, data, len))
			return (ssize_t)len;
		errno = ENOBUFS;
		return -1;
	}
	do
		sent = send(stream->fd, data, len, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	return sent;
}

/* Reads once; true if input came. */
static bool
take_in(struct stream *stream)
{
	size_t room;
	char *data;
	ssize_t got;

	if (stream->ended || (data = input_room(&stream->input, &room)) == NULL)
		return false;
	got = receive(stream, data, room);
	if (got > 0) {
		input_added(&stream->input, (size_t)got);
		return true;
	}
	if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return false;
	stream->ended = true;
	if (got == 0)
		return leave_open(
		    stream, STREAM_CLOSED, "the server closed the connection");
	return leave_for_errno(stream);
}

/*
 * Waits until there is input or, with `output`, until the socket accepts
 * output, and reads the input. False if the state is no longer STREAM_OPEN.
 */
static bool
await(struct stream *stream, bool output, int64_t deadline)
{
	struct pollfd wait = {.fd = stream->fd};
	enum wait_result result;

	stream->unlooked = 0;
	if (stream->fd < 0)
		return true;
	if (!stream->ended && input_len(&stream->input) < INPUT_MAX)
		wait.events |= POLLIN;
	if (output)
		wait.events |= POLLOUT;
	if (stream->tls != NULL && (wait.events & POLLIN) &&
	    tls_has_pending(stream->tls))
		return take_in(stream) || stream->state == STREAM_OPEN;
	result = wait_for(&wait, 1, deadline);
	/* Read also on POLLHUP and POLLERR, to find out the error. */
	if (result == WAIT_READY && (wait.events & POLLIN) &&
	    (wait.revents & ~POLLOUT) && !take_in(stream) &&
	    !(wait.revents & POLLOUT) && stream->state == STREAM_OPEN &&
	    clock_now() >= deadline)
		result = WAIT_TIMEOUT; /* only records without content came */
	if (result == WAIT_READY ||
	    (result == WAIT_TIMEOUT && deadline == AT_ONCE))
		return true;
	if (result == WAIT_TIMEOUT)
		return leave_open(stream, STREAM_TIMED_OUT,
		    "no answer from the server in time");
	if (result == WAIT_INTERRUPTED)
		return leave_open(
		    stream, STREAM_INTERRUPTED, "interrupted by a signal");
	return leave_for_errno(stream);
}

/*
 * Sends, and adds to *sent. While it waits, it reads input, so that a server
 * that must first send its replies continues to read.
 */
static bool
send_octets(struct stream *stream, const char *data, size_t len, size_t *sent,
    int64_t deadline)
{
	while (*sent < len) {
		ssize_t went = transmit(stream, data + *sent, len - *sent);

		if (went >= 0) {
			*sent += (size_t)went;
			stream->unlooked += (size_t)went;
			if (stream->unlooked < LOOK_EVERY)
				continue;
		} else if (errno != EAGAIN && errno != EWOULDBLOCK) {
			leave_for_errno(stream);
			/*
			 * The server's reply that explains the failure may
			 * still be unread.
			 */
			while (take_in(stream))
				;
			return false;
		}
		if (!await(stream, went < 0, went < 0 ? deadline : AT_ONCE) ||
		    stream->state != STREAM_OPEN)
			return false;
	}
	return true;
}

bool
stream_flush(struct stream *stream, int64_t deadline)
{
	size_t sent = 0;
	bool done;

	if (stream->state != STREAM_OPEN)
		return false;
	done = send_octets(
	    stream, stream->output.data, stream->output.len, &sent, deadline);
	buf_drop(&stream->output, sent);
	return done;
}

/*
 * Every octet is either sent or buffered for a later flush, even if the
 * deadline passes, so that none is lost. TLS gets full records.
 */
bool
stream_write(
    struct stream *stream, const char *data, size_t len, int64_t deadline)
{
	size_t kept = stream->output.len, sent = 0;
	bool is_cut = stream->tls != NULL || len < STREAM_ROOM, done;

	if (stream->state != STREAM_OPEN)
		return false;
	if (kept <= STREAM_ROOM && len <= STREAM_ROOM - kept)
		return buf_add(&stream->output, data, len);
	if (is_cut && kept > 0 && kept < STREAM_ROOM && len > WHOLE_MAX) {
		sent = STREAM_ROOM - kept;
		buf_add(&stream->output, data, sent);
	}
	done = stream_flush(stream, deadline);
	if (done && len - sent >= STREAM_ROOM)
		done = send_octets(stream, data,
		    is_cut ? len - (len - sent) % STREAM_ROOM : len, &sent,
		    deadline);
	if (!buf_add(&stream->output, data + sent, len - sent))
		return leave_open(stream, STREAM_BROKEN,
		    "more output is waiting than the buffer holds");
	return done;
}

size_t
stream_unsent(const struct stream *stream)
{
	return stream->output.len;
}

/*
 * If the output cannot be sent, input that has arrived is still read, because
 * it often says why. But this function does not wait for more input then: the
 * server may be waiting for the rest of the output.
 */
bool
stream_fill(struct stream *stream, int64_t deadline)
{
	size_t before = input_len(&stream->input);

	if (stream->state == STREAM_OPEN)
		stream_flush(stream, deadline);
	while (input_len(&stream->input) == before && !stream->ended &&
	    stream->state == STREAM_OPEN) {
		if (before == INPUT_MAX)
			return leave_open(stream, STREAM_BROKEN,
			    "more input is waiting than the buffer holds");
		if (stream->fd < 0)
			take_in(stream);
		else if (!await(stream, false, deadline))
			return false;
	}
	if (stream->state == STREAM_CLOSED || stream->state == STREAM_BROKEN)
		stream_peek(stream);
	return input_len(&stream->input) > before;
}

bool
stream_peek(struct stream *stream)
{
	for (int i = 0; stream->fd >= 0 && i < PEEKS_MAX; i++) {
		struct pollfd ready = {.fd = stream->fd, .events = POLLIN};

		if (take_in(stream) || stream->ended || stream->tls == NULL)
			break;
		/* A record without content came: look for another. */
		if (poll(&ready, 1, 0) <= 0)
			break;
	}
	return input_len(&stream->input) > 0 ||
	    stream->state == STREAM_CLOSED || stream->state == STREAM_BROKEN;
}
