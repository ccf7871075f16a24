/*
 * The input is a list with placeholders, a NUL, and the cell of both columns.
 * Claims: the filled list is a list with as many mailboxes as the template, on
 * one line if the template is, and the cell adds no address to it.
 */
#include "fuzz/fuzz.h"

#include "base/utf8.h"
#include "compose/address_template.h"

static const char *const names[] = {"a", "b c"};
static const struct table_columns columns = {names, 2};

static bool
has_line_end(struct span text)
{
	return span_find(text, '\n') < text.len ||
	    span_find(text, '\r') < text.len;
}

static void
check(const struct address_template *template, struct span filled)
{
	struct address_list list = {0};
	struct error err = {0};

	if (!has_line_end(buf_span(&template->text)))
		CLAIM(!has_line_end(filled));
	CLAIM(address_list_parse(&list, filled, &err));
	CLAIM(list.count == template->list.count);
	for (size_t i = 0; i < list.count; i++) {
		const struct mailbox *was = &template->list.mailboxes[i];
		const struct mailbox *is = &list.mailboxes[i];

		if (strstr(was->local, "{{") == NULL)
			CLAIM(strcmp(was->local, is->local) == 0);
		if (was->domain == NULL)
			continue;
		CLAIM(is->domain != NULL);
		if (strstr(was->domain, "{{") == NULL)
			CLAIM(strcmp(was->domain, is->domain) == 0);
	}
	address_list_free(&list);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = fuzz_input(data, size);
	struct span text = span_head(input, span_find(input, '\0'));
	struct span cell = span_skip(input, text.len + 1);
	struct span cells[] = {cell, cell};
	struct table_row row = {.number = 1, .line = 2, .cells = cells};
	struct address_template template;
	struct error err = {0};
	struct buf out;
	size_t column = 2;

	/* A table has neither. */
	if (!utf8_is_valid(cell) || span_find(cell, '\0') < cell.len)
		return 0;
	buf_init(&out, (size_t)16 * 1024 * 1024);
	if (!address_template_parse(&template, text, &columns, "--to", &err))
		fuzz_check_error(&err);
	else if (address_template_fill(&template, &row, &out, &column, &err))
		check(&template, buf_span(&out));
	else
		fuzz_check_error(&err);
	buf_free(&out);
	address_template_free(&template);
	return 0;
}
