/*
 * Dot-stuffing (RFC 5321 section 4.5.2): a line of the mail data that begins
 * with a dot gets another dot in front of it, so that no line of a message is
 * mistaken for the end of the data.
 */
#ifndef MESSAGE_DOT_STUFFING_H
#define MESSAGE_DOT_STUFFING_H

#include <stdbool.h>
#include <stddef.h>

#include "message/message.h"

/* All zero except the sink, before the first line. */
struct dot_stuffing {
	const struct message_sink *sink; /* borrowed; gets the stuffed text */
	bool in_line;
};

/*
 * The write function of a message_sink whose context is a struct dot_stuffing.
 * Takes text with CRLF line ends, in pieces cut anywhere. False once the sink
 * has returned false.
 */
bool dot_stuffing_write(void *context, const char *data, size_t len);

#endif
