#include "rows.h"

#include <grp.h>
#include <pwd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/user_rights.h"

#define NOBODY ((uid_t)19777) /* a user without an entry */

/* What `check` returns in a child that has become the owner; 99: it has not. */
static int
status_as(uid_t owner, int (*check)(void))
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0)
		_exit(user_rights_take(owner, getpwuid(owner)) ? check() : 99);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int
check_nobody(void)
{
	return getuid() != NOBODY || geteuid() != NOBODY ||
	    getgid() != NOBODY || getgroups(0, NULL) != 0 || setuid(0) == 0;
}

static int
check_daemon(void)
{
	const struct passwd *user = getpwnam("daemon");

	return getuid() != user->pw_uid || getgid() != user->pw_gid ||
	    setgid(0) == 0;
}

static void
test_root(void **state)
{
	const struct passwd *user = getpwnam("daemon");

	(void)state;
	if (geteuid() != 0)
		rows_skip("only root can do that");
	assert_int_equal(status_as(NOBODY, check_nobody), 0);
	if (user != NULL)
		assert_int_equal(status_as(user->pw_uid, check_daemon), 0);
}

static int
check_refused(void)
{
	return user_rights_take(NOBODY + 1, NULL);
}

static void
test_refused(void **state)
{
	(void)state;
	if (geteuid() == 0)
		assert_int_equal(status_as(NOBODY, check_refused), 0);
	else
		assert_false(user_rights_take(NOBODY, NULL));
}

int
main(void)
{
	struct rows all = {0};

	rows_add_one(&all, "root becomes another user", test_root);
	rows_add_one(&all, "only root becomes another user", test_refused);
	return rows_end(&all);
}
