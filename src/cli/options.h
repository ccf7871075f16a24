/*
 * The command line: the name by which the program was called, the mode, and the
 * values of the options. command_line.h fills it from argv.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/mode.h"
#include "cli/msmtp_account.h"
#include "cli/option_values.h"
#include "message/header_edit.h"
#include "profile/profile.h"
#include "profile/rate.h"

/*
 * The name by which the program was called. Callers of sendmail do not know
 * smtpost, and may pass on arguments that strangers chose.
 */
enum role {
	ROLE_SMTPOST, /* any other name */
	ROLE_SENDMAIL,
	ROLE_MAILQ,
	ROLE_NEWALIASES,
	ROLE_MAIL,
	ROLE_MAILX,
};

/* Whether it is one of sendmail's names, which have only sendmail's options. */
bool options_role_is_sendmail(enum role role);
/* Whether it is "mail" or "mailx", which accept only options of mailx. */
bool options_role_is_mail(enum role role);
/* "smtpost", "sendmail", "mailq", "newaliases", "mail" or "mailx". */
const char *options_role_name(enum role role);

/* Which results of a command of --run are mailed. */
enum mail_on {
	MAIL_ON_FAILURE, /* the default */
	MAIL_ON_OUTPUT,	 /* whatever it printed, as cron does */
	MAIL_ON_ALWAYS,
};

/* Many mails in one call. */
struct batch_options {
	const char *source;	  /* --batch; NULL: not given */
	const char *table;	  /* --merge; NULL: not given */
	const char *rows;	  /* --rows; NULL: all */
	const char *state;	  /* --state, a file; NULL: none */
	struct rate rate;	  /* --rate; count 0: no limit */
	uint64_t max_failures;	  /* --max-failures, in a row; 0: no limit */
	unsigned resends_unknown; /* --resend-unknown */
};

/* Of --doctor. */
struct doctor_options {
	const char *only;     /* --only: ids of checks; NULL: all */
	const char *outbound; /* --outbound: an IP address; NULL: not named */
	const char *send_to;  /* --send: an address; NULL: send nothing */
	uint64_t warn_days; /* --warn-days; 0: by the certificate's lifetime */
	unsigned all, no_login, redacts; /* --all, --no-login, --redact */
	bool wants_monitor;		 /* --report monitor */
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
	/* Of --run: argv after "--", which NULL ends; NULL: none. */
	char **command;
	enum mail_on mail_on;
	unsigned tee, attach_output, requires_tls;
	struct batch_options batch;
	struct doctor_options doctor;
	struct msmtp_account msmtp;
	const char *setup_address;     /* --setup; borrowed */
	const char *import_file;       /* --import: FILE, KIND:FILE or KIND */
	unsigned with_secrets, writes; /* --with-secrets, --write */
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
	unsigned read_envelope_from;	 /* the reverse-path is the From */
	unsigned has_consent, is_online; /* --yes, --online */
	unsigned skips_empty;		 /* mail -E: send no empty text */
	struct option_values wheres;	 /* cli/queue_select.c checks them */
	bool wants_debug; /* -d as smtpost, which has no effect */
	bool queue_only;  /* -odq: put it into the queue, send nothing */
	/* The option that says when to send, and until when the mail waits, in
	   seconds since 1970; NULL and 0: at once. */
	const char *wait_option;
	int64_t not_before;
	const char *queue_letters; /* what stands after -q; NULL: no -q */
	unsigned all_users;	   /* --all-users */
	char **operands;
	size_t operand_count;
};

/*
 * Adds a setting as --set does: "KEY=VALUE". Origin is the option as --explain
 * names it. Both are copied.
 */
void options_add_set(
    struct options *options, const char *text, const char *origin);
/* The same from two parts. False, with ERROR_USAGE, if it is too long. */
bool options_set(struct options *options, const char *setting,
    const char *value, const char *origin, struct error *err);
/* Whether --set or an option has set it. */
bool options_sets(const struct options *options, struct span setting);
/* Sets the error for a value that an option, given with its dashes, refuses. */
bool options_refuse(
    const char *option, const char *value, const char *why, struct error *err);
/* Whether an option such as --subject describes a message to compose. */
bool options_compose(const struct options *options);
/* Whether a path is "-"; NULL is not. */
bool options_is_stdin(const char *path);
/* With --merge: the template's path, or "-"; NULL: messages are composed. */
const char *options_template(const struct options *options);
/* Whether the text or another part of a composed message is standard input. */
bool options_compose_from_input(const struct options *options);
/* Whether the call is for many mails. */
bool options_batch(const struct options *options);
/*
 * Whether the mode reads standard input. Otherwise it belongs to the calling
 * script and must not be read.
 */
bool options_read_input(const struct options *options);
/* --report, else text: for modes that ignore the setting `report`. */
enum report_form options_report(const struct options *options);
void options_free(struct options *options);

#endif
