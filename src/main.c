/*
 * smtpost: from argv to the exit status. mode_functions has the function that
 * does the work of a mode; its result becomes the exit status here. The program
 * exits elsewhere only in base/mem.c, when memory runs out, and in child
 * processes before they run a command.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/program_start.h"
#include "base/signals.h"
#include "base/wait.h"
#include "cli/check_message.h"
#include "cli/command_line.h"
#include "cli/dkim_keygen.h"
#include "cli/doctor.h"
#include "cli/dry_run.h"
#include "cli/explain.h"
#include "cli/fault.h"
#include "cli/help.h"
#include "cli/import.h"
#include "cli/job.h"
#include "cli/many.h"
#include "cli/output.h"
#include "cli/queue_edit.h"
#include "cli/queue_list.h"
#include "cli/queue_run.h"
#include "cli/queue_run_all.h"
#include "cli/queue_show.h"
#include "cli/server_info.h"
#include "cli/setup.h"
#include "cli/submit.h"
#include "profile/secret_oauth.h"
#include "serve/serve.h"

#define DRAIN_MAX ((size_t)64 * 1024 * 1024)
#define DRAIN_TIMEOUT ((int64_t)10000)

/*
 * Reads the rest of the message. Most callers write it into a pipe, and SIGPIPE
 * would end them if we exited before they have finished.
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
run_server(const struct options *options, struct mode_result *result,
    struct error *err)
{
	(void)result;
	return serve_run(options, err);
}

static bool
run_queue(const struct options *options, struct mode_result *result,
    struct error *err)
{
	return options->all_users > 0 ? queue_run_all(options, result, err)
				      : queue_run(options, result, err);
}

static bool
do_nothing(const struct options *options, struct mode_result *result,
    struct error *err)
{
	(void)options;
	(void)result;
	(void)err;
	return true;
}

static bool
print_help(const struct options *options, struct mode_result *result,
    struct error *err)
{
	(void)result;
	help_print(stdout, options->role);
	return output_end(err);
}

/* The function that does the work of each mode. */
static bool (*const mode_functions[])(const struct options *options,
    struct mode_result *result, struct error *err) = {
    [MODE_SUBMIT] = submit_run,
    [MODE_RUN] = job_run,
    [MODE_DRY_RUN] = dry_run_print,
    [MODE_CHECK_MESSAGE] = check_message_print,
    [MODE_VERIFY] = submit_verify,
    [MODE_SERVE] = run_server,
    [MODE_EXPLAIN] = explain_print,
    [MODE_DOCTOR] = doctor_run,
    [MODE_SERVER_INFO] = server_info_run,
    [MODE_SETUP] = setup_run,
    [MODE_IMPORT] = import_run,
    [MODE_PROVIDERS] = help_print_providers,
    [MODE_DKIM_KEYGEN] = dkim_keygen_run,
    [MODE_MAILQ] = queue_list_print_mailq,
    [MODE_QUEUE_LIST] = queue_list_print,
    [MODE_QUEUE_SHOW] = queue_show_print,
    [MODE_QUEUE_HOLD] = queue_edit_run,
    [MODE_QUEUE_RELEASE] = queue_edit_run,
    [MODE_QUEUE_REMOVE] = queue_edit_run,
    [MODE_QUEUE_RUN] = run_queue,
    [MODE_NOTHING] = do_nothing,
    [MODE_HELP] = print_help,
    [MODE_VERSION] = help_print_version,
};

/* sendmail ignores -d, but a user may mean msmtp's --debug. */
static void
note_debug(const struct options *options)
{
	if (options->wants_debug)
		fputs(
		    "smtpost: -d is ignored; -v shows the dialogue\n", stderr);
}

static bool
run(int argc, char **argv, struct mode_result *result, struct error *err)
{
	struct options options;
	bool done = command_line_parse(&options, argc, argv, err);

	if (done) {
		/* A command of --run must find the limit of its caller. */
		if (options.mode != MODE_RUN)
			mem_forbid_core_files();
		result->input_read = !options_read_input(&options);
		note_debug(&options);
		/* --redact hides names that smtpost-oauth would show. */
		if (options.verbose > 0 && options.doctor.redacts == 0)
			secret_oauth_show_steps();
		done = (options_batch(&options)
			? many_run
			: mode_functions[options.mode])(&options, result, err);
	}
	/*
	 * After a usage error a person waits for the prompt, so input is not
	 * drained. But a caller of sendmail may already be writing the message.
	 */
	if (!done && err->kind == ERROR_USAGE &&
	    (options.role == ROLE_SMTPOST || options.role == ROLE_MAILQ ||
		options.role == ROLE_NEWALIASES))
		result->input_read = true;
	options_free(&options);
	return done;
}

int
main(int argc, char **argv)
{
	struct mode_result result = {0};
	struct error err = {0};

	if (!program_start(false, &err)) {
		fault_print_error(&err);
		return error_exit_status(err.kind);
	}
	if (!run(argc, argv, &result, &err)) {
		result.exit_status = error_exit_status(err.kind);
		fault_print_error(&err);
		if (!result.input_read)
			drain_input();
	}
	return result.exit_status;
}
