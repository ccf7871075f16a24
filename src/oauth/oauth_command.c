/*
 * One row for each command and each option. Options may stand before and after
 * the command and its operand, and are checked once the command is known.
 */
#include "oauth/oauth_command.h"

#include <stdlib.h>
#include <string.h>

#include "address/domain.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/nearest.h"
#include "base/utf8.h"
#include "oauth/call.h"
#include "oauth/login_status.h"
#include "oauth/logout.h"
#include "oauth/oauth_login.h"
#include "oauth/print.h"
#include "oauth/provider_list.h"
#include "oauth/service_user.h"
#include "oauth/token.h"
#include "oauth/transfer.h"
#include "tls/tls_library.h"

#define WORD_SHOWN_MAX ((size_t)80)

/* Which options go with a command; --config goes with all. */
enum {
	FOR_ALL = 1,
	FOR_LOGIN = 2,
	FOR_REFRESH = 4,
	FOR_REPORT = 8,
};

enum operand { OPERAND_NONE, OPERAND_OPTIONAL, OPERAND_NEEDED };

struct oauth_command {
	const char *name, *help;
	enum operand operand; /* a profile */
	unsigned options;
	/* Returns the exit status; a failure also sets the error. */
	int (*run)(const struct oauth_call *call, struct error *err);
};

struct oauth_option {
	const char *name, *metavar, *help; /* metavar NULL: takes no value */
	unsigned commands;
	size_t field; /* of struct oauth_call: a text, else a bool */
};

static const struct oauth_option options[] = {
    {"config", "FILE", "read this configuration", FOR_ALL,
	offsetof(struct oauth_call, config)},
    {"all", NULL, "refresh the logins not used for 30 days", FOR_REFRESH,
	offsetof(struct oauth_call, all)},
    {"browser", NULL, "log in with a browser on this machine", FOR_LOGIN,
	offsetof(struct oauth_call, browser)},
    {"device", NULL, "log in with a code, in a browser anywhere", FOR_LOGIN,
	offsetof(struct oauth_call, device)},
    {"no-open", NULL, "only print the address for the browser", FOR_LOGIN,
	offsetof(struct oauth_call, no_open)},
    {"paste", NULL, "paste the address that the browser ends on", FOR_LOGIN,
	offsetof(struct oauth_call, paste)},
    {"port", "N", "wait for the browser on this port", FOR_LOGIN,
	offsetof(struct oauth_call, port)},
    {"report", "FORM", "text (the default) or json", FOR_REPORT, 0},
    {"verbose", NULL, "show what services are asked (also -v)", FOR_ALL,
	offsetof(struct oauth_call, verbose)},
};

#define OPTION_COUNT (sizeof(options) / sizeof(options[0]))

static const struct oauth_command commands[] = {
    {"login", "log in, for a person", OPERAND_OPTIONAL, FOR_LOGIN,
	oauth_login_run},
    {"token", "print an access token", OPERAND_NEEDED, 0, token_run},
    {"status", "show how long logins last", OPERAND_OPTIONAL, FOR_REPORT,
	login_status_run},
    {"refresh", "get a new token now", OPERAND_NEEDED, FOR_REFRESH,
	token_refresh},
    {"logout", "revoke and delete a login", OPERAND_NEEDED, 0, logout_run},
    {"export", "print a login for another machine", OPERAND_NEEDED, 0,
	transfer_export},
    {"import", "read a login that export printed", OPERAND_NEEDED, 0,
	transfer_import},
    {"providers", "list the known services", OPERAND_NONE, FOR_REPORT,
	provider_list_run},
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

struct reading {
	struct oauth_call call;
	const struct oauth_command *command;
	unsigned given; /* the commands that all given options go with */
	const struct oauth_option *narrowest; /* the last that is not for all */
	bool wants_help, wants_version;
};

/* Sets ERROR_USAGE with the word and why it cannot be used. */
static bool
refuse(struct error *err, const char *word, const char *why)
{
	char *shown = utf8_excerpt_masked(span_from(word), WORD_SHOWN_MAX);

	error_set(err, ERROR_USAGE, "cannot use %s: %s", shown, why);
	free(shown);
	return false;
}

/* Names the nearest name, with the dashes in front of it. Always false. */
static bool
hint_nearest(
    const struct nearest *nearest, const char *dashes, struct error *err)
{
	if (nearest->name != NULL)
		error_add(err, "\nhint: the nearest one known is %s%s", dashes,
		    nearest->name);
	else
		error_add(err, "\nhint: see smtpost-oauth --help");
	return false;
}

static bool
refuse_unknown_command(const char *word, struct error *err)
{
	struct nearest nearest = nearest_to(span_from(word));

	for (size_t i = 0; i < COMMAND_COUNT; i++)
		nearest_consider(&nearest, commands[i].name);
	refuse(err, word, "smtpost-oauth has no such command");
	return hint_nearest(&nearest, "", err);
}

static bool
refuse_unknown_option(const char *word, struct span name, struct error *err)
{
	struct nearest nearest = nearest_to(name);

	for (size_t i = 0; i < OPTION_COUNT; i++)
		nearest_consider(&nearest, options[i].name);
	nearest_consider(&nearest, "help");
	nearest_consider(&nearest, "version");
	refuse(err, word, "smtpost-oauth has no such option");
	return hint_nearest(&nearest, "--", err);
}

static bool
take_operand(struct reading *reading, const char *word, struct error *err)
{
	if (reading->command == NULL) {
		for (size_t i = 0; i < COMMAND_COUNT; i++)
			if (strcmp(commands[i].name, word) == 0)
				reading->command = &commands[i];
		return reading->command != NULL ||
		    refuse_unknown_command(word, err);
	}
	if (reading->call.profile != NULL)
		return refuse(err, word, "one profile at most can be named");
	reading->call.profile = word;
	return true;
}

static bool
take_report(struct oauth_call *call, const char *value, struct error *err)
{
	call->is_json = strcmp(value, "json") == 0;
	return call->is_json || strcmp(value, "text") == 0 ||
	    refuse(err, value, "--report knows text and json");
}

static bool
take_option(struct reading *reading, const struct oauth_option *option,
    const char *word, const char *value, struct error *err)
{
	char *field = (char *)&reading->call + option->field;

	if (option->commands != FOR_ALL) {
		reading->given &= option->commands;
		reading->narrowest = option;
	}
	if (value == NULL) {
		*(bool *)field = true;
		return true;
	}
	if (strcmp(option->name, "report") == 0)
		return take_report(&reading->call, value, err);
	if (value[0] == '\0')
		return refuse(err, word, "its value is empty");
	if (*(const char **)field != NULL)
		return refuse(err, word, "it was given before");
	*(const char **)field = value;
	return true;
}

/* Takes the word, and the next one if that is its value: *used of them. */
static bool
read_option(
    struct reading *reading, char **words, size_t *used, struct error *err)
{
	const char *word = words[0];
	struct span name = span_skip(span_from(word), 2);
	size_t equals = span_find(name, '=');
	bool has_value = equals < name.len;
	const char *value = has_value ? name.at + equals + 1 : NULL;

	name = span_head(name, equals);
	*used = 1;
	if (strcmp(word, "-h") == 0 || strcmp(word, "--help") == 0)
		return reading->wants_help = true;
	if (strcmp(word, "--version") == 0)
		return reading->wants_version = true;
	if (strcmp(word, "-v") == 0)
		return reading->call.verbose = true;
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		if (!span_starts(span_from(word), SPAN("--")) ||
		    !span_equal(name, span_from(options[i].name)))
			continue;
		if (options[i].metavar == NULL && has_value)
			return refuse(err, word, "it takes no value");
		if (options[i].metavar != NULL && !has_value) {
			if (words[1] == NULL)
				return refuse(
				    err, word, "its value is missing");
			value = words[1];
			*used = 2;
		}
		return take_option(reading, &options[i], word, value, err);
	}
	return refuse_unknown_option(word, name, err);
}

static bool
read_words(struct reading *reading, char **words, struct error *err)
{
	bool only_operands = false;
	size_t used = 1;

	for (; *words != NULL; words += used) {
		used = 1;
		if (!only_operands && strcmp(*words, "--") == 0) {
			only_operands = true;
		} else if (!only_operands && (*words)[0] == '-' &&
		    (*words)[1] != '\0') {
			if (!read_option(reading, words, &used, err))
				return false;
		} else if (!take_operand(reading, *words, err)) {
			return false;
		}
	}
	return true;
}

static bool
check(const struct reading *reading, struct error *err)
{
	const struct oauth_command *command = reading->command;
	const struct oauth_call *call = &reading->call;

	if (command == NULL)
		return error_set(err, ERROR_USAGE,
		    "no command is given\n"
		    "hint: see smtpost-oauth --help");
	if (reading->narrowest != NULL &&
	    (command->options & reading->given) == 0)
		return error_set(err, ERROR_USAGE, "cannot use --%s with %s",
		    reading->narrowest->name, command->name);
	if (command->operand == OPERAND_NONE && call->profile != NULL)
		return refuse(
		    err, call->profile, "this command takes no profile");
	if (call->all && call->profile != NULL)
		return refuse(err, call->profile, "--all means every profile");
	if (command->operand == OPERAND_NEEDED && call->profile == NULL &&
	    !call->all)
		return error_set(err, ERROR_USAGE,
		    "%s needs the name of a profile%s", command->name,
		    command->options & FOR_REFRESH ? ", or --all" : "");
	return true;
}

static const char *
shown_operand(const struct oauth_command *command)
{
	if (command->options & FOR_REFRESH)
		return "PROFILE | --all";
	return command->operand == OPERAND_NONE	 ? ""
	    : command->operand == OPERAND_NEEDED ? "PROFILE"
						 : "[PROFILE]";
}

static bool
print_help(struct error *err)
{
	struct buf text = {0};
	bool done;

	buf_add_text(&text,
	    "usage: smtpost-oauth COMMAND [PROFILE] [options]\n\n"
	    "Log in to a mail service by OAuth, and get access tokens.\n\n"
	    "Commands:\n");
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		buf_add_format(&text, "  %-10s%-17s%s\n", commands[i].name,
		    shown_operand(&commands[i]), commands[i].help);
	buf_add_text(&text, "\nOptions:\n");
	for (size_t i = 0; i < OPTION_COUNT; i++)
		buf_add_format(&text, "  --%-10s%-6s%s\n", options[i].name,
		    options[i].metavar != NULL ? options[i].metavar : "",
		    options[i].help);
	buf_add_text(&text,
	    "  --help            print this (also -h)\n"
	    "  --version         print the version\n"
	    "\nSee smtpost-oauth(1).\n");
	done = print_output(buf_span(&text), err);
	buf_free(&text);
	return done;
}

static bool
print_version(struct error *err)
{
	struct buf text = {0};
	bool done;

	buf_add_format(&text, "smtpost-oauth %s\nlibraries: %s, %s\n",
	    PACKAGE_VERSION, tls_library_name(), domain_library());
	done = print_output(buf_span(&text), err);
	buf_free(&text);
	return done;
}

int
oauth_command_run(int argc, char **argv, struct error *err)
{
	struct reading reading = {.given = ~0u};

	if (!read_words(&reading, argv + (argc > 0), err))
		return error_exit_status(err->kind);
	if (reading.wants_help || reading.wants_version)
		return (reading.wants_help ? print_help(err)
					   : print_version(err))
		    ? 0
		    : error_exit_status(err->kind);
	if (!check(&reading, err))
		return error_exit_status(err->kind);
	if (reading.command->operand != OPERAND_NONE &&
	    !service_user_become(reading.call.config, err))
		return error_exit_status(err->kind);
	mem_forbid_core_files();
	if (reading.call.verbose)
		print_show_steps();
	return reading.command->run(&reading.call, err);
}
