/*
 * Standard output gets what was asked for and nothing else: a token is one
 * line. It is written without stdio, which would keep a copy in its memory.
 */
#include "oauth/print.h"

#include <stdio.h>
#include <unistd.h>

#include "base/durable.h"
#include "base/utf8.h"

#define PROGRAM "smtpost-oauth"

static bool shows_steps;

void
print_fault(const struct error *err)
{
	struct buf lines = {0};

	error_add_lines(err, PROGRAM, &lines);
	durable_write(STDERR_FILENO, lines.data, lines.len);
	buf_free(&lines);
}

static void
print_line(const char *mark, struct span sentence)
{
	struct buf line = {0};

	buf_add_text(&line, mark);
	utf8_add_sentence(&line, sentence);
	buf_add_char(&line, '\n');
	durable_write(STDERR_FILENO, line.data, line.len);
	buf_free(&line);
}

void
print_note(const char *format, ...)
{
	struct buf text = {0};
	va_list arguments;

	va_start(arguments, format);
	buf_add_arguments(&text, format, arguments);
	va_end(arguments);
	print_line(PROGRAM ": ", buf_span(&text));
	buf_free(&text);
}

void
print_address(struct span address)
{
	print_line("", address);
}

void
print_show_steps(void)
{
	shows_steps = true;
}

void
print_step(void *context, const char *sentence)
{
	(void)context;
	if (shows_steps)
		print_line("*  ", span_from(sentence));
}

bool
print_output(struct span text, struct error *err)
{
	return durable_write(STDOUT_FILENO, text.at, text.len) ||
	    error_set(err, ERROR_IO, "cannot write to standard output");
}
