/*
 * Makes a submission that has ended, with recipients and replies, for tests of
 * the report and the log. Include it after rows.h.
 */
#ifndef TESTS_CLI_ENDED_H
#define TESTS_CLI_ENDED_H

#include "base/mem.h"
#include "cli/report.h"
#include "fixup/fixup.h"

struct ended {
	struct profile profile;
	struct server server;
	struct letter letter;
	struct plan plan;
	struct envelope envelope;
	struct submission submission;
	struct report report;
};

static inline void
ended_init(struct ended *ended, enum report_form form)
{
	static char name[] = "work", url[] = "smtps://mail.example.com:465",
		    id[] = "<1.2@example.com>", from[] = "me@example.com";

	*ended = (struct ended){0};
	ended->profile.name = name;
	ended->server.url = url;
	ended->letter.size = 1234;
	ended->plan.message_id = id;
	ended->envelope.reverse_path = from;
	ended->submission.profile = &ended->profile;
	ended->submission.letter = &ended->letter;
	ended->submission.record.server = &ended->server;
	ended->report = (struct report){form, &ended->envelope,
	    &ended->submission, &ended->plan, false, 0, NULL, false};
}

static inline void
ended_free(struct ended *ended)
{
	ended->envelope.reverse_path = NULL;
	envelope_free(&ended->envelope);
	submission_free(&ended->submission);
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

/*
 * Adds a recipient with the reply `rcpt` to its RCPT (NULL: none) and an
 * outcome that the reply `line` decided at `stage`.
 */
static inline void
add_recipient(struct ended *ended, const char *path, const char *rcpt,
    enum stage stage, const char *line)
{
	struct recipient *recipient = mem_append(&ended->envelope.recipients,
	    &ended->envelope.count, sizeof(*recipient));
	struct reply reply = {0};

	recipient->forward_path = mem_copy_text(path);
	if (rcpt != NULL)
		read_reply(&recipient->rcpt_reply, span_from(rcpt));
	read_reply(&reply, span_from(line));
	outcome_from_reply(&recipient->outcome, stage, &reply);
	reply_free(&reply);
}

static inline struct outcome *
add_ending(struct ended *ended, enum stage stage, struct span line)
{
	struct submission_record *record = &ended->submission.record;
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
print(struct ended *ended, bool (*how)(const struct report *report, FILE *out))
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	assert_true(how(&ended->report, out));
	fclose(out);
	return text;
}

static inline void
assert_printed(struct ended *ended,
    bool (*how)(const struct report *report, FILE *out), const char *expected)
{
	char *text = print(ended, how);

	assert_string_equal(text, expected);
	free(text);
}

/* One recipient has got the message, the other was refused. */
static inline void
fill_partly(struct ended *ended)
{
	add_recipient(ended, "alice@example.com", "250 2.1.5 Ok", STAGE_CONTENT,
	    "250 2.0.0 Ok: queued as 4D2F1");
	add_recipient(ended, "bob@example.com", "550 5.1.1 No such user here",
	    STAGE_RCPT, "550 5.1.1 No such user here");
	add_ending(ended, STAGE_CONTENT, SPAN("250 2.0.0 Ok: queued as 4D2F1"));
}

#endif
