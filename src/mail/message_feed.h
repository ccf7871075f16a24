/*
 * A message that is handed over in pieces instead of being read from a
 * descriptor: for a server, which has it on a connection that goes on behind
 * the message. What comes out is like message_read's; an empty one is no
 * error here.
 */
#ifndef MAIL_MESSAGE_FEED_H
#define MAIL_MESSAGE_FEED_H

#include <stdbool.h>

#include "base/error.h"
#include "base/text.h"
#include "mail/message.h"

struct message_feed; /* opaque */

struct message_feed *message_feed_new(enum header_rule rule);
/* How much of it may be in memory (body.h), before the first octet. */
void message_feed_keep(struct message_feed *feed, uint64_t memory_max);
void message_feed_free(struct message_feed *feed);
/* False on failure, with an error as message_read's; then feed no more. */
bool message_feed_add(
    struct message_feed *feed, struct span data, struct error *err);
/* The message, which the caller frees; NULL on failure. */
struct message *message_feed_end(
    struct message_feed *feed, struct error *err);

#endif
