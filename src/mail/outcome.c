#include "mail/outcome.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void
outcome_free(struct outcome *outcome)
{
	reply_free(&outcome->reply);
	*outcome = (struct outcome){0};
}

void
outcome_copy(struct outcome *to, const struct outcome *from)
{
	struct reply reply = to->reply;

	reply_copy(&reply, &from->reply);
	*to = *from;
	to->reply = reply;
}

void
outcome_from_reply(
    struct outcome *outcome, enum stage stage, const struct reply *reply)
{
	outcome->stage = stage;
	outcome->in_doubt = false;
	reply_copy(&outcome->reply, reply);
	switch (reply->code / 100) {
	case 2:
		outcome->action = ACTION_RELAYED;
		break;
	case 4:
		outcome->action = ACTION_DELAYED;
		outcome->cause = CAUSE_TEMPORARY;
		break;
	case 5:
		outcome->action = ACTION_FAILED;
		outcome->cause = CAUSE_REFUSED;
		break;
	default:
		outcome->action = ACTION_DELAYED;
		outcome->cause = CAUSE_PROTOCOL;
		break;
	}
}

void
outcome_set_own(struct outcome *outcome, enum stage stage, enum cause cause,
    const char *format, ...)
{
	char text[1024];
	va_list arguments;
	int len;

	va_start(arguments, format);
	len = vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (len >= (int)sizeof(text))
		memcpy(text + sizeof(text) - 4, "...", 4);
	outcome->action =
	    cause == CAUSE_CONTENT ? ACTION_FAILED : ACTION_DELAYED;
	outcome->stage = stage;
	outcome->cause = cause;
	outcome->in_doubt = false;
	reply_set_own(&outcome->reply, "%s", text);
}

bool
outcome_outweighs(const struct outcome *outcome, const struct outcome *other)
{
	static const int weights[] = {
	    [ACTION_NONE] = 0,
	    [ACTION_RELAYED] = 1,
	    [ACTION_FAILED] = 2,
	    [ACTION_DELAYED] = 3,
	};

	return weights[outcome->action] > weights[other->action];
}

const char *
outcome_name(const struct outcome *outcome)
{
	static const char *const names[] = {
	    [ACTION_NONE] = "deferred",
	    [ACTION_RELAYED] = "relayed",
	    [ACTION_DELAYED] = "deferred",
	    [ACTION_FAILED] = "failed",
	};

	if (outcome->in_doubt)
		return "unknown";
	/* No further than RCPT: the server was only asked. */
	if (outcome->action == ACTION_RELAYED && outcome->stage == STAGE_RCPT)
		return "accepted";
	return names[outcome->action];
}
