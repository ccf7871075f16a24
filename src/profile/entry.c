#include "profile/entry.h"

#include <stdlib.h>

#include "base/mem.h"
#include "profile/identity.h"
#include "profile/setting.h"
#include "profile/value.h"

/* Relative to its file's folder. */
static void
resolve_path(const struct entry *entry, struct buf *value)
{
	char *path;

	if (!setting_is_path(entry->setting, buf_span(value)))
		return;
	path = value_path_beside(entry->place.file, buf_span(value));
	buf_clear(value);
	buf_add_text(value, path);
	free(path);
}

/* The shell has read the value already: only what it leaves is done. */
static enum value_result
expand_option(const struct entry *entry, struct buf *value, struct error *err)
{
	struct span raw = buf_span(&entry->raw);

	if (setting_is_path(entry->setting, raw) &&
	    span_starts(raw, SPAN("~/"))) {
		char *home = identity_home();

		if (home == NULL) {
			error_set(err, ERROR_USAGE,
			    "there is no home directory for ~");
			return VALUE_BAD;
		}
		buf_add_text(value, home);
		raw = span_skip(raw, 1);
		free(home);
	}
	buf_add_span(value, raw);
	return VALUE_READY;
}

/* A '#' inside of a value is part of it, which not everybody expects. */
static bool
has_comment(struct span raw)
{
	size_t at = span_find(raw, '#');

	return at > 0 && at < raw.len && ascii_is_blank(raw.at[at - 1]);
}

bool
entry_apply(const struct entry *entry, struct profile *profile,
    bool unset_allowed, struct error *err)
{
	const struct setting *setting = entry->setting;
	bool is_option = entry->place.line == 0, done = false;
	struct buf value = {.max = 2 * CONFIG_FILE_MAX};
	enum value_result result;

	if (is_option)
		result = expand_option(entry, &value, err);
	else
		result = value_expand(buf_span(&entry->raw),
		    setting_value_kind(setting), &value, err);
	if (result == VALUE_READY) {
		if (!is_option)
			resolve_path(entry, &value);
		done = setting->type->parse(
		    setting, profile, buf_span(&value), err);
	}
	buf_wipe(&value);
	if (result == VALUE_UNSET && unset_allowed)
		return true;
	if (!done && !is_option && has_comment(buf_span(&entry->raw)))
		error_add(err, "\nhint: a comment needs a line of its own");
	return done || profile_file_place_error(entry->value_place, err);
}

bool
entry_check_section(const struct section *section, struct error *err)
{
	struct profile scratch = {.password_fd = -1};
	const struct entry *source = NULL;
	bool done = true;

	for (size_t i = 0; done && i < section->count; i++) {
		const struct entry *entry = &section->entries[i];
		const struct setting *setting = entry->setting;

		done = entry_apply(entry, &scratch, true, err);
		profile_free(&scratch);
		if (!done || !(setting->traits & SETTING_SOURCE))
			continue;
		if (source != NULL && source->setting != setting) {
			error_set(err, ERROR_CONFIG,
			    "%s is set, and so is %s: the password has one "
			    "source",
			    setting->name, source->setting->name);
			done = profile_file_place_error(entry->place, err);
		}
		source = entry;
	}
	profile_free(&scratch);
	return done;
}
