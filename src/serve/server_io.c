#include "serve/server_io.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/wait.h"

#define TEXT_MAX ((size_t)400) /* of a line: RFC 5321 section 4.5.3.1.5 */
#define LINES_MAX 32

/* A backslash of our own stands before what was masked already. */
static bool
is_kept(char c, bool is_own)
{
	return c >= ' ' && c <= '~' && (c != '\\' || is_own);
}

static void
add_masked(struct buf *out, struct span text, bool is_own)
{
	for (size_t i = 0; i < text.len; i++)
		if (is_kept(text.at[i], is_own))
			buf_add_char(out, text.at[i]);
		else
			buf_add_format(
			    out, "\\x%02x", (unsigned char)text.at[i]);
}

/* How many octets of the text fit into a line. */
static size_t
fitting(struct span text, bool is_own)
{
	size_t len = 0, room = TEXT_MAX;

	while (len < text.len) {
		size_t need = is_kept(text.at[len], is_own) ? 1 : 4;

		if (need > room)
			break;
		room -= need;
		len++;
	}
	return len;
}

static void
say_text(struct server_io *io, int code, struct status status, struct span text,
    bool is_own)
{
	for (int i = 0; i < LINES_MAX; i++) {
		struct span line = span_head(text, span_find(text, '\n'));
		size_t len = fitting(line, is_own);
		bool is_last;
		struct buf out = {0};

		text = span_skip(text, len + (len == line.len));
		is_last = text.len == 0 || i == LINES_MAX - 1;
		reply_status_add(&out, status);
		buf_add_char(&out, ' ');
		add_masked(&out, span_head(line, len), is_own);
		server_io_say(
		    io, "%d%c%s", code, is_last ? ' ' : '-', buf_text(&out));
		buf_free(&out);
		if (is_last)
			return;
	}
}

void
server_io_reply_text(
    struct server_io *io, int code, struct status status, struct span text)
{
	say_text(io, code, status, text, true);
}

/* RFC 3463, for what the upstream server said no status of. */
static struct status
status_for(const struct outcome *outcome, int code)
{
	struct status status = {(unsigned char)(code / 100), 0, 0};

	if (code / 100 == 2)
		return status;
	if (outcome->in_doubt)
		return (struct status){4, 4, 2};
	switch (outcome->cause) {
	case CAUSE_CONTENT:
		status.subject = 6;
		break;
	case CAUSE_LOGIN:
		status.subject = 7;
		break;
	case CAUSE_PROTOCOL:
		status.subject = outcome->stage == STAGE_TLS ? 7 : 5;
		status.detail = outcome->stage == STAGE_TLS ? 5 : 0;
		break;
	case CAUSE_TEMPORARY:
	case CAUSE_NO_HOST:
		if (outcome->reply.code == 0) {
			status.subject = 4;
			status.detail = 1;
		}
		break;
	case CAUSE_REFUSED:
		break;
	}
	return status;
}

static int
code_for(const struct outcome *outcome)
{
	int code = outcome->reply.code;

	switch (outcome->action) {
	case ACTION_RELAYED:
		return code / 100 == 2 ? code : 250;
	case ACTION_FAILED:
		if (outcome->reply.status.subject == 3 && code == 0)
			return 552; /* too large */
		return code / 100 == 5 ? code : 554;
	case ACTION_NONE:
	case ACTION_DELAYED:
		break;
	}
	return code / 100 == 4 && code != 421 ? code : 451;
}

/* RFC 4954 section 6: 530, 534, 535 and 538 are about a login anywhere. */
bool
server_io_reply_hides(const struct outcome *outcome)
{
	int code = outcome->reply.code;

	if (outcome->stage == STAGE_AUTH)
		return code != 0 || outcome->cause == CAUSE_LOGIN;
	return code == 530 || code == 534 || code == 535 || code == 538;
}

void
server_io_reply_outcome(struct server_io *io, const struct outcome *outcome)
{
	int code = code_for(outcome);
	struct status status = outcome->reply.status;
	struct span text = buf_span(&outcome->reply.text);

	if (server_io_reply_hides(outcome)) {
		say_text(io, 451, (struct status){4, 7, 0},
		    SPAN("the relay's own login failed"), true);
		return;
	}
	if (status.class != code / 100)
		status = status_for(outcome, code);
	say_text(io, code, status, text, outcome->reply.code == 0);
}

void
server_io_reply_outcome_of(struct server_io *io, const struct outcome *outcome,
    const char *path, bool is_partial)
{
	struct outcome told = {0};
	struct span text = buf_span(&outcome->reply.text);

	outcome_copy(&told, outcome);
	buf_clear(&told.reply.text);
	buf_add_format(&told.reply.text, "<%s>: ", path);
	buf_add_span(&told.reply.text, text);
	if (is_partial)
		buf_add_text(
		    &told.reply.text, " (others have got the message)");
	server_io_reply_outcome(io, &told);
	outcome_free(&told);
}

#define INPUT_ROOM ((size_t)64 * 1024)
#define OUTPUT_MAX ((size_t)1024 * 1024)
/* From here on replies go, though the client has not waited for them. */
#define OUTPUT_USUAL ((size_t)16 * 1024)
/* A pipe that can be written to takes as much without blocking. */
#ifndef PIPE_BUF
#define PIPE_BUF 512
#endif
/* How much of a line without end is read over. */
#define DROP_MAX ((size_t)1024 * 1024)
/* After a signal the last words have so long. */
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

/*
 * Never blocks: the descriptors may be shared with others, who would see it
 * if they were made non-blocking.
 */
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
	/* A client that never pauses never lets the wait below time out. */
	if (clock_now() >= io->limit)
		return leave_open(io, SERVER_IO_OVERDUE);
	if (io->start > 0) {
		memmove(io->input, io->input + io->start, io->end - io->start);
		io->end -= io->start;
		io->start = 0;
	}
	do {
		/* What was deferred to get a reply out counts here. */
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

/* Discards the rest of a line that is too long. */
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
