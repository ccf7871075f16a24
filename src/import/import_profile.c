/*
 * The parser of a setting checks each value before it is kept, so that the
 * printed configuration is valid. Settings with warnings, and comments, have a
 * limit each: hostile input cannot use up the memory, and many comments cannot
 * leave too little room for settings and warnings.
 */
#include "import/import_profile.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "profile/profile.h"
#include "profile/setting_table.h"

#define LINE_SHOWN_MAX ((size_t)160)
#define VALUE_MAX ((size_t)16 * 1024)

static bool
take_room(struct import_profile *profile, size_t *room, size_t len)
{
	if (profile->is_dropped || len > *room)
		return false;
	*room -= len;
	return true;
}

/* Quotes and doubled dollar signs make a value at most twice as long. */
static bool
take_setting_room(
    struct import_profile *profile, struct span value, const char *keys)
{
	return take_room(profile, &profile->tally->setting_room,
	    2 * value.len + 2 * strlen(keys) + 64);
}

/* Adds a line of the other program, or its beginning, with single blanks. */
static void
add_line(struct buf *out, struct span line)
{
	struct buf plain = {0};
	struct span rest = span_head(line, LINE_SHOWN_MAX * 4), word;

	while (span_next_word(&rest, " \t\r\n", &word)) {
		if (plain.len > 0)
			buf_add_char(&plain, ' ');
		buf_add_span(&plain, word);
	}
	if (plain.len > LINE_SHOWN_MAX || line.len > LINE_SHOWN_MAX * 4) {
		size_t len =
		    LINE_SHOWN_MAX < plain.len ? LINE_SHOWN_MAX : plain.len;

		while (len > 0 && len < plain.len &&
		    ((unsigned char)plain.data[len] & 0xc0) == 0x80)
			len--;
		plain.len = len;
		buf_add_text(&plain, "...");
	}
	utf8_add_sentence(out, buf_span(&plain));
	buf_free(&plain);
}

/* False: there is no room for it. */
static bool
add_comment(struct import_profile *profile, size_t *room, const char *label,
    struct span line, const char *why)
{
	struct span reason = span_from(why);
	struct buf out = {0};
	bool fits;

	buf_add_format(&out, "# %s", label);
	add_line(&out, line);
	if (line.len > 0 && reason.len > 0)
		buf_add_text(&out, ": ");
	/* Only the first line, because the parser may add a hint. */
	utf8_add_sentence(&out, span_head(reason, span_find(reason, '\n')));
	buf_add_char(&out, '\n');
	fits = take_room(profile, room, out.len);
	if (fits)
		buf_add_span(&profile->comments, buf_span(&out));
	buf_free(&out);
	return fits;
}

void
import_profile_leave(
    struct import_profile *profile, struct span line, const char *why)
{
	profile->tally->left++;
	if (!add_comment(profile, &profile->tally->comment_room,
		"not taken over: ", line, why))
		profile->tally->unshown++;
}

void
import_profile_need_not(
    struct import_profile *profile, struct span line, const char *why)
{
	add_comment(profile, &profile->tally->comment_room,
	    "needs no setting: ", line, why);
}

void
import_profile_comment(struct import_profile *profile, const char *text)
{
	add_comment(
	    profile, &profile->tally->comment_room, "", (struct span){0}, text);
}

void
import_profile_warn(struct import_profile *profile, const char *text)
{
	struct buf line = {0};

	add_comment(profile, &profile->tally->setting_room,
	    "Warning: ", (struct span){0}, text);
	if (profile->name != NULL)
		buf_add_format(&line, "[%s] ", profile->name);
	utf8_add_sentence(&line, span_from(text));
	buf_add_note(
	    &profile->tally->warnings, BUF_DEFAULT_MAX / 2, buf_span(&line));
	buf_free(&line);
}

static struct import_setting *
find(const struct import_profile *profile, const struct setting *setting)
{
	for (size_t i = 0; i < profile->count; i++)
		if (profile->settings[i].setting == setting)
			return &profile->settings[i];
	return NULL;
}

const struct import_setting *
import_profile_find(const struct import_profile *profile, const char *setting)
{
	return find(profile, setting_table_find(span_from(setting)));
}

/* Whether a file can hold the value; a terminal may print the file. */
static bool
is_printable(struct span value, struct error *err)
{
	uint32_t character;

	if (value.len > VALUE_MAX)
		return error_set(err, ERROR_CONFIG, "its value is too long");
	for (size_t i = 0; i < value.len; i++) {
		bool is_control =
		    ascii_is_control(value.at[i]) && value.at[i] != '\t';

		if (is_control ||
		    (utf8_decode(span_skip(value, i), &character) == 2 &&
			character < 0xa0))
			return error_set(err, ERROR_CONFIG,
			    "there is a control character in its value");
	}
	return true;
}

static bool
is_parsed(const struct setting *setting, struct span value, struct error *err)
{
	struct profile scratch = PROFILE_UNSET;
	bool done = setting->type->parse(setting, &scratch, value, err);

	profile_free(&scratch);
	return done;
}

/* Whether the profile may have the setting. */
static bool
is_free(const struct import_profile *profile, const struct setting *setting,
    struct error *err)
{
	if (profile->name == NULL && setting->traits & SETTING_OWN)
		return error_set(
		    err, ERROR_CONFIG, "it is for one profile, not for all");
	for (size_t i = 0; i < profile->count; i++) {
		const struct setting *other = profile->settings[i].setting;

		if (other != setting && setting->traits & SETTING_SOURCE &&
		    other->traits & SETTING_SOURCE)
			return error_set(err, ERROR_CONFIG,
			    "a profile can have only one password or token; "
			    "here it comes from %s",
			    other->name);
	}
	return true;
}

static void
put(struct import_profile *profile, const struct setting *setting,
    struct span value, const char *keys)
{
	struct import_setting *old = find(profile, setting);

	if (old != NULL && strcmp(old->keys, keys) == 0 &&
	    !span_equal(buf_span(&old->value), value))
		import_profile_need_not(
		    profile, span_from(keys), "a later line sets it again");
	if (old == NULL)
		old = mem_append(
		    &profile->settings, &profile->count, sizeof(*old));
	free(old->keys);
	buf_wipe(&old->value);
	buf_init_secret(&old->value, VALUE_MAX);
	buf_add_span(&old->value, value);
	old->setting = setting;
	old->keys = mem_copy_text(keys);
}

/* Whether the command only prints what stands in it. */
static bool
prints_itself(struct span command)
{
	struct span rest = command, word;

	if (!span_next_word(&rest, " \t", &word))
		return false;
	word = file_last_part(word);
	return (span_equal(word, SPAN("echo")) ||
		   span_equal(word, SPAN("printf"))) &&
	    span_find(command, '$') == command.len &&
	    span_find(command, '`') == command.len &&
	    span_find(command, '|') == command.len;
}

static void
warn_of_plain_secret(struct import_profile *profile, const char *setting)
{
	struct buf text = {0};

	buf_add_format(&text,
	    "%s: this command contains the secret, and other users can see it "
	    "while the command runs; keep the secret in a file that only you "
	    "can read, and write %s = cat FILE",
	    setting, setting);
	import_profile_warn(profile, buf_text(&text));
	buf_free(&text);
}

bool
import_profile_accepts(const char *setting, struct span value)
{
	struct error ignored;

	return value.len > 0 && is_printable(value, &ignored) &&
	    is_parsed(setting_table_find(span_from(setting)), value, &ignored);
}

void
import_profile_set(struct import_profile *profile, const char *name,
    struct span value, const char *keys)
{
	const struct setting *setting = setting_table_find(span_from(name));
	struct error why;

	if (value.len == 0)
		import_profile_need_not(
		    profile, span_from(keys), "its value is empty");
	else if (setting_hides(setting, value) && !profile->tally->with_secrets)
		import_profile_leave(profile, span_from(keys),
		    "it has a password in it; only --with-secrets takes it "
		    "over");
	else if (!is_printable(value, &why) ||
	    !is_parsed(setting, value, &why) ||
	    !is_free(profile, setting, &why))
		import_profile_leave(profile, span_from(keys), why.text);
	else if (!take_setting_room(profile, value, keys))
		import_profile_leave(profile, span_from(keys),
		    "the configuration would be too long");
	else
		put(profile, setting, value, keys);
	if (setting->traits & SETTING_SOURCE &&
	    setting->traits & SETTING_COMMAND && prints_itself(value) &&
	    find(profile, setting) != NULL)
		warn_of_plain_secret(profile, setting->name);
}

void
import_profile_set_text(struct import_profile *profile, const char *setting,
    const char *value, const char *keys)
{
	import_profile_set(profile, setting, span_from(value), keys);
}

void
import_profile_unset(
    struct import_profile *profile, const char *setting, const char *keys)
{
	if (take_setting_room(profile, SPAN(""), keys))
		put(profile, setting_table_find(span_from(setting)), SPAN(""),
		    keys);
	else
		import_profile_leave(profile, span_from(keys),
		    "the configuration would be too long");
}

void
import_profile_set_password(
    struct import_profile *profile, struct span password, const char *keys)
{
	profile->tally->has_password = true;
	if (profile->tally->with_secrets || profile->is_dropped) {
		import_profile_set(profile, "password", password, keys);
	} else {
		free(profile->password_keys);
		profile->password_keys = mem_copy_text(keys);
	}
}

void
import_profile_free(struct import_profile *profile)
{
	for (size_t i = 0; i < profile->count; i++) {
		buf_wipe(&profile->settings[i].value);
		free(profile->settings[i].keys);
	}
	free(profile->settings);
	free(profile->old_name);
	free(profile->name);
	free(profile->password_keys);
	buf_free(&profile->comments);
	*profile = (struct import_profile){0};
}
