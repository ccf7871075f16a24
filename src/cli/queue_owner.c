/*
 * Becomes the owner of a spool. Nothing of root's environment is kept, and the
 * secrets of root's configuration are overwritten before root's rights are
 * given up.
 */
#include "cli/queue_owner.h"

#include <errno.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>
#ifdef HAVE_SYS_PRCTL_H
#include <sys/prctl.h>
#endif

#include "base/buf.h"
#include "base/mem.h"
#include "base/user_rights.h"
#include "base/wait.h"

#define STEP 10 /* milliseconds */
#define PATH_DEFAULT "PATH=/usr/local/bin:/usr/bin:/bin"

extern char **environ;

/* A NAME=VALUE for the new environment. */
static char *
variable(const char *name, const char *value)
{
	struct buf text = {0};

	buf_add_format(&text, "%s=%s", name, value);
	return buf_take_text(&text);
}

static void
clean_environment(const struct passwd *user)
{
	char **clean = mem_new(4, sizeof(*clean));

	clean[0] = mem_copy_text(PATH_DEFAULT);
	clean[1] = variable("HOME", user != NULL ? user->pw_dir : "/");
	if (user != NULL)
		clean[2] = variable("LOGNAME", user->pw_name);
	environ = clean;
}

bool
queue_owner_become(uid_t owner)
{
	const struct passwd *user = getpwuid(owner);

	mem_forget_secrets();
	clean_environment(user);
	if (!user_rights_take(owner, user) || chdir("/") < 0)
		return false;
#if defined(HAVE_SYS_PRCTL_H) && !defined(__SANITIZE_ADDRESS__)
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
	return true;
}

static void
work_as(uid_t owner, int (*work)(void *context), void *context)
{
	int status = queue_owner_become(owner) ? work(context) : EX_OSERR;

	fflush(NULL);
	_exit(status);
}

/* The status as waitpid(2) has it; -1: the deadline has passed. */
static int
await(pid_t child, int64_t deadline)
{
	pid_t ended;
	int status;

	while ((ended = waitpid(child, &status, WNOHANG)) != child) {
		if (ended < 0 && errno != EINTR)
			return -1;
		if (clock_now() >= deadline) {
			kill(child, SIGKILL);
			waitpid(child, &status, 0);
			return -1;
		}
		poll(NULL, 0, STEP);
	}
	return status;
}

bool
queue_owner_run(uid_t owner, int (*work)(void *context), void *context,
    int64_t deadline, int *result, struct error *err)
{
	int status;
	pid_t child;

	fflush(NULL);
	child = fork();
	if (child == 0)
		work_as(owner, work, context);
	if (child < 0)
		return error_set(err, ERROR_TEMPORARY,
		    "cannot start a process: %s", strerror(errno));
	status = await(child, deadline);
	if (status < 0 || !WIFEXITED(status) || WEXITSTATUS(status) == EX_OSERR)
		return error_set(err, ERROR_TEMPORARY,
		    "cannot work as user id %lu, to whom the queue belongs",
		    (unsigned long)owner);
	*result = WEXITSTATUS(status);
	return true;
}
