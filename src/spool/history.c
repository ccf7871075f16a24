/*
 * Walks through the records of an envelope file. It stops at the first line
 * that is torn, as waiting_read does.
 */
#include "spool/history.h"

#include "spool/line.h"
#include "spool/waiting.h"

static void
split(struct history *history, struct span line)
{
	buf_clear(&history->text);
	history->count = 0;
	while (history->count < HISTORY_WORDS_MAX && line.len > 0) {
		history->from[history->count] = history->text.len;
		if (!line_next_word(&line, &history->text) ||
		    !buf_add_char(&history->text, '\0'))
			return;
		history->count++;
	}
}

void
history_begin(struct history *history, struct span text)
{
	struct span line = {0};

	*history = (struct history){.rest = text};
	buf_init(&history->text, WAITING_LINE_MAX);
	while (line_next(&history->rest, &history->sum, &line) &&
	    !span_equal(line, SPAN("end")))
		continue;
}

bool
history_next(struct history *history)
{
	struct span line;

	if (!line_next(&history->rest, &history->sum, &line))
		return false;
	split(history, line);
	return true;
}

const char *
history_word(const struct history *history, size_t i)
{
	return i < history->count ? history->text.data + history->from[i] : "";
}

int64_t
history_time(const struct history *history)
{
	uint64_t time = 0;

	return span_number(
		   span_from(history_word(history, 1)), INT64_MAX, &time)
	    ? (int64_t)time
	    : 0;
}

void
history_free(struct history *history)
{
	buf_free(&history->text);
}
