/*
 * A submission as it is when it is over, for tests of the report. Included
 * after rows.h.
 */
#ifndef TESTS_CLI_TOLD_H
#define TESTS_CLI_TOLD_H

#include "base/mem.h"
#include "cli/report.h"
#include "fixup/fixup.h"

struct told {
	struct profile profile;
	struct server server;
	struct letter letter;
	struct plan plan;
	struct envelope envelope;
	struct submission submission;
	struct report report;
};

static inline void
told_init(struct told *told, enum report_form form)
{
	static char name[] = "work", url[] = "smtps://mail.example.com:465",
		    id[] = "<1.2@example.com>", from[] = "me@example.com";

	*told = (struct told){0};
	told->profile.name = name;
	told->server.url = url;
	told->letter.size = 1234;
	told->plan.message_id = id;
	told->envelope.reverse_path = from;
	told->submission.profile = &told->profile;
	told->submission.letter = &told->letter;
	told->submission.record.server = &told->server;
	told->report = (struct report){
	    form, &told->envelope, &told->submission, &told->plan, false};
}

static inline void
told_free(struct told *told)
{
	told->envelope.reverse_path = NULL;
	envelope_free(&told->envelope);
	submission_free(&told->submission);
}

static inline void
read_reply(struct reply *reply, struct span lines)
{
	enum reply_progress progress = REPLY_MORE;

	reply_free(reply);
	while (lines.len > 0) {
		size_t end = span_find(lines, '\n');

		progress = reply_take_line(reply, span_head(lines, end));
		lines = span_skip(lines, end + 1);
	}
	assert_int_equal(progress, REPLY_DONE);
}

/* NULL: no reply to its RCPT; the outcome is by `line` at `stage`. */
static inline void
add_recipient(struct told *told, const char *path, const char *rcpt,
    enum stage stage, const char *line)
{
	struct recipient *recipient = mem_append(&told->envelope.recipients,
	    &told->envelope.count, sizeof(*recipient));
	struct reply reply = {0};

	recipient->forward_path = mem_copy_text(path);
	if (rcpt != NULL)
		read_reply(&recipient->rcpt_reply, span_from(rcpt));
	read_reply(&reply, span_from(line));
	outcome_from_reply(&recipient->outcome, stage, &reply);
	reply_free(&reply);
}

static inline struct outcome *
add_ending(struct told *told, enum stage stage, struct span line)
{
	struct submission_record *record = &told->submission.record;
	struct ending *added =
	    mem_append(&record->endings, &record->ending_count, sizeof(*added));
	struct outcome *ending = &added->outcome;
	struct reply reply = {0};

	if (line.len > 0) {
		read_reply(&reply, line);
		outcome_from_reply(ending, stage, &reply);
	}
	reply_free(&reply);
	return ending;
}

static inline char *
print(struct told *told, bool (*how)(const struct report *report, FILE *out))
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	assert_true(how(&told->report, out));
	fclose(out);
	return text;
}

static inline void
assert_printed(struct told *told,
    bool (*how)(const struct report *report, FILE *out), const char *expected)
{
	char *text = print(told, how);

	assert_string_equal(text, expected);
	free(text);
}

/* The example of the interface */
static inline void
fill_partly(struct told *told)
{
	add_recipient(told, "alice@example.com", "250 2.1.5 Ok", STAGE_CONTENT,
	    "250 2.0.0 Ok: queued as 4D2F1");
	add_recipient(told, "bob@example.com", "550 5.1.1 No such user here",
	    STAGE_RCPT, "550 5.1.1 No such user here");
	add_ending(told, STAGE_CONTENT, SPAN("250 2.0.0 Ok: queued as 4D2F1"));
}

#endif
