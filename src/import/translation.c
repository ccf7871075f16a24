/*
 * Settings are printed in the order of the table of settings, each below a
 * comment with the names of the keys that it comes from; the other comments of
 * a profile follow.
 */
#include "import/translation.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "profile/profile.h"
#include "profile/secret_store.h"
#include "profile/section_text.h"
#include "profile/setting_table.h"

#define SETTING_ROOM ((size_t)512 * 1024)
#define COMMENT_ROOM ((size_t)256 * 1024)
#define PROFILES_MAX ((size_t)500)
#define NAME_SHOWN_MAX ((size_t)64)

static struct import_profile *
add_profile(struct translation *translation)
{
	struct import_profile *profile = mem_new(1, sizeof(*profile));

	profile->tally = &translation->tally;
	buf_init(&profile->comments, SETTING_ROOM + COMMENT_ROOM);
	*(struct import_profile **)mem_append(&translation->profiles,
	    &translation->count, sizeof(profile)) = profile;
	return profile;
}

void
translation_init(struct translation *translation, bool with_secrets)
{
	*translation = (struct translation){
	    .tally = {.with_secrets = with_secrets,
		.setting_room = SETTING_ROOM,
		.comment_room = COMMENT_ROOM},
	    .folder = ".",
	};
	translation->dropped = (struct import_profile){
	    .tally = &translation->tally,
	    .is_dropped = true,
	};
	add_profile(translation);
}

void
translation_free(struct translation *translation)
{
	for (size_t i = 0; i < translation->count; i++) {
		import_profile_free(translation->profiles[i]);
		free(translation->profiles[i]);
	}
	free(translation->profiles);
	import_profile_free(&translation->dropped);
	buf_free(&translation->tally.warnings);
	buf_free(&translation->doubts);
	buf_free(&translation->nothing);
	buf_free(&translation->readable);
	*translation = (struct translation){0};
}

const struct import_profile *
translation_find(const struct translation *translation, struct span name)
{
	for (size_t i = 1; i < translation->count; i++)
		if (span_equal(name, span_from(translation->profiles[i]->name)))
			return translation->profiles[i];
	return NULL;
}

/* Without the characters that a terminal or the configuration cannot take. */
static void
add_name(struct buf *name, struct span wish)
{
	while (wish.len > 0 && name->len < NAME_SHOWN_MAX) {
		uint32_t character;
		size_t len = utf8_decode(wish, &character);
		struct span one = span_head(wish, len);
		struct buf masked = {0};

		utf8_add_masked(&masked, one);
		if (len == 0 || !span_equal(buf_span(&masked), one) ||
		    memchr(" /[]\",", one.at[0], 6) != NULL ||
		    (name->len == 0 && memchr(".-", one.at[0], 2) != NULL))
			buf_add_text(name, name->len > 0 ? "-" : "x-");
		else
			buf_add_span(name, one);
		buf_free(&masked);
		wish = span_skip(wish, len > 0 ? len : 1);
	}
}

/* "work", or if another profile has that name, "work-2". */
static char *
make_name(const struct translation *translation, struct span wish)
{
	struct buf name = {0};
	size_t end;

	add_name(&name, wish);
	end = name.len;
	for (unsigned number = 2;
	     translation_find(translation, buf_span(&name)) != NULL; number++) {
		name.len = end;
		buf_add_format(&name, "-%u", number);
	}
	return buf_take_text(&name);
}

static void
note_old_name(struct import_profile *profile, struct span wish)
{
	struct buf text = {0};
	char *shown;

	if (span_equal(wish, span_from(profile->name)))
		return;
	shown = utf8_excerpt_masked(wish, NAME_SHOWN_MAX);
	buf_add_format(&text, "the other program calls it \"%s\"", shown);
	import_profile_comment(profile, buf_text(&text));
	free(shown);
	buf_free(&text);
}

struct import_profile *
translation_profile(struct translation *translation, struct span name)
{
	struct import_profile *profile;
	char *new_name;

	if (name.len == 0)
		return translation->profiles[0];
	for (size_t i = 1; i < translation->count; i++)
		if (span_equal(
			name, span_from(translation->profiles[i]->old_name)))
			return translation->profiles[i];
	if (translation->count > PROFILES_MAX)
		return &translation->dropped;
	new_name = make_name(translation, name);
	profile = add_profile(translation);
	profile->name = new_name;
	profile->old_name = span_copy(name);
	note_old_name(profile, name);
	return profile;
}

size_t
translation_setting_count(const struct translation *translation)
{
	size_t count = 0;

	for (size_t i = 0; i < translation->count; i++)
		count += translation->profiles[i]->count;
	return count;
}

bool
translation_has_command(const struct translation *translation)
{
	for (size_t i = 0; i < translation->count; i++)
		for (size_t j = 0; j < translation->profiles[i]->count; j++)
			if (translation->profiles[i]
				->settings[j]
				.setting->traits &
			    SETTING_COMMAND)
				return true;
	return false;
}

static void
add_comment(struct buf *out, struct span text)
{
	buf_add_text(out, "# ");
	utf8_add_sentence(out, text);
	buf_add_char(out, '\n');
}

/* Settings of the same keys stand below one comment. */
static void
add_settings(const struct import_profile *profile, struct buf *out)
{
	const char *above = "";

	for (size_t i = 0; i < setting_table_count(); i++) {
		const struct import_setting *setting =
		    import_profile_find(profile, setting_table_at(i)->name);
		char *value;

		if (setting == NULL)
			continue;
		if (strcmp(setting->keys, above) != 0)
			add_comment(out, span_from(setting->keys));
		above = setting->keys;
		value = span_copy(buf_span(&setting->value));
		section_text_add(out, setting->setting->name, value);
		mem_wipe(value, setting->value.len);
		free(value);
	}
}

/* The host of the profile's first server; NULL: it has none. Caller frees. */
static char *
find_host(const struct import_profile *profile)
{
	const struct import_setting *server =
	    import_profile_find(profile, "server");
	struct profile scratch = PROFILE_UNSET;
	struct error ignored;
	char *host = NULL;

	if (server == NULL)
		return NULL;
	if (server->setting->type->parse(server->setting, &scratch,
		buf_span(&server->value), &ignored) &&
	    scratch.server_count > 0)
		host = mem_copy_text(scratch.servers[0].host);
	profile_free(&scratch);
	return host;
}

/* Comments that say how to keep the password. */
static void
add_password_recipe(const struct translation *translation,
    const struct import_profile *profile, struct buf *out)
{
	const struct import_setting *user =
	    import_profile_find(profile, "user");
	char *host = find_host(profile);
	char *name = user != NULL ? span_copy(buf_span(&user->value)) : NULL;
	struct secret_store store = {
	    .profile = profile->name != NULL ? profile->name : "default",
	    .host = host,
	    .user = name,
	    .folder = translation->folder,
	    .place = SECRET_PLACE_FILE,
	};
	struct buf recipe = {0}, setting = {0};

	if (host != NULL && name != NULL &&
	    secret_store_is_possible(SECRET_PLACE_KEYRING))
		store.place = SECRET_PLACE_KEYRING;
	secret_store_add_recipe(&store, &recipe);
	secret_store_add_setting(&store, SPAN(""), &setting);
	setting.len--; /* without the line end */
	buf_add_text(out, "# ");
	utf8_add_sentence(out, span_from(profile->password_keys));
	buf_add_format(out,
	    ": the password is not shown. This shell command %s:\n",
	    store.place == SECRET_PLACE_KEYRING
		? "asks for it and keeps it"
		: "keeps what you type, up to Ctrl-D");
	add_comment(out, buf_span(&recipe));
	buf_add_text(out, "# Then remove the # of the next line:\n");
	add_comment(out, buf_span(&setting));
	buf_free(&recipe);
	buf_free(&setting);
	free(host);
	free(name);
}

static void
add_section(const struct translation *translation,
    const struct import_profile *profile, struct buf *out)
{
	if (profile->name != NULL)
		buf_add_format(out, "\n[%s]\n", profile->name);
	add_settings(profile, out);
	if (profile->password_keys != NULL)
		add_password_recipe(translation, profile, out);
	buf_add_span(out, buf_span(&profile->comments));
}

void
translation_add_text(const struct translation *translation, struct buf *out)
{
	for (size_t i = 0; i < translation->count; i++)
		add_section(translation, translation->profiles[i], out);
	if (translation->tally.unshown > 0)
		buf_add_format(out,
		    "# %zu more lines are not taken over; there is no room "
		    "here to list them\n",
		    translation->tally.unshown);
}
