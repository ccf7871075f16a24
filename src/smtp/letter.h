/*
 * The letter: the message in the form in which it is sent. A server may lack
 * 8BITMIME or SMTPUTF8, or limit SIZE; these functions decide which form of the
 * message and which addresses it can accept.
 */
#ifndef SMTP_LETTER_H
#define SMTP_LETTER_H

#include <stdbool.h>
#include <stdint.h>

#include "envelope/envelope.h"
#include "fixup/fixup.h"
#include "message/message.h"
#include "smtp/session.h"
#include "smtp/signing.h"

/*
 * A record of the submission that the caller keeps on disk. A server may have
 * the message as soon as the end of the content is on its way, so the record
 * must be there before.
 */
struct journal {
	/* MAIL is sent next, perhaps together with another letter's content. */
	void (*before_mail)(void *context);
	/*
	 * The end of the content is sent next, to this server. False forbids
	 * it: then nothing is in doubt, and the open recipients are delayed.
	 */
	bool (*before_end)(void *context, const struct server *server);
	/*
	 * A transaction has ended; the envelope has its outcomes. False: no
	 * further transaction of this envelope may begin.
	 */
	bool (*after_transaction)(void *context);
	/*
	 * Direct delivery: until the next call, all sessions are for `part`
	 * alone. It is an envelope of some recipients of the letter's, where
	 * they must not be looked at meanwhile: its i-th recipient is
	 * members[i] there. NULL: for the whole envelope again. May be NULL.
	 */
	void (*turn_to)(
	    void *context, struct envelope *part, const size_t *members);
	void *context; /* borrowed */
};

struct letter {
	const struct message *message; /* borrowed */
	const struct plan *plan;       /* borrowed */
	uint64_t size; /* octets of the planned message in CRLF form */
	/*
	 * Room for two further plans, made when a server needs them: one
	 * without 8-bit octets, and one with header fields in UTF-8. NULL: that
	 * plan is not made. Borrowed.
	 */
	struct plan *seven_bit, *utf8;
	/* Signs it with DKIM, once its keys are set; NULL: nothing does. */
	struct signing *signing;       /* borrowed */
	bool is_utf8;		       /* the message is sent under SMTPUTF8 */
	const struct journal *journal; /* NULL: no record is kept; borrowed */
	/*
	 * The exit status for running out of memory once the server may have
	 * accepted the message; 0: do not change the status.
	 */
	int status_in_doubt;
};

/*
 * If the server does not offer SMTPUTF8, settles the open recipients whose
 * address needs it; with partial = all-or-nothing, all open ones. False: no
 * recipient is open any more, and *ending says why.
 */
bool letter_check_recipients(const struct session *session,
    struct envelope *envelope, struct outcome *ending);
/*
 * Whether this server can accept the address; if not, *ending gives the reason
 * at this stage, with the status 5.6.7 of RFC 6531.
 */
bool letter_check_path(const struct session *session, const char *path,
    enum stage stage, struct outcome *ending);
/*
 * Whether the message is within the server's SIZE limit (RFC 1870 section 6.1);
 * if not, *ending reports it.
 */
bool letter_check_size(
    const struct session *session, uint64_t size, struct outcome *ending);
/*
 * Whether mail that must have REQUIRETLS (RFC 8689) may be sent: the
 * certificate is trusted, and the server offers the extension under TLS. If
 * not, *ending says at this stage that the mail fails, with the status 5.7.30.
 */
bool letter_check_requiretls(
    const struct session *session, enum stage stage, struct outcome *ending);
/* Sets the delay of a message that has changed since it was read. */
void letter_set_changed(const struct letter *letter, struct outcome *ending);
/*
 * Whether an open address of the envelope or the header needs SMTPUTF8 (RFC
 * 6531 section 3.4).
 */
bool letter_needs_utf8(
    const struct envelope *envelope, const struct letter *letter);
/*
 * Makes *fitted the letter in the form that this server can accept: without
 * 8-bit octets if it lacks 8BITMIME or the letter is signed, with header fields
 * in UTF-8 under SMTPUTF8. Signs it, if that is due. If letter is NULL (the
 * server is only asked about recipients), only fitted->is_utf8 is set. False:
 * the server cannot accept it, perhaps for lack of REQUIRETLS, and *ending says
 * why.
 */
bool letter_fit(const struct session *session, const struct envelope *envelope,
    const struct letter *letter, struct letter *fitted, struct outcome *ending);
/*
 * Gives the letter the form for a server with all extensions, and signs it, if
 * that is due. False: err says why.
 */
bool letter_preview(
    const struct envelope *envelope, struct letter *letter, struct error *err);
/*
 * Asks the journal, if there is one, whether the end of the content may be
 * sent. False: it may not, and *ending says so at this stage.
 */
bool letter_may_end(const struct letter *letter, const struct session *session,
    enum stage stage, struct outcome *ending);

#endif
