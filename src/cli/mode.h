/*
 * What the program is asked to do. The table of modes says what each of them
 * takes; which options go with it is a column of the table of options.
 */
#ifndef CLI_MODE_H
#define CLI_MODE_H

#include <stdbool.h>

enum mode {
	MODE_SUBMIT,	    /* -bm, the default: submit a message */
	MODE_DRY_RUN,	    /* --dry-run: print what would be submitted */
	MODE_CHECK_MESSAGE, /* --check-message: print what would be mended */
	MODE_VERIFY,	    /* -bv: ask the server about recipients */
	MODE_SERVE,	    /* -bs: SMTP on standard input and output */
	MODE_EXPLAIN,	    /* --explain: print the settings */
	MODE_PROVIDERS,	    /* --providers */
	MODE_QUEUE_LIST,    /* -bp, mailq */
	MODE_QUEUE_RUN,	    /* -q */
	MODE_NOTHING,	    /* -bi, newaliases: success, and nothing done */
	MODE_HELP,	    /* --help */
	MODE_VERSION,	    /* --version */
	MODE_COUNT,
};

/* What a mode gives to main beside its error. All zero to begin with. */
struct mode_result {
	int exit_status; /* if there is no error */
	bool input_read; /* standard input need not be drained any more */
};

/* For a set of modes. */
#define MODE_BIT(mode) (1U << (mode))

/* Whether it reads a message, from standard input or --message. */
bool mode_takes_message(enum mode mode);
/* Whether operands are recipients; elsewhere an operand is a mistake. */
bool mode_takes_recipients(enum mode mode);
/*
 * Whether options end at the first recipient. A message may be sent, so an
 * option behind a recipient was probably injected.
 */
bool mode_ends_options(enum mode mode);
/* How a user asks for it: "-bs", "--dry-run". */
const char *mode_name(enum mode mode);

#endif
