/*
 * The table of options: letter, name, argument, help, the modes that an option
 * goes with, and what it does. A second table has the letters that are
 * accepted from callers of sendmail and ignored.
 */
#ifndef CLI_OPTION_TABLE_H
#define CLI_OPTION_TABLE_H

#include "cli/options.h"

enum argument {
	ARGUMENT_NONE,
	ARGUMENT_WORD, /* the rest of the word, or else the next one */
	ARGUMENT_REST, /* the rest of the word, which may be empty */
};

/* All modes at once. */
#define EVERY_MODE (MODE_BIT(MODE_COUNT) - 1)

enum option_trait {
	OPTION_KEEPS_BLANKS = 1,  /* an attached value may have blanks in it */
	OPTION_EMPTY_IS_NONE = 2, /* an empty value takes an earlier one back */
	OPTION_ONCE = 4,	  /* a second one is an error */
};

struct option {
	char letter;	  /* 0: none */
	const char *name; /* NULL: none */
	enum argument argument;
	const char *metavar; /* what --help calls the argument */
	const char *help;    /* its line of --help; NULL: it is ignored */
	/*
	 * The modes it goes with, by the name of the program; 0: unknown by
	 * that name. As sendmail, a row with a letter has no long name.
	 */
	unsigned as_smtpost, as_sendmail;
	/* What it does: one of the next four, or nothing. */
	unsigned selects; /* the MODE_BIT of a mode; see -b too */
	bool (*take)(
	    struct options *options, const char *argument, struct error *err);
	const char *setting; /* set to the argument, else to "yes" */
	/*
	 * Offset in struct options: of a const char * that borrows the
	 * argument, else of an unsigned that counts how often it is given.
	 */
	size_t field;
	unsigned traits; /* enum option_trait */
};

extern const struct option option_table[];
extern const size_t option_count;
extern const struct option ignored_options[];
extern const size_t ignored_option_count;

/* The modes that it goes with by this name of the program. */
unsigned option_table_modes(const struct option *option, enum role role);
/* NULL if this name of the program has no such option. */
const struct option *option_table_find_letter(char letter, enum role role);
const struct option *option_table_find_name(struct span name, enum role role);
/* Whether its long name exists by this name of the program. */
bool option_table_has_name(const struct option *option, enum role role);

/* The mode that -b with `rest` behind it selects; false, with err: refused. */
bool option_table_find_mode(
    const char *rest, enum mode *mode, struct error *err);
/* Whether it is -i or another spelling of it: -oi, -O IgnoreDots=true. */
bool option_table_ignores_dots(char letter, const char *value);

#endif
