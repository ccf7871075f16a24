#include "fuzz/fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

#include "fixup/fixup.h"
#include "fixup/header_policy.h"
#include "fixup/planned_message.h"
#include "message/header.h"
#include "message/message.h"
#include "message/replay.h"
#include "spool/stored_message.h"

#define ROOM ((size_t)64 * 1024 * 1024)

static bool
keep(void *context, const char *data, size_t len)
{
	CLAIM(buf_add(context, data, len));
	return true;
}

/* The forms in which servers can get a message, or why one cannot be had. */
struct forms {
	struct plan plans[3]; /* for 8BITMIME, 7 bits, SMTPUTF8 */
	struct error errors[3];
	bool done[3];
};

static void
free_forms(struct forms *forms)
{
	for (size_t i = 0; i < 3; i++)
		plan_free(&forms->plans[i]);
}

/* The forms that follow from the first one. */
static void
make_further(struct forms *forms, const struct message *message)
{
	forms->done[1] = forms->done[0] &&
	    fixup_plan_seven_bit(
		&forms->plans[1], &forms->plans[0], message, &forms->errors[1]);
	forms->done[2] = forms->done[0] &&
	    fixup_plan_utf8(&forms->plans[2], &forms->plans[0], message, false,
		&forms->errors[2]);
}

static void
check_equal(struct forms *direct, const struct message *message,
    struct forms *kept, const struct message *again)
{
	for (size_t i = 0; i < 3; i++) {
		struct buf a, b;
		const struct message_sink sink_a = {keep, &a};
		const struct message_sink sink_b = {keep, &b};

		CLAIM(direct->done[i] == kept->done[i]);
		if (!direct->done[i])
			continue;
		buf_init(&a, ROOM);
		buf_init(&b, ROOM);
		CLAIM(replay_message(message, &direct->plans[i], REPLAY_PLAIN,
			  &sink_a) == REPLAY_DONE);
		CLAIM(replay_message(again, &kept->plans[i], REPLAY_PLAIN,
			  &sink_b) == REPLAY_DONE);
		CLAIM(span_equal(buf_span(&a), buf_span(&b)));
		buf_free(&a);
		buf_free(&b);
	}
	if (!direct->done[0])
		return;
	CLAIM(plan_facts(&direct->plans[0], message)->has_eight_bit ==
	    plan_facts(&kept->plans[0], again)->has_eight_bit);
	CLAIM(direct->plans[0].is_repairable == kept->plans[0].is_repairable);
	CLAIM(fixup_has_words(&direct->plans[0]) ==
	    fixup_has_words(&kept->plans[0]));
	CLAIM(planned_message_has_utf8_address(message, &direct->plans[0]) ==
	    planned_message_has_utf8_address(again, &kept->plans[0]));
}

/* A message that went through the spool goes out as one that did not. */
static void
check(const struct message *message, const struct fixup *fixup)
{
	struct folder folder = {.path = (char *)"the test"};
	struct forms direct = {0}, kept = {0};
	struct message *again;
	struct error err = {0};
	struct add add = {.folder = &folder, .lock = -1};

	direct.done[0] =
	    fixup_plan(&direct.plans[0], message, fixup, &direct.errors[0]);
	if (!direct.done[0])
		return;
	make_further(&direct, message);
	add.fd = memfd_create("stored", MFD_CLOEXEC);
	CLAIM(add.fd >= 0);
	CLAIM(stored_message_write(&add, message, &direct.plans[0], &err));
	again = stored_message_read(add.fd, &err);
	CLAIM(again != NULL);
	kept.done[0] = stored_message_plan(
	    &kept.plans[0], again, fixup->repair, &kept.errors[0]);
	make_further(&kept, again);
	check_equal(&direct, message, &kept, again);
	message_free(again);
	close(add.fd);
	free_forms(&direct);
	free_forms(&kept);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = fuzz_input(data, size);
	unsigned choice = fuzz_choice(&input);
	const struct header_completion completion = {
	    .from_path = "me@example.org",
	    .from_name = "M\xc3\xa9",
	    .id_domain = "example.org",
	    .now = 1764412191,
	};
	struct header_policy policy = {
	    .domain = "example.org",
	    .reverse_path = "me@example.org",
	    .from_path = "me@example.org",
	    .name = "M\xc3\xa9",
	    .replaces = (choice & 4) != 0,
	    .sender = (choice & 4) != 0 ? "me@example.org" : NULL,
	};
	const struct fixup fixup = {
	    .completion = (choice & 1) != 0 ? &completion : NULL,
	    .policy = (choice & 2) != 0 ? &policy : NULL,
	    .remove_bcc = (choice & 8) == 0,
	    .repair = (choice & 16) == 0,
	};
	struct message_feed *feed = message_feed_new(
	    (choice & 32) != 0 ? HEADER_BY_FORM : HEADER_BY_NAME, 0);
	struct error err = {0};
	struct message *message = message_feed_add(feed, input, &err)
	    ? message_feed_end(feed, &err)
	    : NULL;

	if (message != NULL)
		check(message, &fixup);
	header_policy_free(&policy);
	message_free(message);
	message_feed_free(feed);
	return 0;
}
