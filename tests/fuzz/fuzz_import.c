#include "fuzz/fuzz.h"

#include "import/import_kind.h"
#include "profile/profiles.h"
#include "profile/setting_table.h"

/* A text of many small parts may need as much as a configuration file has. */
#define TEXT_MAX ((size_t)1024 * 1024)

static bool
is_setting(struct span line)
{
	size_t end = span_find(line, ' ');

	return setting_table_find(span_head(line, end)) != NULL &&
	    span_starts(span_skip(line, end), SPAN(" = "));
}

static void
check_line(struct span line)
{
	for (size_t i = 0; i < line.len; i++)
		CLAIM(line.at[i] == '\t' || !ascii_is_control(line.at[i]));
	CLAIM(line.len == 0 || line.at[0] == '#' || line.at[0] == '[' ||
	    is_setting(line));
}

/* Every line is one of the three forms, and our own reader takes them all. */
static void
check_text(struct span text)
{
	struct profile_sources sources = {
	    .config = "config",
	    .no_environment = true,
	    .has_only_addition = true,
	    .addition = text,
	};
	struct profiles *profiles;
	struct error err = {0};

	profiles = profiles_load(&sources, &err);
	if (profiles == NULL)
		fprintf(stderr, "%s\n%.*s", err.text, (int)text.len, text.at);
	CLAIM(profiles != NULL);
	profiles_free(profiles);
	while (text.len > 0) {
		size_t end = span_find(text, '\n');

		CLAIM(end < text.len);
		check_line(span_head(text, end));
		text = span_skip(text, end + 1);
	}
}

static void
import(const struct import_kind *kind, struct span input, bool with_secrets)
{
	/* There is no such folder, so no file beside it is found. */
	const struct import_source source = {
	    .path = "/nonexistent/file", .text = input};
	struct translation translation;
	struct error err = {0};
	struct buf text;

	translation_init(&translation, with_secrets);
	buf_init(&text, TEXT_MAX);
	if (kind->read(&source, &translation, &err)) {
		translation_add_text(&translation, &text);
		CLAIM(!text.full);
		if (text.len > 0)
			check_text(buf_span(&text));
	} else {
		fuzz_check_error(&err);
	}
	buf_wipe(&text);
	translation_free(&translation);
}

/* The input is KIND:TEXT. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = fuzz_input(data, size);
	size_t colon = span_find(input, ':');
	struct span text = span_skip(input, colon + 1);

	if (text.len > 0 && memchr(text.at, '\0', text.len) != NULL)
		return 0;
	for (const struct import_kind *kind = import_kinds; kind->name != NULL;
	     kind++) {
		kind->is_like(text);
		if (!span_equal(span_head(input, colon), span_from(kind->name)))
			continue;
		import(kind, text, false);
		import(kind, text, true);
	}
	return 0;
}
