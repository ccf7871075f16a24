/*
 * The stages of a submission in the order in which they come: where an
 * outcome was decided, how the report names it, and how long RFC 5321
 * section 4.5.3.2 lets it take.
 */
#ifndef MAIL_STAGE_H
#define MAIL_STAGE_H

#include <stdint.h>

enum stage {
	STAGE_NONE,
	STAGE_CONNECT, /* name resolution too */
	STAGE_GREETING,
	STAGE_EHLO,
	STAGE_TLS, /* STARTTLS and the handshake */
	STAGE_AUTH, /* the secret too */
	STAGE_MAIL,
	STAGE_RCPT,
	STAGE_DATA, /* the reply to DATA */
	STAGE_CONTENT, /* from 354 on; the report says "data" too */
	STAGE_QUIT,
};

const char *stage_name(enum stage stage);
/* Milliseconds for one reply. */
int64_t stage_timeout(enum stage stage);

#endif
