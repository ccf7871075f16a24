#include "rows.h"

#include <unistd.h>

#include "base/wait.h"
#include "cli/trace.h"

/* Standard error goes to a file while a trace is written. */
struct capture {
	FILE *file;
	int saved;
};

static void
capture_start(struct capture *capture)
{
	capture->file = tmpfile();
	assert_non_null(capture->file);
	fflush(stderr);
	capture->saved = dup(STDERR_FILENO);
	assert_true(capture->saved >= 0);
	assert_true(dup2(fileno(capture->file), STDERR_FILENO) >= 0);
}

static char *
capture_end(struct capture *capture)
{
	char *text = calloc(1, 65536);

	fflush(stderr);
	assert_true(dup2(capture->saved, STDERR_FILENO) >= 0);
	close(capture->saved);
	assert_non_null(text);
	rewind(capture->file);
	assert_true(fread(text, 1, 65535, capture->file) < 65535);
	fclose(capture->file);
	return text;
}

struct event {
	enum observed what;
	struct span text;
};

#define S(text)                        \
	{                              \
		text, sizeof(text) - 1 \
	}
#define COMMAND(text)                     \
	{                                 \
		OBSERVED_COMMAND, S(text) \
	}
#define REPLY(text)                     \
	{                               \
		OBSERVED_REPLY, S(text) \
	}
#define CONTENT(text)                     \
	{                                 \
		OBSERVED_CONTENT, S(text) \
	}
#define NOTE(text)                     \
	{                              \
		OBSERVED_NOTE, S(text) \
	}

struct trace_row {
	const char *name;
	unsigned level;
	struct event events[8]; /* to the first without a text */
	const char *expected;
};

static const struct trace_row traces[] = {
    {"the dialogue", 1,
	{NOTE("TLS1.3"), COMMAND("EHLO x"), REPLY("250-mx"),
	    REPLY("250 SIZE 5")},
	"*  TLS1.3\nC: EHLO x\nS: 250-mx\nS: 250 SIZE 5\n"},
    {"secrets are shown as the dialogue masks them", 1,
	{COMMAND("AUTH PLAIN ***"), REPLY("235 ok")},
	"C: AUTH PLAIN ***\nS: 235 ok\n"},
    {"content is counted", 1,
	{CONTENT("From: a@x\r\n\r\n"), CONTENT("b\r\n"), COMMAND("."),
	    REPLY("250 ok")},
	"*  (16 octets of content)\nC: .\nS: 250 ok\n"},
    {"content of a second message is counted from 0", 1,
	{CONTENT("12345"), COMMAND("."), CONTENT("123"), COMMAND(".")},
	"*  (5 octets of content)\nC: .\n"
	"*  (3 octets of content)\nC: .\n"},
    {"octets that do not print are masked", 1,
	{REPLY("250 \033]0;x\007"), REPLY("250 a\0b\\"),
	    REPLY("250 \xff\xc2\x9b\xe2\x80\xae"), REPLY("250 a\rS: 250 b"),
	    COMMAND("a\nb"), NOTE("\xc3\xa4\t")},
	"S: 250 \\x1b]0;x\\x07\nS: 250 a\\x00b\\x5c\n"
	"S: 250 \\xff\\xc2\\x9b\\xe2\\x80\\xae\n"
	"S: 250 a\\x0dS: 250 b\nC: a\\x0ab\n*  \xc3\xa4\\x09\n"},
    {"a note is not masked twice", 1,
	{NOTE("cannot open a\\x0ab"), REPLY("250 a\\x0ab")},
	"*  cannot open a\\x0ab\nS: 250 a\\x5cx0ab\n"},
    {"content with -vvv", 3, {CONTENT("A: \033b\r\n\r\n..c\r\n"), COMMAND(".")},
	"# C: A: \\x1bb\n# C: \n# C: ..c\n# C: .\n"},
};

/* "0.012 C: ..." becomes "# C: ..." */
static void
replace_times(char *text)
{
	char *to = text;

	for (char *line = text; *line != '\0';) {
		char *end = strchr(line, '\n');
		char *dot = strchr(line, '.');

		assert_non_null(end);
		assert_non_null(dot);
		assert_int_equal(
		    strspn(line, "0123456789"), (size_t)(dot - line));
		assert_int_equal(strspn(dot + 1, "0123456789"), 3);
		*to++ = '#';
		memmove(to, dot + 4, (size_t)(end + 1 - dot - 4));
		to += end + 1 - dot - 4;
		line = end + 1;
	}
	*to = '\0';
}

static void
test_trace(void **state)
{
	const struct trace_row *row = *state;
	const struct observer *observer;
	struct capture capture;
	struct trace trace;
	char *text;

	observer = trace_init(&trace, row->level);
	assert_non_null(observer);
	capture_start(&capture);
	for (size_t i = 0; i < 8 && row->events[i].text.at != NULL; i++)
		observer_show(
		    observer, row->events[i].what, row->events[i].text);
	text = capture_end(&capture);
	if (row->level > 1)
		replace_times(text);
	assert_string_equal(text, row->expected);
	free(text);
}

static void
test_silent(void **state)
{
	struct trace trace;

	(void)state;
	assert_null(trace_init(&trace, 0));
}

/* Seconds since the start, to the millisecond */
static void
test_time(void **state)
{
	const struct observer *observer;
	struct capture capture;
	struct trace trace;
	char *text;

	(void)state;
	observer = trace_init(&trace, 2);
	trace.started = clock_now() - 12034;
	capture_start(&capture);
	observer_show(observer, OBSERVED_REPLY, SPAN("220 mx"));
	text = capture_end(&capture);
	assert_memory_equal(text, "12.0", 4);
	assert_string_equal(text + 6, " S: 220 mx\n");
	free(text);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "trace", traces, ROWS(traces), test_trace);
	rows_add_one(&all, "without -v", test_silent);
	rows_add_one(&all, "with -vv", test_time);
	return rows_end(&all);
}
