/*
 * Runs the command first and prepares the mail afterwards, so that a file which
 * the command writes can be attached, and the configuration is the present one.
 * The work of the command matters more than the mail: only wrong usage keeps it
 * from running, and if the mail fails, the output is printed, so that it is not
 * lost.
 */
#include "cli/job.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/exit_status.h"
#include "cli/fault.h"
#include "cli/outgoing.h"
#include "cli/output.h"
#include "cli/submit.h"
#include "compose/command_mail.h"
#include "message/storage.h"

/* A command that has run. */
struct job {
	const struct options *options;
	struct command command;
	struct command_result result;
	struct storage whole; /* its output, with --attach-output */
};

/*
 * Prepares a mail without text, to find mistakes. The command must not inherit
 * the descriptor of a password.
 */
static bool
try(const struct options *options, struct error *err)
{
	struct outgoing outgoing = {.composition.text.source = PART_TEXT};
	bool done = outgoing_prepare(&outgoing, options, err);

	if (outgoing.profile.name != NULL &&
	    outgoing.profile.password_fd > STDERR_FILENO)
		fcntl(outgoing.profile.password_fd, F_SETFD, FD_CLOEXEC);
	outgoing_free(&outgoing);
	return done;
}

static bool
is_mailed(const struct job *job)
{
	switch (job->options->mail_on) {
	case MAIL_ON_OUTPUT:
		return job->result.output.size > 0;
	case MAIL_ON_ALWAYS:
		return true;
	case MAIL_ON_FAILURE:
		break;
	}
	return command_status(&job->result) != 0;
}

/* Prints the output that was mailed to nobody, unless --tee has shown it. */
static void
show_output(const struct job *job)
{
	char *name = command_mail_name(&job->command);
	bool is_shown = job->command.tee >= 0 && job->result.no_tee == 0;
	struct buf text;

	fprintf(stderr, "smtpost: nobody was sent the output of %s%s\n", name,
	    is_shown			       ? ""
		: job->result.output.size == 0 ? ", which printed nothing"
					       : ":");
	buf_init(&text, 2 * EXCERPT_HALF + 1024);
	if (!is_shown)
		excerpt_write(&job->result.output, "", &text);
	output_write(&text, stderr);
	buf_free(&text);
	free(name);
}

/* Returns the exit status of the mail. */
static int
send_mail(struct job *job)
{
	struct options options = *job->options;
	struct composition composition = {0};
	struct mode_result sent = {0};
	struct error err = {0};
	char host[256];
	struct command_mail mail = {
	    .command = &job->command, .result = &job->result, .host = host};

	if (gethostname(host, sizeof(host)) < 0)
		host[0] = '\0';
	host[sizeof(host) - 1] = '\0';
	command_mail_fill(&mail, &composition);
	/* The progress line would replace a line that has not ended. */
	if (job->command.tee >= 0 && !excerpt_ends_line(&job->result.output))
		options.is_quiet = true;
	if (!submit_composed(&composition, &options, &sent, &err)) {
		sent.exit_status = error_exit_status(err.kind);
		fault_print_error(&err);
	}
	command_mail_free(&mail);
	if (sent.exit_status != 0 && sent.exit_status != EXIT_PARTLY)
		show_output(job);
	return sent.exit_status;
}

/*
 * A wrong configuration is reported even if no mail is due. Otherwise nobody
 * would notice it before the command fails for the first time.
 */
static int
report_mistake(const struct error *err)
{
	if (err->kind != ERROR_CONFIG && err->kind != ERROR_DATA)
		return 0;
	fault_print_error(err);
	return error_exit_status(err->kind);
}

static void
run(struct job *job)
{
	const struct options *options = job->options;

	job->command.arguments = options->command;
	job->command.tee = options->tee > 0 ? STDOUT_FILENO : -1;
	storage_init(&job->whole, 0);
	if (options->attach_output > 0)
		job->command.whole = &job->whole;
	command_run(&job->command, &job->result);
	/* It is no mistake to close the reader of --tee early. */
	if (job->result.no_tee != 0 && job->result.no_tee != EPIPE &&
	    job->result.no_tee != EINTR)
		fprintf(stderr,
		    "smtpost: cannot write the output of the command to "
		    "standard output: %s\n",
		    strerror(job->result.no_tee));
}

bool
job_run(const struct options *options, struct mode_result *result,
    struct error *err)
{
	struct job job = {.options = options};
	struct error mistake = {0};
	int mail_status;

	if (try(options, &mistake)) {
		mistake.kind = ERROR_NONE;
	} else if (mistake.kind == ERROR_USAGE) {
		*err = mistake;
		return false;
	}
	run(&job);
	mail_status =
	    is_mailed(&job) ? send_mail(&job) : report_mistake(&mistake);
	result->exit_status = command_status(&job.result);
	if (result->exit_status == 0)
		result->exit_status = mail_status;
	command_result_free(&job.result);
	storage_free(&job.whole);
	return true;
}
