/*
 * After a submission: a child process that nobody waits for sends what is due
 * in the queue. If the call has put a mail there, the child stays for it.
 */
#ifndef CLI_FLUSH_H
#define CLI_FLUSH_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/queue_add.h"
#include "spool/spool_path.h"

struct flush {
	struct spool_paths paths; /* owned; none: nothing is to be done */
	char *config;		  /* of --config, an absolute path; owned */
	char *serving; /* the profile whose server took the mail, or NULL; owned
			*/
	bool stays;    /* the call has put a mail into the queue */
};

/*
 * Looks whether mail waits, after the report; as smtpost it says so at a
 * terminal. Makes no system call where there is no queue. *flush is all zero
 * before.
 */
void flush_look(struct flush *flush, struct queue_add *queue);
/* Starts the child, if mail waits; frees *flush. Returns in the parent only. */
void flush_start(struct flush *flush);

#endif
