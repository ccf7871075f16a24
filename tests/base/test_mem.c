#include "rows.h"

#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"

static void
test_new(void **state)
{
	unsigned char *data = mem_new(1000, 3);

	(void)state;
	for (size_t i = 0; i < 3000; i++)
		assert_int_equal(data[i], 0);
	free(data);
	free(mem_new(0, 8));
	free(mem_resize(NULL, 0, 8));
}

static void
test_append(void **state)
{
	int *items = NULL;
	size_t count = 0;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		int *item = mem_append(&items, &count, sizeof(*items));

		assert_int_equal(*item, 0);
		*item = i * 3;
		assert_int_equal(count, i + 1);
	}
	for (int i = 0; i < 1000; i++)
		assert_int_equal(items[i], i * 3);
	free(items);
}

static void
test_copy(void **state)
{
	char *text = mem_copy_text("words"), *octets = mem_copy("a\0b", 3);
	char *nothing = mem_copy(NULL, 0);

	(void)state;
	assert_string_equal(text, "words");
	assert_memory_equal(octets, "a\0b", 4);
	assert_string_equal(nothing, "");
	free(text);
	free(octets);
	free(nothing);
}

static void
test_wipe(void **state)
{
	char secret[] = "a secret", zero[sizeof(secret)] = "";

	(void)state;
	mem_wipe(secret, 0);
	assert_string_equal(secret, "a secret");
	mem_wipe(secret, 3);
	assert_memory_equal(secret, "\0\0\0ecret", sizeof(secret));
	mem_wipe(secret, sizeof(secret));
	assert_memory_equal(secret, zero, sizeof(secret));
}

static void
overflow(void)
{
	mem_resize(NULL, SIZE_MAX / 2, 3);
}

static void
overflow_new(void)
{
	mem_new(SIZE_MAX / 2, 3);
}

static void
too_much(void)
{
	mem_resize(NULL, SIZE_MAX / 4, 1);
}

static void
overflow_later(void)
{
	mem_set_exit_status(80);
	overflow();
}

static void
overflow_elsewhere(void)
{
	mem_set_program("other");
	overflow();
}

struct end_row {
	const char *name;
	void (*ask)(void);
	int status;
	const char *words;
};

#define SMTPOST "smtpost: out of memory\n"

static const struct end_row ends[] = {
    {"product wraps", overflow, EX_OSERR, SMTPOST},
    {"product wraps, zeroed", overflow_new, EX_OSERR, SMTPOST},
    {"more than there is", too_much, EX_OSERR, SMTPOST},
    {"when something was done already", overflow_later, 80, SMTPOST},
    {"in another program", overflow_elsewhere, EX_OSERR,
	"other: out of memory\n"},
};

/* Running out of memory ends the program with a message and a status. */
static void
test_end(void **state)
{
	const struct end_row *row = *state;
	char words[100] = "";
	int status, fds[2];
	pid_t child;

	assert_int_equal(pipe(fds), 0);
	child = fork();
	if (child == 0) {
		/* The address sanitizer ends the program in its own way. */
		dup2(fds[1], STDERR_FILENO);
		row->ask();
		_exit(0);
	}
	assert_true(child > 0);
	close(fds[1]);
	assert_true(read(fds[0], words, sizeof(words) - 1) > 0);
	close(fds[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
#ifndef __SANITIZE_ADDRESS__
	assert_int_equal(WEXITSTATUS(status), row->status);
	assert_string_equal(words, row->words);
#else
	assert_int_not_equal(WEXITSTATUS(status), 0);
#endif
}

int
main(void)
{
	struct rows all = {0};

	rows_add_one(&all, "new memory is zero", test_new);
	rows_add_one(&all, "append", test_append);
	rows_add_one(&all, "copy", test_copy);
	rows_add_one(&all, "wipe", test_wipe);
	rows_add(&all, "out of memory", ends, ROWS(ends), test_end);
	return rows_end(&all);
}
