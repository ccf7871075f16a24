/*
 * Claims: an id can stand in a Content-ID and in a URL as it is; HTML without
 * the name of a part comes out unchanged; nothing is dropped but names.
 */
#include "fuzz/fuzz.h"

#include "compose/content_id.h"

static void
check_id(const char *id)
{
	struct span text = span_from(id);
	size_t at = span_find(text, '@');

	CLAIM(at > 0 && at == span_find_last(text, '@') && at < text.len);
	CLAIM(text.at[0] != '.' && text.at[at - 1] != '.');
	for (size_t i = 0; i < text.len; i++)
		CLAIM(ascii_is_alnum(text.at[i]) ||
		    strchr("@-_.", text.at[i]) != NULL);
	CLAIM(strstr(id, "..") == NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = fuzz_input(data, size);
	struct span line = span_head(input, span_find(input, '\n'));
	char *name = span_copy(line);
	struct content_ids ids = {0}, none = {0};
	struct error err = {0};
	struct buf out, same;

	input = span_skip(input, line.len + 1);
	check_id(content_id_add(&ids, name, "d.example"));
	check_id(content_id_add(&ids, "x", "d.example"));
	buf_init(&out, (input.len + 1) * (size + 16));
	buf_init(&same, input.len);
	content_id_rewrite(&none, input, &same);
	CLAIM(span_equal(buf_span(&same), input));
	if (content_id_check(&ids, &err)) {
		content_id_rewrite(&ids, input, &out);
		CLAIM(!out.full);
	} else {
		fuzz_check_error(&err);
	}
	content_id_free(&ids);
	buf_free(&out);
	buf_free(&same);
	free(name);
	return 0;
}
