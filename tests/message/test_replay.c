#include "rows.h"

#include "message/feed.h"
#include "message/message_oracle.h"

/* No bare CR or LF; the last line has an end; stuffed, no line is one dot. */
static void
assert_safe(struct span wire, bool is_stuffed)
{
	size_t line = 0;

	for (size_t i = 0; i < wire.len; i++) {
		if (wire.at[i] == '\r')
			assert_true(i + 1 < wire.len && wire.at[i + 1] == '\n');
		if (wire.at[i] != '\n')
			continue;
		assert_true(i > 0 && wire.at[i - 1] == '\r');
		if (is_stuffed && wire.at[line] == '.')
			assert_int_equal(wire.at[line + 1], '.');
		line = i + 1;
	}
	assert_int_equal(line, wire.len);
}

static void
check_form(const struct message *message, struct span input, bool dot_ends,
    enum replay_form form)
{
	bool is_stuffed = form == REPLAY_STUFFED;
	struct buf expected = oracle_wire(input, dot_ends, is_stuffed);
	struct gather gather = {0};

	assert_int_equal(
	    gather_replay(&gather, message, NULL, form), REPLAY_DONE);
	assert_octets(buf_span(&gather.octets), buf_span(&expected), input);
	assert_safe(buf_span(&gather.octets), is_stuffed);
	assert_true(gather.largest <= 64 * 1024);
	if (!is_stuffed)
		assert_int_equal(replay_size(message, NULL), gather.octets.len);
	buf_free(&gather.octets);
	buf_free(&expected);
}

/* Each form twice, because a replay must not change the message. */
static void
check_wire(int fd, struct span input, bool dot_ends)
{
	const struct message_options options = {.dot_ends = dot_ends};
	struct error err = {0};
	struct message *message = message_read(fd, "input", &options, &err);

	assert_non_null(message);
	for (int i = 0; i < 2; i++) {
		check_form(message, input, dot_ends, REPLAY_PLAIN);
		check_form(message, input, dot_ends, REPLAY_STUFFED);
	}
	message_free(message);
	close(fd);
}

/* Every text over an alphabet, up to a length, behind a beginning. */
struct every_row {
	const char *name;
	struct span alphabet, beginning;
	size_t longest;
	bool dot_ends;
};

static const struct every_row every_rows[] = {
    {"body alone", SPAN("a.\r\n"), SPAN(""), 7, false},
    {"body", SPAN("a.\r\n"), SPAN("a:\r\n\r\n"), 6, false},
    {"body, dot ends", SPAN("a.\r\n"), SPAN("a:\n\n"), 6, true},
    {"header", SPAN("a:. \r\n"), SPAN(""), 5, false},
    {"header, dot ends", SPAN("a:. \r\n"), SPAN("a:\n"), 4, true},
    {"after a mailbox line", SPAN("a: \r\n"), SPAN("From "), 5, false},
};

static void
test_every(void **state)
{
	const struct every_row *row = *state;
	char text[32];
	size_t begin = row->beginning.len;

	memcpy(text, row->beginning.at, begin);
	for (size_t len = 0; len <= row->longest; len++) {
		unsigned long count = 1;

		for (size_t i = 0; i < len; i++)
			count *= row->alphabet.len;
		for (unsigned long n = 0; begin + len > 0 && n < count; n++) {
			unsigned long left = n;
			struct span input = {text, begin + len};

			for (size_t i = 0; i < len; i++) {
				text[begin + i] =
				    row->alphabet.at[left % row->alphabet.len];
				left /= row->alphabet.len;
			}
			check_wire(feed_pipe(input), input, row->dot_ends);
			check_wire(feed_file(input), input, row->dot_ends);
		}
	}
}

/* Octets that some server takes for the end of the content. */
static const struct span tricks[] = {SPAN("\n.\n"), SPAN("\n.\r"),
    SPAN("\r.\n"), SPAN("\r.\r"), SPAN("\n.\r\n"), SPAN("\r.\r\n"),
    SPAN("\r\n.\r\r\n"), SPAN("\r\r\n.\r\r\n"), SPAN("\r\n.\n"),
    SPAN("\r\n.\r"), SPAN("\r\n.\r\n"), SPAN("\r\n..\r\n"), SPAN("\n\r.\n\r"),
    SPAN("\n"), SPAN("\r"), SPAN("\r\n"), SPAN(".")};

#define TRICKS (sizeof(tricks) / sizeof(tricks[0]))

static void
test_tricks_in_packets(void **state)
{
	(void)state;
	for (size_t i = 0; i < TRICKS; i++) {
		struct buf input = {0};
		struct span all;

		buf_add_text(&input, "a: b\n\nx");
		buf_add_span(&input, tricks[i]);
		buf_add_text(&input, "MAIL FROM:<a@b>");
		all = buf_span(&input);
		for (size_t cut = 0; cut <= all.len; cut++)
			check_wire(feed_packets(all, cut, 0), all, false);
		check_wire(feed_packets(all, 1, 1), all, false);
		buf_free(&input);
	}
}

/* Adds lines until the text has `len` octets. */
static void
fill(struct buf *text, size_t len)
{
	while (text->len < len)
		buf_add_char(text, text->len % 71 == 70 ? '\n' : 'x');
}

static void
check_all_ways(struct span input)
{
	pid_t child;
	int fd = feed_child(input, &child);

	check_wire(fd, input, false);
	assert_int_equal(feed_child_status(child), 0);
	check_wire(feed_file(input), input, false);
}

/* Each trick across the boundary of two blocks, cut at each of its octets. */
static void
test_tricks_at_borders(void **state)
{
	static const size_t borders[] = {65536, 262144};

	(void)state;
	for (size_t b = 0; b < sizeof(borders) / sizeof(borders[0]); b++)
		for (size_t i = 0; i < TRICKS; i++)
			for (size_t before = 0; before <= tricks[i].len;
			     before++) {
				struct buf input;

				/* alternately from the body's beginning */
				buf_init(&input, 1 << 20);
				if (before % 2 == 0)
					buf_add_char(&input, '\n');
				fill(&input, input.len + borders[b] - before);
				buf_add_span(&input, tricks[i]);
				if (i % 2 == 0)
					fill(&input, input.len + 100);
				check_all_ways(buf_span(&input));
				buf_free(&input);
			}
}

static const size_t lengths[] = {65535, 65536, 65537, 131071, 131072, 131073,
    262143, 262144, 262145, 327681, 700000};

static unsigned long
next_random(unsigned long *seed)
{
	*seed = (*seed * 1103515245 + 12345) & 0x7fffffff;
	return *seed >> 8;
}

/* Random texts of short and long lines; one alphabet has no CR. */
static void
test_random(void **state)
{
	static const char *const alphabets[] = {
	    "abcd.\r\n", "abcdefghijkl \r\n:", "abcdefgh....\n"};
	unsigned long seed = 20261122;

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
		for (size_t a = 0; a < 3; a++) {
			size_t room = strlen(alphabets[a]);
			struct buf input;

			buf_init(&input, 1 << 20);
			while (input.len < lengths[i])
				buf_add_char(&input,
				    alphabets[a][next_random(&seed) % room]);
			check_all_ways(buf_span(&input));
			buf_free(&input);
		}
}

/* Texts that need no change: one without a line end, one of CRLF lines. */
static void
test_clean(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
		for (int kind = 0; kind < 2; kind++) {
			struct buf input;

			buf_init(&input, 1 << 20);
			buf_add_text(&input, "\r\n");
			while (input.len < lengths[i])
				buf_add_text(&input,
				    kind == 0 ? "x" : "a clean line\r\n");
			check_all_ways(buf_span(&input));
			buf_free(&input);
		}
}

/* The edits of a plan, in both forms. */
static void
test_plan(void **state)
{
	struct span input = SPAN("a: 1\n.b: 2\nc: 3\n\n.d\n");
	struct plan_edit drops[] = {
	    {.from = 0, .to = 6}, {.from = 13, .to = 19}};
	struct plan plan = {.header = {drops, 2}};
	const struct message_options options = {0};
	struct error err = {0};
	struct gather gather = {0};
	struct message *message;
	int fd = feed_file(input);

	(void)state;
	message = message_read(fd, "input", &options, &err);
	assert_non_null(message);
	buf_add_text(&plan.added, ".new: 1\r\n");
	assert_int_equal(
	    gather_replay(&gather, message, &plan, REPLAY_PLAIN), REPLAY_DONE);
	assert_string_equal(
	    buf_text(&gather.octets), ".new: 1\r\n.b: 2\r\n\r\n.d\r\n");
	assert_int_equal(replay_size(message, &plan), gather.octets.len);
	buf_free(&gather.octets);
	assert_int_equal(gather_replay(&gather, message, &plan, REPLAY_STUFFED),
	    REPLAY_DONE);
	assert_string_equal(
	    buf_text(&gather.octets), "..new: 1\r\n..b: 2\r\n\r\n..d\r\n");
	buf_free(&gather.octets);
	buf_free(&plan.added);
	message_free(message);
	close(fd);
}

/* A sink that returned false is not called again. */
static void
test_sink_ends(void **state)
{
	const struct message_options options = {0};
	struct error err = {0};
	struct message *message;
	struct buf input;
	int fd;

	(void)state;
	buf_init(&input, 1 << 20);
	fill(&input, 300000);
	fd = feed_file(buf_span(&input));
	message = message_read(fd, "input", &options, &err);
	assert_non_null(message);
	for (size_t most = 1; most < 400000; most += 50000) {
		struct gather gather = {.most = most};
		size_t calls;

		assert_int_equal(
		    gather_replay(&gather, message, NULL, REPLAY_STUFFED),
		    most > 305000 ? REPLAY_DONE : REPLAY_SINK_ENDED);
		calls = gather.octets.len / (64 * 1024 / 4) + 2;
		assert_true(gather.calls <= calls);
		buf_free(&gather.octets);
	}
	buf_free(&input);
	message_free(message);
	close(fd);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "every", every_rows, ROWS(every_rows), test_every);
	rows_add_one(&all, "tricks in packets", test_tricks_in_packets);
	rows_add_one(&all, "tricks at borders", test_tricks_at_borders);
	rows_add_one(&all, "random", test_random);
	rows_add_one(&all, "clean", test_clean);
	rows_add_one(&all, "plan", test_plan);
	rows_add_one(&all, "sink ends", test_sink_ends);
	return rows_end(&all);
}
