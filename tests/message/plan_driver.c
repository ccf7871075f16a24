/*
 * Reads a message from standard input and prints it as it would be sent to a
 * server with 8BITMIME or, with the argument "7bit", to one without. Notes go
 * to standard error. Exit status 65: the message would be refused. With this
 * program tests in other languages check how a message is changed.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fixup/fixup.h"
#include "message/message.h"
#include "message/replay.h"

static bool
print(void *context, const char *data, size_t len)
{
	(void)context;
	return fwrite(data, 1, len, stdout) == len;
}

static bool
make_plans(struct plan plans[2], const struct message *message, bool seven_bit,
    struct error *err)
{
	const struct fixup fixup = {.repair = true};

	return fixup_plan(&plans[0], message, &fixup, err) &&
	    (!seven_bit ||
		fixup_plan_seven_bit(&plans[1], &plans[0], message, err));
}

static bool
run(bool seven_bit, struct error *err)
{
	const struct message_options options = {0};
	const struct message_sink sink = {print, NULL};
	struct message *message =
	    message_read(STDIN_FILENO, "standard input", &options, err);
	struct plan plans[2];
	struct plan *plan = &plans[seven_bit];
	bool done = false;

	memset(plans, 0, sizeof(plans));
	if (message == NULL)
		return false;
	if (make_plans(plans, message, seven_bit, err)) {
		fputs(buf_text(&plan->notes), stderr);
		done = replay_message(message, plan, REPLAY_PLAIN, &sink) ==
		    REPLAY_DONE;
	}
	plan_free(&plans[0]);
	plan_free(&plans[1]);
	message_free(message);
	return done;
}

int
main(int argc, char **argv)
{
	struct error err = {0};

	if (run(argc > 1 && strcmp(argv[1], "7bit") == 0, &err))
		return fflush(stdout) == 0 ? 0 : 74;
	fprintf(stderr, "%s\n", err.text);
	return err.kind == ERROR_DATA ? 65 : 75;
}
