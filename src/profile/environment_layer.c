/* Looks at the environment once; files are none of its business. */
#include "profile/environment_layer.h"

#include <stdlib.h>

#include "base/environment.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "profile/entry.h"
#include "profile/settings.h"

#define PREFIX SPAN("SMTPOST_")
#define NAME_MAX_OCTETS ((size_t)64)

/* Variables of that prefix that have a meaning and are no setting. */
static const char *const others[] = {
    "PROFILE", "ASKPASS", "TOKEN_RENEW", "TOKEN_REFUSED"};

static bool
is_other(struct span name)
{
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (span_equal(name, span_from(others[i])))
			return true;
	return false;
}

/* PASSWORD_FILE becomes password-file; false: small letters in it. */
static bool
add_key(struct buf *key, struct span name)
{
	for (size_t i = 0; i < name.len; i++) {
		char c = name.at[i];

		if (c != ascii_upper(c) || c == '-')
			return false;
		buf_add_char(key, c == '_' ? '-' : ascii_lower(c));
	}
	return true;
}

static const struct setting *
find_setting(struct span name)
{
	const struct setting *setting = NULL;
	struct buf key = {0};

	if (name.len <= NAME_MAX_OCTETS && add_key(&key, name))
		setting = settings_find(buf_span(&key));
	buf_free(&key);
	return setting;
}

static void
note_unknown(struct buf *notes, struct span name)
{
	buf_add_text(notes, "the variable SMTPOST_");
	utf8_add_masked(notes, span_head(name, NAME_MAX_OCTETS));
	buf_add_text(notes, " is ignored: it names no setting\n");
}

static void
add_variable(struct config *environment, const struct setting *setting,
    struct span name, const char *value)
{
	struct section *section = &environment->sections[0];
	char **origin = mem_append(
	    &environment->files, &environment->file_count, sizeof(*origin));
	struct buf text = {0};
	struct entry *entry;

	buf_add_text(&text, "environment SMTPOST_");
	buf_add_span(&text, name);
	*origin = mem_copy_text(buf_text(&text));
	buf_free(&text);
	entry = profile_file_add(section, setting);
	entry->place = (struct place){.file = *origin, .is_environment = true};
	entry->value_place = entry->place;
	buf_add_span(&entry->raw, span_from(value));
}

bool
environment_layer_read(
    struct config *environment, struct buf *notes, struct error *err)
{
	struct section *section = mem_append(
	    &environment->sections, &environment->count, sizeof(*section));
	size_t position = 0;
	const char *value;
	struct span name;

	if (!environment_is_trusted())
		buf_add_text(notes,
		    "this program has more rights than its caller: SMTPOST_*, "
		    "HOME, XDG_*, TMPDIR and SSL_CERT_* are ignored\n");
	while (environment_next(PREFIX, &position, &name, &value)) {
		const struct setting *setting = find_setting(name);

		if (setting == NULL && !is_other(name))
			note_unknown(notes, name);
		/* Of one that is there twice, getenv(3) sees the first too. */
		else if (setting != NULL && value[0] != '\0' &&
		    profile_file_find(section, setting) == NULL)
			add_variable(environment, setting, name, value);
	}
	return entry_check_section(section, err);
}

bool
environment_layer_names_server(const struct section *section)
{
	return profile_file_find(section, settings_find(SPAN("server"))) !=
	    NULL ||
	    profile_file_find(section, settings_find(SPAN("provider"))) != NULL;
}

const char *
environment_layer_profile(void)
{
	const char *wish = environment_get("SMTPOST_PROFILE");

	return wish != NULL && wish[0] != '\0' ? wish : NULL;
}

void
environment_layer_hide(void)
{
	environment_remove(PREFIX);
}
