/*
 * Makes outcomes from replies and from sentences of our own. Only a 5yz reply,
 * or mail that the server cannot carry, is a failure; everything else that goes
 * wrong is a delay.
 */
#include "envelope/outcome.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

const char *
outcome_stage_name(enum stage stage)
{
	static const char *const names[] = {
	    [STAGE_NONE] = "-",
	    [STAGE_CONNECT] = "connect",
	    [STAGE_GREETING] = "greeting",
	    [STAGE_EHLO] = "ehlo",
	    [STAGE_TLS] = "tls",
	    [STAGE_AUTH] = "auth",
	    [STAGE_MAIL] = "mail",
	    [STAGE_RCPT] = "rcpt",
	    [STAGE_DATA] = "data",
	    [STAGE_CONTENT] = "data",
	    [STAGE_QUIT] = "quit",
	};

	return names[stage];
}

#define TEXT_MAX ((size_t)1024) /* octets of a sentence of our own */

void
outcome_free(struct outcome *outcome)
{
	reply_free(&outcome->reply);
	free(outcome->hint);
	*outcome = (struct outcome){0};
}

void
outcome_copy(struct outcome *to, const struct outcome *from)
{
	struct reply reply = to->reply;

	reply_copy(&reply, &from->reply);
	free(to->hint);
	*to = *from;
	to->reply = reply;
	if (from->hint != NULL)
		to->hint = mem_copy_text(from->hint);
}

static void
drop_hint(struct outcome *outcome)
{
	free(outcome->hint);
	outcome->hint = NULL;
}

void
outcome_from_reply(
    struct outcome *outcome, enum stage stage, const struct reply *reply)
{
	outcome->stage = stage;
	outcome->in_doubt = false;
	drop_hint(outcome);
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
	static const char mark[] = "\nhint: ";
	char text[TEXT_MAX] = "";
	va_list arguments;
	char *hint;

	va_start(arguments, format);
	text_add_format(text, sizeof(text), format, arguments);
	va_end(arguments);
	outcome->action =
	    cause == CAUSE_CONTENT ? ACTION_FAILED : ACTION_DELAYED;
	outcome->stage = stage;
	outcome->cause = cause;
	outcome->in_doubt = false;
	drop_hint(outcome);
	hint = strstr(text, mark);
	if (hint != NULL) {
		*hint = '\0';
		outcome->hint = mem_copy_text(hint + sizeof(mark) - 1);
	}
	reply_set_own(&outcome->reply, "%s", text);
}

void
outcome_set_status(struct outcome *outcome, struct status status)
{
	outcome->reply.status = status;
	if (status.class == 5) {
		outcome->action = ACTION_FAILED;
		outcome->cause = CAUSE_REFUSED;
	}
}

void
outcome_withdraw_refusal(struct outcome *outcome)
{
	if (outcome->action != ACTION_FAILED || outcome->cause != CAUSE_REFUSED)
		return;
	outcome->action = ACTION_DELAYED;
	outcome->cause = CAUSE_PROTOCOL;
}

void
outcome_defer_refusal(struct outcome *outcome)
{
	if (outcome->action != ACTION_FAILED ||
	    outcome->cause != CAUSE_REFUSED ||
	    (outcome->stage != STAGE_GREETING && outcome->stage != STAGE_EHLO))
		return;
	outcome->action = ACTION_DELAYED;
	outcome->cause = CAUSE_TEMPORARY;
}

void
outcome_set_hint(struct outcome *outcome, const char *format, ...)
{
	char text[TEXT_MAX] = "";
	va_list arguments;

	va_start(arguments, format);
	text_add_format(text, sizeof(text), format, arguments);
	va_end(arguments);
	drop_hint(outcome);
	outcome->hint = mem_copy_text(text);
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
	/* -bv: the server was asked, but no content was sent. */
	if (outcome->action == ACTION_RELAYED && outcome->stage == STAGE_RCPT)
		return "accepted";
	return names[outcome->action];
}
