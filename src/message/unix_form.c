/*
 * Turns CRLF into LF. A replay writes no other CR, so each of them goes. In a
 * mailbox file the ">" may be added after those that the line has already,
 * which gives the same line and needs no memory of their number.
 */
#include "message/unix_form.h"

static const struct span from = SPAN("From ");

/* Takes one octet at the start of a line. */
static void
take_start(struct unix_form *form, char c, struct buf *out)
{
	if (form->held == 0 && c == '>') {
		buf_add_char(out, c);
		return;
	}
	if (c == from.at[form->held]) {
		form->held++;
		if (form->held < from.len)
			return;
		buf_add_char(out, '>');
		buf_add_span(out, from);
	} else {
		buf_add_span(out, span_head(from, form->held));
		if (c != '\r')
			buf_add_char(out, c);
	}
	form->held = 0;
	form->is_in_line = c != '\n';
}

void
unix_form_add(struct unix_form *form, struct span data, struct buf *out)
{
	while (data.len > 0) {
		char c = data.at[0];
		size_t len = 1;

		if (form->is_mbox && !form->is_in_line) {
			take_start(form, c, out);
		} else if (c == '\n') {
			buf_add_char(out, c);
			form->is_in_line = false;
		} else if (c != '\r') {
			len = span_find(data, '\r');
			buf_add_span(out, span_head(data, len));
		}
		data = span_skip(data, len);
	}
}
