/*
 * The one table of options: letter, name, argument, help, and what each does;
 * and beside it the letters that are taken for callers of sendmail and mean
 * nothing here.
 */
#ifndef CLI_OPTION_TABLE_H
#define CLI_OPTION_TABLE_H

#include "cli/options.h"

enum argument {
	ARGUMENT_NONE,
	ARGUMENT_WORD, /* the rest of the word, or else the next one */
	ARGUMENT_REST, /* the rest of the word, which may be empty */
};

enum option_trait {
	OPTION_EVERYWHERE = 1, /* as sendmail the long name exists too */
	OPTION_OWN = 2,	       /* as sendmail the letter means nothing */
};

struct option {
	char letter;	   /* 0: none */
	const char *name;  /* NULL: none */
	enum argument argument;
	const char *metavar;
	const char *help; /* NULL: another spelling of the row above */
	/* NULL: the option is taken and ignored. */
	bool (*apply)(
	    struct options *options, const char *argument, struct error *err);
	unsigned traits;
};

extern const struct option option_table[];
extern const size_t option_count;
/* Letters that are ignored, with their arguments. */
extern const struct option ignored_options[];
extern const size_t ignored_option_count;

/* Sets KEY to VALUE as --set does; origin is what the user wrote. */
bool option_set(struct options *options, const char *key, const char *value,
    const char *origin, struct error *err);

#endif
