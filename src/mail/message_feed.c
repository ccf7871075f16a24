#include "mail/message_feed.h"

#include <stdlib.h>

#include "base/mem.h"
#include "mail/message_parts.h"

struct message_feed {
	struct message *message; /* owned, until it is handed out */
	struct section section;
	struct scan scan;
};

struct message_feed *
message_feed_new(enum header_rule rule)
{
	struct message_feed *feed = mem_new(1, sizeof(*feed));

	feed->message = mem_new(1, sizeof(*feed->message));
	body_init(&feed->message->body, 0);
	section_init(&feed->section, rule);
	return feed;
}

void
message_feed_keep(struct message_feed *feed, uint64_t memory_max)
{
	body_init(&feed->message->body, memory_max);
}

void
message_feed_free(struct message_feed *feed)
{
	if (feed == NULL)
		return;
	message_free(feed->message);
	section_release(&feed->section);
	free(feed);
}

static bool
add_body(struct message_feed *feed, struct span data, struct error *err)
{
	while (data.len > 0) {
		struct span block = span_head(data, MESSAGE_BLOCK);

		scan_take(&feed->scan, block);
		if (!body_add(&feed->message->body, block, err))
			return false;
		data = span_skip(data, block.len);
	}
	return true;
}

bool
message_feed_add(
    struct message_feed *feed, struct span data, struct error *err)
{
	struct section *section = &feed->section;

	if (section->progress == SECTION_MORE) {
		data = span_skip(data, section_take(section, data));
		if (section->progress == SECTION_BODY &&
		    !add_body(feed, section_tail(section), err))
			return false;
	}
	if (section->progress == SECTION_BODY && !add_body(feed, data, err))
		return false;
	return section_accept(&feed->section, &feed->scan, err);
}

struct message *
message_feed_end(struct message_feed *feed, struct error *err)
{
	struct message *message = feed->message;
	struct section *section = &feed->section;

	if (section->progress == SECTION_MORE) {
		section_end(section);
		if (section->progress == SECTION_BODY &&
		    !add_body(feed, section_tail(section), err))
			return NULL;
	}
	scan_end(&feed->scan);
	message_take_header(message, section, &feed->scan.facts);
	if (!section_accept(section, &feed->scan, err) ||
	    !body_end(&message->body, err))
		return NULL;
	feed->message = NULL;
	return message;
}
