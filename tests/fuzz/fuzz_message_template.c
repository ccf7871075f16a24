/*
 * The input is a message with placeholders, a NUL, and the cell of both
 * columns. Claims: the message of the row has as many fields as the template,
 * and the same parts.
 */
#include "fuzz/fuzz.h"

#include <unistd.h>

#include "base/utf8.h"
#include "compose/message_template.h"

static const char *const names[] = {"a", "b c"};
static const struct table_columns columns = {names, 2};

static struct message_template *
read_text(struct span text, struct error *err)
{
	char path[] = "/tmp/fuzz_message_template.XXXXXX";
	int fd = mkstemp(path);
	struct message_template *template;

	CLAIM(fd >= 0 && write(fd, text.at, text.len) == (ssize_t)text.len);
	template = message_template_read(path, &columns, err);
	close(fd);
	unlink(path);
	return template;
}

static size_t
count_fields(struct span header)
{
	struct field field;
	size_t count = 0;

	while (header_next(&header, &field)) {
		count++;
		if (span_equal_nocase(field.name, SPAN("Date")) ||
		    span_equal_nocase(field.name, SPAN("Message-ID")))
			count--;
	}
	return count;
}

/* The lines before the first empty one. */
static struct span
header_of(struct span text)
{
	size_t at = 0;

	while (!span_starts(span_skip(text, at), SPAN("\r\n"))) {
		at += span_find(span_skip(text, at), '\n') + 1;
		CLAIM(at < text.len);
	}
	return span_head(text, at);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = fuzz_input(data, size);
	struct span text = span_head(input, span_find(input, '\0'));
	struct span cell = span_skip(input, text.len + 1);
	struct span cells[] = {cell, cell};
	struct table_row row = {.number = 1, .line = 2, .cells = cells};
	struct message_options how = {0};
	struct message_template *template;
	struct message *message;
	struct error err = {0};
	struct buf was;
	size_t column;

	/* A table has neither. */
	if (!utf8_is_valid(cell) || span_find(cell, '\0') < cell.len)
		return 0;
	template = read_text(text, &err);
	if (template == NULL) {
		fuzz_check_error(&err);
		return 0;
	}
	message = message_template_make(template, &row, &how, &column, &err);
	if (message == NULL) {
		fuzz_check_error(&err);
	} else {
		/* The text of a template begins with its header. */
		buf_init(&was, 4 * size + 64);
		message_template_add_text(template, &was);
		CLAIM(count_fields(message_header(message)) ==
		    count_fields(header_of(buf_span(&was))));
		buf_free(&was);
		message_free(message);
	}
	message_template_free(template);
	return 0;
}
