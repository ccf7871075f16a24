/*
 * The modes: each is one kind of work that the program does. A mode is chosen
 * by an option; the table of options says which others go with it.
 */
#ifndef CLI_MODE_H
#define CLI_MODE_H

#include <stdbool.h>

/* The work that the program does. */
enum mode {
	MODE_SUBMIT,	    /* -bm, the default: submit a message */
	MODE_RUN,	    /* --run: run a command and mail its output */
	MODE_DRY_RUN,	    /* --dry-run: print what would be submitted */
	MODE_CHECK_MESSAGE, /* --check-message: print its changes */
	MODE_VERIFY,	    /* -bv: ask the server about recipients */
	MODE_SERVE,	    /* -bs: SMTP on standard input and output */
	MODE_EXPLAIN,	    /* --explain: print the settings */
	MODE_DOCTOR,	    /* --doctor: check the set-up */
	MODE_SERVER_INFO,   /* --server-info: show what a server offers */
	MODE_SETUP,	    /* --setup: make a profile */
	MODE_IMPORT,	    /* --import: translate another program's settings */
	MODE_PROVIDERS,	    /* --providers: print the known mail services */
	MODE_DKIM_KEYGEN,   /* --dkim-keygen: make a key that signs mail */
	MODE_MAILQ,	    /* -bp, mailq: print the queue as Postfix does */
	MODE_QUEUE_LIST,    /* --queue-list: print the queue for scripts */
	MODE_QUEUE_SHOW,    /* --queue-show: print all about a mail */
	MODE_QUEUE_HOLD,    /* --queue-hold: do not try a mail for now */
	MODE_QUEUE_RELEASE, /* --queue-release: try it again */
	MODE_QUEUE_REMOVE,  /* --queue-remove: drop it */
	MODE_QUEUE_RUN,	    /* -q: send what is in the queue */
	MODE_NOTHING,	    /* -bi, newaliases: do nothing, successfully */
	MODE_HELP,	    /* --help */
	MODE_VERSION,	    /* --version */
	MODE_COUNT,
};

/* What a mode returns to main, besides an error. All zero at first. */
struct mode_result {
	int exit_status; /* if there is no error */
	bool input_read; /* main need not drain standard input */
};

/* For a set of modes. */
#define MODE_BIT(mode) (1U << (mode))

/* The input of a mode. */
struct mode_traits {
	const char *name;   /* the option that selects it: "-bs", "--dry-run" */
	bool takes_message; /* from standard input or --message */
	bool takes_recipients; /* operands are recipients */
	/*
	 * Whether options end at the first recipient. In a mode that may send a
	 * message, an option after a recipient was probably injected.
	 */
	bool ends_options;
	bool takes_ids;	  /* operands are IDs of the queue */
	bool takes_words; /* operands are words that the mode itself checks */
	/* The operand is a profile's name or a server's URL. */
	bool takes_profile;
};

/*
 * By enum mode. option_table.c lists the options of each mode, and main.c the
 * function that does its work.
 */
extern const struct mode_traits mode_table[];

/* Whether operands are recipients, words, or a profile; IDs are apart. */
bool mode_takes_operands(enum mode mode);

#endif
