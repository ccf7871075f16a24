#include "rows.h"

#include "message/feed.h"
#include "message/replay.h"

struct read_row {
	const char *name;
	struct span input;
	struct span header;
	struct span plain; /* behind the header and the empty line */
};

static const struct read_row read_rows[] = {
    {"both", SPAN("a: b\nc: d\n\nbody\n"), SPAN("a: b\r\nc: d\r\n"),
	SPAN("body\r\n")},
    {"CRLF", SPAN("a: b\r\n\r\nbody\r\n"), SPAN("a: b\r\n"), SPAN("body\r\n")},
    {"CR", SPAN("a: b\rc: d\r\rbody\r"), SPAN("a: b\r\nc: d\r\n"),
	SPAN("body\r\n")},
    {"mixed ends", SPAN("a: b\r\nc: d\ne: f\r\r\nx\ry\n"),
	SPAN("a: b\r\nc: d\r\ne: f\r\n"), SPAN("x\r\ny\r\n")},
    {"LF CR in the body are two", SPAN("a: b\n\nbody\n\rx"), SPAN("a: b\r\n"),
	SPAN("body\r\n\r\nx\r\n")},
    {"LF CR in the header folds", SPAN("a: b\n\rc\n\n\rx"),
	SPAN("a: b\r\n c\r\n"), SPAN("\r\nx\r\n")},
    {"CR CR LF", SPAN("a: b\r\r\nc: d\r\r\n\r\r\nx\r\r\n\r\r\r\ny\r\r\n"),
	SPAN("a: b\r\nc: d\r\n"), SPAN("x\r\n\r\ny\r\n")},
    {"CR CR LF after a field without an end", SPAN("a: b\nc: d\r\r"),
	SPAN("a: b\r\nc: d\r\n"), SPAN("")},
    {"CR CR in the body", SPAN("a: b\n\nx\r\ry\r\r"), SPAN("a: b\r\n"),
	SPAN("x\r\n\r\ny\r\n\r\n")},
    {"CR within a field", SPAN("a: b\rc: d\n\nx\n"), SPAN("a: b c: d\r\n"),
	SPAN("x\r\n")},
    {"CR before a field", SPAN("a: b\n\rc: d\n\nx\n"),
	SPAN("a: b\r\n c: d\r\n"), SPAN("x\r\n")},
    {"CR before the first field", SPAN("\ra: b\n\nx\n"), SPAN(""),
	SPAN("\r\na: b\r\n\r\nx\r\n")},
    {"CR before the colon", SPAN("a\r: b\n\nx\n"), SPAN("a: b\r\n"),
	SPAN("x\r\n")},
    {"CR in the mailbox line", SPAN("From a\rb: c\nd: e\n\nx\n"),
	SPAN("d: e\r\n"), SPAN("x\r\n")},
    {"CR, and LF at the very end", SPAN("a: b\rc: d\r\rbody\n"),
	SPAN("a: b c: d  body\r\n"), SPAN("")},
    {"header alone", SPAN("a: b\n"), SPAN("a: b\r\n"), SPAN("")},
    {"header alone, no end", SPAN("a: b"), SPAN("a: b\r\n"), SPAN("")},
    {"header alone, CR", SPAN("a: b\r"), SPAN("a: b\r\n"), SPAN("")},
    {"header and empty line", SPAN("a: b\n\n"), SPAN("a: b\r\n"), SPAN("")},
    {"name alone, no end", SPAN("Subject"), SPAN(""), SPAN("Subject\r\n")},
    {"only CRLF", SPAN("\r\n"), SPAN(""), SPAN("")},
    {"only LF LF", SPAN("\n\n"), SPAN(""), SPAN("\r\n")},
    {"only CR", SPAN("\r"), SPAN(""), SPAN("")},
    {"no header", SPAN("\nbody"), SPAN(""), SPAN("body\r\n")},
    {"body at once", SPAN("hello you\nx: y\n"), SPAN(""),
	SPAN("hello you\r\nx: y\r\n")},
    {"body without an empty line", SPAN("a: b\nhello you\nc: d\n"),
	SPAN("a: b\r\n"), SPAN("hello you\r\nc: d\r\n")},
    {"body that begins with a colon", SPAN("a: b\n: c\n"), SPAN("a: b\r\n"),
	SPAN(": c\r\n")},
    {"8-bit line is body", SPAN("a: b\n\303\244: c\n"), SPAN("a: b\r\n"),
	SPAN("\303\244: c\r\n")},
    {"continued", SPAN("a: b\n c\n\td\ne: f\n"),
	SPAN("a: b\r\n c\r\n\td\r\ne: f\r\n"), SPAN("")},
    {"a line of blanks continues", SPAN("a: b\n  \nc: d\n\nx\n"),
	SPAN("a: b\r\n  \r\nc: d\r\n"), SPAN("x\r\n")},
    {"continuation without a field", SPAN(" a: b\nc: d\n"), SPAN(""),
	SPAN(" a: b\r\nc: d\r\n")},
    {"blank before the colon", SPAN("Bcc : x\n\n"), SPAN("Bcc: x\r\n"),
	SPAN("")},
    {"blanks before colons", SPAN("a:b\nc \t:d : e\n f : g\n\n"),
	SPAN("a:b\r\nc:d : e\r\n f : g\r\n"), SPAN("")},
    {"blank before the colon, signed", SPAN("a : b\nDKIM-Signature: v=1\n\n"),
	SPAN("a : b\r\nDKIM-Signature: v=1\r\n"), SPAN("")},
    {"mailbox line", SPAN("From a@x Sun Nov 22 00:00:00 2026\na: b\n\nc\n"),
	SPAN("a: b\r\n"), SPAN("c\r\n")},
    {"mailbox line alone", SPAN("From a@x"), SPAN(""), SPAN("")},
    {"mailbox line, short", SPAN("From \r\na: b\n"), SPAN("a: b\r\n"),
	SPAN("")},
    {"second mailbox line is body", SPAN("From a\nFrom b\nc: d\n"), SPAN(""),
	SPAN("From b\r\nc: d\r\n")},
    {"mailbox line, then a continuation", SPAN("From a\n b\n"), SPAN(""),
	SPAN(" b\r\n")},
    {"From with a blank is a field", SPAN("From : a@x\n\n"),
	SPAN("From: a@x\r\n"), SPAN("")},
    {"quoted mailbox line", SPAN(">From a b\nc: d\n"), SPAN("c: d\r\n"),
	SPAN("")},
    {"quoted mailbox line later is body", SPAN("a: b\n>From a b\nc: d\n"),
	SPAN("a: b\r\n"), SPAN(">From a b\r\nc: d\r\n")},
    {"mailbox line quoted twice is body", SPAN(">>From a b\n"), SPAN(""),
	SPAN(">>From a b\r\n")},
    {"From line in the body", SPAN("a: b\n\nFrom x\n"), SPAN("a: b\r\n"),
	SPAN("From x\r\n")},
    {"byte order mark", SPAN("\357\273\277Bcc: b@x\n\nx\n"),
	SPAN("Bcc: b@x\r\n"), SPAN("x\r\n")},
    {"byte order mark, mailbox line", SPAN("\357\273\277From a\nb: c\n"),
	SPAN("b: c\r\n"), SPAN("")},
    {"byte order mark after the mailbox line",
	SPAN("From a\n\357\273\277b: c\n"), SPAN("b: c\r\n"), SPAN("")},
    {"byte order mark, no header", SPAN("\357\273\277\r\nb: c\n"), SPAN(""),
	SPAN("b: c\r\n")},
    {"byte order mark of a text", SPAN("\357\273\277hey\nb: c\n"), SPAN(""),
	SPAN("\357\273\277hey\r\nb: c\r\n")},
    {"byte order mark, then a blank", SPAN("\357\273\277 b: c\n"), SPAN(""),
	SPAN("\357\273\277 b: c\r\n")},
    {"two byte order marks", SPAN("\357\273\277\357\273\277b: c\n"), SPAN(""),
	SPAN("\357\273\277\357\273\277b: c\r\n")},
    {"byte order mark later", SPAN("a: b\n\357\273\277c: d\n"),
	SPAN("a: b\r\n"), SPAN("\357\273\277c: d\r\n")},
    {"part of a byte order mark", SPAN("\357\273b: c\n"), SPAN(""),
	SPAN("\357\273b: c\r\n")},
    {"dot stays", SPAN("a: b\n\nx\n.\ny\n"), SPAN("a: b\r\n"),
	SPAN("x\r\n.\r\ny\r\n")},
    {"dot in the header is body", SPAN("a: b\n.\nc: d\n"), SPAN("a: b\r\n"),
	SPAN(".\r\nc: d\r\n")},
};

static const struct read_row dot_rows[] = {
    {"dot ends", SPAN("a: b\n\nx\n.\ny\n"), SPAN("a: b\r\n"), SPAN("x\r\n")},
    {"dot CRLF ends", SPAN("a: b\n\nx\r\n.\r\ny\n"), SPAN("a: b\r\n"),
	SPAN("x\r\n")},
    {"dot CR ends", SPAN("a: b\n\nx\r.\ry\n"), SPAN("a: b\r\n"), SPAN("x\r\n")},
    {"dot at the end ends", SPAN("a: b\n\nx\n."), SPAN("a: b\r\n"),
	SPAN("x\r\n")},
    {"dot ends in the header", SPAN("a: b\n.\nc: d\n"), SPAN("a: b\r\n"),
	SPAN("")},
    {"dot ends at the header's end", SPAN("a: b\n."), SPAN("a: b\r\n"),
	SPAN("")},
    {"dot ends at once", SPAN(".\na: b\n"), SPAN(""), SPAN("")},
    {"dot ends an empty body", SPAN("a: b\n\n.\nc\n"), SPAN("a: b\r\n"),
	SPAN("")},
    {"dot ends after the mailbox line", SPAN("From x\n.\nc\n"), SPAN(""),
	SPAN("")},
    {"dot ends after a body line", SPAN("hello you\n.\nc\n"), SPAN(""),
	SPAN("hello you\r\n")},
    {"two dots do not end", SPAN("a: b\n\n..\n .\n. \n"), SPAN("a: b\r\n"),
	SPAN("..\r\n .\r\n. \r\n")},
    {"dot with a blank in the header is body", SPAN("a: b\n. \nx\n"),
	SPAN("a: b\r\n"), SPAN(". \r\nx\r\n")},
    {"NUL after the dot is dropped", SPAN("a: b\n\nx\n.\n\0\n"),
	SPAN("a: b\r\n"), SPAN("x\r\n")},
};

/* With HEADER_BY_NAME: whether there is a known field decides. */
static const struct read_row name_rows[] = {
    {"known", SPAN("Foo: b\nsubject: x\n\nx\n"),
	SPAN("Foo: b\r\nsubject: x\r\n"), SPAN("x\r\n")},
    {"unknown", SPAN("ERROR: disk full\n"), SPAN(""),
	SPAN("ERROR: disk full\r\n")},
    {"unknown, no end", SPAN("ERROR: disk full"), SPAN(""),
	SPAN("ERROR: disk full\r\n")},
    {"unknown, with an empty line", SPAN("make: x\n y\n\nmore\n"), SPAN(""),
	SPAN("make: x\r\n y\r\n\r\nmore\r\n")},
    {"unknown, without an empty line", SPAN("make: x\nmore\n"), SPAN(""),
	SPAN("make: x\r\nmore\r\n")},
    {"unknown, unchanged", SPAN("a : b\rc\r\r\nd\n"), SPAN(""),
	SPAN("a : b\r\nc\r\nd\r\n")},
    {"unknown, CR alone", SPAN("a: b\rc: d\r\re\r"), SPAN(""),
	SPAN("a: b\r\nc: d\r\n\r\ne\r\n")},
    {"unknown after a mark", SPAN("\357\273\277a: b\n"), SPAN(""),
	SPAN("\357\273\277a: b\r\n")},
    {"unknown after a mailbox line",
	SPAN("From a Mon Jan  5 10:00:00 2026\nb: c\n\nd\n"), SPAN(""),
	SPAN("b: c\r\n\r\nd\r\n")},
    {"text that begins like a mailbox line",
	SPAN("From https://host/x\n * branch -> x\n"), SPAN(""),
	SPAN("From https://host/x\r\n * branch -> x\r\n")},
    {"mailbox line, no header", SPAN("From a 10:00\n\nx\n"), SPAN(""),
	SPAN("x\r\n")},
    {"value that does not fit", SPAN("From: /dev/sda to /dev/sdb\n"), SPAN(""),
	SPAN("From: /dev/sda to /dev/sdb\r\n")},
    {"no header", SPAN("\na: b\n"), SPAN(""), SPAN("a: b\r\n")},
    {"dot in a text", SPAN("a: b\n.\nc\n"), SPAN(""),
	SPAN("a: b\r\n.\r\nc\r\n")},
};

struct unclear_row {
	const char *name;
	enum header_rule rule;
	struct span input;
	const char *text;
};

#define DOUBTFUL "cannot tell whether the message begins with a header: it "
#define MISSING "cannot take recipients from the message: "
#define NONE_FITS                                                   \
	"no field of its header has a known name and a value that " \
	"fits it"

static const struct unclear_row unclear_rows[] = {
    {"To", HEADER_BY_NAME, SPAN("a: b\nTo: be or not to be\n"),
	DOUBTFUL "names To,"},
    {"Bcc", HEADER_BY_NAME, SPAN("bcc : a b c\n\nx\n"), DOUBTFUL "names bcc,"},
    {"Resent", HEADER_BY_NAME, SPAN("Resent-Date: now\n"),
	DOUBTFUL "names Resent-Date,"},
    {"no header", HEADER_REQUIRED, SPAN("hello you\n"),
	MISSING "it has no header"},
    {"empty header", HEADER_REQUIRED, SPAN("\nhello you\n"),
	MISSING "it has no header"},
    {"unknown field", HEADER_REQUIRED, SPAN("make: x\n"), MISSING NONE_FITS},
};

static void
test_unclear(void **state)
{
	const struct unclear_row *row = *state;
	const struct message_options options = {.header = row->rule};

	for (int i = 0; i < 2; i++) {
		struct error err = {0};
		int fd = i == 0 ? feed_pipe(row->input) : feed_file(row->input);

		assert_null(message_read(fd, "input", &options, &err));
		assert_int_equal(err.kind, ERROR_DATA);
		assert_memory_equal(err.text, row->text, strlen(row->text));
		close(fd);
	}
}

static void
check_read(
    const struct read_row *row, const struct message_options *options, int fd)
{
	struct gather gather = {0};
	struct error err = {0};
	struct message *message = message_read(fd, "input", options, &err);
	char rest;

	assert_non_null(message);
	assert_int_equal(read(fd, &rest, 1), 0);
	assert_octets(message_header(message), row->header, row->input);
	assert_int_equal(
	    gather_replay(&gather, message, NULL, REPLAY_PLAIN), REPLAY_DONE);
	assert_octets(span_skip(buf_span(&gather.octets), row->header.len + 2),
	    row->plain, row->input);
	assert_int_equal(replay_size(message, NULL), gather.octets.len);
	assert_int_equal(message_facts(message)->body_size, row->plain.len);
	buf_free(&gather.octets);
	message_free(message);
	close(fd);
}

/* As a file, as a pipe, cut in two anywhere, and octet by octet. */
static void
check_feeds(const struct read_row *row, const struct message_options *options)
{
	struct span gap = SPAN("skipped");
	struct buf shifted = {0};
	int fd;

	for (size_t cut = 0; cut <= row->input.len; cut++)
		check_read(row, options, feed_packets(row->input, cut, 0));
	check_read(row, options, feed_packets(row->input, 1, 1));
	check_read(row, options, feed_pipe(row->input));
	check_read(row, options, feed_file(row->input));

	buf_add_span(&shifted, gap);
	buf_add_span(&shifted, row->input);
	fd = feed_file(buf_span(&shifted));
	lseek(fd, (off_t)gap.len, SEEK_SET);
	check_read(row, options, fd);
	buf_free(&shifted);
}

static void
test_read(void **state)
{
	const struct message_options options = {0};

	check_feeds(*state, &options);
}

static void
test_dot(void **state)
{
	const struct message_options options = {.dot_ends = true};

	check_feeds(*state, &options);
}

static void
test_name(void **state)
{
	const struct message_options options = {.header = HEADER_BY_NAME};

	check_feeds(*state, &options);
}

struct facts_row {
	const char *name;
	bool dot_ends;
	struct span input;
	struct message_facts facts;
};

/*
 * In the order of the struct: size of the body; long line, 8-bit and NUL of
 * all, of the header, of the body; CR and CR CR LF of the body.
 */
static const struct facts_row facts_rows[] = {
    {"clean", false, SPAN("a: b\r\n\r\nbody!\r\n"),
	{7, 0, 0, 0, {0, 0, 0}, {0, 0, 0}, 0, 0}},
    {"LF", false, SPAN("a: b\n\nbody!\n"),
	{7, 0, 0, 0, {0, 0, 0}, {0, 0, 0}, 0, 0}},
    {"LF in the header only", false, SPAN("a: b\n\r\nbo\r\n"),
	{4, 0, 0, 0, {0, 0, 0}, {0, 0, 0}, 0, 0}},
    {"LF in the body only", false, SPAN("a: b\r\n\r\nbo\n"),
	{4, 0, 0, 0, {0, 0, 0}, {0, 0, 0}, 0, 0}},
    {"CR in the header only", false, SPAN("a: b\rc\r\n\r\nbo\r\n"),
	{4, 0, 0, 0, {0, 0, 0}, {0, 0, 0}, 0, 0}},
    {"CR CR LF in the header only", false, SPAN("a: b\r\r\n\r\nbo\r\n"),
	{4, 0, 0, 0, {0, 0, 0}, {0, 0, 0}, 0, 0}},
    {"CR CR LF in the body only", false, SPAN("a: b\r\n\r\nbo\r\r\n"),
	{4, 0, 0, 0, {0, 0, 0}, {0, 0, 0}, 0, 1}},
    {"CR CR in the body", false, SPAN("a: b\r\n\r\nbo\r\rx\r\n"),
	{9, 0, 0, 0, {0, 0, 0}, {0, 0, 0}, 1, 0}},
    {"CR in the body only", false, SPAN("a: b\r\n\r\nbo\rx\r\n"),
	{7, 0, 0, 0, {0, 0, 0}, {0, 0, 0}, 1, 0}},
    {"CR at the end", false, SPAN("a: b\r\n\r\nbo\r"),
	{4, 0, 0, 0, {0, 0, 0}, {0, 0, 0}, 1, 0}},
    {"CR at the header's end", false, SPAN("a: b\r"),
	{0, 0, 0, 0, {0, 0, 0}, {0, 0, 0}, 0, 0}},
    {"no end", false, SPAN("a: b\r\n\r\nbody!"),
	{7, 0, 0, 0, {0, 0, 0}, {0, 0, 0}, 0, 0}},
    {"8-bit body", false, SPAN("a: b\r\n\r\n1234567\200\r\n"),
	{10, 0, 1, 0, {0, 0, 0}, {0, 1, 0}, 0, 0}},
    {"8-bit header", false, SPAN("a: \377\r\n"),
	{0, 0, 1, 0, {0, 1, 0}, {0, 0, 0}, 0, 0}},
    {"8-bit after the dot", true, SPAN("a: b\r\n\r\nx\r\n.\r\n\377\n"),
	{3, 0, 0, 0, {0, 0, 0}, {0, 0, 0}, 0, 0}},
    {"long line in the header", false, SPAN("a: bcdefgh\r\n ijklmnopqrs\r\n"),
	{0, 0, 0, 0, {0, 0, 0}, {0, 0, 0}, 0, 0}},
    {"NUL in the header", false, SPAN("a: b\0\r\n"),
	{0, 0, 0, 1, {0, 0, 1}, {0, 0, 0}, 0, 0}},
    {"NUL in the body", false, SPAN("a: b\r\n\r\n\0"),
	{3, 0, 0, 1, {0, 0, 0}, {0, 0, 1}, 0, 0}},
    {"NUL alone", false, SPAN("\0\r\n"),
	{3, 0, 0, 1, {0, 0, 0}, {0, 0, 1}, 0, 0}},
};

static void
check_section_facts(
    const struct octet_facts *facts, const struct octet_facts *wanted)
{
	assert_int_equal(facts->has_long_line, wanted->has_long_line);
	assert_int_equal(facts->has_eight_bit, wanted->has_eight_bit);
	assert_int_equal(facts->has_nul, wanted->has_nul);
}

static void
check_facts(const struct facts_row *row, int fd)
{
	const struct message_options options = {.dot_ends = row->dot_ends};
	struct error err = {0};
	struct message *message = message_read(fd, "input", &options, &err);
	const struct message_facts *facts;

	assert_non_null(message);
	facts = message_facts(message);
	assert_int_equal(facts->body_size, row->facts.body_size);
	assert_int_equal(facts->has_long_line, row->facts.has_long_line);
	assert_int_equal(facts->has_eight_bit, row->facts.has_eight_bit);
	assert_int_equal(facts->has_nul, row->facts.has_nul);
	check_section_facts(&facts->header, &row->facts.header);
	check_section_facts(&facts->body, &row->facts.body);
	assert_int_equal(facts->body_has_bare_cr, row->facts.body_has_bare_cr);
	assert_int_equal(
	    facts->body_has_extra_cr, row->facts.body_has_extra_cr);
	message_free(message);
	close(fd);
}

static void
test_facts(void **state)
{
	const struct facts_row *row = *state;

	check_facts(row, feed_file(row->input));
	for (size_t cut = 0; cut <= row->input.len; cut++)
		check_facts(row, feed_packets(row->input, cut, 0));
}

struct refused_row {
	const char *name;
	struct span input;
	uint64_t max_size;
	enum error_kind kind; /* ERROR_NONE: it is taken */
	const char *text;
};

#define TOO_LARGE "cannot send the message: it is larger than max-size"

static const struct refused_row refused_rows[] = {
    {"empty", SPAN(""), 0, ERROR_NO_INPUT,
	"cannot send the message: it is empty"},
    {"as large as allowed", SPAN("a: b\n\nxyz\n"), 10, ERROR_NONE, ""},
    {"too large", SPAN("a: b\n\nxyz\n"), 9, ERROR_DATA, TOO_LARGE},
    {"too large in the header", SPAN("a: bcdefghij\n"), 9, ERROR_DATA,
	TOO_LARGE},
    {"too large at once", SPAN("hello world"), 9, ERROR_DATA, TOO_LARGE},
    {"small enough at once", SPAN("hello you"), 9, ERROR_NONE, ""},
};

static void
check_refused(const struct refused_row *row, int fd)
{
	const struct message_options options = {.max_size = row->max_size};
	struct error err = {0};
	struct message *message = message_read(fd, "input", &options, &err);

	assert_int_equal(message != NULL, row->kind == ERROR_NONE);
	assert_int_equal(err.kind, row->kind);
	assert_memory_equal(err.text, row->text, strlen(row->text));
	message_free(message);
	close(fd);
}

static void
test_refused(void **state)
{
	const struct refused_row *row = *state;

	check_refused(row, feed_file(row->input));
	check_refused(row, feed_pipe(row->input));
	for (size_t cut = 0; cut <= row->input.len; cut++)
		check_refused(row, feed_packets(row->input, cut, 0));
}

/* Header sections about as large as is allowed. */
struct bound_row {
	const char *name;
	const char *begin, *unit, *end; /* units until the size is reached */
	size_t size;			/* before the end */
	size_t header;			/* 0: it is refused */
};

#define MAX HEADER_MAX

static const struct bound_row bound_rows[] = {
    {"one line, as long as may be", "a:", "x", "\n\nbody", MAX - 2, MAX},
    {"one line, too long", "a:", "x", "\n\nbody", MAX - 1, 0},
    {"one line, too long, no end", "a:", "x", "", MAX - 1, 0},
    {"many lines", "a:\n", "b: 345\n", "c:2345\n", 14680053, 16777212},
    {"many lines, too many", "a:\n", "b: 345\n", "", 14680067, 0},
    {"CR alone", "a:\r", "b:\r", "\r", 12582912, MAX},
    {"long body line after it", "a:", "x", "\nthis is body", MAX - 2, MAX},
    {"long line without a colon", "x", "x", "\n", 2 * MAX + 300000, 0},
};

static void
test_bound(void **state)
{
	const struct bound_row *row = *state;
	const struct message_options options = {0};
	bool is_body = row->begin[0] == 'x';
	struct error err = {0};
	struct message *message;
	struct buf input;
	pid_t child;
	int fd;

	buf_init(&input, 3 * MAX);
	buf_add_text(&input, row->begin);
	while (input.len < row->size)
		buf_add_text(&input, row->unit);
	buf_add_text(&input, row->end);
	for (int i = 0; i < 2; i++) {
		fd = i == 0 ? feed_file(buf_span(&input))
			    : feed_child(buf_span(&input), &child);
		message = message_read(fd, "input", &options, &err);
		assert_int_equal(message != NULL, row->header != 0 || is_body);
		if (message == NULL)
			assert_int_equal(err.kind, ERROR_DATA);
		else
			assert_int_equal(
			    message_header(message).len, row->header);
		if (is_body)
			assert_int_equal(
			    replay_size(message, NULL), 2 + input.len + 1);
		message_free(message);
		close(fd);
		if (i == 1)
			feed_child_status(child);
	}
	buf_free(&input);
}

/* Of very many changes to the header, the notes say that there are more. */
static void
test_many_notes(void **state)
{
	const struct message_options options = {0};
	struct error err = {0};
	struct buf input = {0};
	struct message *message;
	struct span notes, end = SPAN("of this kind are not listed\n");
	int fd;

	(void)state;
	for (int i = 0; i < 1000; i++)
		buf_add_text(&input, "X-Name: a\rb\n");
	fd = feed_file(buf_span(&input));
	message = message_read(fd, "input", &options, &err);
	assert_non_null(message);
	notes = message_notes(message);
	assert_true(span_starts(
	    notes, SPAN("field X-Name: lone CR replaced by a blank\n")));
	assert_true(span_equal(span_skip(notes, notes.len - end.len), end));
	message_free(message);
	close(fd);
	buf_free(&input);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "read", read_rows, ROWS(read_rows), test_read);
	rows_add(&all, "dot", dot_rows, ROWS(dot_rows), test_dot);
	rows_add(&all, "name", name_rows, ROWS(name_rows), test_name);
	rows_add(
	    &all, "unclear", unclear_rows, ROWS(unclear_rows), test_unclear);
	rows_add(&all, "facts", facts_rows, ROWS(facts_rows), test_facts);
	rows_add(
	    &all, "refused", refused_rows, ROWS(refused_rows), test_refused);
	rows_add(&all, "bound", bound_rows, ROWS(bound_rows), test_bound);
	rows_add_one(&all, "many notes", test_many_notes);
	return rows_end(&all);
}
