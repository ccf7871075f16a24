/*
 * What a mail's envelope file says, read without its lock: to list mails, and
 * to choose those that a run looks at. What is decided about a mail is decided
 * from what its claim (claim.h) reads.
 */
#ifndef SPOOL_PEEK_H
#define SPOOL_PEEK_H

#include "spool/id.h"
#include "spool/waiting.h"

enum peek_result {
	PEEK_READ,
	PEEK_GONE,    /* it was finished or removed meanwhile */
	PEEK_NEWER,   /* a newer smtpost wrote it */
	PEEK_DAMAGED, /* it is no envelope that can be used */
	PEEK_FAILED,  /* errno */
};

/*
 * Reads the mail `id` of an open folder, `mail` or `dead`. *waiting is freed by
 * the caller in any case.
 */
enum peek_result peek_read(
    struct waiting *waiting, int place, const struct id *id);

#endif
