/*
 * The command lines of a transaction (RFC 5321 section 4.1.2), with the
 * parameters that the server's extensions allow.
 */
#ifndef SMTP_COMMAND_H
#define SMTP_COMMAND_H

#include "envelope/envelope.h"
#include "smtp/session.h"

void command_add_mail(struct buf *line, const struct session *session,
    const struct mail_request *request);
void command_add_rcpt(struct buf *line, const struct session *session,
    const struct recipient *recipient);
/* The octets of that line on the wire. */
size_t command_rcpt_octets(
    const struct session *session, const struct recipient *recipient);
/* A note where something is asked for that this server cannot give. */
void command_warn(
    const struct session *session, const struct envelope *envelope);

#endif
