#include "rows.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "base/lock.h"

/* The same file, opened twice; and by a process that is killed. */
static void
test_lock(void **state)
{
	char name[] = "/tmp/smtpost-lock-XXXXXX";
	int one = mkstemp(name), other, status;
	int ready[2];
	char octet;
	pid_t child;

	(void)state;
	assert_true(one >= 0);
	assert_int_equal(pipe(ready), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		other = open(name, O_RDWR);
		if (lock_try(other) == LOCK_TAKEN)
			(void)!write(ready[1], "x", 1);
		pause();
		_exit(0);
	}
	assert_int_equal(read(ready[0], &octet, 1), 1);
	assert_int_equal(lock_try(one), LOCK_BUSY);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(lock_try(one), LOCK_TAKEN);
	other = open(name, O_RDWR);
	assert_int_equal(lock_try(other), LOCK_BUSY);
	/* A descriptor more of the same opening does not end the lock. */
	close(dup(one));
	assert_int_equal(lock_try(other), LOCK_BUSY);
	close(one);
	assert_int_equal(lock_try(other), LOCK_TAKEN);
	close(other);
	unlink(name);
}

static void
test_impossible(void **state)
{
	(void)state;
	assert_int_equal(lock_try(-1), LOCK_FAILED);
}

int
main(void)
{
	struct rows all = {0};

	rows_add_one(&all, "a lock ends with its process", test_lock);
	rows_add_one(&all, "a lock on nothing", test_impossible);
	return rows_end(&all);
}
