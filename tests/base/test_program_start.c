#include "rows.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "base/program_start.h"

/* Starts in a child whose descriptor is closed. */
static void
test_descriptor(void **state)
{
	(void)state;
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		pid_t child = fork();
		int status;

		if (child == 0) {
			struct error err = {0};

			close(fd);
			_exit(program_start(false, &err) &&
				    fcntl(fd, F_GETFD) >= 0
				? 0
				: 1);
		}
		assert_true(child > 0);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_int_equal(status, 0);
	}
}

/* Only where the output is needed can it not be written. */
static void
test_output(void **state)
{
	(void)state;
	for (int needs = 0; needs <= 1; needs++) {
		pid_t child = fork();
		int status;

		if (child == 0) {
			struct error err = {0};

			close(STDOUT_FILENO);
			_exit(program_start(needs, &err) &&
				    write(STDOUT_FILENO, "x", 1) ==
					!needs * 2 - 1
				? 0
				: 1);
		}
		assert_true(child > 0);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_int_equal(status, 0);
	}
}

static void
test_limit(void **state)
{
	struct error err = {0};
	struct sigaction action;

	(void)state;
	assert_true(program_start(false, &err));
	assert_int_equal(sigaction(SIGXFSZ, NULL, &action), 0);
	assert_ptr_equal(action.sa_handler, SIG_IGN);
}

int
main(void)
{
	struct rows all = {0};

	rows_add_one(&all, "a closed descriptor is opened", test_descriptor);
	rows_add_one(&all, "an output that is needed", test_output);
	rows_add_one(&all, "SIGXFSZ is ignored", test_limit);
	return rows_end(&all);
}
