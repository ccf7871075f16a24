/*
 * A dialogue over memory, with all that a test of it looks at. Included after
 * rows.h.
 */
#ifndef TESTS_SMTP_TALK_H
#define TESTS_SMTP_TALK_H

#include "base/wait.h"
#include "smtp/dialogue.h"

struct seen {
	struct buf text;
};

static inline void
talk_see(void *context, enum observed what, struct span text)
{
	struct seen *seen = context;

	buf_add_char(&seen->text, "CR-N"[what]);
	buf_add_char(&seen->text, ' ');
	buf_add_span(&seen->text, text);
	buf_add_char(&seen->text, '\n');
}

struct talk {
	struct dialogue dialogue;
	struct buf output;
	struct seen seen;
	struct observer observer;
	struct reply reply;
	struct outcome trouble;
};

static inline void
talk_init(struct talk *talk, struct span input, size_t cut)
{
	*talk = (struct talk){0};
	buf_init(&talk->seen.text, (size_t)1 << 20);
	talk->observer =
	    (struct observer){.see = talk_see, .context = &talk->seen};
	dialogue_init(&talk->dialogue,
	    stream_new_memory(input, cut, &talk->output), &talk->observer, 0,
	    DEADLINE_NEVER);
}

static inline void
talk_free(struct talk *talk)
{
	dialogue_free(&talk->dialogue);
	buf_free(&talk->output);
	buf_free(&talk->seen.text);
	reply_free(&talk->reply);
	outcome_free(&talk->trouble);
}

static inline bool
talk_hear(struct talk *talk)
{
	return dialogue_hear(
	    &talk->dialogue, STAGE_MAIL, &talk->reply, &talk->trouble);
}

#endif
