/*
 * Where many mails come from: the mails of an mbox or of a folder, or the rows
 * of a table. The source finds its mails once, when it is opened. Each can then
 * be read any number of times: first to check all of them, later to send them.
 */
#ifndef COMPOSE_MAIL_SOURCE_H
#define COMPOSE_MAIL_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "compose/composition.h"
#include "message/message.h"

/* The most mails of one source. */
#define MAIL_SOURCE_MAX ((size_t)1000000)

/* A mail that was read; MAIL_SOURCE_NO_MAIL at first. All of it is owned. */
struct mail_source_mail {
	/*
	 * What the message was made from; all zero: it was read. Its recipients
	 * get the mail, too.
	 */
	struct composition composition;
	struct message *message;
	int fd;	    /* the file that the message is read from; -1: none */
	char *name; /* for report and errors: "news.mbox", "cur/17.host:2,S" */
	/*
	 * Identifies the mail in a state file, together with its recipients;
	 * for a message that differs each time that it is made. Empty: header
	 * and body identify it.
	 */
	struct buf identity;
};

#define MAIL_SOURCE_NO_MAIL ((struct mail_source_mail){.fd = -1})

struct mail_source {
	const char *name; /* for errors; borrowed */
	size_t count;	  /* of its mails, at most MAIL_SOURCE_MAX */
	/*
	 * Identifies the source in a state file: the path of an mbox or a
	 * folder, or the template of --merge.
	 */
	struct buf identity;
	/*
	 * Reads the mail at that index, from 0 on. False with err; its text
	 * says what failed and need not name the mail. The caller frees *mail
	 * in any case.
	 */
	bool (*read)(void *context, size_t index,
	    const struct message_options *how, struct mail_source_mail *mail,
	    struct error *err);
	void (*free)(void *context); /* frees the context, too */
	void *context;
};

void mail_source_free(struct mail_source *source);
void mail_source_free_mail(struct mail_source_mail *mail);

#endif
