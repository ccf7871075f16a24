/*
 * The one table of options: letter, name, argument, help, the modes it goes
 * with, and what it does; and beside it the letters that are taken for callers
 * of sendmail and mean nothing here.
 */
#ifndef CLI_OPTION_TABLE_H
#define CLI_OPTION_TABLE_H

#include "cli/options.h"

enum argument {
	ARGUMENT_NONE,
	ARGUMENT_WORD, /* the rest of the word, or else the next one */
	ARGUMENT_REST, /* the rest of the word, which may be empty */
};

/* All modes at once: for letters that mean nothing. */
#define EVERY_MODE (MODE_BIT(MODE_COUNT) - 1)

struct option {
	char letter;	  /* 0: none */
	const char *name; /* NULL: none */
	enum argument argument;
	const char *metavar;
	const char *help; /* NULL: another spelling of the row above */
	/*
	 * The modes it goes with, by name of the program; 0: unknown there. As
	 * sendmail a row with a letter has no long name.
	 */
	unsigned as_smtpost, as_sendmail;
	/* NULL: the option is in `field`, selects a mode, or is ignored. */
	bool (*apply)(
	    struct options *options, const char *argument, struct error *err);
	size_t field;	   /* of struct options: a text or a bool; 0: none */
	unsigned selects;  /* MODE_BIT of the mode it asks for; 0: none */
	bool keeps_blanks; /* a value in the same word may have blanks in it */
};

extern const struct option option_table[];
extern const size_t option_count;
/* Letters that are ignored, with their arguments. */
extern const struct option ignored_options[];
extern const size_t ignored_option_count;

/* Those of the modes above that count under this name. */
unsigned option_table_modes(const struct option *option, enum role role);
/* NULL where the name of the program has no such option. */
const struct option *option_table_find_letter(char letter, enum role role);
const struct option *option_table_find_name(struct span name, enum role role);
/* Whether the option has its long name under this name of the program. */
bool option_table_has_name(const struct option *option, enum role role);

/* Sets KEY to VALUE as --set does; origin is what the user wrote. */
bool option_table_set(struct options *options, const char *key,
    const char *value, const char *origin, struct error *err);

#endif
