/*
 * The first steps of a program. They are a few system calls, and main makes
 * them before it reads its arguments.
 */
#include "base/program_start.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#ifdef HAVE_GETAUXVAL
#include <sys/auxv.h>
#endif
#ifdef HAVE_SYS_PRCTL_H
#include <sys/prctl.h>
#endif
#if defined(__linux__) && defined(HAVE_GETAUXVAL)
#include <sys/xattr.h>
#endif

#include "base/environment.h"
#include "base/signals.h"

/*
 * Some callers close the standard descriptors. Our output would then go to any
 * socket or file that got descriptor 1 or 2. What is open for reading only
 * cannot be written to.
 */
static bool
open_standard_descriptors(bool needs_output)
{
	const int modes[] = {
	    O_RDONLY, needs_output ? O_RDONLY : O_WRONLY, O_WRONLY};

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
		    open("/dev/null", modes[fd]) != fd)
			return false;
	return true;
}

/* Other processes of the user could read a password in our memory. */
static void
forbid_tracing(void)
{
	/* LeakSanitizer, a part of that build, has to attach to the process. */
#if defined(HAVE_SYS_PRCTL_H) && !defined(__SANITIZE_ADDRESS__)
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

#ifdef HAVE_GETAUXVAL
/*
 * Whether the real and the effective ids are equal. The kernel passed them at
 * the start; getuid and its relatives would be four system calls for every
 * mail.
 */
static bool
ids_are_the_callers(void)
{
	return getauxval(AT_UID) == getauxval(AT_EUID) &&
	    getauxval(AT_GID) == getauxval(AT_EGID);
}
#else
static bool
ids_are_the_callers(void)
{
	return getuid() == geteuid() && getgid() == getegid();
}
#endif

/*
 * Whether the program file has capabilities, which give rights that the caller
 * does not have. The kernel marks a process that gained rights this way, except
 * one of root. So look if it is marked, and for root always, since the mark is
 * missing there.
 */
static bool
has_file_capabilities(void)
{
#if defined(__linux__) && defined(HAVE_GETAUXVAL)
	bool is_secure = !environment_is_trusted();

	if (!is_secure && getauxval(AT_UID) != 0)
		return false;
	if (getxattr("/proc/self/exe", "security.capability", NULL, 0) >= 0)
		return true;
	/* If the file's attributes cannot be read, the mark decides. */
	return is_secure && errno != ENODATA && errno != ENOTSUP;
#else
	return false;
#endif
}

bool
program_start(bool needs_output, struct error *err)
{
	if (!open_standard_descriptors(needs_output))
		return error_set(err, ERROR_OS, "cannot open /dev/null");
	if (!ids_are_the_callers())
		return error_set(err, ERROR_CONFIG,
		    "cannot run set-user-id or set-group-id");
	if (has_file_capabilities())
		return error_set(err, ERROR_CONFIG,
		    "cannot run with file capabilities\n"
		    "hint: setcap -r removes the capabilities");
	forbid_tracing();
	signals_ignore_limits();
	return true;
}
