#include "rows.h"

#include "envelope/reply.h"

struct reply_row {
	const char *name;
	const char *lines; /* LF between them */
	enum reply_progress end;
	int code;
	const char *status; /* "-": none */
	const char *text;
	const char *last;
};

static const struct reply_row replies[] = {
    {"one line", "250 Ok", REPLY_DONE, 250, "-", "Ok", "Ok"},
    {"bare code", "250", REPLY_DONE, 250, "-", "", ""},
    {"code and blank", "250 ", REPLY_DONE, 250, "-", "", ""},
    {"a second blank is text", "250  Ok", REPLY_DONE, 250, "-", " Ok", " Ok"},
    {"least code", "200 x", REPLY_DONE, 200, "-", "x", "x"},
    {"greatest code", "599 x", REPLY_DONE, 599, "-", "x", "x"},
    {"second digit beyond the grammar", "571 No external routing allowed",
	REPLY_DONE, 571, "-", "No external routing allowed",
	"No external routing allowed"},
    {"more lines", "250-a\n250-b\n250 c", REPLY_DONE, 250, "-", "a\nb\nc", "c"},
    {"bare code ends several", "250-a\n250", REPLY_DONE, 250, "-", "a\n", ""},
    {"empty lines", "250-\n250-\n250 x", REPLY_DONE, 250, "-", "\n\nx", "x"},
    {"not at its end", "250-a", REPLY_MORE, 250, "-", "a", "a"},
    {"several lines of 354", "354-a\n354 b", REPLY_DONE, 354, "-", "a\nb", "b"},
    {"carriage return in the text", "250 a\rb", REPLY_DONE, 250, "-", "a\rb",
	"a\rb"},
    {"eight-bit text", "535 \xc7\xeb", REPLY_DONE, 535, "-", "\xc7\xeb",
	"\xc7\xeb"},

    /* RFC 2034, RFC 3463 */
    {"status", "250 2.1.5 Ok", REPLY_DONE, 250, "2.1.5", "Ok", "Ok"},
    {"status alone", "250 2.1.5", REPLY_DONE, 250, "2.1.5", "", ""},
    {"status of three digits", "550 5.123.999 x", REPLY_DONE, 550, "5.123.999",
	"x", "x"},
    {"status on each line", "550-5.1.1 a\n550 5.1.1 b", REPLY_DONE, 550,
	"5.1.1", "a\nb", "b"},
    {"status on the first line", "550-5.1.1 a\n550 b", REPLY_DONE, 550, "5.1.1",
	"a\nb", "b"},
    {"status on the last line", "550-a\n550 5.7.1 b", REPLY_DONE, 550, "5.7.1",
	"a\nb", "b"},
    {"of another class it is text", "250 5.1.1 x", REPLY_DONE, 250, "-",
	"5.1.1 x", "5.1.1 x"},
    {"no class 3", "354 3.1.1 x", REPLY_DONE, 354, "-", "3.1.1 x", "3.1.1 x"},
    {"four digits", "550 5.1.1000 x", REPLY_DONE, 550, "-", "5.1.1000 x",
	"5.1.1000 x"},
    {"four digits in the middle", "550 5.1000.1 x", REPLY_DONE, 550, "-",
	"5.1000.1 x", "5.1000.1 x"},
    {"two numbers", "550 5.1 x", REPLY_DONE, 550, "-", "5.1 x", "5.1 x"},
    {"four numbers", "550 5.1.1.1 x", REPLY_DONE, 550, "-", "5.1.1.1 x",
	"5.1.1.1 x"},
    {"empty number", "550 5..1 x", REPLY_DONE, 550, "-", "5..1 x", "5..1 x"},
    {"letters after it", "550 5.1.1x", REPLY_DONE, 550, "-", "5.1.1x",
	"5.1.1x"},
    {"a version, not a status", "220 2.4.Postfix", REPLY_DONE, 220, "-",
	"2.4.Postfix", "2.4.Postfix"},

    /* no code, or a code outside of 200 to 599 */
    {"empty line", "", REPLY_MALFORMED, 0, NULL, NULL, NULL},
    {"negative", "-12", REPLY_MALFORMED, 0, NULL, NULL, NULL},
    {"four digits of code", "2500 x", REPLY_MALFORMED, 0, NULL, NULL, NULL},
    {"two digits", "25", REPLY_MALFORMED, 0, NULL, NULL, NULL},
    {"two digits and a blank", "25 x", REPLY_MALFORMED, 0, NULL, NULL, NULL},
    {"underline after it", "250_x", REPLY_MALFORMED, 0, NULL, NULL, NULL},
    {"code 099", "099 x", REPLY_MALFORMED, 0, NULL, NULL, NULL},
    {"code 000", "000 x", REPLY_MALFORMED, 0, NULL, NULL, NULL},
    {"code 100", "100 x", REPLY_MALFORMED, 0, NULL, NULL, NULL},
    {"code 199", "199 x", REPLY_MALFORMED, 0, NULL, NULL, NULL},
    {"code 600", "600 x", REPLY_MALFORMED, 0, NULL, NULL, NULL},
    {"code 999", "999 x", REPLY_MALFORMED, 0, NULL, NULL, NULL},
    {"letter for a digit", "25O x", REPLY_MALFORMED, 0, NULL, NULL, NULL},
    {"hexadecimal", "0x2 x", REPLY_MALFORMED, 0, NULL, NULL, NULL},
    {"plus sign", "+25 x", REPLY_MALFORMED, 0, NULL, NULL, NULL},
    {"tab after it", "250\tx", REPLY_MALFORMED, 0, NULL, NULL, NULL},
    {"blank in front", " 250 x", REPLY_MALFORMED, 0, NULL, NULL, NULL},
    {"carriage return after it", "250\r", REPLY_MALFORMED, 0, NULL, NULL, NULL},
    {"no code at all", "Hello", REPLY_MALFORMED, 0, NULL, NULL, NULL},
    {"another protocol", "HTTP/1.1 400 Bad Request", REPLY_MALFORMED, 0, NULL,
	NULL, NULL},
    {"no code on the second", "250-a\nb", REPLY_MALFORMED, 0, NULL, NULL, NULL},
    {"empty second", "250-a\n", REPLY_MALFORMED, 0, NULL, NULL, NULL},

    /* lines with different codes */
    {"mixed codes, success first", "250-a\n550 b", REPLY_MALFORMED, 0, NULL,
	NULL, NULL},
    {"mixed codes, success last", "550-a\n250 b", REPLY_MALFORMED, 0, NULL,
	NULL, NULL},
    {"mixed codes of one class", "250-a\n251 b", REPLY_MALFORMED, 0, NULL, NULL,
	NULL},
};

static enum reply_progress
take_lines(struct reply *reply, struct span lines)
{
	enum reply_progress progress = REPLY_MORE;

	for (;;) {
		size_t end = span_find(lines, '\n');

		assert_int_equal(progress, REPLY_MORE);
		progress = reply_take_line(reply, span_head(lines, end));
		if (end == lines.len)
			return progress;
		lines = span_skip(lines, end + 1);
	}
}

static void
assert_text(struct span text, const char *expected)
{
	char *copy = span_copy(text);

	assert_string_equal(copy, expected);
	free(copy);
}

static void
assert_status(struct status status, const char *expected)
{
	struct buf buf = {0};

	reply_status_add(&buf, status);
	assert_string_equal(buf_text(&buf), expected);
	buf_free(&buf);
}

static void
test_reply(void **state)
{
	const struct reply_row *row = *state;
	struct reply reply = {0};

	assert_int_equal(take_lines(&reply, span_from(row->lines)), row->end);
	if (row->end != REPLY_MALFORMED) {
		assert_int_equal(reply.code, row->code);
		assert_status(reply.status, row->status);
		assert_text(buf_span(&reply.text), row->text);
		assert_text(reply_last_line(&reply), row->last);
	}
	reply_free(&reply);
	assert_int_equal(reply.code, 0);
}

static void
test_nul(void **state)
{
	struct reply reply = {0};

	(void)state;
	assert_int_equal(
	    reply_take_line(&reply, SPAN("250\0ok")), REPLY_MALFORMED);
	reply_free(&reply);
	assert_int_equal(reply_take_line(&reply, SPAN("250 a\0b")), REPLY_DONE);
	assert_int_equal(reply.text.len, 3);
	assert_memory_equal(reply.text.data, "a\0b", 3);
	reply_free(&reply);
}

struct length_row {
	const char *name;
	size_t len;
	enum reply_progress end;
};

static const struct length_row lengths[] = {
    {"512 octets", 512, REPLY_DONE},
    {"the longest", REPLY_LINE_MAX, REPLY_DONE},
    {"one more", REPLY_LINE_MAX + 1, REPLY_MALFORMED},
};

static void
test_length(void **state)
{
	const struct length_row *row = *state;
	struct reply reply = {0};
	char *line = malloc(row->len);

	assert_non_null(line);
	memset(line, 'x', row->len);
	memcpy(line, "250 ", 4);
	assert_int_equal(
	    reply_take_line(&reply, (struct span){line, row->len}), row->end);
	if (row->end == REPLY_DONE)
		assert_int_equal(reply.text.len, row->len - 4);
	reply_free(&reply);
	free(line);
}

/* The limits on lines and octets end an endless reply. */
static void
test_endless(void **state)
{
	struct reply reply = {0};
	char line[1028];
	size_t taken = 0;

	(void)state;
	while (reply_take_line(&reply, SPAN("250-x")) == REPLY_MORE)
		assert_true(++taken <= REPLY_LINES_MAX);
	assert_int_equal(taken, REPLY_LINES_MAX);
	reply_free(&reply);

	memset(line, 'x', sizeof(line));
	memcpy(line, "250-", 4);
	for (taken = 0; reply_take_line(&reply,
			    (struct span){line, sizeof(line)}) == REPLY_MORE;
	     taken++)
		assert_true(reply.text.len <= REPLY_TEXT_MAX);
	/* 1024 octets and a line feed each */
	assert_int_equal(taken, REPLY_TEXT_MAX / 1025);
	reply_free(&reply);
}

static void
test_copy(void **state)
{
	struct reply from = {0}, to = {0};

	(void)state;
	take_lines(&from, SPAN("550-5.1.1 a\n550 b"));
	take_lines(&to, SPAN("250 old"));
	reply_copy(&to, &from);
	reply_free(&from);
	assert_int_equal(to.code, 550);
	assert_status(to.status, "5.1.1");
	assert_text(buf_span(&to.text), "a\nb");
	reply_copy(&to, &from); /* of an empty one */
	assert_int_equal(to.code, 0);
	assert_int_equal(to.text.len, 0);
	reply_free(&to);
}

struct kept_row {
	const char *name;
	size_t first, second, last; /* octets of the lines; 0: no line */
	size_t kept;		    /* of the text */
	char begins;
};

/* Lines of "a", "b" and "c". Only the last lines of a long text are kept. */
static const struct kept_row kept[] = {
    {"all that may be kept", 1023, 1023, 0, 2047, 'a'},
    {"to the last octet", 1023, 1024, 0, 2048, 'a'},
    {"one octet too many", 1024, 1024, 0, 1024, 'b'},
    {"a short line before a long one", 1, 2047, 0, 2047, 'b'},
    {"the last two of three", 500, 1000, 1047, 2048, 'b'},
    {"the last one of three", 500, 1001, 1047, 1047, 'c'},
    {"one line", 2048, 0, 0, 2048, 'a'},
    {"one line, too long", 2049, 0, 0, 2048, 'a'},
    {"the longest line", 12000, 0, 0, 2048, 'a'},
    {"the last line, too long", 100, 2049, 0, 2048, 'b'},
    {"a long line before a short one", 12000, 3, 0, 3, 'b'},
};

static void
test_kept(void **state)
{
	const struct kept_row *row = *state;
	const size_t lines[] = {row->first, row->second, row->last};
	struct reply from = {0}, to = {0}, again = {0};
	struct buf text;

	buf_init(&text, 40000);
	for (size_t i = 0; i < 3 && lines[i] > 0; i++) {
		bool more = i < 2 && lines[i + 1] > 0;

		buf_add_text(&text, i > 0 ? "\n550" : "550");
		buf_add_text(&text, more ? "-5.1.1 " : " 5.1.1 ");
		for (size_t j = 0; j < lines[i]; j++)
			buf_add_char(&text, (char)('a' + i));
	}
	take_lines(&from, buf_span(&text));
	reply_copy(&to, &from);
	assert_int_equal(to.code, 550);
	assert_status(to.status, "5.1.1");
	assert_int_equal(to.text.len, row->kept);
	assert_int_equal(to.text.data[0], row->begins);
	if (row->first != 2049 && row->first != 12000 && row->second != 2049)
		assert_text(span_skip(buf_span(&from.text),
				from.text.len - to.text.len),
		    buf_text(&to.text));
	/* A copy of a copy is the same. */
	reply_copy(&again, &to);
	assert_string_equal(buf_text(&again.text), buf_text(&to.text));
	reply_free(&from);
	reply_free(&to);
	reply_free(&again);
	buf_free(&text);
}

/* Empty lines at the end: 1,024 lines, of which the last ones are kept. */
static void
test_kept_empty(void **state)
{
	struct reply from = {0}, to = {0};
	struct buf text;

	(void)state;
	buf_init(&text, 40000);
	for (size_t i = 0; i < 1023; i++)
		buf_add_text(&text, i < 500 ? "250-abcdef\n" : "250-\n");
	buf_add_text(&text, "250");
	take_lines(&from, buf_span(&text));
	reply_copy(&to, &from);
	assert_true(to.text.len <= REPLY_KEPT_MAX);
	assert_true(to.text.len > REPLY_KEPT_MAX - 8);
	assert_int_equal(to.text.data[0], 'a');
	assert_int_equal(reply_last_line(&to).len, 0);
	reply_free(&from);
	reply_free(&to);
	buf_free(&text);
}

static void
test_own(void **state)
{
	struct reply reply = {0};
	char longer[3000];

	(void)state;
	take_lines(&reply, SPAN("550 5.1.1 a"));
	reply_set_own(&reply, "%s %d", "own", 7);
	assert_int_equal(reply.code, 0);
	assert_status(reply.status, "-");
	assert_text(buf_span(&reply.text), "own 7");

	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	reply_set_own(&reply, "%s", longer);
	assert_true(reply.text.len >= 1000);
	assert_text(
	    span_skip(buf_span(&reply.text), reply.text.len - 4), "x...");
	reply_free(&reply);
}

struct joined_row {
	const char *name, *lines, *joined;
};

static const struct joined_row joined[] = {
    {"one line", "550 5.1.1 a b", "a b"},
    {"two lines", "550-5.1.1 a\n550-5.1.1 b\n550 c", "a b c"},
    {"blanks and empty lines", "550- \n550-a \n550-\n550  b", "a b"},
    {"nothing", "550", ""},
};

static void
test_joined(void **state)
{
	const struct joined_row *row = *state;
	struct reply reply = {0};
	struct buf text = {0};

	take_lines(&reply, span_from(row->lines));
	reply_add_joined(&text, &reply);
	assert_text(buf_span(&text), row->joined);
	buf_free(&text);
	reply_free(&reply);
}

struct class_row {
	const char *name;
	int code;
	bool positive, intermediate, transient, permanent, misplaced;
};

static const struct class_row classes[] = {
    {"none", 0, false, false, false, false, false},
    {"220", 220, true, false, false, false, true},
    {"221", 221, true, false, false, false, true},
    {"235", 235, true, false, false, false, true},
    {"250", 250, true, false, false, false, false},
    {"299", 299, true, false, false, false, false},
    {"300", 300, false, true, false, false, true},
    {"354", 354, false, true, false, false, true},
    {"421", 421, false, false, true, false, false},
    {"550", 550, false, false, false, true, false},
    {"599", 599, false, false, false, true, false},
};

static void
test_class(void **state)
{
	const struct class_row *row = *state;
	struct reply reply = {.code = row->code};

	assert_int_equal(reply_is_positive(&reply), row->positive);
	assert_int_equal(reply_is_intermediate(&reply), row->intermediate);
	assert_int_equal(reply_is_transient(&reply), row->transient);
	assert_int_equal(reply_is_permanent(&reply), row->permanent);
	assert_int_equal(reply_is_misplaced(&reply), row->misplaced);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "reply", replies, ROWS(replies), test_reply);
	rows_add_one(&all, "NUL in a line", test_nul);
	rows_add(&all, "line of", lengths, ROWS(lengths), test_length);
	rows_add_one(&all, "endless replies end", test_endless);
	rows_add_one(&all, "copies", test_copy);
	rows_add(&all, "kept of", kept, ROWS(kept), test_kept);
	rows_add_one(&all, "kept of empty lines", test_kept_empty);
	rows_add_one(&all, "words of our own", test_own);
	rows_add(&all, "joined", joined, ROWS(joined), test_joined);
	rows_add(&all, "class of", classes, ROWS(classes), test_class);
	return rows_end(&all);
}
