/*
 * Reads a line with a secret and checks it. What comes after the line is read,
 * but not kept.
 */
#include "profile/secret_line.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "base/wait.h"

/* Finds the first line, without its end. Gives its fault, or NULL. */
static const char *
find_fault(struct span data, size_t max, struct span *line)
{
	*line = span_head(data, span_find(data, '\n'));
	if (line->len > 0 && line->at[line->len - 1] == '\r')
		line->len--;
	if (line->len == 0)
		return "its first line is empty";
	if (line->len > max)
		return max == TOKEN_MAX ? "it is longer than 16384 octets"
					: "it is longer than 4096 octets";
	if (span_find(*line, '\0') < line->len)
		return "there is a NUL in it";
	if (span_find(*line, '\r') < line->len)
		return "there is a carriage return in it";
	return NULL;
}

bool
secret_line_take(struct buf *secret, struct span data, const char *what,
    const char *source, enum error_kind kind, struct error *err)
{
	struct span line;
	const char *why = find_fault(data, SECRET_MAX, &line);

	if (why != NULL)
		return error_set(err, kind, "cannot use the %s from %s: %s",
		    what, source, why);
	buf_init_secret(secret, SECRET_MAX);
	return buf_add_span(secret, line);
}

bool
secret_line_take_token(
    struct buf *secret, struct span data, const char *source, struct error *err)
{
	struct span line;
	const char *why = find_fault(data, TOKEN_MAX, &line);

	if (why == NULL &&
	    (span_has_control(line) || !span_is_ascii(line) ||
		span_find(line, ' ') < line.len))
		why = "it has a character not allowed in a token";
	if (why != NULL)
		return error_set(err, ERROR_TEMPORARY,
		    "cannot use the token from %s: %s", source, why);
	buf_init_secret(secret, TOKEN_MAX);
	return buf_add_span(secret, line);
}

static bool
refuse_read(struct error *err, enum error_kind kind, const char *what,
    const char *source, const char *why)
{
	return error_set(
	    err, kind, "cannot read the %s from %s: %s", what, source, why);
}

static bool
wait_to_read(int fd, const char *what, const char *source, int64_t deadline,
    struct error *err)
{
	struct pollfd poll = {.fd = fd, .events = POLLIN};

	switch (wait_for(&poll, 1, deadline)) {
	case WAIT_READY:
		if (poll.revents & POLLNVAL)
			return refuse_read(
			    err, ERROR_CONFIG, what, source, strerror(EBADF));
		return true;
	case WAIT_TIMEOUT:
		return refuse_read(
		    err, ERROR_TEMPORARY, what, source, "it took too long");
	case WAIT_INTERRUPTED:
		return refuse_read(err, ERROR_TEMPORARY, what, source,
		    "a signal interrupted it");
	case WAIT_FAILED:
		break;
	}
	return refuse_read(err, ERROR_TEMPORARY, what, source, strerror(errno));
}

bool
secret_line_add_data(struct buf *data, int fd, const char *what,
    const char *source, int64_t deadline, struct error *err)
{
	char block[512];
	bool done = false, failed = false;

	while (!done && !failed) {
		ssize_t got;

		failed = !wait_to_read(fd, what, source, deadline, err);
		if (failed)
			break;
		got = read(fd, block, sizeof(block));
		if (got < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (got < 0)
			failed = !refuse_read(err,
			    errno == EBADF || errno == EISDIR ? ERROR_CONFIG
							      : ERROR_TEMPORARY,
			    what, source, strerror(errno));
		else if (got > 0 && !buf_add(data, block, (size_t)got))
			failed = !refuse_read(err, ERROR_CONFIG, what, source,
			    "the line is too long");
		else
			done = got == 0 ||
			    memchr(block, '\n', (size_t)got) != NULL;
	}
	mem_wipe(block, sizeof(block));
	return done;
}

bool
secret_line_read(struct buf *secret, int fd, const char *source,
    int64_t deadline, struct error *err)
{
	struct buf data = {.max = SECRET_READ_MAX};
	bool done = secret_line_add_data(
			&data, fd, "password", source, deadline, err) &&
	    secret_line_take(secret, buf_span(&data), "password", source,
		data.len == 0 ? ERROR_TEMPORARY : ERROR_CONFIG, err);

	buf_wipe(&data);
	return done;
}

bool
secret_line_take_file(struct buf *secret, int fd, const char *what,
    const char *path, struct error *err)
{
	struct buf data = {.max = SECRET_READ_MAX};
	char *shown = utf8_masked(span_from(path));
	bool done = file_read(fd, path, &data, ERROR_TEMPORARY, err);

	if (!done && data.full)
		err->kind = ERROR_CONFIG; /* a retry cannot help */
	done = done &&
	    secret_line_take(
		secret, buf_span(&data), what, shown, ERROR_CONFIG, err);
	buf_wipe(&data);
	free(shown);
	return done;
}
