/*
 * Decides whether a notification is made and what it says of each recipient.
 * may_be_told is what makes loops impossible.
 */
#include "spool/notification.h"

#include <stdlib.h>

#include "base/mem.h"

/*
 * Whether anybody may be told of this mail at all. RFC 5321 section 6.1 forbids
 * notifications to the null reverse-path; one about a notification is never
 * made, even if the latter goes out under another path.
 */
static bool
may_be_told(const struct waiting *about)
{
	return about->kind == WAITING_MAIL &&
	    about->envelope.reverse_path[0] != '\0';
}

/* Whether the outcome is one that the event is about. */
static bool
is_concerned(enum notification_event event, const struct recipient *recipient)
{
	enum action action = recipient->outcome.action;

	switch (event) {
	case NOTIFICATION_FAILED:
		return action == ACTION_FAILED;
	case NOTIFICATION_EXPIRED:
		return action != ACTION_RELAYED;
	case NOTIFICATION_DELAYED:
		return action == ACTION_DELAYED;
	case NOTIFICATION_RELAYED:
		return action == ACTION_RELAYED;
	}
	return false;
}

/* RFC 3461 section 4.1: without NOTIFY only failures are told. */
static bool
is_asked_for(enum notification_event event, unsigned notify)
{
	if (event == NOTIFICATION_DELAYED)
		return notify & DSN_DELAY;
	if (event == NOTIFICATION_RELAYED)
		return notify & DSN_SUCCESS;
	return notify == 0 || notify & DSN_FAILURE;
}

enum notification_need
notification_choose(const struct waiting *about, enum notification_event event,
    size_t **who, size_t *count)
{
	const struct envelope *envelope = &about->envelope;
	bool is_failure =
	    event == NOTIFICATION_FAILED || event == NOTIFICATION_EXPIRED;

	*who = NULL;
	*count = 0;
	if (event == NOTIFICATION_DELAYED && about->is_warned)
		return NOTIFICATION_UNWANTED;
	*who = mem_new(envelope->count, sizeof(**who));
	for (size_t i = 0; i < envelope->count; i++) {
		const struct recipient *recipient = &envelope->recipients[i];

		if (!about->recipients[i].is_notified &&
		    is_concerned(event, recipient) &&
		    is_asked_for(event, recipient->dsn.notify))
			(*who)[(*count)++] = i;
	}
	if (*count > 0 && may_be_told(about))
		return NOTIFICATION_WANTED;
	free(*who);
	*who = NULL;
	if (*count == 0)
		return NOTIFICATION_UNWANTED;
	*count = 0;
	return is_failure ? NOTIFICATION_FORBIDDEN : NOTIFICATION_UNWANTED;
}

const struct recipient *
notification_recipient(const struct notification *notification, size_t i)
{
	return &notification->about->envelope.recipients[notification->who[i]];
}

const struct outcome *
notification_outcome_of(
    const struct notification *notification, const struct recipient *recipient)
{
	return recipient->outcome.action == ACTION_NONE &&
		notification->trouble != NULL
	    ? notification->trouble
	    : &recipient->outcome;
}

enum notification_event
notification_event_of(
    const struct notification *notification, const struct recipient *recipient)
{
	return notification->event == NOTIFICATION_EXPIRED &&
		recipient->outcome.action == ACTION_FAILED
	    ? NOTIFICATION_FAILED
	    : notification->event;
}

/* By the cause, where no server gave a status; the class is set later. */
static struct status
status_of_cause(const struct outcome *outcome)
{
	switch (outcome->cause) {
	case CAUSE_NO_HOST:
		return (struct status){0, 4, 4};
	case CAUSE_LOGIN:
		return (struct status){0, 7, 8};
	case CAUSE_CONTENT:
		return (struct status){0, 6, 0};
	case CAUSE_PROTOCOL:
		return outcome->stage == STAGE_TLS ? (struct status){0, 7, 5}
						   : (struct status){0, 5, 0};
	case CAUSE_TEMPORARY:
		if (outcome->reply.code != 0)
			break;
		if (outcome->stage <= STAGE_CONNECT)
			return (struct status){0, 4, 1};
		return (struct status){0, 4, 2};
	case CAUSE_REFUSED:
		break;
	}
	return (struct status){0};
}

struct status
notification_status_of(
    const struct notification *notification, const struct recipient *recipient)
{
	static const unsigned char classes[] = {
	    [NOTIFICATION_FAILED] = 5,
	    [NOTIFICATION_EXPIRED] = 5,
	    [NOTIFICATION_DELAYED] = 4,
	    [NOTIFICATION_RELAYED] = 2,
	};
	enum notification_event event =
	    notification_event_of(notification, recipient);
	const struct outcome *outcome =
	    notification_outcome_of(notification, recipient);
	struct status status = outcome->reply.status;

	/* 4.4.7 would be read as a delay, whatever the action says. */
	if (event == NOTIFICATION_EXPIRED)
		return (struct status){5, 4, 7};
	if (status.class == classes[event])
		return status;
	status = (struct status){0};
	if (event != NOTIFICATION_RELAYED)
		status = status_of_cause(outcome);
	status.class = classes[event];
	return status;
}

static bool
path_is_ascii(const char *path)
{
	return span_is_ascii(span_from(path));
}

/* Whether the reverse-path and the recipients' paths are ASCII. */
static bool
paths_are_ascii(const struct notification *notification)
{
	if (!path_is_ascii(notification->about->envelope.reverse_path) ||
	    !path_is_ascii(notification->sender))
		return false;
	for (size_t i = 0; i < notification->count; i++) {
		const struct recipient *recipient =
		    notification_recipient(notification, i);

		if (!path_is_ascii(recipient->forward_path) ||
		    !path_is_ascii(recipient->dsn.original))
			return false;
	}
	return true;
}

bool
notification_is_global(const struct notification *notification)
{
	return notification->server_has_utf8 && !paths_are_ascii(notification);
}

bool
notification_is_ascii(const struct notification *notification)
{
	if (!paths_are_ascii(notification))
		return false;
	for (size_t i = 0; i < notification->count; i++) {
		const struct outcome *outcome = notification_outcome_of(
		    notification, notification_recipient(notification, i));

		if (!span_is_ascii(buf_span(&outcome->reply.text)) ||
		    !span_is_ascii(span_from(outcome->hint)))
			return false;
	}
	return true;
}

struct span
notification_host(const struct notification *notification)
{
	return span_from(
	    notification->server == NULL ? NULL : notification->server->host);
}
