/*
 * The report on standard output, as smtpost(1) describes it: what became of
 * every recipient, for scripts. Text of servers and users is masked, so that
 * a report of any kind is printable UTF-8 (base/utf8.h).
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
	bool as_sendmail; /* its callers know fewer exit statuses */
};

/* What to do about an outcome; NULL: nothing is known, or it is good. */
const char *report_hint(const struct report *report,
    const struct server *server, const struct outcome *outcome);
/* In the form that it has; false if `out` could not be written. */
bool report_print(const struct report *report, FILE *out);
/*
 * An error that ended the work before the first connection. Only JSON prints
 * it: an object with the exit status, the error, a hint and no recipients.
 */
void report_print_error(
    enum report_form form, const struct error *err, FILE *out);

#endif
