/*
 * The part of a notification for people, in plain English: to whom the mail was
 * not delivered, in whose words, and what to do.
 */
#ifndef SPOOL_NOTIFICATION_TEXT_H
#define SPOOL_NOTIFICATION_TEXT_H

#include <stdbool.h>

#include "message/message.h"
#include "spool/notification.h"

/* What of the mail a notification encloses. */
enum notification_enclosed {
	ENCLOSED_WHOLE,
	ENCLOSED_HEADER,
	ENCLOSED_NOTHING,    /* even the header is too large */
	ENCLOSED_UNFILTERED, /* nothing: filter-command has not seen it */
};

/*
 * Writes the text, without the header of the part. It is ASCII if
 * notification_is_ascii, else UTF-8. Recipients that follow each other and have
 * the same outcome share a sentence. False: the sink refused it.
 */
bool notification_text_write(const struct notification *notification,
    enum notification_enclosed enclosed, const struct message_sink *sink);

#endif
