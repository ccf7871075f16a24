/*
 * The words for actions, stages, causes and events in envelope files. The
 * report has one word for the stages DATA and content; here they differ.
 */
#include "spool/outcome_word.h"

#include <stddef.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *const actions[] = {
    [ACTION_NONE] = "open",
    [ACTION_RELAYED] = "relayed",
    [ACTION_DELAYED] = "delayed",
    [ACTION_FAILED] = "failed",
};

static const char *const stages[] = {
    [STAGE_NONE] = "",
    [STAGE_CONNECT] = "connect",
    [STAGE_GREETING] = "greeting",
    [STAGE_EHLO] = "ehlo",
    [STAGE_TLS] = "tls",
    [STAGE_AUTH] = "auth",
    [STAGE_MAIL] = "mail",
    [STAGE_RCPT] = "rcpt",
    [STAGE_DATA] = "data",
    [STAGE_CONTENT] = "content",
    [STAGE_QUIT] = "quit",
};

static const char *const causes[] = {
    [CAUSE_TEMPORARY] = "temporary",
    [CAUSE_REFUSED] = "refused",
    [CAUSE_NO_HOST] = "no-host",
    [CAUSE_PROTOCOL] = "protocol",
    [CAUSE_LOGIN] = "login",
    [CAUSE_CONTENT] = "content",
};

static const char *const events[] = {
    [NOTIFICATION_FAILED] = "failed",
    [NOTIFICATION_EXPIRED] = "expired",
    [NOTIFICATION_DELAYED] = "delayed",
    [NOTIFICATION_RELAYED] = "relayed",
};

/* The index of a word; count: it is not there. */
static size_t
find(const char *const *words, size_t count, const char *word)
{
	size_t i = 0;

	while (i < count && strcmp(words[i], word) != 0)
		i++;
	return i;
}

const char *
outcome_word_action(enum action action)
{
	return actions[action];
}

const char *
outcome_word_stage(enum stage stage)
{
	return stages[stage];
}

const char *
outcome_word_cause(enum cause cause)
{
	return causes[cause];
}

const char *
outcome_word_event(enum notification_event event)
{
	return events[event];
}

bool
outcome_word_read_action(const char *word, enum action *action)
{
	size_t i = find(actions, COUNT(actions), word);

	*action = (enum action)i;
	return i < COUNT(actions);
}

bool
outcome_word_read_stage(const char *word, enum stage *stage)
{
	size_t i = find(stages, COUNT(stages), word);

	*stage = (enum stage)i;
	return i < COUNT(stages);
}

bool
outcome_word_read_cause(const char *word, enum cause *cause)
{
	size_t i = find(causes, COUNT(causes), word);

	*cause = (enum cause)i;
	return i < COUNT(causes);
}

bool
outcome_word_read_event(const char *word, enum notification_event *event)
{
	size_t i = find(events, COUNT(events), word);

	*event = (enum notification_event)i;
	return i < COUNT(events);
}
