#include "rows.h"

#include <stdlib.h>

#include "base/program.h"

struct row {
	const char *name;
	const char *arguments[4];
	const char *input;
	int64_t milliseconds;
	enum error_kind kind; /* ERROR_NONE: it succeeds */
	const char *expected; /* of the output; else a part of the error */
};

static const struct row rows[] = {
    {"input and output", {"cat"}, "secret", 30000, ERROR_NONE, "secret"},
    {"no output", {"true"}, "", 30000, ERROR_NONE, ""},
    {"input that is not read", {"true"}, "secret", 30000, ERROR_NONE, ""},
    {"arguments are not for a shell", {"printf", "%s", "$HOME 'a"}, "", 30000,
	ERROR_NONE, "$HOME 'a"},
    {"a child that keeps the pipe", {"sh", "-c", "sleep 60 & echo x"}, "",
	30000, ERROR_NONE, "x\n"},
    {"more output than is kept", {"sh", "-c", "yes | head -c 1000000"}, "",
	30000, ERROR_NONE, NULL},
    {"a failure", {"sh", "-c", "cat; exit 3"}, "secret", 30000, ERROR_TEMPORARY,
	"sh failed with exit status 3"},
    {"a signal", {"sh", "-c", "kill -9 $$"}, "secret", 30000, ERROR_TEMPORARY,
	"sh was ended by a signal"},
    {"no such program", {"smtpost-has-no-such-program"}, "secret", 30000,
	ERROR_CONFIG, "PATH has no such program"},
    {"no end", {"sleep", "60"}, "secret", 50, ERROR_TEMPORARY,
	"it took too long and was stopped"},
    {"our settings are not passed on", {"sh", "-c", "echo ${SMTPOST_X-none}"},
	"", 30000, ERROR_NONE, "none\n"},
};

static void
test_run(void **state)
{
	const struct row *row = *state;
	const struct program program = {
	    .arguments = row->arguments,
	    .input = span_from(row->input),
	    .milliseconds = row->milliseconds,
	};
	struct buf output = {.max = 4096};
	struct error err = {0};
	bool done;

	setenv("SMTPOST_X", "secret", 1);
	done = program_run(&program, &output, &err);
	assert_int_equal(done, row->kind == ERROR_NONE);
	assert_int_equal(err.kind, row->kind);
	if (!done) {
		assert_non_null(strstr(err.text, row->expected));
		assert_null(strstr(err.text, "secret"));
	} else if (row->expected != NULL) {
		assert_string_equal(buf_text(&output), row->expected);
	} else {
		assert_true(output.len <= 4096);
	}
	buf_free(&output);
}

int
main(void)
{
	return rows_run("run", rows, ROWS(rows), test_run);
}
