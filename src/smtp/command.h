/*
 * The command lines of a transaction, with the parameters that the server's
 * extensions allow (RFC 5321 section 4.1.2): SIZE, BODY, and those of DSN.
 */
#ifndef SMTP_COMMAND_H
#define SMTP_COMMAND_H

#include "mail/envelope.h"
#include "smtp/transaction.h"

/* Without a letter nothing is said of its size and body. */
void command_add_mail(struct buf *line, const struct session *session,
    const struct envelope *envelope, const struct letter *letter);
/* Before there is a letter: what is known of it. Size 0: nothing. */
void command_add_mail_of(struct buf *line, const struct session *session,
    const struct envelope *envelope, uint64_t size, bool has_eight_bit);
void command_add_rcpt(struct buf *line, const struct session *session,
    const struct recipient *recipient);
/* The octets of that line on the wire. */
size_t command_rcpt_octets(
    const struct session *session, const struct recipient *recipient);
/* A note where notifications are asked for that this server cannot give. */
void command_warn(
    const struct session *session, const struct envelope *envelope);

#endif
