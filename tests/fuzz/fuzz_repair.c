#include "fuzz/fuzz.h"

#include "fixup/fixup.h"
#include "fixup/header_policy.h"
#include "message/header.h"
#include "message/message.h"
#include "message/mime.h"
#include "message/replay.h"

#define ROOM ((size_t)64 * 1024 * 1024)

static bool
keep(void *context, const char *data, size_t len)
{
	CLAIM(buf_add(context, data, len));
	return true;
}

/* Every line ends in CRLF, has no other CR or LF, and is not too long. */
static void
check_lines(struct span out, bool is_short)
{
	size_t line = 0;

	for (size_t i = 0; i < out.len; i++) {
		bool ends = out.at[i] == '\r' && i + 1 < out.len &&
		    out.at[i + 1] == '\n';

		CLAIM(out.at[i] != '\0');
		CLAIM(ends || out.at[i] != '\r');
		CLAIM(out.at[i] != '\n');
		line = ends ? 0 : line + 1;
		CLAIM(line <= 998 || !is_short);
		i += ends;
	}
	CLAIM(line == 0);
}

static void
add_entity(void *context, const struct mime_entity *entity)
{
	uint64_t *outline = context;

	*outline = mime_outline_add(*outline, entity);
}

/* The entities of a message in its CRLF form. */
static uint64_t
outline_of(struct span text)
{
	uint64_t outline = 0;
	const struct mime_sink sink = {add_entity, &outline};
	struct mime *mime;
	size_t header = 0;

	while (!span_starts(span_skip(text, header), SPAN("\r\n")))
		header += span_find(span_skip(text, header), '\n') + 1;
	mime = mime_new(span_head(text, header), &sink);
	mime_take(mime, span_skip(text, header + 2));
	mime_end(mime);
	mime_free(mime);
	return outline;
}

static uint64_t
outline_as_read(const struct message *message)
{
	struct buf out;
	const struct message_sink sink = {keep, &out};
	uint64_t outline;

	buf_init(&out, ROOM);
	CLAIM(
	    replay_message(message, NULL, REPLAY_PLAIN, &sink) == REPLAY_DONE);
	outline = outline_of(buf_span(&out));
	buf_free(&out);
	return outline;
}

static void
check_plan(
    const struct message *message, const struct plan *plan, bool is_seven_bit)
{
	struct buf out;
	const struct message_sink sink = {keep, &out};
	const struct message_facts *facts = plan_facts(plan, message);

	buf_init(&out, ROOM);
	CLAIM(
	    replay_message(message, plan, REPLAY_PLAIN, &sink) == REPLAY_DONE);
	CLAIM(replay_size(message, plan) == out.len);
	CLAIM(facts->has_eight_bit == !span_is_ascii(buf_span(&out)));
	CLAIM(!is_seven_bit || !facts->has_eight_bit);
	check_lines(buf_span(&out), !facts->has_long_line);
	CLAIM(outline_of(buf_span(&out)) == outline_as_read(message));
	buf_free(&out);
}

static void
check_message(const struct message *message, const struct fixup *fixup)
{
	struct plan plan, seven_bit;
	struct error err = {0};

	if (fixup_plan(&plan, message, fixup, &err)) {
		check_plan(message, &plan, false);
		if (fixup_plan_seven_bit(&seven_bit, &plan, message, &err))
			check_plan(message, &seven_bit, true);
		else
			fuzz_check_error(&err);
		plan_free(&seven_bit);
	} else {
		fuzz_check_error(&err);
	}
	plan_free(&plan);
}

/* All changes to a message: completion, policy, repair of fields and parts. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = fuzz_input(data, size);
	unsigned choice = fuzz_choice(&input);
	struct message_feed *feed = message_feed_new(HEADER_BY_FORM, 0);
	struct message *message = NULL;
	struct error err = {0};
	struct header_policy policy = {
	    .domain = "example.org",
	    .reverse_path = "me@example.org",
	    .replaces = (choice & 1) != 0,
	    .sender = "me@example.org",
	    .keeps_original_from = (choice & 2) != 0,
	};
	const struct header_completion completion = {
	    .from_path = "me@example.org",
	    .from_name = "M\xc3\xa4",
	    .id_domain = "example.org",
	};
	const struct fixup fixup = {
	    .completion = (choice & 4) != 0 ? &completion : NULL,
	    .policy = (choice & 8) != 0 ? &policy : NULL,
	    .remove_bcc = true,
	    .repair = (choice & 16) == 0,
	};

	/* Text that may be a broken header with recipients is refused. */
	if (message_feed_add(feed, input, &err) &&
	    (message = message_feed_end(feed, &err)) != NULL)
		check_message(message, &fixup);
	else
		CLAIM(err.text[0] != '\0');
	header_policy_free(&policy);
	message_free(message);
	message_feed_free(feed);
	return 0;
}
