#include "cli/post.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/exit_status.h"
#include "cli/prepare.h"
#include "cli/report.h"
#include "cli/trace.h"
#include "profile/secret.h"
#include "smtp/submission.h"

static bool
write_stdout(void *context, const char *data, size_t len)
{
	(void)context;
	return fwrite(data, 1, len, stdout) == len;
}

/* Everything but the connection: the envelope, then the message, exactly. */
static bool
print_dry_run(const struct prepared *prepared, struct error *err)
{
	const struct message_sink sink = {write_stdout, NULL};
	const struct envelope *envelope = &prepared->envelope;
	const struct profile *profile = &prepared->profile;

	printf("profile: %s\n", profile->name);
	for (size_t i = 0; i < profile->server_count; i++)
		printf("server: %s\n", profile->servers[i].url);
	printf("reverse-path: <%s>\n", envelope->reverse_path);
	for (size_t i = 0; i < envelope->count; i++)
		printf("recipient: <%s>\n",
		    envelope->recipients[i].forward_path);
	printf("size: %llu\n\n",
	    (unsigned long long)message_size(
		prepared->message, &prepared->plan));
	if (message_replay(prepared->message, &prepared->plan, REPLAY_PLAIN,
		&sink) == REPLAY_DONE &&
	    fflush(stdout) == 0)
		return true;
	return error_set(
	    err, ERROR_IO, "cannot write the message to standard output");
}

static bool
run_explain(const struct options *options, struct error *err)
{
	struct prepared prepared = {0};
	struct buf text = {0};
	bool done = prepare_profile(&prepared, options, err);

	if (done) {
		profile_explain(&prepared.profile, &text);
		fwrite(text.data, 1, text.len, stdout);
		if (fflush(stdout) != 0)
			done = error_set(err, ERROR_IO,
			    "cannot write to standard output");
	}
	buf_free(&text);
	prepared_free(&prepared);
	return done;
}

static bool
wants_login(const struct profile *profile)
{
	return profile->user != NULL &&
	    !(profile->auth.count == 1 &&
		strcmp(profile->auth.names[0], "none") == 0);
}

/*
 * Over the wire. A secret that cannot be had this time is an outcome like a
 * server that cannot be reached: the same again may help.
 */
static bool
submit(struct prepared *prepared, unsigned verbose, int *exit_status,
    struct error *err)
{
	struct letter letter = {
	    .message = prepared->message,
	    .plan = &prepared->plan,
	    .size = message_size(prepared->message, &prepared->plan),
	};
	struct trace trace;
	struct submission submission = {
	    .profile = &prepared->profile,
	    .letter = &letter,
	    .observer = trace_init(&trace, verbose),
	};
	struct report report = {prepared->profile.report, &prepared->envelope,
	    &submission, &prepared->plan};
	struct secret secret = {0};
	bool has_secret = true;

	if (wants_login(&prepared->profile)) {
		submission.secret = &secret;
		has_secret = secret_fetch(
		    &secret, &prepared->profile, true, err);
		if (!has_secret && err->kind != ERROR_TEMPORARY)
			return false;
	}
	if (has_secret) {
		submission_run(&submission, &prepared->envelope);
	} else {
		struct outcome outcome = {0};

		outcome_set_own(&outcome, STAGE_AUTH, CAUSE_TEMPORARY, "%s",
		    err->text);
		submission_end(&submission, &prepared->envelope, &outcome);
		outcome_free(&outcome);
	}
	secret_free(&secret);
	*exit_status = exit_status_of(&prepared->envelope);
	report_print_trouble(&report, stderr);
	if (!report_print(&report, stdout))
		fputs("smtpost: cannot write the report to standard output\n",
		    stderr);
	submission_free(&submission);
	return true;
}

bool
post_run(const struct options *options, int *exit_status, bool *input_read,
    struct error *err)
{
	struct prepared prepared = {0};
	bool done;

	*exit_status = 0;
	if (options->explain)
		return run_explain(options, err);
	done = prepare(&prepared, options, err);
	*input_read = prepared.input_read;
	if (done && options->dry_run)
		done = print_dry_run(&prepared, err);
	else if (done)
		done = submit(&prepared, options->verbose, exit_status, err);
	prepared_free(&prepared);
	return done;
}
