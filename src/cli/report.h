/*
 * The report, as smtpost(1) has it: what became of every recipient, for
 * scripts. Foreign octets are masked here and nowhere else.
 */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "envelope/envelope.h"
#include "smtp/submission.h"

struct report {
	enum report_form form;
	const struct envelope *envelope;     /* borrowed */
	const struct submission *submission; /* borrowed */
	const struct plan *plan;	     /* borrowed */
	bool as_sendmail; /* whose callers know fewer exit statuses */
};

/* What to do about an outcome; NULL: nothing is known, or it is good. */
const char *report_hint(const struct report *report,
    const struct server *server, const struct outcome *outcome);
/* False when standard output could not be written. */
bool report_print(const struct report *report, FILE *out);
bool report_print_json(const struct report *report, FILE *out);
/*
 * What ended the work before the wire. Only as JSON there is something to
 * print: an object with the exit status, the error, a hint, no recipients.
 */
void report_print_failure(
    enum report_form form, const struct error *err, FILE *out);
/*
 * For people, on standard error: with the form `none` a line for each
 * recipient that was not served, else what ended the session, with a hint.
 */
void report_print_trouble(const struct report *report, FILE *out);

#endif
