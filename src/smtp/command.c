#include "smtp/command.h"

#include "mail/xtext.h"

/* RFC 3461 section 4.2: of a parameter ORCPT, name and all. */
#define ORCPT_MAX ((size_t)500)
/* "RCPT TO:<" ... ">" CRLF around a path */
#define RCPT_FRAME ((size_t)12)

static bool
has_dsn(const struct session *session)
{
	return extensions_has(&session->extensions, EXTENSION_DSN);
}

/* RFC 3461 sections 4.3 and 4.4 */
static void
add_dsn(struct buf *line, const struct envelope *envelope)
{
	if (envelope->dsn_return != DSN_RETURN_UNSET) {
		buf_add_text(line, " RET=");
		dsn_add_return(line, envelope->dsn_return);
	}
	if (envelope->envelope_id != NULL) {
		buf_add_text(line, " ENVID=");
		xtext_encode(line, span_from(envelope->envelope_id));
	}
}

void
command_add_mail(struct buf *line, const struct session *session,
    const struct envelope *envelope, const struct letter *letter)
{
	if (letter == NULL)
		buf_add_format(
		    line, "MAIL FROM:<%s>", envelope->reverse_path);
	else
		command_add_mail_of(line, session, envelope, letter->size,
		    plan_facts(letter->plan, letter->message)
			->has_eight_bit);
}

void
command_add_mail_of(struct buf *line, const struct session *session,
    const struct envelope *envelope, uint64_t size, bool has_eight_bit)
{
	buf_add_format(line, "MAIL FROM:<%s>", envelope->reverse_path);
	if (size > 0 && extensions_has(&session->extensions, EXTENSION_SIZE))
		buf_add_format(
		    line, " SIZE=%llu", (unsigned long long)size);
	if (has_eight_bit)
		buf_add_text(line, " BODY=8BITMIME");
	if (has_dsn(session))
		add_dsn(line, envelope);
}

/*
 * RFC 3461 sections 4.1 and 4.2. ORCPT goes with NOTIFY only: alone it says
 * what the path says, and there are servers that stumble over it.
 */
void
command_add_rcpt(struct buf *line, const struct session *session,
    const struct recipient *recipient)
{
	const struct dsn_request *dsn = &recipient->dsn;
	struct buf original = {.max = ORCPT_MAX};

	buf_add_format(line, "RCPT TO:<%s>", recipient->forward_path);
	if (dsn->notify == 0 || !has_dsn(session))
		return;
	buf_add_text(line, " NOTIFY=");
	dsn_add_notify(line, dsn->notify);
	buf_add_text(&original, "ORCPT=");
	if (dsn->original != NULL) {
		buf_add_text(&original, dsn->original);
	} else {
		buf_add_text(&original, "rfc822;");
		xtext_encode(&original, span_from(recipient->forward_path));
	}
	if (!original.full)
		buf_add_format(line, " %s", buf_text(&original));
	buf_free(&original);
}

size_t
command_rcpt_octets(
    const struct session *session, const struct recipient *recipient)
{
	struct buf line = {0};
	size_t octets;

	if (recipient->dsn.notify == 0)
		return span_from(recipient->forward_path).len + RCPT_FRAME;
	command_add_rcpt(&line, session, recipient);
	octets = line.len + 2;
	buf_free(&line);
	return octets;
}

void
command_warn(const struct session *session, const struct envelope *envelope)
{
	bool asks = envelope->envelope_id != NULL ||
	    envelope->dsn_return != DSN_RETURN_UNSET;

	for (size_t i = 0; !asks && i < envelope->count; i++)
		asks = envelope->recipients[i].dsn.notify != 0;
	if (asks && !has_dsn(session))
		observer_note(session->dialogue.observer,
		    "warning: the server does not offer DSN: what was asked "
		    "of notifications is not passed on");
}
