/*
 * A mode is what the program is asked to do. What a mode takes is in the table
 * of mode.c; which options go with it is a column of option_table.c.
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
	MODE_PROVIDERS,	    /* --providers: print the known mail services */
	MODE_QUEUE_LIST,    /* -bp, mailq: print the queue */
	MODE_QUEUE_RUN,	    /* -q: send what is in the queue */
	MODE_NOTHING,	    /* -bi, newaliases: do nothing, successfully */
	MODE_HELP,	    /* --help */
	MODE_VERSION,	    /* --version */
	MODE_COUNT,
};

/* What a mode tells main, besides an error. All zero at first. */
struct mode_result {
	int exit_status; /* if there is no error */
	bool input_read; /* main need not drain standard input */
};

/* For a set of modes. */
#define MODE_BIT(mode) (1U << (mode))

/* Whether it reads a message, from standard input or --message. */
bool mode_takes_message(enum mode mode);
/* Whether operands are recipients. With other modes an operand is an error. */
bool mode_takes_recipients(enum mode mode);
/*
 * Whether options end at the first recipient. If a message may be sent, an
 * option after a recipient was probably injected by a stranger.
 */
bool mode_ends_options(enum mode mode);
/* The option that selects it: "-bs", "--dry-run". */
const char *mode_name(enum mode mode);

#endif
