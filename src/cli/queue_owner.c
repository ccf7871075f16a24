/*
 * The child that becomes the owner of a spool. Its environment is empty, and
 * the secrets of root's configuration are overwritten before it has less
 * rights.
 */
#include "cli/queue_owner.h"

#include <errno.h>
#include <grp.h>
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

#include "base/environment.h"
#include "base/mem.h"
#include "base/wait.h"

#define STEP 10 /* milliseconds */

/* A user id without a name gets the group of the same number. */
static bool
become(uid_t owner)
{
	const struct passwd *user = getpwuid(owner);
	gid_t group = user != NULL ? user->pw_gid : (gid_t)owner;

	if (user != NULL ? initgroups(user->pw_name, group) < 0
			 : setgroups(1, &group) < 0)
		return false;
	return setgid(group) == 0 && setuid(owner) == 0 && getuid() == owner &&
	    geteuid() == owner;
}

static void
work_as(uid_t owner, int (*work)(void *context), void *context)
{
	int status = EX_OSERR;

	mem_forget_secrets();
	environment_remove(SPAN(""));
	if (become(owner)) {
#if defined(HAVE_SYS_PRCTL_H) && !defined(__SANITIZE_ADDRESS__)
		prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
		status = work(context);
	}
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
