/*
 * The table of options: letter, name, argument, help, modes and effect. A
 * second table has the letters that are accepted from callers of sendmail and
 * ignored.
 */
#ifndef CLI_OPTION_TABLE_H
#define CLI_OPTION_TABLE_H

#include "cli/options.h"

enum argument {
	ARGUMENT_NONE,
	ARGUMENT_WORD,	   /* the rest of the word, or else the next one */
	ARGUMENT_REST,	   /* the rest of the word, which may be empty */
	ARGUMENT_OPTIONAL, /* --name=VALUE or --name alone */
};

/* All modes at once. */
#define EVERY_MODE (MODE_BIT(MODE_COUNT) - 1)
/* Those that read a message from standard input or a file. */
#define MESSAGE_MODES                                     \
	(MODE_BIT(MODE_SUBMIT) | MODE_BIT(MODE_DRY_RUN) | \
	    MODE_BIT(MODE_CHECK_MESSAGE))
/* Those that use the settings of one profile. */
#define PROFILE_MODES                                                 \
	(MESSAGE_MODES | MODE_BIT(MODE_RUN) | MODE_BIT(MODE_VERIFY) | \
	    MODE_BIT(MODE_SERVE) | MODE_BIT(MODE_EXPLAIN) |           \
	    MODE_BIT(MODE_DOCTOR) | MODE_BIT(MODE_SERVER_INFO))

enum option_trait {
	OPTION_KEEPS_BLANKS = 1,  /* an attached value may have blanks in it */
	OPTION_EMPTY_IS_NONE = 2, /* an empty value cancels an earlier one */
	OPTION_ONCE = 4,	  /* a second one is an error */
	OPTION_REPEATS = 8,	  /* its field is a struct option_values */
};

struct option {
	char letter;	  /* 0: none */
	const char *name; /* NULL: none */
	enum argument argument;
	const char *metavar; /* the argument's name in --help */
	const char *help;    /* its line in --help; NULL: it is ignored */
	/*
	 * The modes that the option goes with, by the program's name; 0:
	 * unknown under that name. Only as smtpost has a row with a letter its
	 * long name.
	 */
	unsigned as_smtpost, as_sendmail;
	unsigned as_mail; /* also as mailx; set only for their options */
	/* The effect: one of the next four, or none. */
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

/* The modes that the option goes with under this name of the program. */
unsigned option_table_modes(const struct option *option, enum role role);
/* NULL if this name of the program has no such option. */
const struct option *option_table_find_letter(char letter, enum role role);
const struct option *option_table_find_name(struct span name, enum role role);
/* Whether the long name exists under this name of the program. */
bool option_table_has_name(const struct option *option, enum role role);

/* Whether it is -b with the letter of a mode; as mail, -b is another option. */
bool option_table_is_mode_letter(const struct option *option);
/* Whether the option is -i or another form of it: -oi, -O IgnoreDots=true. */
bool option_table_ignores_dots(char letter, const char *value);

#endif
