/*
 * Tests of message.c: messages of every length whose last line has no end. At
 * no length may an octet be lost or added, or the program wait for one. (Some
 * other client hangs at multiples of its buffer size.)
 */
#include "rows.h"

#include "message/feed.h"
#include "message/replay.h"

#define LONGEST ((size_t)70000)

static const struct span begin = SPAN("a: b\n\n");

/* The content of the body. */
struct pattern {
	const char *name;
	size_t line; /* its lines: a dot, other octets, LF; 0: one line */
};

static const struct pattern patterns[] = {{"a line", 0}, {"lines", 71}};

struct wanted {
	struct buf input, wire;
	size_t at;
};

static void
add_octet(struct wanted *wanted, const struct pattern *pattern, size_t i)
{
	size_t column = pattern->line == 0 ? i + 1 : i % pattern->line;
	bool is_end = pattern->line != 0 && column == pattern->line - 1;

	buf_add_char(&wanted->input, is_end ? '\n' : column == 0 ? '.' : 'z');
	buf_add_text(&wanted->wire, is_end ? "\r\n" : column == 0 ? ".." : "z");
}

static bool
compare(void *context, const char *data, size_t len)
{
	struct wanted *wanted = context;
	struct span rest = span_skip(buf_span(&wanted->wire), wanted->at);

	wanted->at += len;
	return rest.len >= len && memcmp(rest.at, data, len) == 0;
}

static void
check(struct wanted *wanted, int fd)
{
	const struct message_options options = {0};
	const struct message_sink sink = {compare, wanted};
	struct error err = {0};
	struct message *message = message_read(fd, "input", &options, &err);

	assert_non_null(message);
	wanted->at = 0;
	assert_int_equal(
	    replay_message(message, NULL, REPLAY_STUFFED, &sink), REPLAY_DONE);
	assert_int_equal(wanted->at, wanted->wire.len);
	message_free(message);
}

/* A pipe with all of the data, its other end closed; -1: it does not fit. */
static int
fill_pipe(struct span data)
{
	int ends[2];
	ssize_t n;

	assert_int_equal(pipe(ends), 0);
#ifdef F_SETPIPE_SZ
	fcntl(ends[1], F_SETPIPE_SZ, 128 * 1024);
#endif
	assert_int_equal(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
	n = write(ends[1], data.at, data.len);
	close(ends[1]);
	if (n == (ssize_t)data.len)
		return ends[0];
	close(ends[0]);
	return -1;
}

static void
check_feeds(struct wanted *wanted, int file)
{
	struct span input = buf_span(&wanted->input);
	size_t ended = wanted->wire.len;
	int fd = fill_pipe(input);

	if (input.len > begin.len && input.at[input.len - 1] != '\n')
		buf_add_text(&wanted->wire, "\r\n");
	assert_int_equal(lseek(file, 0, SEEK_SET), 0);
	check(wanted, file);
	if (fd >= 0) {
		check(wanted, fd);
		close(fd);
	}
	wanted->wire.len = ended;
}

static void
test_lengths(void **state)
{
	const struct pattern *pattern = *state;
	struct wanted wanted = {0};
	const char *step_text = getenv("LENGTH_STEP"); /* for slow machines */
	size_t step = step_text != NULL ? strtoul(step_text, NULL, 10) : 1;
	int file = feed_file(begin);

	assert_true(step > 0);
	buf_init(&wanted.input, 2 * LONGEST);
	buf_init(&wanted.wire, 2 * LONGEST);
	buf_add_span(&wanted.input, begin);
	buf_add_text(&wanted.wire, "a: b\r\n\r\n");
	for (size_t len = 0; len <= LONGEST; len++) {
		if (len % step == 0)
			check_feeds(&wanted, file);
		add_octet(&wanted, pattern, len);
		assert_int_equal(
		    lseek(file, 0, SEEK_END), (off_t)(begin.len + len));
		feed_write(
		    file, span_skip(buf_span(&wanted.input), begin.len + len));
	}
	close(file);
	buf_free(&wanted.input);
	buf_free(&wanted.wire);
}

int
main(void)
{
	return rows_run("length", patterns, ROWS(patterns), test_lengths);
}
