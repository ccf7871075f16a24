/*
 * Writes settings so that they are read back as they are: quotes where blanks
 * or quotes would be lost, and two dollar signs for one.
 */
#include "profile/section_text.h"

#include "profile/setting.h"
#include "profile/setting_table.h"

#define NAME_OCTETS_MAX ((size_t)64)

/* Whether the reader would not take the value as it is. */
static bool
needs_quotes(struct span value)
{
	return value.len == 0 || value.at[0] == '"' ||
	    value.at[value.len - 1] == '\\' || ascii_is_blank(value.at[0]) ||
	    ascii_is_blank(value.at[value.len - 1]);
}

void
section_text_add(struct buf *text, const char *setting, const char *value)
{
	bool is_command =
	    setting_value_kind(setting_table_find(span_from(setting)),
		span_from(value)) == VALUE_COMMAND;
	bool quotes = needs_quotes(span_from(value));

	buf_add_format(text, "%s = %s", setting, quotes ? "\"" : "");
	for (const char *at = value; *at != '\0'; at++) {
		if (quotes && (*at == '"' || *at == '\\'))
			buf_add_char(text, '\\');
		if (*at == '$' && !is_command)
			buf_add_char(text, '$');
		buf_add_char(text, *at);
	}
	buf_add_text(text, quotes ? "\"\n" : "\n");
}

static bool
name_exists(const struct profiles *profiles, struct buf *name)
{
	return profiles_find(profiles, buf_span(name)) != NULL;
}

char *
section_text_name(const struct profiles *profiles, const char *wish)
{
	struct buf name = {0};

	/* Without any file there is an empty profile of that name. */
	if (!profiles->has_file) {
		buf_add_text(&name, "default");
		return buf_take_text(&name);
	}
	for (const char *at = wish; *at != '\0' && name.len < NAME_OCTETS_MAX;
	     at++)
		buf_add_char(&name,
		    ascii_is_alnum(*at) || (*at == '.' && name.len > 0) ? *at
									: '-');
	if (name.len == 0 || name.data[0] == '-') {
		buf_clear(&name);
		buf_add_text(&name, "mail");
	}
	for (unsigned number = 2; name_exists(profiles, &name); number++) {
		size_t end = name.len;

		if (number > 2)
			end = span_find_last(buf_span(&name), '-');
		name.len = end;
		buf_add_format(&name, "-%u", number);
	}
	return buf_take_text(&name);
}
