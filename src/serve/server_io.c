/*
 * Input and output of the server. The descriptors are never made non-blocking,
 * since they may be shared with other processes; poll and MSG_DONTWAIT keep the
 * program from blocking.
 */
#include "serve/server_io.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/signals.h"
#include "base/wait.h"

#define INPUT_ROOM ((size_t)64 * 1024)
#define OUTPUT_MAX ((size_t)1024 * 1024)
/* Output of this size is sent even while the client sends without waiting. */
#define OUTPUT_USUAL ((size_t)16 * 1024)
/* A pipe that is ready accepts this much without blocking. */
#ifndef PIPE_BUF
#define PIPE_BUF 512
#endif
/* How much of an over-long line is discarded before the session ends. */
#define DROP_MAX ((size_t)1024 * 1024)
/* After a signal, milliseconds to send the last reply. */
#define LAST_WORDS ((int64_t)5000)

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0 /* SIGPIPE is ignored anyway, base/wait.h */
#endif

void
server_io_init(struct server_io *io, int in, int out, int64_t timeout)
{
	*io = (struct server_io){
	    .in = in, .out = out, .timeout = timeout, .limit = DEADLINE_NEVER};
	io->input = mem_resize(NULL, INPUT_ROOM, 1);
	buf_init(&io->output, OUTPUT_MAX);
}

void
server_io_free(struct server_io *io)
{
	/* A client may have tried a password. */
	mem_wipe(io->input, INPUT_ROOM);
	free(io->input);
	buf_free(&io->output);
	*io = (struct server_io){0};
}

struct span
server_io_input(const struct server_io *io)
{
	return (struct span){io->input + io->start, io->end - io->start};
}

void
server_io_take(struct server_io *io, size_t len)
{
	io->start += len;
	if (io->start == io->end)
		io->start = io->end = 0;
}

static bool
leave_open(struct server_io *io, enum server_io_state state)
{
	io->state = state;
	return false;
}

/* Writes without blocking. */
static ssize_t
transmit(int fd, const char *data, size_t len)
{
	ssize_t sent = send(fd, data, len, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (sent < 0 && errno == ENOTSOCK)
		sent = write(fd, data, len < PIPE_BUF ? len : PIPE_BUF);
	return sent;
}

bool
server_io_flush(struct server_io *io)
{
	int64_t deadline = deadline_in(io->timeout);
	struct span left = buf_span(&io->output);

	while (left.len > 0) {
		struct pollfd wait = {.fd = io->out, .events = POLLOUT};
		ssize_t sent;

		switch (wait_for(&wait, 1, deadline)) {
		case WAIT_READY:
			break;
		case WAIT_INTERRUPTED:
			signals_defer();
			deadline =
			    deadline_earlier(deadline, deadline_in(LAST_WORDS));
			continue;
		case WAIT_TIMEOUT:
		case WAIT_FAILED:
			return leave_open(io, SERVER_IO_BROKEN);
		}
		sent = transmit(io->out, left.at, left.len);
		if (sent >= 0)
			left = span_skip(left, (size_t)sent);
		else if (errno != EINTR && errno != EAGAIN &&
		    errno != EWOULDBLOCK)
			return leave_open(io, SERVER_IO_BROKEN);
	}
	buf_clear(&io->output);
	return true;
}

void
server_io_say(struct server_io *io, const char *format, ...)
{
	char text[SERVER_LINE_MAX] = "";
	va_list arguments;

	va_start(arguments, format);
	text_add_format(text, sizeof(text), format, arguments);
	va_end(arguments);
	buf_add_text(&io->output, text);
	buf_add_text(&io->output, "\r\n");
	if (io->output.len > OUTPUT_USUAL)
		server_io_flush(io);
}

static bool
fill_until(struct server_io *io, int64_t deadline)
{
	struct pollfd wait = {.fd = io->in, .events = POLLIN};
	ssize_t got;

	if (io->state != SERVER_IO_OPEN || !server_io_flush(io))
		return false;
	/* While a client sends without pause, the wait below never times out.
	 */
	if (clock_now() >= io->limit)
		return leave_open(io, SERVER_IO_OVERDUE);
	if (io->start > 0) {
		memmove(io->input, io->input + io->start, io->end - io->start);
		io->end -= io->start;
		io->start = 0;
	}
	do {
		/*
		 * A signal deferred while a reply was sent takes effect here.
		 */
		if (signals_caught() != 0)
			return leave_open(io, SERVER_IO_INTERRUPTED);
		switch (
		    wait_for(&wait, 1, deadline_earlier(deadline, io->limit))) {
		case WAIT_READY:
			break;
		case WAIT_INTERRUPTED:
			return leave_open(io, SERVER_IO_INTERRUPTED);
		case WAIT_TIMEOUT:
			return leave_open(io,
			    io->limit <= deadline ? SERVER_IO_OVERDUE
						  : SERVER_IO_TIMED_OUT);
		case WAIT_FAILED:
			return leave_open(io, SERVER_IO_BROKEN);
		}
		got = read(io->in, io->input + io->end, INPUT_ROOM - io->end);
	} while (got < 0 &&
	    (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK));
	if (got == 0)
		return leave_open(io, SERVER_IO_ENDED);
	if (got < 0)
		return leave_open(io, SERVER_IO_BROKEN);
	io->end += (size_t)got;
	return true;
}

void
server_io_read_ahead(struct server_io *io)
{
	struct pollfd wait = {.fd = io->in, .events = POLLIN};
	ssize_t got;

	if (io->state != SERVER_IO_OPEN || io->end == INPUT_ROOM ||
	    wait_for(&wait, 1, clock_now()) != WAIT_READY)
		return;
	got = read(io->in, io->input + io->end, INPUT_ROOM - io->end);
	if (got > 0)
		io->end += (size_t)got;
}

bool
server_io_fill(struct server_io *io)
{
	return fill_until(io, deadline_in(io->timeout));
}

/* Discards the rest of an over-long line. */
static enum server_line
drop_line(struct server_io *io, int64_t deadline)
{
	size_t dropped = 0;

	for (;;) {
		struct span input = server_io_input(io);
		size_t end = span_find(input, '\n');

		if (end < input.len) {
			server_io_take(io, end + 1);
			return SERVER_LINE_TOO_LONG;
		}
		dropped += input.len;
		server_io_take(io, input.len);
		if (dropped > DROP_MAX) {
			leave_open(io, SERVER_IO_ENDLESS);
			return SERVER_LINE_NONE;
		}
		if (!fill_until(io, deadline))
			return SERVER_LINE_NONE;
	}
}

enum server_line
server_io_line(struct server_io *io, struct span *line)
{
	int64_t deadline = deadline_in(io->timeout);

	for (;;) {
		struct span input = server_io_input(io);
		size_t end = span_find(input, '\n');

		if (end >= SERVER_LINE_MAX) {
			memcpy(io->head, input.at, sizeof(io->head));
			*line = (struct span){io->head, sizeof(io->head)};
			return drop_line(io, deadline);
		}
		if (end < input.len) {
			*line = span_head(input, end);
			server_io_take(io, end + 1);
			io->is_lf_line = end == 0 || input.at[end - 1] != '\r';
			line->len -= !io->is_lf_line;
			return SERVER_LINE;
		}
		if (!fill_until(io, deadline))
			return SERVER_LINE_NONE;
	}
}
