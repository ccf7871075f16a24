/*
 * Hears the events of a run. An attempt is logged like a submission, one record
 * for each recipient; other events become warnings in the log of the profile.
 */
#include "cli/queue_watch.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/utf8.h"

/* What the log says of an event; NULL: nothing of its own. */
static const char *const phrases[] = {
    [RUN_EVENT_DOUBTED] = "is a possible duplicate",
    [RUN_EVENT_RESENT] = "is sent again, as a possible duplicate",
    [RUN_EVENT_UNKNOWN] = "is held",
    [RUN_EVENT_EXPIRED] = "is given up",
    [RUN_EVENT_DEAD] = "was put aside in the folder dead",
    [RUN_EVENT_SKIPPED] = "was left alone",
    [RUN_EVENT_NO_COPY] = "was sent",
    [RUN_EVENT_PROFILE] = "cannot be sent",
    [RUN_EVENT_SERVER] = "cannot be sent now",
    [RUN_EVENT_TLS] = "cannot be sent now",
    [RUN_EVENT_LOGIN] = "cannot be sent, since the login failed",
};

#define PHRASE_COUNT (sizeof(phrases) / sizeof(phrases[0]))

/* Who is logged as the submitter. */
static uid_t
user_of(const struct run_event *event)
{
	return event->waiting != NULL ? (uid_t)event->waiting->uid : getuid();
}

static void
log_event(struct queue_watch *watch, const struct run_event *event)
{
	const struct observer *observer = &watch->warnings.observer;
	struct buf text = {0};

	if (event->kind >= PHRASE_COUNT || phrases[event->kind] == NULL)
		return;
	if (event->waiting != NULL)
		buf_add_format(
		    &text, "mail %s in the queue ", event->waiting->id.text);
	else
		buf_add_format(&text, "mail in the queue of profile %s ",
		    event->profile_name);
	buf_add_text(&text, phrases[event->kind]);
	if (event->text != NULL && event->text[0] != '\0') {
		struct span words = span_from(event->text);

		buf_add_text(&text, ": ");
		buf_add_span(&text, span_head(words, span_find(words, '\n')));
	}
	observer_note(observer, "%s%s",
	    event->kind != RUN_EVENT_DEAD ? "warning: " : "", buf_text(&text));
	if (event->profile != NULL && event->kind == RUN_EVENT_DEAD) {
		struct error err = {0};

		error_set(&err, ERROR_DATA, "%s", buf_text(&text));
		log_error(event->profile, &err, user_of(event));
	} else if (event->profile != NULL) {
		log_warnings(event->profile, &watch->warnings, user_of(event));
	}
	buf_free(&text);
}

static void
see(void *context, const struct run_event *event)
{
	struct queue_watch *watch = context;

	if (event->kind == RUN_EVENT_TRIED) {
		log_warnings(event->profile, &watch->warnings,
		    (uid_t)event->waiting->uid);
		log_submission(event->profile, event->envelope,
		    event->submission, event->plan, (uid_t)event->waiting->uid,
		    event->waiting->id.text);
	} else {
		log_event(watch, event);
	}
	notify_add(&watch->notify, event);
}

void
queue_watch_begin(struct queue_watch *watch, unsigned verbose)
{
	*watch = (struct queue_watch){.verbose = verbose};
	watch->observer.see = see;
	watch->observer.context = watch;
	watch->observer.dialogue = log_watch_init(
	    &watch->warnings, trace_init(&watch->trace, verbose));
}

void
queue_watch_end(struct queue_watch *watch)
{
	notify_run(&watch->notify);
}

void
queue_watch_free(struct queue_watch *watch)
{
	notify_free(&watch->notify);
	log_watch_free(&watch->warnings);
}
