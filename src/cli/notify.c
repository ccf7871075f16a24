/*
 * Runs notify-command after a run, when no file of the spool is open. It does
 * not get our settings from the environment: a sendmail that it calls must not
 * use the profile that is in trouble.
 */
#include "cli/notify.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/descriptors.h"
#include "base/environment.h"
#include "base/mem.h"
#include "base/signals.h"
#include "base/utf8.h"
#include "base/wait.h"
#include "cli/log.h"

#define TIME_MAX ((int64_t)10000)
#define PAUSE 20 /* milliseconds between looks at the child */
#define TEXT_MAX ((size_t)1000)

struct notify_event {
	const char *name; /* static */
	char *command, *queue_id, *text;
	size_t count;		/* of mails */
	struct profile profile; /* only its name, and where it logs */
};

/* The name of an event, and how its text begins, by enum run_event_kind. */
static const struct {
	const char *name; /* NULL: nothing is told */
	const char *text;
} words[] = {
    [RUN_EVENT_DEFERRED] = {"deferred", "Mail waits and is tried again"},
    [RUN_EVENT_FAILED] = {"failed", "Mail was refused for good"},
    [RUN_EVENT_UNKNOWN] = {"unknown", "Mail is held"},
    [RUN_EVENT_EXPIRED] = {"expired", "Mail was given up"},
    [RUN_EVENT_DEAD] = {"dead", "Mail was put aside"},
    [RUN_EVENT_TLS] = {"tls", "Mail waits, as there is no safe connection"},
    [RUN_EVENT_LOGIN] = {"login", "Mail waits, as the login failed"},
};

#define WORDS_COUNT (sizeof(words) / sizeof(words[0]))

static struct notify_event *
find(struct notify *notify, const char *name, const char *profile)
{
	for (size_t i = 0; i < notify->count; i++)
		if (notify->events[i].name == name &&
		    strcmp(notify->events[i].profile.name, profile) == 0)
			return &notify->events[i];
	return NULL;
}

static void
copy_log(struct profile *to, const struct profile *from)
{
	*to = (struct profile){
	    .name = mem_copy_text(from->name),
	    .log = from->log,
	    .log_format = from->log_format,
	    .password_fd = -1,
	};
	if (from->log_file != NULL)
		to->log_file = mem_copy_text(from->log_file);
}

void
notify_add(struct notify *notify, const struct run_event *event)
{
	const char *name =
	    event->kind < WORDS_COUNT ? words[event->kind].name : NULL;
	struct notify_event *kept;
	struct buf text = {0};

	if (name == NULL || event->profile == NULL ||
	    event->profile->queue.notify_command == NULL)
		return;
	kept = find(notify, name, event->profile->name);
	if (kept == NULL) {
		kept =
		    mem_append(&notify->events, &notify->count, sizeof(*kept));
		kept->name = name;
		kept->command =
		    mem_copy_text(event->profile->queue.notify_command);
		copy_log(&kept->profile, event->profile);
		kept->queue_id = mem_copy_text(
		    event->waiting != NULL ? event->waiting->id.text : "");
		buf_add_text(&text, words[event->kind].text);
		if (event->text != NULL && event->text[0] != '\0')
			buf_add_format(&text, ": %s", event->text);
		kept->text = utf8_excerpt_masked(buf_span(&text), TEXT_MAX);
		buf_free(&text);
	}
	kept->count += event->waiting != NULL ? 1 : event->count;
}

/* Without our settings, and with what is told. */
static void
set_environment(const struct notify_event *event)
{
	char number[32];

	environment_remove(SPAN("SMTPOST_"));
	environment_remove(SPAN("NOTIFY_"));
	snprintf(number, sizeof(number), "%zu", event->count);
	environment_add("NOTIFY_EVENT", event->name);
	environment_add("NOTIFY_PROFILE", event->profile.name);
	environment_add("NOTIFY_QUEUE_ID", event->queue_id);
	environment_add("NOTIFY_COUNT", number);
	environment_add("NOTIFY_TEXT", event->text);
}

static void
run_child(const struct notify_event *event)
{
	const char *command[] = {"sh", "-c", event->command, NULL};

	signals_restore();
	mem_forget_secrets();
	/* Root's files, too, if root runs the queues of all users. */
	if (!descriptors_leave(-1) || setpgid(0, 0) < 0)
		_exit(126);
	set_environment(event);
	execv("/bin/sh", (char *const *)command);
	_exit(127);
}

static void
log_failure(const struct notify_event *event, int status, bool is_late)
{
	struct error err = {0};

	if (is_late)
		error_set(&err, ERROR_TEMPORARY,
		    "notify-command was ended after 10 seconds");
	else if (WIFSIGNALED(status))
		error_set(&err, ERROR_TEMPORARY,
		    "notify-command was ended by signal %d", WTERMSIG(status));
	else if (WEXITSTATUS(status) != 0)
		error_set(&err, ERROR_TEMPORARY,
		    "notify-command failed with status %d",
		    WEXITSTATUS(status));
	if (err.kind != ERROR_NONE)
		log_error(&event->profile, &err, getuid());
}

static void
run_event(const struct notify_event *event)
{
	int64_t deadline = deadline_in(TIME_MAX);
	pid_t child = fork(), ended = 0;
	bool is_late = false;
	int status = 0;

	if (child == 0)
		run_child(event);
	while (child > 0 && !is_late &&
	    (ended = waitpid(child, &status, WNOHANG)) == 0) {
		is_late = clock_now() >= deadline;
		if (!is_late)
			poll(NULL, 0, PAUSE);
	}
	if (is_late) {
		kill(-child, SIGKILL);
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
	}
	if (is_late || ended > 0)
		log_failure(event, status, is_late);
}

static void
forget(struct notify *notify)
{
	for (size_t i = 0; i < notify->count; i++) {
		free(notify->events[i].command);
		free(notify->events[i].profile.name);
		free(notify->events[i].profile.log_file);
		free(notify->events[i].queue_id);
		free(notify->events[i].text);
	}
	free(notify->events);
	*notify = (struct notify){0};
}

void
notify_run(struct notify *notify)
{
	for (size_t i = 0; i < notify->count; i++)
		run_event(&notify->events[i]);
	forget(notify);
}

void
notify_free(struct notify *notify)
{
	forget(notify);
}
