/*
 * Puts a message into a spool, as smtpost does after a submission that failed
 * for a time: for tests of runs.
 *
 *	queue_driver SPOOL PROFILE SENDER AGE NOTIFY RECIPIENT ... < message
 *
 * AGE is in seconds, NOTIFY as in -N ("-": unset). The variable QUEUE_CONFIG is
 * the --config of the submission. Prints the mail's ID.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "fixup/fixup.h"
#include "spool/clock.h"
#include "spool/stored_message.h"

static bool
make_plan(struct plan *plan, const struct message *message, struct error *err)
{
	const struct header_completion completion = {
	    .from_path = "me@example.com",
	    .id_domain = "example.com",
	    .now = 1764412191,
	};
	const struct fixup fixup = {
	    .completion = &completion, .remove_bcc = true, .repair = true};

	return fixup_plan(plan, message, &fixup, err);
}

static bool
fill(struct waiting *waiting, int argc, char **argv, int64_t now)
{
	struct envelope_index index = {0};
	bool done = true;

	waiting->arrived = now - atoll(argv[4]);
	waiting->uid = getuid();
	waiting->profile = mem_copy_text(argv[2]);
	if (getenv("QUEUE_CONFIG") != NULL)
		waiting->config = mem_copy_text(getenv("QUEUE_CONFIG"));
	waiting->envelope.reverse_path = mem_copy_text(argv[3]);
	for (int i = 6; i < argc; i++) {
		struct recipient *last;

		envelope_add(&waiting->envelope, &index, argv[i]);
		last =
		    &waiting->envelope.recipients[waiting->envelope.count - 1];
		if (strcmp(argv[5], "-") != 0)
			done = done &&
			    dsn_parse_notify(
				span_from(argv[5]), &last->dsn.notify);
	}
	envelope_index_free(&index);
	return done;
}

static bool
run(int argc, char **argv, struct error *err)
{
	const struct message_options options = {0};
	struct waiting waiting = {0};
	struct plan plan = {0};
	struct folder folder;
	struct add add;
	int64_t now = time(NULL);
	struct message *message;
	bool done;

	if (!folder_make(&folder, argv[1], err))
		return false;
	message = message_read(STDIN_FILENO, "standard input", &options, err);
	done = message != NULL && make_plan(&plan, message, err) &&
	    fill(&waiting, argc, argv, now);
	clock_read(&folder, &waiting.clock);
	waiting.clock -= now - waiting.arrived;
	if (waiting.clock < 0)
		waiting.clock = 0;
	if (done && plan.message_id != NULL)
		waiting.message_id = mem_copy_text(plan.message_id);
	done = done && add_begin(&add, &folder, NULL, now, err) &&
	    stored_message_write(&add, message, &plan, err) &&
	    add_commit(&add, &waiting, err);
	if (done) {
		puts(add.id.text);
		add_release(&add);
	}
	message_free(message);
	plan_free(&plan);
	waiting_free(&waiting);
	folder_close(&folder);
	return done;
}

int
main(int argc, char **argv)
{
	struct error err = {0};

	if (argc < 7) {
		fputs("usage: queue_driver SPOOL PROFILE SENDER AGE NOTIFY "
		      "RECIPIENT ...\n",
		    stderr);
		return 64;
	}
	if (run(argc, argv, &err))
		return 0;
	fprintf(stderr, "%s\n", err.text);
	return 75;
}
