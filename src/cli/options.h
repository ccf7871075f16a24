/*
 * The command line: one table says of every option its letter, its name, its
 * argument, its line of help and what it does. The help text, the manual and
 * the completions are compared with it by a test.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/error.h"
#include "base/text.h"
#include "cli/role.h"

enum mode {
	MODE_POST,	 /* submit a message: -bm, the default */
	MODE_VERIFY,	 /* -bv: ask the server about recipients */
	MODE_SERVE,	 /* -bs: SMTP on standard input and output */
	MODE_QUEUE_LIST, /* -bp, mailq */
	MODE_QUEUE_RUN,	 /* -q */
	MODE_NOTHING,	 /* -bi, newaliases: success, and nothing done */
};

struct options {
	enum role role; /* by argv[0] */
	enum mode mode;
	const char *profile;   /* all of these are borrowed from argv */
	const char *from;      /* NULL: not given; "" is the null path */
	const char *full_name;
	const char *message, *recipients; /* files; "-" is stdin */
	const char *config;
	const char *envelope_id; /* NULL: none; checked */
	struct span *sets, *set_origins; /* owned arrays of borrowed texts */
	size_t set_count, origin_count;
	char **warnings; /* what was dropped as sendmail; for the log */
	size_t warning_count;
	bool has_server; /* --server, or --set server= or provider= */
	bool read_recipients, dry_run, explain, help, version;
	bool check_message, providers;
	bool runs_queue; /* -q */
	unsigned verbose;
	char **operands;
	size_t operand_count;
};

bool options_parse(
    struct options *options, int argc, char **argv, struct error *err);
/*
 * Whether standard input is for us: the message, or the recipients. Anything
 * else there is a script's, and must be left to it.
 */
bool options_read_input(const struct options *options);
void options_free(struct options *options);
/* The text of --help. */
void options_print_help(FILE *out, enum role role);

#endif
