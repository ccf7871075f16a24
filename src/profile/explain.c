#include "profile/explain.h"

#include <string.h>

#include "base/utf8.h"
#include "profile/profile_set.h"
#include "profile/setting.h"

#define ORIGIN_COLUMN 40
/* More than any file can hold; each octet may be masked as four. */
#define VALUE_MAX_OCTETS ((size_t)4 * 1024 * 1024)
#define LINE_MAX_OCTETS (5 * VALUE_MAX_OCTETS)

/* "key = value", then where it came from; both masked for the terminal. */
static void
add_line(
    struct buf *out, const char *key, struct span value, const char *origin)
{
	struct buf line = {.max = LINE_MAX_OCTETS};

	buf_add_format(&line, "%s =", key);
	if (value.len > 0)
		buf_add_char(&line, ' ');
	utf8_add_masked(&line, value);
	do
		buf_add_char(&line, ' ');
	while (line.len < ORIGIN_COLUMN && !line.full);
	buf_add_char(&line, ' ');
	utf8_add_sentence(&line, span_from(origin));
	buf_add_char(&line, '\n');
	buf_add_span(out, buf_span(&line));
	buf_free(&line);
}

const char *
profile_origin(const struct profile *profile, const char *setting)
{
	for (size_t i = 0; profile->origins != NULL && i < setting_count(); i++)
		if (strcmp(setting_name(i), setting) == 0)
			return profile->origins[i].text;
	return NULL;
}

void
profile_add_value(const struct profile *profile, size_t index, struct buf *out)
{
	setting_at(index)->type->print(setting_at(index), profile, out);
}

const char *
profile_choice(const struct profile *profile)
{
	return profile->origins[setting_count()].text;
}

void
profile_explain(const struct profile *profile, struct buf *out)
{
	size_t count = setting_count();

	add_line(out, "profile", span_from(profile->name),
	    profile->origins[count].text);
	for (size_t i = 0; i < count; i++) {
		struct buf value = {.max = VALUE_MAX_OCTETS};

		profile_add_value(profile, i, &value);
		add_line(out, setting_at(i)->name, buf_span(&value),
		    profile->origins[i].text);
		buf_free(&value);
	}
}
