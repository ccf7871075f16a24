/*
 * The command line: the name by which the program was called, the mode, and the
 * values of the options. command_line.h fills it from argv.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "message/header_edit.h"
#include "profile/profile.h"

/*
 * The name by which the program was called. Callers of sendmail do not know
 * smtpost, and may pass on arguments that strangers chose.
 */
enum role {
	ROLE_SMTPOST, /* any other name */
	ROLE_SENDMAIL,
	ROLE_MAILQ,
	ROLE_NEWALIASES,
};

/* Whether it is one of sendmail's names, which have only sendmail's options. */
bool options_role_is_sendmail(enum role role);
/* "smtpost", "sendmail", "mailq" or "newaliases". */
const char *options_role_name(enum role role);

/* The work that the program does. */
enum mode {
	MODE_SUBMIT,	    /* -bm, the default: submit a message */
	MODE_DRY_RUN,	    /* --dry-run: print what would be submitted */
	MODE_CHECK_MESSAGE, /* --check-message: print its changes */
	MODE_VERIFY,	    /* -bv: ask the server about recipients */
	MODE_SERVE,	    /* -bs: SMTP on standard input and output */
	MODE_EXPLAIN,	    /* --explain: print the settings */
	MODE_PROVIDERS,	    /* --providers: print the known mail services */
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
	bool takes_recipients; /* else an operand is an error, unless */
	/*
	 * Whether options end at the first recipient. In a mode that may send a
	 * message, an option after a recipient was probably injected.
	 */
	bool ends_options;
	bool takes_ids; /* operands are IDs of the queue */
};

/*
 * By enum mode. option_table.c lists the options of each mode, and main.c the
 * function that does its work.
 */
extern const struct mode_traits mode_table[];

/* The values of an option that may be repeated, in this order. */
struct option_values {
	const char **texts; /* owned; each is borrowed from argv */
	size_t count;
};

struct options {
	enum role role; /* by argv[0] */
	enum mode mode;
	const char *profile; /* this and the next texts: borrowed from argv */
	const char *from;    /* NULL: not given; "" is the null path */
	const char *full_name;
	const char *message, *recipients; /* files; "-" is stdin */
	/* What describes a message to compose; see cli/draft.h. */
	const char *subject, *reply_to;
	const char *body, *body_file, *html_file;
	struct option_values to, cc, bcc, inlines, attachments;
	struct header_edits header_edits; /* owned */
	const char *config;
	const char *envelope_id;	 /* NULL: none; checked */
	struct span *sets, *set_origins; /* owned, with their texts */
	size_t set_count, origin_count;
	char **warnings; /* owned: for the log, values ignored as sendmail */
	size_t warning_count;
	bool has_server; /* --server, or --set server= or provider= */
	bool has_report; /* --report was given; `report` is its value */
	enum report_form report;
	bool is_quiet; /* --quiet: no report and no progress */
	unsigned read_recipients, wants_diff, verbose; /* how often given */
	unsigned has_consent;			       /* --yes */
	struct option_values wheres; /* cli/queue_select.c checks them */
	bool wants_debug;	     /* -d as smtpost, which has no effect */
	bool queue_only; /* -odq: put it into the queue, send nothing */
	/* The option that says when to send, and until when the mail waits, in
	   seconds since 1970; NULL and 0: at once. */
	const char *wait_option;
	int64_t not_before;
	const char *queue_letters; /* what stands behind -q; NULL: no -q */
	unsigned all_users;	   /* --all-users */
	char **operands;
	size_t operand_count;
};

/*
 * Adds a setting as --set does: "KEY=VALUE", which is copied; origin is the
 * option as --explain names it, copied too.
 */
void options_add_set(
    struct options *options, const char *text, const char *origin);
/* The same from two parts. False, with ERROR_USAGE, if it is too long. */
bool options_set(struct options *options, const char *setting,
    const char *value, const char *origin, struct error *err);
/*
 * Whether an option such as --subject or --attach describes a message, which is
 * then composed instead of read.
 */
bool options_compose(const struct options *options);
/*
 * Whether the mode reads standard input: the message, or recipients. Otherwise
 * standard input belongs to the calling script and must not be read.
 */
bool options_read_input(const struct options *options);
/* --report, else text: for modes that ignore the setting `report`. */
enum report_form options_report(const struct options *options);
void options_free(struct options *options);

#endif
