#include "fuzz/fuzz.h"

#include "base/wait.h"
#include "net/stream.h"
#include "smtp/dialogue.h"
#include "smtp/extension.h"

/*
 * A dialogue reads replies that arrive in pieces cut anywhere. Each reply is
 * also parsed as one to EHLO.
 */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = fuzz_input(data, size);
	unsigned cut = fuzz_choice(&input);
	struct buf output;
	struct dialogue dialogue;
	struct reply reply = {0};
	struct outcome trouble = {0};
	struct extensions extensions;
	size_t heard = 0;

	buf_init(&output, 1024 * 1024);
	dialogue_init(&dialogue, stream_new_memory(input, cut, &output), NULL,
	    1000, DEADLINE_NEVER);
	do {
		dialogue_say(&dialogue, "NOOP");
		if (!dialogue_hear(&dialogue, STAGE_EHLO, &reply, &trouble))
			break;
		CLAIM(reply.code >= 200 && reply.code <= 599);
		CLAIM(reply.status.class == 0 ||
		    reply.status.class == reply.code / 100);
		CLAIM(reply.text.len <= REPLY_TEXT_MAX);
		extensions_read(&extensions, &reply);
		CLAIM(reply_last_line(&reply).len <= reply.text.len);
	} while (++heard < 64);
	if (heard < 64)
		CLAIM(trouble.action != ACTION_NONE);
	reply_free(&reply);
	outcome_free(&trouble);
	dialogue_free(&dialogue);
	buf_free(&output);
	return 0;
}
