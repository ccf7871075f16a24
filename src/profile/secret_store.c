/*
 * For each place: what to run, and the line of the configuration. Programs are
 * run without a shell, with the password as their standard input.
 */
#include "profile/secret_store.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/environment.h"
#include "base/file.h"
#include "base/program.h"
#include "base/shell_word.h"
#include "base/whole_file.h"
#include "profile/secret_command.h"
#include "profile/secret_line.h"
#include "profile/secret_oauth.h"
#include "profile/section_text.h"

#define OUTPUT_MAX ((size_t)64 * 1024)
/* systemd-creds of this version works for users, too. */
#define USER_CREDENTIALS_VERSION 256

static bool
run(const char *const *arguments, struct span input, struct buf *output,
    struct error *err)
{
	const struct program program = {.arguments = arguments,
	    .input = input,
	    .milliseconds = SECRET_MILLISECONDS};

	return program_run(&program, output, err);
}

/* Whether systemd-creds can keep a secret of this user. */
static bool
credentials_work(void)
{
	static const char *const arguments[] = {
	    "systemd-creds", "--version", NULL};
	struct buf output = {0};
	struct span rest, word;
	struct error ignored;
	uint64_t version = 0;

	if (!secret_command_is_there(arguments[0], &ignored))
		return false;
	if (geteuid() == 0)
		return true;
	if (run(arguments, SPAN(""), &output, &ignored)) {
		rest = buf_span(&output);
		if (span_next_word(&rest, " \n", &word) &&
		    span_next_word(&rest, " \n", &word))
			span_number(word, UINT32_MAX, &version);
	}
	buf_free(&output);
	return version >= USER_CREDENTIALS_VERSION;
}

bool
secret_store_is_possible(enum secret_place place)
{
	struct error ignored;

	switch (place) {
	case SECRET_PLACE_OAUTH:
		return secret_oauth_is_installed();
	case SECRET_PLACE_KEYRING:
		/* The keyring belongs to a session of a user. */
		return environment_get("DBUS_SESSION_BUS_ADDRESS") != NULL &&
		    secret_command_is_there("secret-tool", &ignored);
	case SECRET_PLACE_CREDENTIAL:
		return credentials_work();
	case SECRET_PLACE_COMMAND:
	case SECRET_PLACE_FILE:
	case SECRET_PLACE_CONFIG:
		break;
	}
	return true;
}

char *
secret_store_path(const struct secret_store *store)
{
	struct buf name = {0};
	char *path;

	if (store->place != SECRET_PLACE_FILE &&
	    store->place != SECRET_PLACE_CREDENTIAL)
		return NULL;
	if (store->place == SECRET_PLACE_CREDENTIAL)
		buf_add_format(&name, "smtpost.%s.cred", store->profile);
	else
		buf_add_format(&name, "%s.password", store->profile);
	path = file_path_in(store->folder, buf_text(&name));
	buf_free(&name);
	return path;
}

/* "secret-tool VERB host HOST service smtp user USER", for a shell. */
static void
add_keyring(
    const struct secret_store *store, const char *verb, struct buf *command)
{
	buf_add_format(command, "secret-tool %s host ", verb);
	shell_word_add(command, store->host);
	buf_add_text(command, " service smtp user ");
	shell_word_add(command, store->user);
}

static void
add_credential(
    const struct secret_store *store, const char *verb, struct buf *command)
{
	char *path = secret_store_path(store);

	buf_add_format(command, "systemd-creds %s%s --name=smtpost.%s ",
	    geteuid() == 0 ? "" : "--user ", verb, store->profile);
	if (strcmp(verb, "encrypt") == 0)
		buf_add_text(command, "- ");
	shell_word_add(command, path);
	free(path);
}

void
secret_store_add_setting(
    const struct secret_store *store, struct span password, struct buf *text)
{
	struct buf value = {0};
	const char *setting = "password-command";

	buf_init_secret(&value, 0);
	switch (store->place) {
	case SECRET_PLACE_COMMAND:
		if (store->is_token)
			setting = "token-command";
		buf_add_text(&value, store->command);
		break;
	case SECRET_PLACE_KEYRING:
		add_keyring(store, "lookup", &value);
		break;
	case SECRET_PLACE_FILE: {
		char *path = secret_store_path(store);

		setting = "password-file";
		buf_add_text(&value, path);
		free(path);
		break;
	}
	case SECRET_PLACE_CREDENTIAL:
		add_credential(store, "decrypt", &value);
		break;
	case SECRET_PLACE_CONFIG:
		setting = "password";
		buf_add_span(&value, password);
		break;
	case SECRET_PLACE_OAUTH:
		setting = "oauth";
		buf_add_text(&value, store->oauth);
		break;
	}
	section_text_add(text, setting, buf_text(&value));
	buf_wipe(&value);
}

void
secret_store_add_recipe(const struct secret_store *store, struct buf *out)
{
	struct buf verb = {0};
	char *path = secret_store_path(store);

	switch (store->place) {
	case SECRET_PLACE_KEYRING:
		buf_add_format(
		    &verb, "store --label='smtpost %s'", store->profile);
		add_keyring(store, buf_text(&verb), out);
		break;
	case SECRET_PLACE_FILE:
		buf_add_text(out, "install -D -m 600 /dev/stdin ");
		shell_word_add(out, path);
		break;
	case SECRET_PLACE_CREDENTIAL:
		add_credential(store, "encrypt", out);
		break;
	case SECRET_PLACE_COMMAND:
	case SECRET_PLACE_CONFIG:
	case SECRET_PLACE_OAUTH:
		break;
	}
	free(path);
	buf_free(&verb);
}

static bool
keep_in_keyring(
    const struct secret_store *store, struct span password, struct error *err)
{
	struct buf label = {0};
	bool done;

	buf_add_format(&label, "--label=smtpost %s", store->profile);
	{
		const char *const arguments[] = {"secret-tool", "store",
		    buf_text(&label), "host", store->host, "service", "smtp",
		    "user", store->user, NULL};

		done = run(arguments, password, NULL, err);
	}
	buf_free(&label);
	return done;
}

/* A file with the password, or with what systemd-creds made of it. */
static bool
keep_in_file(
    const struct secret_store *store, struct span content, struct error *err)
{
	char *path = secret_store_path(store);
	bool done = whole_file_make_folders(path, 0700, err) &&
	    whole_file_make(path, 0600, content, err);

	free(path);
	return done;
}

static bool
keep_as_credential(
    const struct secret_store *store, struct span password, struct error *err)
{
	struct buf name = {0}, encrypted = {.max = OUTPUT_MAX};
	bool done;

	buf_add_format(&name, "--name=smtpost.%s", store->profile);
	{
		const char *const arguments[] = {"systemd-creds", "encrypt",
		    buf_text(&name), "-", "-", geteuid() == 0 ? NULL : "--user",
		    NULL};

		done = run(arguments, password, &encrypted, err) &&
		    keep_in_file(store, buf_span(&encrypted), err);
	}
	buf_free(&name);
	buf_free(&encrypted);
	return done;
}

bool
secret_store_keep(
    const struct secret_store *store, struct span password, struct error *err)
{
	struct buf line = {0};
	bool done = true;

	switch (store->place) {
	case SECRET_PLACE_KEYRING:
		return keep_in_keyring(store, password, err);
	case SECRET_PLACE_CREDENTIAL:
		return keep_as_credential(store, password, err);
	case SECRET_PLACE_FILE:
		buf_init_secret(&line, SECRET_MAX + 1);
		buf_add_span(&line, password);
		buf_add_char(&line, '\n');
		done = keep_in_file(store, buf_span(&line), err);
		buf_wipe(&line);
		break;
	case SECRET_PLACE_COMMAND:
	case SECRET_PLACE_CONFIG:
	case SECRET_PLACE_OAUTH:
		break;
	}
	return done;
}

void
secret_store_forget(const struct secret_store *store, struct buf *rest)
{
	char *path = secret_store_path(store);

	if (path != NULL)
		unlink(path);
	free(path);
	/* It may have replaced an entry that an older profile needs. */
	if (store->place == SECRET_PLACE_KEYRING)
		add_keyring(store, "clear", rest);
}
