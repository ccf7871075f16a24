/*
 * Claims: a name stands nowhere alone in redacted text, and JSON stays JSON.
 * The first line of the input is the name, the rest the text.
 */
#include "fuzz/fuzz.h"

#include "base/json_text.h"
#include "base/mem.h"
#include "cli/redaction.h"

static bool
is_plain(struct span word)
{
	for (size_t i = 0; i < word.len; i++)
		if (!ascii_is_alnum(word.at[i]))
			return false;
	return word.len > 1;
}

static bool
is_part_of_name(char c)
{
	return ascii_is_alnum(c) || c == '-' || c == '_';
}

static bool
stands_in(struct span text, struct span word)
{
	for (size_t i = 0; i + word.len <= text.len; i++)
		if (span_starts_nocase(span_skip(text, i), word) &&
		    (i == 0 || !is_part_of_name(text.at[i - 1])) &&
		    (i + word.len == text.len ||
			!is_part_of_name(text.at[i + word.len])))
			return true;
	return false;
}

/* The quotes that no backslash escapes. */
static size_t
count_quotes(struct span json)
{
	size_t count = 0;

	for (size_t i = 0; i < json.len; i++) {
		if (json.at[i] == '\\')
			i++;
		else
			count += json.at[i] == '"';
	}
	return count;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = fuzz_input(data, size);
	struct span word = span_head(input, span_find(input, '\n'));
	struct span text = span_skip(input, word.len + 1);
	char *words[1] = {span_copy(word)};
	const struct redaction redaction = {words, is_plain(word)};
	struct buf out = {.max = 8 * size + 64}, json = {.max = 8 * size + 64};
	struct span inside;

	redaction_add(&redaction, text, &out);
	CLAIM(redaction.count == 0 || !stands_in(buf_span(&out), word));
	CLAIM(!out.full);

	buf_add_text(&json, "{\"text\":[");
	json_text_add(&json, text);
	buf_add_text(&json, "]}");
	buf_clear(&out);
	redaction_add_json(&redaction, buf_span(&json), &out);
	inside = buf_span(&out);
	CLAIM(span_starts(inside, SPAN("{\"text\":[\"")));
	CLAIM(count_quotes(inside) == 4);
	CLAIM(inside.at[inside.len - 3] == '"' &&
	    inside.at[inside.len - 1] == '}');
	CLAIM(redaction.count == 0 ||
	    !stands_in(span_skip(inside, strlen("{\"text\":")), word));
	buf_free(&json);
	buf_free(&out);
	free(words[0]);
	return 0;
}
