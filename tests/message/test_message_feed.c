/*
 * Tests of message.c: a message that is fed in pieces is the same as one that
 * is read from a pipe.
 */
#include "rows.h"

#include <sys/stat.h>

#include "base/buf.h"
#include "fixup/fixup.h"
#include "message/message.h"
#include "message/replay.h"

struct feed_row {
	const char *name, *input;
};

static const struct feed_row feeds[] = {
    {"a message", "Subject: x\r\n\r\nHello.\r\n"},
    {"LF", "Subject: x\n\nHello.\n"},
    {"a header alone", "Subject: x\r\n"},
    {"a header without its end", "Subject: x"},
    {"a body alone", "Hello there\r\n\r\nagain\r\n"},
    {"a body without its end", "Subject: x\r\n\r\nHello"},
    {"only an empty line", "\r\n"},
    {"folded", "Subject: x\r\n y\r\nTo: z\r\n\r\n\r\n\r\n"},
    {"a line of a mailbox file", "From me\r\nSubject: x\r\n\r\na\r\n"},
    {"dots", "a: b\r\n\r\n.\r\n..\r\n.a\r\n"},
    {"bare CR", "a: b\rc: d\r\rx\ry"},
    {"eight bits", "a: b\n\n\xc3\xa4\n"},
};

static bool
add(void *context, const char *data, size_t len)
{
	return buf_add(context, data, len);
}

static void
replay(const struct message *message, struct buf *out)
{
	struct message_sink sink = {add, out};

	assert_int_equal(
	    replay_message(message, NULL, REPLAY_STUFFED, &sink), REPLAY_DONE);
}

static struct message *
read_by_pipe(const char *input)
{
	struct message_options options = {0};
	struct message *message;
	struct error err = {0};
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	assert_true(write(fds[1], input, strlen(input)) >= 0);
	close(fds[1]);
	message = message_read(fds[0], "pipe", &options, &err);
	assert_non_null(message);
	close(fds[0]);
	return message;
}

static struct message *
read_by_feed(struct span input, size_t cut)
{
	struct message_feed *feed = message_feed_new(HEADER_BY_FORM, 0);
	struct message *message;
	struct error err = {0};

	while (input.len > 0) {
		assert_true(
		    message_feed_add(feed, span_head(input, cut), &err));
		input = span_skip(input, cut);
	}
	message = message_feed_end(feed, &err);
	assert_non_null(message);
	message_feed_free(feed);
	return message;
}

static void
assert_same(const struct message *a, const struct message *b)
{
	const struct message_facts *one = message_facts(a);
	const struct message_facts *other = message_facts(b);
	struct buf wire_a = {0}, wire_b = {0};

	assert_true(one->body_size == other->body_size);
	assert_int_equal(one->has_long_line, other->has_long_line);
	assert_int_equal(one->has_eight_bit, other->has_eight_bit);
	assert_int_equal(one->body_has_bare_cr, other->body_has_bare_cr);
	replay(a, &wire_a);
	replay(b, &wire_b);
	assert_string_equal(buf_text(&wire_a), buf_text(&wire_b));
	assert_true(replay_size(a, NULL) == replay_size(b, NULL));
	buf_free(&wire_a);
	buf_free(&wire_b);
}

/* In pieces of any length the result is that of message_read. */
static void
test_feed(void **state)
{
	const struct feed_row *row = *state;
	struct message *whole = read_by_pipe(row->input);
	struct span input = span_from(row->input);

	for (size_t cut = 1; cut <= input.len; cut++) {
		struct message *fed = read_by_feed(input, cut);

		assert_same(whole, fed);
		message_free(fed);
	}
	message_free(whole);
}

static void
test_empty(void **state)
{
	struct message *message = read_by_feed(SPAN(""), 1);

	(void)state;
	assert_int_equal(message_header(message).len, 0);
	assert_true(message_facts(message)->body_size == 0);
	message_free(message);
}

static void
test_long(void **state)
{
	struct message_feed *feed = message_feed_new(HEADER_BY_FORM, 0);
	static const char line[] = "0123456789012345678901234567890\r\n";
	struct message *message;
	struct error err = {0};

	(void)state;
	assert_true(message_feed_add(feed, SPAN("a: b\r\n\r\n"), &err));
	for (int i = 0; i < 50000; i++)
		assert_true(message_feed_add(
		    feed, (struct span){line, sizeof(line) - 1}, &err));
	message = message_feed_end(feed, &err);
	assert_non_null(message);
	assert_true(
	    message_facts(message)->body_size == 50000 * (sizeof(line) - 1));
	message_free(message);
	message_feed_free(feed);
}

static void
test_too_long_header(void **state)
{
	struct message_feed *feed = message_feed_new(HEADER_BY_FORM, 0);
	struct error err = {0};
	bool goes_on = true;

	(void)state;
	for (size_t i = 0; i < 2 * HEADER_MAX / 4096 && goes_on; i++) {
		char field[4096];

		memset(field, 'x', sizeof(field));
		memcpy(field, "a: ", 3);
		memcpy(field + sizeof(field) - 2, "\r\n", 2);
		goes_on = message_feed_add(
		    feed, (struct span){field, sizeof(field)}, &err);
	}
	assert_false(goes_on);
	assert_int_equal(err.kind, ERROR_DATA);
	message_feed_free(feed);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "feed", feeds, ROWS(feeds), test_feed);
	rows_add_one(&all, "empty", test_empty);
	rows_add_one(&all, "long", test_long);
	rows_add_one(&all, "a header that is too long", test_too_long_header);
	return rows_end(&all);
}
