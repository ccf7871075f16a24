/*
 * The other program does it, because this one knows no SMTP. It is run by its
 * absolute path and without a shell, and gets the token as for any mail.
 */
#include "oauth/login_trial.h"

#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/json.h"
#include "base/program.h"
#include "base/program_path.h"
#include "base/shell_word.h"
#include "base/utf8.h"

#define PROGRAM "smtpost"
#define REPORT_MAX ((size_t)256 * 1024)
#define TRIAL_MILLISECONDS ((int64_t)120 * 1000)
#define SHOWN_MAX ((size_t)400)

static void
add_text(
    struct json json, const char *name, const char *before, struct error *err)
{
	struct buf text = {.max = REPORT_MAX};
	char *shown;

	if (json_add_string(json_find(json, name), &text) && text.len > 0) {
		shown = utf8_excerpt_masked(buf_span(&text), SHOWN_MAX);
		error_add(err, "%s%s", before, shown);
		free(shown);
	}
	buf_free(&text);
}

/* Adds what the first failure says. */
static void
add_failure(struct json report, struct error *err)
{
	struct json_walk walk = json_enter(json_find(report, "checks"));

	while (json_next(&walk)) {
		if (!json_equals(
			json_find(walk.value, "severity"), SPAN("failure")))
			continue;
		add_text(walk.value, "text", ": ", err);
		add_text(walk.value, "hint", "\nhint: ", err);
		return;
	}
}

/* False: it is no report. Else sets err if the trial failed. */
static bool
judge(const struct profile *profile, struct span output, struct error *err)
{
	struct json report;
	uint64_t status;

	if (!json_read(&report, output, NULL) ||
	    !json_number(json_find(report, "submission-exit"), 255, &status))
		return false;
	*err = (struct error){0};
	if (status == EX_OK)
		return true;
	error_set(err, error_kind_of(status),
	    "the login of \"%s\" is stored, but smtpost cannot use it",
	    profile->name);
	add_failure(report, err);
	return true;
}

void
login_trial_add_call(const struct profile *profile, struct buf *out)
{
	buf_add_text(out, "smtpost --doctor ");
	if (profile->config != NULL) {
		buf_add_text(out, "--config ");
		shell_word_add_masked(out, profile->config);
		buf_add_char(out, ' ');
	}
	buf_add_text(out, "-P ");
	shell_word_add_masked(out, profile->name);
}

bool
login_trial_run(
    const struct profile *profile, const char *config, struct error *err)
{
	char *path = program_path_beside(PROGRAM);
	const char *const arguments[] = {path, "--doctor", "--only",
	    "auth.login", "--report", "json", "-P", profile->name,
	    config != NULL ? "--config" : NULL, config, NULL};
	const struct program program = {
	    .arguments = arguments,
	    .milliseconds = TRIAL_MILLISECONDS,
	};
	struct buf output = {.max = REPORT_MAX}, call = {0};

	/* Its status is that of the checks, so that the report decides. */
	program_run(&program, &output, err);
	if (!judge(profile, buf_span(&output), err)) {
		if (err->kind == ERROR_NONE)
			error_set(err, ERROR_TEMPORARY,
			    "%s --doctor gave no report", path);
		login_trial_add_call(profile, &call);
		error_add(err, "\nhint: the login is stored; %s tries it",
		    buf_text(&call));
	}
	buf_free(&call);
	buf_free(&output);
	free(path);
	return err->kind == ERROR_NONE;
}
