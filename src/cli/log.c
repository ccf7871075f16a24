#include "cli/log.h"

#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <syslog.h>

#include "base/wait.h"
#include "cli/log_line.h"

#define LOG_LINE_MAX ((size_t)16 * 1024)
/* All lines of one call must be written by then, in milliseconds. */
#define LOG_TIMEOUT ((int64_t)3000)
#define LOG_TICK_SECONDS 1

/* Around the calls of syslog(3): what was there before. */
struct log_opening {
	struct sigaction alarm;
	sigset_t mask;
	int64_t deadline;
};

static void
on_alarm(int number)
{
	(void)number;
}

/*
 * syslog(3) waits for as long as the daemon does not read. A timer breaks its
 * writes off.
 */
static void
log_open(struct log_opening *opening)
{
	struct itimerval ticks = {
	    {LOG_TICK_SECONDS, 0}, {LOG_TICK_SECONDS, 0}};
	struct sigaction action = {0};
	sigset_t open;

	opening->deadline = deadline_in(LOG_TIMEOUT);
	sigemptyset(&action.sa_mask);
	action.sa_handler = on_alarm;
	sigaction(SIGALRM, &action, &opening->alarm);
	sigemptyset(&open);
	sigaddset(&open, SIGALRM);
	sigprocmask(SIG_UNBLOCK, &open, &opening->mask);
	setitimer(ITIMER_REAL, &ticks, NULL);
	openlog("smtpost", LOG_PID, LOG_MAIL);
}

static void
log_close(const struct log_opening *opening)
{
	struct itimerval never = {0};

	closelog();
	setitimer(ITIMER_REAL, &never, NULL);
	sigprocmask(SIG_SETMASK, &opening->mask, NULL);
	sigaction(SIGALRM, &opening->alarm, NULL);
}

static void
log_write(const struct log_opening *opening, int priority, struct buf *line)
{
	if (clock_now() < opening->deadline)
		syslog(priority, "%s", buf_text(line));
	buf_clear(line);
}

static int
priority_of(const struct outcome *outcome)
{
	if (outcome->action == ACTION_RELAYED)
		return LOG_INFO;
	return outcome->action == ACTION_FAILED ? LOG_ERR : LOG_WARNING;
}

void
log_submission(const struct profile *profile, const struct envelope *envelope,
    const struct submission *submission, const struct plan *plan, uid_t uid)
{
	const struct submission_record *record = &submission->record;
	const struct log_facts facts = {
	    .profile = profile->name,
	    .server = record->server != NULL ? record->server->url : NULL,
	    .reverse_path = envelope->reverse_path,
	    .message_id = plan != NULL ? plan->message_id : NULL,
	    .size = submission->letter != NULL ? submission->letter->size : 0,
	    .uid = uid,
	};
	struct log_opening opening;
	struct buf line;

	if (profile->log != LOG_FORM_SYSLOG || envelope->count == 0)
		return;
	buf_init(&line, LOG_LINE_MAX);
	log_open(&opening);
	for (size_t i = 0; i < envelope->count; i++) {
		const struct recipient *recipient = &envelope->recipients[i];

		log_line_add(&line, &facts, recipient);
		log_write(
		    &opening, priority_of(&recipient->outcome), &line);
	}
	log_close(&opening);
	buf_free(&line);
}

static void
watch_see(void *context, enum observed what, struct span text)
{
	static const struct span mark = SPAN("warning: ");
	struct log_watch *watch = context;
	bool is_marked = what == OBSERVED_NOTE && span_starts(text, mark);

	observer_see(watch->next, what, text);
	if (is_marked)
		text = span_skip(text, mark.len);
	else if (what != OBSERVED_WARNING)
		return;
	buf_add_span(&watch->warnings, span_head(text, span_find(text, '\n')));
	buf_add_char(&watch->warnings, '\n');
}

const struct observer *
log_watch_init(struct log_watch *watch, const struct observer *next)
{
	*watch = (struct log_watch){.observer = {watch_see, watch},
	    .next = next};
	return &watch->observer;
}

void
log_note_options(
    const struct options *options, const struct observer *observer)
{
	for (size_t i = 0; i < options->warning_count; i++)
		observer_note(observer, "%s", options->warnings[i]);
}

void
log_watch_free(struct log_watch *watch)
{
	buf_free(&watch->warnings);
}

/* One line of the log for each of the lines. */
static void
write_warnings(const struct profile *profile, int priority, struct span lines,
    uid_t uid)
{
	const struct log_facts facts = {.profile = profile->name, .uid = uid};
	struct log_opening opening;
	struct buf line;

	if (profile->log != LOG_FORM_SYSLOG || lines.len == 0)
		return;
	buf_init(&line, LOG_LINE_MAX);
	log_open(&opening);
	while (lines.len > 0) {
		size_t end = span_find(lines, '\n');

		log_line_add_warning(&line, &facts, span_head(lines, end));
		log_write(&opening, priority, &line);
		lines = span_skip(lines, end + 1);
	}
	log_close(&opening);
	buf_free(&line);
}

void
log_warnings(const struct profile *profile, struct log_watch *watch, uid_t uid)
{
	write_warnings(profile, LOG_NOTICE, buf_span(&watch->warnings), uid);
	buf_clear(&watch->warnings);
}

void
log_error(const struct profile *profile, const struct error *err, uid_t uid)
{
	struct span text = span_from(err->text);

	/* Behind a line feed is a hint. */
	write_warnings(
	    profile, LOG_ERR, span_head(text, span_find(text, '\n')), uid);
}
