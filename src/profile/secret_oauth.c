/*
 * Runs smtpost-oauth by its absolute path and without a shell. It reads the
 * same files, but sees nothing of the command line and the environment of this
 * call.
 */
#include "profile/secret_oauth.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/program.h"
#include "base/program_path.h"
#include "base/shell_word.h"
#include "base/utf8.h"
#include "profile/secret_command.h"
#include "profile/setting_table.h"

#define PROGRAM "smtpost-oauth"
#define ARGUMENTS_MAX 8
#define STATUS_MILLISECONDS ((int64_t)30000)

static bool shows_steps;

void
secret_oauth_show_steps(void)
{
	shows_steps = true;
}

void
secret_oauth_add_call(const char *config, const char *profile,
    const char *command, struct buf *out)
{
	buf_add_text(out, PROGRAM);
	if (config != NULL) {
		buf_add_text(out, " --config ");
		shell_word_add_masked(out, config);
	}
	buf_add_format(out, " %s ", command);
	shell_word_add_masked(out, profile);
}

static bool
refuse_settings(const struct profile *profile, struct error *err)
{
	const char *name = profile->oauth.set_by_call;
	const struct setting *setting = setting_table_find(span_from(name));

	return error_set(err, ERROR_CONFIG,
	    "cannot get the token: %s is set by %s, and " PROGRAM
	    " reads only configuration files\n"
	    "hint: put it into a configuration file",
	    name, setting_table_origin(profile, setting));
}

static bool
refuse_program(const char *path, struct error *err)
{
	int cause = errno;
	char *shown = utf8_masked(span_from(path));

	error_set(err, ERROR_CONFIG,
	    "cannot get the token: cannot run %s: %s\n"
	    "hint: install " PROGRAM
	    "; smtpost built with --disable-oauth has none, but token-command "
	    "can name another program",
	    shown, strerror(cause));
	free(shown);
	return false;
}

/* The path of the program; NULL with an error. The caller frees it. */
static char *
find_program(const struct profile *profile, struct error *err)
{
	char *path;

	if (profile->oauth.set_by_call != NULL) {
		refuse_settings(profile, err);
		return NULL;
	}
	path = program_path_beside(PROGRAM);
	if (access(path, X_OK) == 0)
		return path;
	refuse_program(path, err);
	free(path);
	return NULL;
}

bool
secret_oauth_is_installed(void)
{
	char *path = program_path_beside(PROGRAM);
	bool is_installed = access(path, X_OK) == 0;

	free(path);
	return is_installed;
}

bool
secret_oauth_is_there(const struct profile *profile, struct error *err)
{
	char *path = find_program(profile, err);

	free(path);
	return path != NULL;
}

void
secret_oauth_add_hint(
    const struct profile *profile, const char *when, struct error *err)
{
	struct buf call = {0};

	secret_oauth_add_call(profile->config, profile->name, "login", &call);
	error_add(err, "\nhint: %srun %s", when, buf_text(&call));
	buf_free(&call);
}

/* The arguments of a command about the profile. */
static void
fill(const char *arguments[ARGUMENTS_MAX], const char *path,
    const struct profile *profile, const char *command, const char *option)
{
	size_t count = 0;

	arguments[count++] = path;
	if (profile->config != NULL) {
		arguments[count++] = "--config";
		arguments[count++] = profile->config;
	}
	arguments[count++] = command;
	if (option != NULL)
		arguments[count++] = option;
	arguments[count++] = "--";
	arguments[count++] = profile->name;
	arguments[count] = NULL;
}

bool
secret_oauth_read(struct buf *token, const struct profile *profile,
    struct span refused, int64_t milliseconds, struct error *err)
{
	char *path = find_program(profile, err);
	const char *arguments[ARGUMENTS_MAX];
	struct secret_command command = {.source = PROGRAM,
	    .arguments = arguments,
	    .milliseconds = milliseconds,
	    .is_token = true,
	    .is_own = true,
	    .refused = refused};
	bool done;

	if (path == NULL)
		return false;
	fill(arguments, path, profile, "token",
	    shows_steps ? "--verbose" : NULL);
	done = secret_command_read(token, &command, err);
	if (!done && err->kind == ERROR_LOGIN &&
	    strstr(err->text, "\nhint: ") == NULL)
		secret_oauth_add_hint(profile, "", err);
	free(path);
	return done;
}

bool
secret_oauth_status(
    struct buf *json, const struct profile *profile, struct error *err)
{
	char *path = find_program(profile, err);
	const char *arguments[ARGUMENTS_MAX];
	struct program program = {.arguments = arguments,
	    .name = PROGRAM,
	    .milliseconds = STATUS_MILLISECONDS};
	bool done;

	if (path == NULL)
		return false;
	fill(arguments, path, profile, "status", "--report=json");
	/* Its exit status, which may not be 0, is in the text, too. */
	done = program_run(&program, json, err) || json->len > 0;
	free(path);
	return done;
}
