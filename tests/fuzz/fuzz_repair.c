#include "fuzz/fuzz.h"

#include "mail/fixup.h"
#include "mail/header.h"
#include "mail/header_policy.h"
#include "mail/message.h"
#include "mail/message_feed.h"

static bool
keep(void *context, const char *data, size_t len)
{
	CLAIM(buf_add(context, data, len));
	return true;
}

/* CR LF ends lines and stands nowhere else; nothing is too long. */
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
check_plan(
    const struct message *message, const struct plan *plan, bool is_seven_bit)
{
	struct buf out;
	const struct message_sink sink = {keep, &out};
	const struct message_facts *facts = plan_facts(plan, message);

	buf_init(&out, 64 * 1024 * 1024);
	CLAIM(message_replay(message, plan, REPLAY_PLAIN, &sink) ==
	    REPLAY_DONE);
	CLAIM(message_size(message, plan) == out.len);
	CLAIM(facts->has_eight_bit == !span_is_ascii(buf_span(&out)));
	CLAIM(!is_seven_bit || !facts->has_eight_bit);
	check_lines(buf_span(&out), !facts->has_long_line);
	buf_free(&out);
}

static void
check_message(const struct message *message, const struct fixup *fixup)
{
	struct plan plan, seven_bit;
	struct error err = {0};

	if (message_plan(&plan, message, fixup, &err)) {
		check_plan(message, &plan, false);
		if (message_plan_seven_bit(
			&seven_bit, &plan, message, &err))
			check_plan(message, &seven_bit, true);
		else
			fuzz_check_error(&err);
		plan_free(&seven_bit);
	} else {
		fuzz_check_error(&err);
	}
	plan_free(&plan);
}

/* Everything that is done to a message: fields, policy, MIME leaves. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = fuzz_input(data, size);
	unsigned choice = fuzz_choice(&input);
	struct message_feed *feed = message_feed_new();
	struct message *message;
	struct error err = {0};
	struct header_policy policy = {
	    .domain = "example.org",
	    .reverse_path = "me@example.org",
	    .replaces = (choice & 1) != 0,
	    .sender = "me@example.org",
	    .keeps_original_from = (choice & 2) != 0,
	};
	struct fixup fixup = {
	    .complete = (choice & 4) != 0,
	    .policy = (choice & 8) != 0 ? &policy : NULL,
	    .remove_bcc = true,
	    .repair = (choice & 16) == 0,
	    .from_path = "me@example.org",
	    .from_name = "M\xc3\xa4",
	    .id_domain = "example.org",
	};

	CLAIM(message_feed_add(feed, input, &err));
	message = message_feed_end(feed, &err);
	CLAIM(message != NULL);
	check_message(message, &fixup);
	header_policy_free(&policy);
	message_free(message);
	message_feed_free(feed);
	return 0;
}
