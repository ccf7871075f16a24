/*
 * smtpost: from argv to the exit status. Here, and nowhere else, the program
 * ends.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sysexits.h>
#include <unistd.h>

#ifdef HAVE_SYS_PRCTL_H
#include <sys/prctl.h>
#endif

#include "base/wait.h"
#include "cli/exit_status.h"
#include "cli/options.h"
#include "cli/post.h"
#include "cli/providers.h"
#include "cli/serve.h"
#include "cli/verify.h"
#include "cli/version.h"

#define DRAIN_MAX ((size_t)64 * 1024 * 1024)
#define DRAIN_TIMEOUT ((int64_t)10000)

/*
 * Callers close what they do not use. A socket or file that got descriptor 1
 * or 2 would receive our words.
 */
static void
open_standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
		    open("/dev/null", fd == STDIN_FILENO ? O_RDONLY
							 : O_WRONLY) != fd)
			_exit(EX_OSERR);
}

/* A password must not be found in a core file. */
static void
forbid_core_files(void)
{
	struct rlimit none = {0, 0};

	setrlimit(RLIMIT_CORE, &none);
#if defined(HAVE_SYS_PRCTL_H) && !defined(__SANITIZE_ADDRESS__)
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

static void
print_error(const struct error *err)
{
	fputs("smtpost: ", stderr);
	for (const char *at = err->text; *at != '\0'; at++) {
		bool is_end = *at == '\n';

		/* The texts in it are masked; this is the last resort. */
		if (!is_end && ascii_is_control(*at))
			fputc('?', stderr);
		else
			fputc(*at, stderr);
		if (is_end)
			fputs("smtpost: ", stderr);
	}
	fputc('\n', stderr);
}

/*
 * Most callers write the message through a pipe and do not expect that nobody
 * reads it: without this, SIGPIPE would end them.
 */
static void
drain_input(void)
{
	int64_t deadline = deadline_in(DRAIN_TIMEOUT);
	char block[16384];
	size_t total = 0;

	if (isatty(STDIN_FILENO))
		return;
	while (total < DRAIN_MAX) {
		struct pollfd input = {STDIN_FILENO, POLLIN, 0};
		ssize_t got;

		if (wait_for(&input, 1, deadline) != WAIT_READY)
			return;
		got = read(STDIN_FILENO, block, sizeof(block));
		if (got <= 0)
			return;
		total += (size_t)got;
	}
}

static bool
end_output(struct error *err)
{
	return (fflush(stdout) == 0 && !ferror(stdout)) ||
	    error_set(err, ERROR_IO, "cannot write to standard output");
}

static bool
run_mode(const struct options *options, int *exit_status, bool *input_read,
    struct error *err)
{
	switch (options->mode) {
	case MODE_POST:
		return post_run(options, exit_status, input_read, err);
	case MODE_VERIFY:
		return verify_run(options, exit_status, input_read, err);
	case MODE_SERVE:
		*input_read = true;
		return serve_run(options, exit_status, err);
	case MODE_QUEUE_LIST:
		/* Monitors look for these very words. */
		puts("Mail queue is empty");
		return end_output(err);
	case MODE_QUEUE_RUN:
	case MODE_NOTHING:
		return true;
	}
	return true;
}

static bool
run(int argc, char **argv, int *exit_status, bool *input_read,
    struct error *err)
{
	struct options options;
	bool done = options_parse(&options, argc, argv, err);

	*exit_status = EXIT_SUCCESS;
	*input_read = !options_read_input(&options);
	if (done && options.help) {
		options_print_help(stdout, options.role);
		done = end_output(err);
	} else if (done && options.version) {
		version_print(stdout);
		done = end_output(err);
	} else if (done && options.providers) {
		done = providers_print(stdout, err);
	} else if (done) {
		done = run_mode(&options, exit_status, input_read, err);
	}
	options_free(&options);
	return done;
}

int
main(int argc, char **argv)
{
	struct error err = {0};
	bool input_read = false;
	int exit_status;

	open_standard_descriptors();
	if (getuid() != geteuid() || getgid() != getegid()) {
		fputs("smtpost: cannot run set-user-id or set-group-id\n",
		    stderr);
		return EX_CONFIG;
	}
	forbid_core_files();
	signals_ignore_limits();
	if (!run(argc, argv, &exit_status, &input_read, &err)) {
		exit_status = exit_status_of_error(err.kind);
		print_error(&err);
		if (!input_read)
			drain_input();
	}
	return exit_status;
}
