/*
 * The mail about a command that has run: its subject, and a text with the
 * command line, the times, the result and the output.
 */
#ifndef COMPOSE_COMMAND_MAIL_H
#define COMPOSE_COMMAND_MAIL_H

#include "compose/command.h"
#include "compose/composition.h"

/* All zero to begin with. */
struct command_mail {
	const struct command *command; /* these are borrowed */
	const struct command_result *result;
	const char *host; /* of this machine; NULL: not known */
	struct buf text;  /* made by command_mail_fill */
};

/*
 * Sets subject, text and fields of a composition, and adds the attachment if
 * the command has `whole`. The composition borrows from the mail.
 */
void command_mail_fill(
    struct command_mail *mail, struct composition *composition);
void command_mail_free(struct command_mail *mail);
/* "backup": the last part of the command's name, masked. Caller frees. */
char *command_mail_name(const struct command *command);

#endif
