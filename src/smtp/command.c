#include "smtp/command.h"

/* "RCPT TO:<" ... ">" CRLF around a path */
#define RCPT_FRAME ((size_t)12)

void
command_add_mail(struct buf *line, const struct session *session,
    const struct mail_request *request)
{
	buf_add_format(
	    line, "MAIL FROM:<%s>", request->envelope->reverse_path);
	extensions_add_mail(&session->extensions, request, line);
}

void
command_add_rcpt(struct buf *line, const struct session *session,
    const struct recipient *recipient)
{
	buf_add_format(line, "RCPT TO:<%s>", recipient->forward_path);
	extensions_add_rcpt(&session->extensions, recipient, line);
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
	const char *warning =
	    extensions_warning(&session->extensions, envelope);

	if (warning != NULL)
		observer_note(
		    session->dialogue.observer, "warning: %s", warning);
}
