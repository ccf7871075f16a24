/*
 * What the findings of --doctor come to: its exit status, and what would become
 * of a mail now.
 */
#ifndef CLI_VERDICT_H
#define CLI_VERDICT_H

#include <stddef.h>

#include "cli/options.h"
#include "doctor/diagnosis.h"

/* The exit statuses of monitoring plugins. */
enum verdict_status {
	VERDICT_OK,
	VERDICT_WARNING,
	VERDICT_FAILURE,
	VERDICT_UNKNOWN,
};

struct verdict {
	enum verdict_status status;
	size_t counts[SEVERITY_SKIPPED + 1]; /* by severity */
	int submission; /* the status that a submission would end with; or -1 */
	/* "mail would be deferred"; static; NULL: nothing is known */
	const char *mail;
};

struct verdict verdict_of(
    const struct diagnosis *diagnosis, const struct options *options);
/* Of two statuses the one that counts: 2 before 1 before 3 before 0. */
enum verdict_status verdict_worse(enum verdict_status a, enum verdict_status b);
/* The finding that decides the status; NULL: there is none. */
const struct finding *verdict_decisive(
    const struct diagnosis *diagnosis, enum verdict_status status);

#endif
