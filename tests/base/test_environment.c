#include "rows.h"

#include <stdlib.h>
#ifdef HAVE_GETAUXVAL
#include <sys/auxv.h>
#endif

#include "base/environment.h"

static bool is_secure;

#ifdef HAVE_GETAUXVAL
/* Replaces the library function, and returns what the kernel would. */
unsigned long
getauxval(unsigned long type)
{
	return type == AT_SECURE && is_secure;
}
#endif

static void
test_trusted(void **state)
{
	(void)state;
	is_secure = false;
	setenv("HOME", "/home/me", 1);
	assert_true(environment_is_trusted());
	assert_string_equal(environment_get("HOME"), "/home/me");
	assert_string_equal(environment_get_text("HOME"), "/home/me");
	setenv("HOME", "", 1);
	assert_string_equal(environment_get("HOME"), "");
	assert_null(environment_get_text("HOME"));
	unsetenv("HOME");
	assert_null(environment_get("HOME"));
	assert_null(environment_get_text("HOME"));
}

static void
test_secure(void **state)
{
	size_t position = 0;
	struct span name;
	const char *value;

	(void)state;
#ifndef HAVE_GETAUXVAL
	rows_skip("the system has no getauxval");
#endif
	is_secure = true;
	setenv("HOME", "/home/me", 1);
	setenv("T_A", "b", 1);
	assert_false(environment_is_trusted());
	assert_null(environment_get("HOME"));
	assert_false(environment_next(SPAN("T_"), &position, &name, &value));
	is_secure = false;
}

/* Finds all variables, as NAME=VALUE, in any order. */
static void
test_find(void **state)
{
	char first[] = "T_A=b", second[] = "X=T_",
	     third[] = "T_=", fourth[] = "T_B", fifth[] = "TA=b",
	     sixth[] = "T_A=c=d";
	char *variables[] = {first, second, third, fourth, fifth, sixth, NULL};
	extern char **environ;
	char **old = environ;
	static const char *const names[] = {"A", "", "B", "A"};
	static const char *const values[] = {"b", "", "", "c=d"};
	size_t position = 0;
	struct span name;
	const char *value;

	(void)state;
	environ = variables;
	for (size_t i = 0; i < 4; i++) {
		assert_true(
		    environment_next(SPAN("T_"), &position, &name, &value));
		assert_true(span_equal(name, span_from(names[i])));
		assert_string_equal(value, values[i]);
	}
	assert_false(environment_next(SPAN("T_"), &position, &name, &value));
	position = 0;
	environment_remove(SPAN("T_"));
	assert_string_equal(environ[0], "X=T_");
	assert_string_equal(environ[1], "TA=b");
	assert_null(environ[2]);
	environ = NULL;
	assert_false(environment_next(SPAN("T_"), &position, &name, &value));
	environment_remove(SPAN("T_"));
	environ = old;
}

int
main(void)
{
	struct rows all = {0};

	rows_add_one(&all, "an environment that is trusted", test_trusted);
	rows_add_one(&all, "more rights than the caller", test_secure);
	rows_add_one(&all, "variables by their prefix", test_find);
	return rows_end(&all);
}
