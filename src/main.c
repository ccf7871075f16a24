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

#ifdef HAVE_GETAUXVAL
#include <sys/auxv.h>
#endif
#ifdef HAVE_SYS_PRCTL_H
#include <sys/prctl.h>
#endif
#ifdef __linux__
#include <sys/xattr.h>
#endif

#include "base/buf.h"
#include "base/environment.h"
#include "base/utf8.h"
#include "base/wait.h"
#include "cli/exit_status.h"
#include "cli/explain.h"
#include "cli/help.h"
#include "cli/options.h"
#include "cli/post.h"
#include "cli/version.h"
#include "serve/serve.h"

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
		    open("/dev/null",
			fd == STDIN_FILENO ? O_RDONLY : O_WRONLY) != fd)
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

#ifdef HAVE_GETAUXVAL
/*
 * What the kernel said when it started us; asking it again would be four calls
 * for every mail.
 */
static bool
has_caller_ids(void)
{
	return getauxval(AT_UID) == getauxval(AT_EUID) &&
	    getauxval(AT_GID) == getauxval(AT_EGID);
}
#else
static bool
has_caller_ids(void)
{
	return getuid() == geteuid() && getgid() == getegid();
}
#endif

/*
 * File capabilities are rights that the caller has not. To root they give
 * nothing, and the kernel does not even mark the process; so they are looked
 * for where it is marked, and for root.
 */
static bool
has_file_capabilities(void)
{
#ifdef __linux__
	bool is_secure = !environment_is_trusted();

	if (!is_secure && getauxval(AT_UID) != 0)
		return false;
	if (getxattr("/proc/self/exe", "security.capability", NULL, 0) >= 0)
		return true;
	/* Where it cannot be told, the mark of the kernel counts. */
	return is_secure && errno != ENODATA && errno != ENOTSUP;
#else
	return false;
#endif
}

static bool
has_more_rights(void)
{
	if (!has_caller_ids())
		fputs("smtpost: cannot run set-user-id or set-group-id\n",
		    stderr);
	else if (has_file_capabilities())
		fputs("smtpost: cannot run with file capabilities\n"
		      "smtpost: hint: setcap -r removes the capabilities\n",
		    stderr);
	else
		return false;
	return true;
}

/* "smtpost: " before every line; all in one write. */
static void
print_error(const struct error *err)
{
	struct buf line = {0};
	struct span rest = span_from(err->text);

	do {
		size_t end = span_find(rest, '\n');

		buf_add_text(&line, "smtpost: ");
		utf8_add_sentence(&line, span_head(rest, end));
		buf_add_char(&line, '\n');
		rest = span_skip(rest, end + 1);
	} while (rest.len > 0);
	fwrite(line.data, 1, line.len, stderr);
	buf_free(&line);
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

/* -d is taken for callers of sendmail, but a person may have meant msmtp's. */
static void
note_debug(const struct options *options)
{
	if (options->wants_debug)
		fputs(
		    "smtpost: -d is ignored; -v shows the dialogue\n", stderr);
}

static bool
run_mode(const struct options *options, int *exit_status, bool *input_read,
    struct error *err)
{
	switch (options->mode) {
	case MODE_SUBMIT:
	case MODE_DRY_RUN:
	case MODE_CHECK_MESSAGE:
		return post_run(options, exit_status, input_read, err);
	case MODE_VERIFY:
		return post_verify(options, exit_status, input_read, err);
	case MODE_SERVE:
		return serve_run(options, exit_status, err);
	case MODE_EXPLAIN:
		return explain_run(options, err);
	case MODE_PROVIDERS:
		return version_print_providers(
		    stdout, options_report(options), err);
	case MODE_QUEUE_LIST:
		/* Monitors look for these very words. */
		puts("Mail queue is empty");
		return end_output(err);
	case MODE_HELP:
		help_print(stdout, options->role);
		return end_output(err);
	case MODE_VERSION:
		version_print(stdout);
		return end_output(err);
	case MODE_QUEUE_RUN:
	case MODE_NOTHING:
	case MODE_COUNT:
		break;
	}
	return true;
}

/*
 * A caller may be writing the message when we refuse its options: as sendmail
 * what it writes is read. As smtpost a person waits for the prompt.
 */
static bool
usage_leaves_input(enum role role)
{
	return role != ROLE_SENDMAIL;
}

static bool
run(int argc, char **argv, int *exit_status, bool *input_read,
    struct error *err)
{
	struct options options;
	bool done = options_parse(&options, argc, argv, err);

	*exit_status = EXIT_SUCCESS;
	*input_read = done && !options_read_input(&options);
	if (done) {
		note_debug(&options);
		done = run_mode(&options, exit_status, input_read, err);
	}
	if (!done && err->kind == ERROR_USAGE &&
	    usage_leaves_input(options.role))
		*input_read = true;
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
	if (has_more_rights())
		return EX_CONFIG;
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
