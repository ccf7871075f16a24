/*
 * The commands of one mail transaction: MAIL, RCPT for each recipient, and
 * DATA, or BDAT with the content itself. With PIPELINING (RFC 2920) several of
 * them are under way at once; replies are matched to commands by counting.
 * Used by transaction.c, which decides what the replies mean.
 */
#ifndef SMTP_PIPELINE_H
#define SMTP_PIPELINE_H

#include <stdbool.h>
#include <stddef.h>

#include "smtp/letter.h"
#include "smtp/session.h"

struct pipeline {
	/* Set by the caller; borrowed. */
	struct session *session;
	const struct envelope *envelope;
	struct letter letter; /* in this server's form; no message: only ask */
	struct outcome *ending; /* why the transaction ended */
	struct recipient **recipients;
	size_t count;  /* of recipients; lowered if the server shows a limit */
	bool has_left; /* other open recipients need a later transaction */

	size_t said;	    /* steps: MAIL, RCPT of each, DATA or BDAT */
	size_t answered;    /* of them */
	bool is_dismissed;  /* the last one by 421 */
	bool is_said_ahead; /* MAIL went with the content of another letter */

	/* The replies to MAIL and RCPT. */
	bool mail_answered; /* not by 421, or by a reply to something else */
	bool mail_refused;
	size_t heard; /* recipients with a reply, from the first one on */
	size_t accepted, refused, refused_for_now;
	size_t put_off; /* 452 or 552: for a later transaction */
	size_t put_off_in_row;
	/* MAIL was refused, but a later command was not. */
	bool is_contradicted;
	/*
	 * MAIL was said ahead, and the replies show that they do not come in
	 * the order of the commands: which is for the content is unknown.
	 */
	bool is_out_of_order;

	size_t octets_under_way; /* of commands without a reply yet */
	bool is_lost;		 /* no further command may be sent */
	bool data_asked;	 /* DATA or BDAT was sent */
	struct reply data_reply; /* the reply to it; code 0: none */

	struct buf chunk;   /* the content, if it goes by BDAT */
	bool is_chunked;    /* BDAT is used, not DATA */
	bool is_chunk_said; /* BDAT and all of the chunk were written */
	bool is_quit_said;  /* and QUIT after it */
};

/*
 * Reads the content into pipeline->chunk if it can go by BDAT in the same
 * flight as the other commands. False: the message has changed meanwhile, or
 * the journal forbids to send the content; the ending says so.
 */
bool pipeline_prepare_chunk(struct pipeline *pipeline);
/*
 * Sends MAIL and as many of the other commands as go in one flight, while the
 * reply to the content of another letter is still due. pipeline_run, called
 * afterwards, reads their replies.
 */
void pipeline_say_ahead(struct pipeline *pipeline);
/*
 * Sends the commands and reads their replies. Each reply to RCPT is kept in its
 * recipient, whose outcome is set if it was refused. False: the session cannot
 * be used any more, and the ending says why.
 */
bool pipeline_run(struct pipeline *pipeline);
/*
 * The reply to BDAT decides for the accepted recipients, each of which LMTP
 * answers by itself. To be called if is_chunk_said and accepted > 0. False: the
 * session cannot be used any more. If the server does not know BDAT, the ending
 * stays open, since another session can use DATA.
 */
bool pipeline_end_chunk(struct pipeline *pipeline);
/*
 * If 221, the reply to QUIT, came instead of the reply to BDAT, the reply to
 * some command is missing: puts all recipients in doubt.
 */
void pipeline_check_missing(struct pipeline *pipeline);
/* Frees the chunk and the reply, but nothing that was borrowed. */
void pipeline_free(struct pipeline *pipeline);

#endif
