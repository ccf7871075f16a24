/*
 * What the command line asks for: the name the program was called by, the
 * mode, and the values of the options. command_line.h fills it from argv.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/text.h"
#include "cli/mode.h"
#include "profile/profile.h"

/*
 * The name the program was called by: sendmail's callers know nothing of
 * smtpost, and may hand on options that strangers chose.
 */
enum role {
	ROLE_SMTPOST, /* any other name */
	ROLE_SENDMAIL,
	ROLE_MAILQ,
	ROLE_NEWALIASES,
};

/* Whether it is one of sendmail's names: only sendmail's options exist. */
bool options_role_is_sendmail(enum role role);
const char *options_role_name(enum role role);

struct options {
	enum role role; /* by argv[0] */
	enum mode mode;
	const char *profile; /* all of these are borrowed from argv */
	const char *from;    /* NULL: not given; "" is the null path */
	const char *full_name;
	const char *message, *recipients; /* files; "-" is stdin */
	const char *config;
	const char *envelope_id;	 /* NULL: none; checked */
	struct span *sets, *set_origins; /* owned, and so are their texts */
	size_t set_count, origin_count;
	char **warnings; /* what was dropped as sendmail; for the log */
	size_t warning_count;
	bool has_server; /* --server, or --set server= or provider= */
	bool has_report; /* --report was given; `report` is its value */
	enum report_form report;
	unsigned read_recipients, wants_diff, verbose; /* how often given */
	bool wants_debug; /* -d as smtpost, which means nothing here */
	char **operands;
	size_t operand_count;
};

/*
 * Adds a setting as --set does: "KEY=VALUE", which is copied; origin is the
 * option as --explain names it, copied too.
 */
void options_add_set(
    struct options *options, const char *text, const char *origin);
/* The same of two parts. False, with ERROR_USAGE, if it is too long. */
bool options_set(struct options *options, const char *setting,
    const char *value, const char *origin, struct error *err);
/*
 * Whether standard input is for us: the message, or the recipients. Anything
 * else there is a script's, and must be left to it.
 */
bool options_read_input(const struct options *options);
/* What --report says, else text: no setting decides for what only prints. */
enum report_form options_report(const struct options *options);
void options_free(struct options *options);

#endif
