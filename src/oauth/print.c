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

void
print_fault(const struct error *err)
{
	struct buf lines = {0};

	error_add_lines(err, PROGRAM, &lines);
	durable_write(STDERR_FILENO, lines.data, lines.len);
	buf_free(&lines);
}

void
print_note(const char *format, ...)
{
	struct buf text = {0}, line = {0};
	va_list arguments;

	va_start(arguments, format);
	buf_add_arguments(&text, format, arguments);
	va_end(arguments);
	buf_add_text(&line, PROGRAM ": ");
	utf8_add_sentence(&line, buf_span(&text));
	buf_add_char(&line, '\n');
	durable_write(STDERR_FILENO, line.data, line.len);
	buf_free(&line);
	buf_free(&text);
}

void
print_address(struct span address)
{
	struct buf line = {0};

	utf8_add_sentence(&line, address);
	buf_add_char(&line, '\n');
	durable_write(STDERR_FILENO, line.data, line.len);
	buf_free(&line);
}

bool
print_output(struct span text, struct error *err)
{
	return durable_write(STDOUT_FILENO, text.at, text.len) ||
	    error_set(err, ERROR_IO, "cannot write to standard output");
}
