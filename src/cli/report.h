/*
 * The report on standard output, as smtpost(1) describes it: the outcome for
 * each recipient, for scripts. Text of servers and users is masked, so that a
 * report of any kind is printable UTF-8 (base/utf8.h).
 */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "base/error.h"
#include "smtp/submission.h"

struct report {
	enum report_form form;
	const struct envelope *envelope;     /* borrowed */
	const struct submission *submission; /* borrowed */
	const struct plan *plan;	     /* borrowed */
	bool as_sendmail; /* sendmail's callers know fewer exit statuses */
	/* Of one of several mails: its number, from 1 on, and its source. */
	size_t number;
	const char *source; /* borrowed */
	bool is_repeated;   /* its trouble was printed with an earlier mail */
};

/* A hint about an outcome; NULL: none is known, or it is a success. */
const char *report_hint(const struct report *report,
    const struct server *server, const struct outcome *outcome);
/* Prints the report in its form; false if `out` could not be written. */
bool report_print(const struct report *report, FILE *out);
/*
 * Prints that one of several mails is deferred, because it could not be read
 * any more.
 */
void report_print_lost(enum report_form form, size_t number, const char *source,
    const struct error *err, FILE *out);
/*
 * Prints an error that ended the work before the first connection. Only JSON
 * has a form for it: an object with the exit status, the error, a hint and no
 * recipients.
 */
void report_print_error(
    enum report_form form, const struct error *err, FILE *out);

#endif
