/*
 * Prints the dialogue on standard error. Each line is one write, and a blocked
 * standard error does not keep signals from being handled.
 */
#include "cli/trace.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/signals.h"
#include "base/utf8.h"
#include "base/wait.h"

static const char *const marks[] = {
    [OBSERVED_COMMAND] = "C: ",
    [OBSERVED_REPLY] = "S: ",
    [OBSERVED_CONTENT] = "C: ",
    [OBSERVED_NOTE] = "*  ",
    [OBSERVED_WARNING] = "*  ",
};

/* In notes, as in errors, foreign text is already masked. */
static void
print_line(struct trace *trace, enum observed what, struct span text)
{
	bool is_ours = what == OBSERVED_NOTE || what == OBSERVED_WARNING;
	struct buf line;

	buf_init(&line, text.len * 4 + 1024);
	if (trace->level > 1) {
		int64_t since = clock_now() - trace->started;

		buf_add_format(&line, "%" PRId64 ".%03d ", since / 1000,
		    (int)(since % 1000));
	}
	buf_add_text(&line, marks[what]);
	if (is_ours)
		utf8_add_sentence(&line, text);
	else
		utf8_add_masked(&line, text);
	buf_add_char(&line, '\n');
	/* A blocked stderr must not keep us from handling signals. */
	signals_unblock();
	fwrite(line.data, 1, line.len, stderr);
	signals_block();
	buf_free(&line);
}

static void
print_content(struct trace *trace, struct span text)
{
	while (text.len > 0) {
		size_t end = span_find(text, '\n');
		struct span line = span_head(text, end);

		if (line.len > 0 && line.at[line.len - 1] == '\r')
			line.len--;
		print_line(trace, OBSERVED_CONTENT, line);
		text = span_skip(text, end + 1);
	}
}

static void
see(void *context, enum observed what, struct span text)
{
	struct trace *trace = context;
	char count[64];

	if (what == OBSERVED_CONTENT) {
		if (trace->level > 2)
			print_content(trace, text);
		else
			trace->content += text.len;
		return;
	}
	if (trace->content > 0) {
		snprintf(count, sizeof(count),
		    "(%" PRIu64 " octets of content)", trace->content);
		trace->content = 0;
		print_line(trace, OBSERVED_NOTE, span_from(count));
	}
	print_line(trace, what, text);
}

const struct observer *
trace_init(struct trace *trace, unsigned level)
{
	*trace = (struct trace){
	    .level = level, .observer = {.see = see, .context = trace}};
	if (level == 0)
		return NULL;
	trace->started = clock_now();
	return &trace->observer;
}

void
trace_notes(unsigned level, struct span notes)
{
	struct trace trace;

	observer_note_lines(trace_init(&trace, level), notes);
}

void
trace_profile(const struct profile *profile, const struct observer *observer)
{
	struct span files = buf_span(&profile->files), file;

	if (observer == NULL)
		return;
	observer_note(
	    observer, "profile %s (%s)", profile->name, profile->choice);
	if (files.len == 0)
		observer_note(observer, "no configuration file was read");
	while (span_next_word(&files, "\n", &file))
		observer_note(observer, "configuration file %.*s",
		    (int)file.len, file.at);
}
