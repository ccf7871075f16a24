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

struct options {
	const char *profile;   /* all of these are borrowed from argv */
	const char *from;      /* NULL: not given; "" is the null path */
	const char *full_name;
	const char *message, *recipients; /* files; "-" is stdin */
	const char *config;
	struct span *sets, *set_origins; /* owned arrays of borrowed texts */
	size_t set_count, origin_count;
	bool has_server; /* --server, or --set server= */
	bool read_recipients, dry_run, explain, help, version;
	unsigned verbose;
	char **operands;
	size_t operand_count;
};

bool options_parse(
    struct options *options, int argc, char **argv, struct error *err);
void options_free(struct options *options);
/* The text of --help. */
void options_print_help(FILE *out);

#endif
