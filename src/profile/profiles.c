/*
 * Reads the command line's settings, the environment's and the files', and
 * collects the profiles in them. Nothing is inherited here: see layers.c.
 */
#include "profile/profiles.h"

#include <stdlib.h>

#include "base/environment.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "profile/identity.h"
#include "profile/secret_file.h"
#include "profile/setting_table.h"

#ifndef SYSCONFDIR
#define SYSCONFDIR "/etc"
#endif

static bool
refuse_option(struct place place, struct span key, struct error *err)
{
	char *shown = utf8_excerpt_masked(key, 64);

	error_set(err, ERROR_USAGE, "unknown setting \"%s\"", shown);
	setting_table_hint(key, err);
	free(shown);
	return config_line_refuse(place, err);
}

static bool
add_option(struct section *options, struct span option, const char *origin,
    struct error *err)
{
	size_t equals = span_find(option, '=');
	struct span key = span_trim(span_head(option, equals));
	struct place place = {.file = origin};
	const struct setting *setting = setting_table_find(key);
	struct entry *entry;

	if (equals == option.len) {
		error_set(err, ERROR_USAGE, "not of the form KEY=VALUE");
		return config_line_refuse(place, err);
	}
	if (setting == NULL)
		return refuse_option(place, key, err);
	if (setting->traits & (SETTING_LOGIN_URL | SETTING_TOKEN_URL) &&
	    setting_hides(setting, span_skip(option, equals + 1))) {
		error_set(err, ERROR_USAGE,
		    "all users can see a %s on the command line\n"
		    "hint: set %s in a configuration file that only you can "
		    "read",
		    setting->traits & SETTING_LOGIN_URL ? "password" : "PIN",
		    setting->name);
		return config_line_refuse(place, err);
	}
	if (setting->traits & SETTING_SECRET) {
		error_set(err, ERROR_USAGE,
		    "all users can see a %s on the command line\n"
		    "hint: use %s",
		    setting->traits & SETTING_SOURCE ? "password"
						     : "client secret",
		    setting->traits & SETTING_SOURCE
			? "password-file, password-command or password-fd"
			: "oauth-client-secret-file");
		return config_line_refuse(place, err);
	}
	entry = config_add(options, setting);
	entry->place = entry->value_place = place;
	buf_add_span(&entry->raw, span_trim(span_skip(option, equals + 1)));
	return true;
}

static bool
read_options(struct config *options, const struct profile_sources *sources,
    struct error *err)
{
	struct section *section =
	    mem_append(&options->sections, &options->count, sizeof(*section));

	for (size_t i = 0; i < sources->set_count; i++) {
		char **origin = mem_append(
		    &options->files, &options->file_count, sizeof(*origin));

		*origin = span_copy(sources->set_origins[i]);
		if (!add_option(section, sources->sets[i], *origin, err))
			return false;
	}
	return config_check(section, err);
}

/* Settings from the environment: SMTPOST_PASSWORD_FILE is password-file. */

#define PREFIX SPAN("SMTPOST_")
#define NAME_MAX_OCTETS ((size_t)64)

/* Variables with this prefix that are not settings. */
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

/* PASSWORD_FILE becomes password-file. False if it has small letters. */
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
		setting = setting_table_find(buf_span(&key));
	buf_free(&key);
	return setting;
}

static void
note_unknown(struct buf *notes, struct span name)
{
	char *shown = utf8_excerpt_masked(name, NAME_MAX_OCTETS);

	buf_add_format(notes,
	    "the variable SMTPOST_%s is ignored: it names no setting\n", shown);
	free(shown);
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
	*origin = buf_take_text(&text);
	entry = config_add(section, setting);
	entry->place = (struct place){.file = *origin, .is_environment = true};
	entry->value_place = entry->place;
	buf_add_span(&entry->raw, span_from(value));
}

/*
 * Reads the variables into one section. An empty one counts as not set; one
 * that names no setting is noted.
 */
static bool
read_environment(struct config *environment,
    const struct profile_sources *sources, struct buf *notes, struct error *err)
{
	struct section *section = mem_append(
	    &environment->sections, &environment->count, sizeof(*section));
	size_t position = 0;
	const char *value;
	struct span name;

	if (sources->no_environment)
		return true;
	if (!environment_is_trusted())
		buf_add_text(notes,
		    "this program has more rights than its caller: SMTPOST_*, "
		    "HOME, XDG_*, TMPDIR and SSL_CERT_* are ignored\n");
	while (environment_next(PREFIX, &position, &name, &value)) {
		const struct setting *setting = find_setting(name);

		if (setting == NULL && !is_other(name))
			note_unknown(notes, name);
		/*
		 * If a variable occurs twice, the first counts, as in
		 * getenv(3).
		 */
		else if (setting != NULL && value[0] != '\0' &&
		    config_find(section, setting) == NULL)
			add_variable(environment, setting, name, value);
	}
	return config_check(section, err);
}

/* "SMTPOST_NAME=", of which `name` is the middle part. */
static void
remove_variable(struct span name)
{
	environment_remove(
	    (struct span){name.at - PREFIX.len, PREFIX.len + name.len + 1});
}

void
profiles_remove_secrets(void)
{
	size_t position = 0;
	struct span name;
	const char *value;

	while (environment_next(PREFIX, &position, &name, &value)) {
		const struct setting *setting = find_setting(name);

		if (setting == NULL ||
		    !setting_hides(setting, span_from(value)))
			continue;
		remove_variable(name);
		position = 0;
	}
}

char *
profiles_user_path(void)
{
	const char *folder = environment_get("XDG_CONFIG_HOME");
	char *home, *path = NULL;

	if (identity_owns_directory(folder))
		return file_path_in(folder, "smtpost/config");
	home = identity_home();
	if (home != NULL)
		path = file_path_in(home, ".config/smtpost/config");
	free(home);
	return path;
}

/* CONFIG_READ only if every value in the file is valid. */
static enum config_result
read_config(struct profiles *profiles, struct config *config, const char *path,
    struct error *err)
{
	enum config_result result = config_read(config, path, err);
	char *shown = utf8_masked(span_from(path));

	buf_add_format(&profiles->searched, "%s%s",
	    profiles->searched.len > 0 ? " and " : "", shown);
	free(shown);
	if (result != CONFIG_READ)
		return result;
	profiles->has_file = true;
	buf_add_span(&profiles->notes, buf_span(&config->notes));
	for (size_t i = 0; i < config->count; i++)
		if (!config_check(&config->sections[i], err))
			return CONFIG_BAD;
	return CONFIG_READ;
}

/*
 * The system's file may be readable only for the members of a group. For other
 * users that is an error, unless they have their own configuration.
 */
static bool
read_system(struct profiles *profiles, struct error *err)
{
	static const char path[] = SYSCONFDIR "/smtpost/config";

	switch (read_config(profiles, &profiles->system, path, err)) {
	case CONFIG_READ:
	case CONFIG_ABSENT:
		return true;
	case CONFIG_DENIED:
		if (!profiles->has_file) {
			secret_file_add_hint(path, err);
			return false;
		}
		config_free(&profiles->system);
		buf_add_text(&profiles->notes,
		    SYSCONFDIR
		    "/smtpost/config is ignored: you may not read it\n");
		return true;
	case CONFIG_BAD:
		break;
	}
	return false;
}

/* The user's file, with the addition at its end. */
static enum config_result
read_user(struct profiles *profiles, const char *path,
    const struct profile_sources *sources, struct error *err)
{
	enum config_result result = sources->has_only_addition
	    ? CONFIG_ABSENT
	    : read_config(profiles, &profiles->user, path, err);

	if (sources->addition.len == 0 ||
	    (result != CONFIG_READ && result != CONFIG_ABSENT))
		return result;
	if (!config_read_addition(
		&profiles->user, path, sources->addition, err) ||
	    !config_check(
		&profiles->user.sections[profiles->user.count - 1], err))
		return CONFIG_BAD;
	profiles->has_file = true;
	return CONFIG_READ;
}

/* A missing file is an error only if the user named it. */
static bool
read_files(struct profiles *profiles, const struct profile_sources *sources,
    struct error *err)
{
	enum config_result result = CONFIG_ABSENT;
	char *path;

	if (profiles->no_files)
		return true;
	if (sources->config != NULL)
		return read_user(profiles, sources->config, sources, err) ==
		    CONFIG_READ;
	path = profiles_user_path();
	if (path != NULL)
		result = read_user(profiles, path, sources, err);
	free(path);
	return (result == CONFIG_READ || result == CONFIG_ABSENT) &&
	    read_system(profiles, err);
}

static struct named_profile *
find_or_add(struct profiles *profiles, const char *name)
{
	struct named_profile *named;

	for (size_t i = 0; i < profiles->count; i++)
		if (span_equal(
			span_from(profiles->named[i].name), span_from(name)))
			return &profiles->named[i];
	named = mem_append(&profiles->named, &profiles->count, sizeof(*named));
	named->name = name;
	return named;
}

/*
 * The user's file goes before the system's, key by key. A user's file without
 * any [name] is only the profile "default". It gives no defaults to the
 * system's profiles, because its login was not meant for their servers. The
 * system's settings above the first [name] are defaults for all profiles, or if
 * neither file has a [name], the profile "default".
 */
static void
collect_profiles(struct profiles *profiles)
{
	const struct config *user = &profiles->user;
	const struct config *system = &profiles->system;

	if (user->count > 1)
		profiles->defaults.user = &user->sections[0];
	else if (user->count == 1 && user->sections[0].count > 0)
		find_or_add(profiles, "default")->own.user = &user->sections[0];
	for (size_t i = 1; i < user->count; i++)
		find_or_add(profiles, user->sections[i].name)->own.user =
		    &user->sections[i];
	for (size_t i = 1; i < system->count; i++)
		find_or_add(profiles, system->sections[i].name)->own.system =
		    &system->sections[i];
	if (system->count == 0)
		system = NULL;
	else if (profiles->count > 0)
		profiles->defaults.system = &system->sections[0];
	if (profiles->count == 0)
		find_or_add(profiles, "default")->own.system =
		    system != NULL ? &system->sections[0] : NULL;
}

/* Refuses settings of a single profile above the first [name]. */
static bool
check_defaults(const struct config *config, struct error *err)
{
	for (size_t i = 0; config->count > 1 && i < config->sections[0].count;
	     i++) {
		const struct entry *entry = &config->sections[0].entries[i];

		if (!(entry->setting->traits & SETTING_OWN))
			continue;
		error_set(err, ERROR_CONFIG,
		    "%s is for one profile, not for all: write it below a "
		    "[name]",
		    entry->setting->name);
		return config_line_refuse(entry->place, err);
	}
	return true;
}

/*
 * A call that names a server reads no file, unless it also names a profile or a
 * file. Then the login of the profile is sent only to the profile's own servers
 * (layers.c).
 */
static bool
decide_files(struct profiles *profiles, const struct profile_sources *sources)
{
	profiles->no_files = (sources->has_server ||
				 profiles_environment_names_server(profiles)) &&
	    !sources->has_profile && sources->config == NULL &&
	    profiles->environment_choice == NULL;
	return true;
}

struct profiles *
profiles_load(const struct profile_sources *sources, struct error *err)
{
	struct profiles *profiles = mem_new(1, sizeof(*profiles));

	profiles->report = sources->report;
	profiles->config = sources->config;
	if (!sources->no_environment)
		profiles->environment_choice =
		    environment_get_text("SMTPOST_PROFILE");
	if (read_options(&profiles->options, sources, err) &&
	    read_environment(
		&profiles->environment, sources, &profiles->notes, err) &&
	    decide_files(profiles, sources) &&
	    read_files(profiles, sources, err) &&
	    check_defaults(&profiles->user, err) &&
	    check_defaults(&profiles->system, err)) {
		/* A file that may be missing has left its error. */
		err->kind = ERROR_NONE;
		collect_profiles(profiles);
		return profiles;
	}
	profiles_free(profiles);
	return NULL;
}

void
profiles_free(struct profiles *profiles)
{
	if (profiles == NULL)
		return;
	config_free(&profiles->user);
	config_free(&profiles->system);
	config_free(&profiles->options);
	config_free(&profiles->environment);
	buf_free(&profiles->searched);
	buf_free(&profiles->notes);
	free(profiles->named);
	free(profiles);
}

const struct named_profile *
profiles_find(const struct profiles *profiles, struct span name)
{
	for (size_t i = 0; i < profiles->count; i++)
		if (span_equal(name, span_from(profiles->named[i].name)))
			return &profiles->named[i];
	return NULL;
}

const struct entry *
profiles_find_entry(
    const struct layer_pair *pair, const struct setting *setting)
{
	const struct entry *entry = NULL;

	if (pair->user != NULL)
		entry = config_find(pair->user, setting);
	if (entry == NULL && pair->system != NULL)
		entry = config_find(pair->system, setting);
	return entry;
}

bool
profiles_environment_names_server(const struct profiles *profiles)
{
	const struct section *section = &profiles->environment.sections[0];

	return config_find(section, setting_table_find(SPAN("server"))) !=
	    NULL ||
	    config_find(section, setting_table_find(SPAN("provider"))) != NULL;
}
