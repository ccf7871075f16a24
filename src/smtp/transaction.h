/*
 * One mail transaction: MAIL, RCPT for every open recipient, DATA, content.
 * Its steps are numbered and two cursors run over them, one for what was
 * asked and one for what was answered; only the window between them knows of
 * PIPELINING.
 */
#ifndef SMTP_TRANSACTION_H
#define SMTP_TRANSACTION_H

#include <stdbool.h>
#include <stdint.h>

#include "envelope/envelope.h"
#include "fixup/fixup.h"
#include "message/message.h"
#include "smtp/session.h"

struct letter {
	const struct message *message; /* borrowed */
	const struct plan *plan;       /* borrowed */
	uint64_t size; /* octets of the planned message in CRLF form */
	/* Room for a plan without 8-bit octets, made when a server wants it;
	   NULL: none is made. Borrowed. */
	struct plan *seven_bit;
	struct plan *utf8; /* the same, with header fields in UTF-8 */
	bool is_utf8;	   /* it goes under SMTPUTF8; see fit.h */
	/* What to exit with if memory ends once the message may have been
	   taken; 0: that changes nothing. */
	int status_in_doubt;
};

/*
 * Runs one transaction for the envelope's open recipients. Afterwards those
 * are settled, but for the ones that a server with a limit put off (452 or
 * 552 after an accepted one): they wait for another transaction. *ending is
 * how it ended, for the report; *quit_said: QUIT went behind the content.
 * Without a letter (NULL) the server is only asked: MAIL, RCPT, RSET.
 * False when the session is of no more use.
 */
bool transaction_run(struct session *session, struct envelope *envelope,
    const struct letter *letter, struct outcome *ending, bool *quit_said);

#endif
