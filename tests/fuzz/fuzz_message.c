#include "fuzz/fuzz.h"

#include "message/message.h"

/* After fuzz.h, which it needs as much as feed.h. */
#include "message/message_oracle.h"
#include "message/replay.h"

static bool
keep(void *context, const char *data, size_t len)
{
	CLAIM(buf_add(context, data, len));
	return true;
}

static void
check_form(
    const struct message *message, struct span input, enum replay_form form)
{
	struct buf wanted = oracle_wire(input, false, form == REPLAY_STUFFED),
		   got;
	const struct message_sink sink = {keep, &got};

	buf_init(&got, 64 * 1024 * 1024);
	CLAIM(replay_message(message, NULL, form, &sink) == REPLAY_DONE);
	CLAIM(span_equal(buf_span(&got), buf_span(&wanted)));
	if (form == REPLAY_PLAIN)
		CLAIM(replay_size(message, NULL) == got.len);
	buf_free(&wanted);
	buf_free(&got);
}

/* Feeds a message in pieces, and replays it. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = fuzz_input(data, size), rest;
	size_t cut = fuzz_choice(&input) + 1;
	struct message_feed *feed = message_feed_new(HEADER_BY_FORM, 0);
	struct message *message;
	struct error err = {0};
	bool is_taken = true;

	for (rest = input; is_taken && rest.len > 0;
	     rest = span_skip(rest, cut))
		is_taken = message_feed_add(feed, span_head(rest, cut), &err);
	/* Text that may be a broken header with recipients is refused. */
	if (!is_taken || (message = message_feed_end(feed, &err)) == NULL) {
		CLAIM(err.text[0] != '\0');
		message_feed_free(feed);
		return 0;
	}
	if (span_find(input, '\0') == input.len) {
		check_form(message, input, REPLAY_PLAIN);
		check_form(message, input, REPLAY_STUFFED);
	}
	message_free(message);
	message_feed_free(feed);
	return 0;
}
