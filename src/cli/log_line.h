/*
 * One line of the log: what became of one recipient, as words NAME=VALUE for
 * grep and awk. Foreign octets are masked, blanks too, but for the text at
 * the end; what is too long for a log ends visibly in "...". Knows nothing of
 * where the line goes.
 */
#ifndef CLI_LOG_LINE_H
#define CLI_LOG_LINE_H

#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "mail/envelope.h"

/* What the lines of a submission have in common; all of it borrowed. */
struct log_facts {
	const char *profile;
	const char *server;	  /* its URL; NULL: none was tried */
	const char *reverse_path; /* "" is the null reverse-path */
	const char *message_id;	  /* NULL: none is known */
	uint64_t size;		  /* octets; 0: not known */
	uid_t uid;		  /* who submitted it */
};

void log_line_add(struct buf *line, const struct log_facts *facts,
    const struct recipient *recipient);
/* The same beginning, then a sentence: only its first line counts. */
void log_line_add_warning(
    struct buf *line, const struct log_facts *facts, struct span text);

#endif
