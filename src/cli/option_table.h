/*
 * The one table of options: letter, name, argument, help, and what each does.
 */
#ifndef CLI_OPTION_TABLE_H
#define CLI_OPTION_TABLE_H

#include "cli/options.h"

enum argument { ARGUMENT_NONE, ARGUMENT_WORD };

struct option {
	char letter;	   /* 0: none */
	const char *name;  /* NULL: none */
	enum argument argument;
	const char *metavar;
	const char *help; /* NULL: another spelling of the row above */
	bool (*apply)(
	    struct options *options, const char *argument, struct error *err);
};

extern const struct option option_table[];
extern const size_t option_count;

#endif
