/*
 * Claims: a description of a file gives a file, and a type and names that are
 * not empty, or an error; a file that is quoted comes out as it was.
 */
#include "fuzz/fuzz.h"

#include "compose/file_spec.h"

static void
check(struct span input)
{
	char *spec = span_copy(input);
	struct part part = {0};
	struct error err = {0};

	if (file_spec_parse(&part, spec, "--attach", true, &err)) {
		CLAIM(part.source == PART_FILE && part.file[0] != '\0');
		CLAIM(strlen(part.file) <= strlen(spec));
		CLAIM(part.type == NULL ||
		    (strchr(part.type, '/') != NULL &&
			span_find(span_from(part.type), '\n') ==
			    strlen(part.type)));
		CLAIM(part.name == NULL || part.name[0] != '\0');
		CLAIM(part.id == NULL || part.id[0] != '\0');
	} else {
		CLAIM(err.kind == ERROR_USAGE);
		fuzz_check_error(&err);
	}
	part_free(&part);
	free(spec);
}

static void
check_quoted(struct span name)
{
	struct part part = {0};
	struct error err = {0};
	struct buf spec;

	name = span_head(name, span_find(name, '\0'));
	if (name.len == 0 || span_equal(name, SPAN("-")))
		return;
	buf_init(&spec, 2 * name.len + 20);
	buf_add_char(&spec, '"');
	for (size_t i = 0; i < name.len; i++) {
		if (name.at[i] == '"' || name.at[i] == '\\')
			buf_add_char(&spec, '\\');
		buf_add_char(&spec, name.at[i]);
	}
	buf_add_text(&spec, "\";type=x/y");
	CLAIM(file_spec_parse(&part, buf_text(&spec), "x", false, &err));
	CLAIM(span_equal(span_from(part.file), name));
	part_free(&part);
	buf_free(&spec);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = fuzz_input(data, size);
	bool has_line_end =
	    span_find(input, '\r') < size || span_find(input, '\n') < size;

	/* The command line has refused those with a line end. */
	if (!has_line_end)
		check(input);
	check_quoted(input);
	return 0;
}
