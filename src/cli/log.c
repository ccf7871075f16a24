/*
 * Decides what is logged. If the log cannot be written, the observer gets a
 * note and everything else goes on.
 */
#include "cli/log.h"

#include <syslog.h>

#include "cli/log_sink.h"

static void
write_and_free(struct log_sink *sink, struct log_record *record)
{
	log_sink_write(sink, record);
	log_record_free(record);
}

static void
close_sink(struct log_sink *sink, const struct observer *observer)
{
	if (sink->trouble.len > 0)
		observer_note(observer, "%s", buf_text(&sink->trouble));
	log_sink_close(sink);
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
	struct log_sink sink;

	if (profile->log == LOG_FORM_NONE || envelope->count == 0)
		return;
	log_sink_open(&sink, profile);
	for (size_t i = 0; i < envelope->count; i++) {
		struct log_record line = {0};

		log_record_recipient(&line, &facts, &envelope->recipients[i]);
		write_and_free(&sink, &line);
	}
	close_sink(&sink, submission->observer);
}

static void
watch_see(void *context, enum observed what, struct span text)
{
	static const struct span mark = SPAN("warning: ");
	struct log_watch *watch = context;
	bool is_marked = what == OBSERVED_NOTE && span_starts(text, mark);

	observer_show(watch->next, what, text);
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
	*watch =
	    (struct log_watch){.observer = {watch_see, watch}, .next = next};
	return &watch->observer;
}

void
log_note_options(const struct options *options, const struct observer *observer)
{
	for (size_t i = 0; i < options->warning_count; i++)
		observer_note(observer, "%s", options->warnings[i]);
}

void
log_watch_free(struct log_watch *watch)
{
	buf_free(&watch->warnings);
}

/* Writes one record for each line. */
static void
write_warnings(const struct profile *profile, int priority, struct span lines,
    uid_t uid, const struct observer *observer)
{
	const struct log_facts facts = {.profile = profile->name, .uid = uid};
	struct log_sink sink;

	if (profile->log == LOG_FORM_NONE || lines.len == 0)
		return;
	log_sink_open(&sink, profile);
	while (lines.len > 0) {
		size_t end = span_find(lines, '\n');
		struct log_record record = {0};

		log_record_warning(
		    &record, &facts, priority, span_head(lines, end));
		write_and_free(&sink, &record);
		lines = span_skip(lines, end + 1);
	}
	close_sink(&sink, observer);
}

void
log_warnings(const struct profile *profile, struct log_watch *watch, uid_t uid)
{
	write_warnings(
	    profile, LOG_NOTICE, buf_span(&watch->warnings), uid, watch->next);
	if (watch->warnings.full)
		write_warnings(profile, LOG_NOTICE,
		    SPAN("further warnings were not kept"), uid, watch->next);
	buf_clear(&watch->warnings);
}

void
log_error(const struct profile *profile, const struct error *err, uid_t uid)
{
	struct span text = span_from(err->text);

	/* The hint behind the first line is not logged. */
	write_warnings(profile, LOG_ERR, span_head(text, span_find(text, '\n')),
	    uid, NULL);
}
