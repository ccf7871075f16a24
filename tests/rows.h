/*
 * Makes a cmocka test of each row of a table. A row is any struct whose first
 * member is `const char *name`, and the test function finds it in *state. All
 * tables of a program have one TAP plan. Include this header first: it includes
 * cmocka and the headers that cmocka needs.
 *
 *	static void test_encode(void **state)
 *	{
 *		const struct encode_row *row = *state;
 *		...
 *	}
 *
 *	int main(void)
 *	{
 *		struct rows all = {0};
 *
 *		rows_add(&all, "encode", encodes, ROWS(encodes), test_encode);
 *		rows_add_one(&all, "a test without a table", test_other);
 *		return rows_end(&all);
 *	}
 *
 * A program with one table only: return rows_run("encode", encodes,
 * ROWS(encodes), test_encode).
 */
#ifndef TESTS_ROWS_H
#define TESTS_ROWS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* A program that hangs is ended by SIGALRM after this time. */
#define ROWS_SECONDS 900

/* Two arguments: the number of rows, and the size of one. */
#define ROWS(rows) (sizeof(rows) / sizeof((rows)[0])), sizeof((rows)[0])

struct rows {
	struct CMUnitTest *tests;
	size_t count;
};

static inline void
rows_add_state(
    struct rows *all, char *name, CMUnitTestFunction test, const void *state)
{
	struct CMUnitTest *tests =
	    realloc(all->tests, (all->count + 1) * sizeof(*tests));

	if (tests == NULL || name == NULL)
		abort();
	all->tests = tests;
	memset(&tests[all->count], 0, sizeof(*tests));
	tests[all->count].name = name;
	tests[all->count].test_func = test;
	memcpy(&tests[all->count].initial_state, &state, sizeof(state));
	all->count++;
}

static inline void
rows_add(struct rows *all, const char *table, const void *rows, size_t count,
    size_t size, CMUnitTestFunction test)
{
	for (size_t i = 0; i < count; i++) {
		const char *row = (const char *)rows + i * size, *row_name;
		size_t len;
		char *name;

		memcpy(&row_name, row, sizeof(row_name));
		if (row_name == NULL)
			row_name = "row without a name";
		len = strlen(table) + strlen(row_name) + 3;
		name = malloc(len);
		if (name != NULL)
			snprintf(name, len, "%s: %s", table, row_name);
		rows_add_state(all, name, test, row);
	}
}

static inline void
rows_add_one(struct rows *all, const char *name, CMUnitTestFunction test)
{
	rows_add_state(all, strdup(name), test, NULL);
}

/* Fails with both texts if `part` is not in `text`. */
static inline void
assert_contains(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fail_msg("\"%s\" is not in \"%s\"", part, text);
}

static inline void
assert_lacks(const char *text, const char *part)
{
	if (strstr(text, part) != NULL)
		fail_msg("\"%s\" is in \"%s\"", part, text);
}

/* Skips the running test, and prints why. */
#define rows_skip(why)                          \
	do {                                    \
		printf("# skipped: %s\n", why); \
		skip();                         \
	} while (0)

/* Runs all tests. Returns the number of failures, 100 at most. */
static inline int
rows_end(struct rows *all)
{
	int failures = 1;

	alarm(ROWS_SECONDS);
	if (all->count != 0)
		failures = _cmocka_run_group_tests(
		    "rows", all->tests, all->count, NULL, NULL);
	for (size_t i = 0; i < all->count; i++) {
		char *name;

		memcpy(&name, &all->tests[i].name, sizeof(name));
		free(name);
	}
	free(all->tests);
	return failures < 0 || failures > 100 ? 100 : failures;
}

static inline int
rows_run(const char *table, const void *rows, size_t count, size_t size,
    CMUnitTestFunction test)
{
	struct rows all = {0};

	rows_add(&all, table, rows, count, size, test);
	return rows_end(&all);
}

#endif
