/*
 * Writes envelope files: the head once, and records after it. Each record is
 * read back at once, so that the facts in memory are those on disk.
 */
#include "spool/record.h"

#include <stdio.h>

#include "spool/line.h"
#include "spool/outcome_word.h"

/* A line that is being written. */
struct line {
	struct buf *out;
	struct waiting *waiting;
	size_t from;
};

static struct line
begin(struct buf *out, struct waiting *waiting, const char *keyword)
{
	struct line line = {out, waiting, out->len};

	line_add(out, line.from, span_from(keyword));
	return line;
}

static struct line
begin_at(
    struct buf *out, struct waiting *waiting, const char *keyword, int64_t now)
{
	struct line line = begin(out, waiting, keyword);

	line_add_number(out, line.from, (uint64_t)now);
	return line;
}

static void
add(struct line *line, const char *text)
{
	line_add(line->out, line->from, span_from(text));
}

static void
add_number(struct line *line, uint64_t value)
{
	line_add_number(line->out, line->from, value);
}

static void
end_head_line(struct line *line)
{
	line_end(line->out, line->from, &line->waiting->sum);
}

/* Changes the facts as reading the line would. */
static void
end(struct line *line)
{
	struct span text = span_skip(buf_span(line->out), line->from);

	waiting_take_record(line->waiting, text);
	end_head_line(line);
}

static void
add_recipient(struct line *line, const struct recipient *recipient)
{
	struct buf word = {0};

	add(line, recipient->forward_path);
	buf_add_text(&word, "notify=");
	dsn_add_notify(&word, recipient->dsn.notify);
	if (recipient->dsn.notify == 0)
		buf_add_char(&word, '-');
	line_add(line->out, line->from, buf_span(&word));
	buf_clear(&word);
	buf_add_text(&word, "original=");
	buf_add_text(&word,
	    recipient->dsn.original == NULL ? "-" : recipient->dsn.original);
	line_add(line->out, line->from, buf_span(&word));
	buf_free(&word);
}

/* "1-40,44" for indexes in ascending order. */
static void
add_ranges(struct line *line, const size_t *who, size_t count)
{
	struct buf word;

	buf_init(&word, WAITING_LINE_MAX);
	for (size_t i = 0, last; i < count; i = last + 1) {
		for (last = i;
		     last + 1 < count && who[last + 1] == who[last] + 1; last++)
			continue;
		buf_add_format(&word, i > 0 ? ",%zu" : "%zu", who[i] + 1);
		if (last > i)
			buf_add_format(&word, "-%zu", who[last] + 1);
	}
	line_add(line->out, line->from, buf_span(&word));
	buf_free(&word);
}

void
record_add_head(struct buf *out, struct waiting *waiting)
{
	const struct envelope *envelope = &waiting->envelope;
	struct line line = begin(out, waiting, "smtpost-mail");
	struct buf how = {0};
	char sum[9];

	add_number(&line, 1);
	end_head_line(&line);
	line = begin(out, waiting, "id");
	add(&line, waiting->id.text);
	end_head_line(&line);
	line = begin(out, waiting, "kind");
	add(&line,
	    waiting->kind == WAITING_NOTIFICATION ? "notification" : "mail");
	end_head_line(&line);
	if (waiting->kind == WAITING_NOTIFICATION) {
		line = begin(out, waiting, "parent");
		add(&line, waiting->parent.text);
		end_head_line(&line);
	}
	line = begin_at(out, waiting, "arrived", waiting->arrived);
	add(&line, "clock");
	add_number(&line, (uint64_t)waiting->clock);
	add(&line, "uid");
	add_number(&line, waiting->uid);
	end_head_line(&line);
	line = begin(out, waiting, "profile");
	add(&line, waiting->profile);
	end_head_line(&line);
	if (waiting->config != NULL) {
		line = begin(out, waiting, "config");
		add(&line, waiting->config);
		end_head_line(&line);
	}
	line = begin(out, waiting, "content");
	add_number(&line, waiting->content_size);
	snprintf(sum, sizeof(sum), "%08lx",
	    (unsigned long)(waiting->content_sum & 0xffffffff));
	add(&line, sum);
	end_head_line(&line);
	line = begin(out, waiting, "message-id");
	add(&line, waiting->message_id);
	end_head_line(&line);
	if (waiting->is_unfiltered) {
		line = begin(out, waiting, "Unfiltered");
		end_head_line(&line);
	}
	if (waiting->wants_copy) {
		line = begin(out, waiting, "sent-copy");
		end_head_line(&line);
	}
	if (envelope->requires_tls) {
		line = begin(out, waiting, "Require-tls");
		end_head_line(&line);
	}
	line = begin(out, waiting, "reverse-path");
	add(&line,
	    envelope->reverse_path[0] == '\0' ? "<>" : envelope->reverse_path);
	end_head_line(&line);
	line = begin(out, waiting, "envelope-id");
	add(&line, envelope->envelope_id);
	add(&line, "return");
	dsn_add_return(&how, envelope->dsn_return);
	line_add(out, line.from, buf_span(&how));
	buf_free(&how);
	add(&line, "utf8");
	add_number(&line, waiting->needs_utf8);
	end_head_line(&line);
	for (size_t i = 0; i < envelope->count; i++) {
		line = begin(out, waiting, "rcpt");
		add_number(&line, i + 1);
		add_recipient(&line, &envelope->recipients[i]);
		end_head_line(&line);
	}
	line = begin(out, waiting, "end");
	end_head_line(&line);
}

void
record_add_try(struct buf *out, struct waiting *waiting, int64_t now,
    unsigned long pid, const char *host)
{
	struct line line = begin_at(out, waiting, "try", now);

	add_number(&line, pid);
	add(&line, host);
	end(&line);
}

void
record_add_doubt(struct buf *out, struct waiting *waiting, int64_t now,
    const char *server, const size_t *who, size_t count)
{
	size_t done = 0;

	do {
		struct line line = begin_at(out, waiting, "doubt", now);
		size_t some = count - done < RECORD_RECIPIENTS_MAX
		    ? count - done
		    : RECORD_RECIPIENTS_MAX;

		add(&line, server);
		if (some > 0)
			add_ranges(&line, &who[done], some);
		end(&line);
		done += some;
	} while (done < count);
}

bool
record_is_shared(const struct waiting *waiting, const struct outcome *a,
    const struct outcome *b)
{
	const struct status *one = &a->reply.status, *other = &b->reply.status;

	return a->action == b->action && a->stage == b->stage &&
	    a->cause == b->cause && a->in_doubt == b->in_doubt &&
	    a->reply.code == b->reply.code && one->class == other->class &&
	    one->subject == other->subject && one->detail == other->detail &&
	    (waiting_has_very_many(waiting) ||
		span_equal(buf_span(&a->reply.text), buf_span(&b->reply.text)));
}

static void
add_result(struct buf *out, struct waiting *waiting, int64_t now,
    const size_t *who, size_t count, const struct outcome *outcome)
{
	struct line line = begin_at(out, waiting, "result", now);
	struct buf text = {0};

	add_ranges(&line, who, count);
	add(&line, outcome_word_action(outcome->action));
	add(&line, outcome_word_stage(outcome->stage));
	add(&line, outcome_word_cause(outcome->cause));
	add_number(&line, (uint64_t)outcome->reply.code);
	if (outcome->reply.status.class != 0)
		reply_status_add(&text, outcome->reply.status);
	line_add(out, line.from, buf_span(&text));
	add_number(&line, outcome->in_doubt);
	buf_clear(&text);
	reply_add_joined(&text, &outcome->reply);
	line_add(out, line.from, waiting_cut_text(waiting, buf_span(&text)));
	buf_free(&text);
	end(&line);
}

void
record_add_result(struct buf *out, struct waiting *waiting, int64_t now,
    const size_t *who, size_t count, const struct outcome *outcome)
{
	for (size_t i = 0, some; i < count; i += some) {
		some = count - i < RECORD_RECIPIENTS_MAX
		    ? count - i
		    : RECORD_RECIPIENTS_MAX;
		add_result(out, waiting, now, &who[i], some, outcome);
	}
}

void
record_add_next(
    struct buf *out, struct waiting *waiting, int64_t now, int64_t next)
{
	struct line line = begin_at(out, waiting, "next", now);

	add_number(&line, (uint64_t)next);
	end(&line);
}

void
record_add_not_before(
    struct buf *out, struct waiting *waiting, int64_t now, int64_t moment)
{
	struct line line = begin_at(out, waiting, "not-before", now);

	add_number(&line, (uint64_t)moment);
	end(&line);
}

void
record_add_notification(struct buf *out, struct waiting *waiting, int64_t now,
    const struct id *id, enum notification_event event, const size_t *who,
    size_t count)
{
	struct line line = begin_at(out, waiting, "notification", now);

	add(&line, id->text);
	add(&line, outcome_word_event(event));
	add_ranges(&line, who, count);
	end(&line);
}

void
record_add_rewritten(
    struct buf *out, uint32_t *sum, const struct waiting *waiting, int64_t now)
{
	size_t from = out->len;

	line_add(out, from, SPAN("rewritten"));
	line_add_number(out, from, (uint64_t)now);
	line_add_number(out, from, waiting->attempts);
	line_add_number(out, from, waiting->doubts);
	line_end(out, from, sum);
}

void
record_add_release(struct buf *out, struct waiting *waiting, int64_t now,
    const char *who, int64_t clock)
{
	struct line line = begin_at(out, waiting, "release", now);

	add(&line, who);
	add_number(&line, (uint64_t)clock);
	end(&line);
}

void
record_add_word(struct buf *out, struct waiting *waiting, int64_t now,
    const char *keyword, const char *word)
{
	struct line line = begin_at(out, waiting, keyword, now);

	if (word != NULL)
		add(&line, word);
	end(&line);
}
