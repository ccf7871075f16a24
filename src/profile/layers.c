/*
 * Looks for each setting in the layers that make up a chosen profile. The first
 * layer with a value decides, except for a login meant for other servers.
 */
#include "profile/layers.h"

#include <stdlib.h>

#include "base/environment.h"
#include "base/mem.h"
#include "profile/config.h"
#include "profile/profile_check.h"
#include "profile/provider.h"
#include "profile/server_url.h"
#include "profile/setting_table.h"

/* The sections that can hold a setting, the strongest first. */
struct layers {
	const struct profiles *profiles;   /* borrowed */
	const struct named_profile *named; /* the chosen one; borrowed */
	const struct section **sections;
	size_t count;
	size_t environment;  /* index of the environment's; or option_count */
	size_t option_count; /* of the command line and the environment */
	size_t own_count;    /* those and the profile's own */
	size_t provider;     /* index of the provider's; count: there is none */
};

/* Where a value comes from: an entry, a preset, or neither. */
struct found {
	const struct entry *entry; /* NULL: none */
	struct buf preset;	   /* if has_preset, in its written form */
	bool has_preset;
	size_t layer; /* if has_preset: index of the provider's section */
};

enum layers_top {
	LAYERS_OPTIONS,	    /* all: the command line, the environment, files */
	LAYERS_ENVIRONMENT, /* without the command line */
	LAYERS_FILES,	    /* the files alone */
};

static void
add_layer(struct layers *layers, const struct section *section)
{
	const struct section **item;

	if (section == NULL)
		return;
	item = mem_append(&layers->sections, &layers->count, sizeof(*item));
	*item = section;
}

static void
add_layer_pair(struct layers *layers, const struct layer_pair *pair)
{
	add_layer(layers, pair->user);
	add_layer(layers, pair->system);
}

/* Looks in the layers from index `from` to the one before `to`. */
static const struct entry *
find_between(const struct layers *layers, const struct setting *setting,
    size_t from, size_t to)
{
	const struct entry *entry = NULL;

	for (size_t i = from; entry == NULL && i < to; i++)
		entry = config_find(layers->sections[i], setting);
	return entry;
}

/* The profile that an entry `extends` names. NULL with an error. */
static const struct named_profile *
find_parent(const struct entry *entry, const struct profiles *profiles,
    bool *seen, struct error *err)
{
	struct profile scratch = PROFILE_UNSET;
	const struct named_profile *parent = NULL;

	if (!config_apply(entry, &scratch, false, err))
		return NULL;
	parent = profiles_find(profiles, span_from(scratch.extends));
	if (parent == NULL)
		setting_refuse(entry->setting, span_from(scratch.extends), err,
		    "there is no such profile");
	else if (seen[parent - profiles->named])
		setting_refuse(entry->setting, span_from(scratch.extends), err,
		    "the profiles extend each other in a circle");
	profile_free(&scratch);
	if (parent != NULL && !seen[parent - profiles->named]) {
		seen[parent - profiles->named] = true;
		return parent;
	}
	config_line_refuse(entry->value_place, err);
	return NULL;
}

/* The index of the first layer that sets `provider`; layers->count: none. */
static size_t
provider_layer(const struct layers *layers)
{
	const struct setting *setting = setting_table_find(SPAN("provider"));
	size_t from = 0;

	while (from < layers->count &&
	    config_find(layers->sections[from], setting) == NULL)
		from++;
	return from;
}

/*
 * Collects the layers: those that `top` selects, then the profile's own
 * section, those that it extends, and the defaults. Free them also on failure.
 */
static bool
collect(struct layers *layers, const struct profiles *profiles,
    const struct named_profile *named, enum layers_top top, struct error *err)
{
	const struct setting *extends = setting_table_find(SPAN("extends"));
	bool *seen = mem_new(profiles->count, sizeof(*seen));
	const struct entry *entry;
	bool done = true;

	*layers = (struct layers){.profiles = profiles, .named = named};
	if (top == LAYERS_OPTIONS)
		add_layer(layers, &profiles->options.sections[0]);
	layers->environment = layers->count;
	if (top != LAYERS_FILES)
		add_layer(layers, &profiles->environment.sections[0]);
	layers->option_count = layers->count;
	entry = find_between(layers, extends, 0, layers->option_count);
	add_layer_pair(layers, &named->own);
	layers->own_count = layers->count;
	seen[named - profiles->named] = true;
	if (entry == NULL)
		entry = profiles_find_entry(&named->own, extends);
	while (done && entry != NULL && entry->raw.len > 0) {
		named = find_parent(entry, profiles, seen, err);
		done = named != NULL;
		if (!done)
			break;
		add_layer_pair(layers, &named->own);
		entry = profiles_find_entry(&named->own, extends);
	}
	add_layer_pair(layers, &profiles->defaults);
	layers->provider = provider_layer(layers);
	free(seen);
	return done;
}

static bool
section_has_source(const struct section *section)
{
	for (size_t i = 0; i < section->count; i++)
		if (section->entries[i].setting->traits & SETTING_SOURCE)
			return true;
	return false;
}

/*
 * The first layer that names a source of the secret. It hides all sources below
 * it, so that a profile can replace an inherited source by one of another kind.
 */
static size_t
source_layer(const struct layers *layers)
{
	size_t i = 0;

	while (i < layers->count && !section_has_source(layers->sections[i]))
		i++;
	return i;
}

static void
find_source(struct found *found, const struct layers *layers,
    const struct setting *setting)
{
	size_t source = source_layer(layers);

	if (source < layers->count)
		found->entry =
		    find_between(layers, setting, source, source + 1);
}

/*
 * Finds the effective value. A provider's presets come directly below the
 * section that names it, since settings further below were meant for other
 * servers. The profile must have its provider already. Free found->preset.
 */
static void
find(struct found *found, const struct layers *layers,
    const struct setting *setting, const struct profile *profile)
{
	size_t layer = layers->provider;
	size_t next = layer + (layer < layers->count);

	*found = (struct found){.layer = layer};
	if (setting->traits & SETTING_SOURCE) {
		find_source(found, layers, setting);
		return;
	}
	if (setting->traits & SETTING_OWN) {
		found->entry =
		    find_between(layers, setting, 0, layers->own_count);
		return;
	}
	found->entry = find_between(layers, setting, 0, next);
	if (found->entry != NULL)
		return;
	if (layer < layers->count)
		found->has_preset =
		    provider_preset(profile, setting->name, &found->preset);
	if (!found->has_preset)
		found->entry =
		    find_between(layers, setting, next, layers->count);
}

static void
free_layers(struct layers *layers)
{
	free(layers->sections);
	*layers = (struct layers){0};
}

#define LOCAL_SERVER "smtp://localhost:25"

/* Applies the default; without any configuration, that of a local server. */
static bool
apply_standard(const struct layers *layers, const struct setting *setting,
    struct profile *profile, struct error *err)
{
	bool is_local = profile->unconfigured != NULL;
	const char *value = setting->standard;

	if (setting_is(setting, "report")) {
		profile->report = layers->profiles->report;
		return true;
	}
	if (is_local && setting_is(setting, "server"))
		value = LOCAL_SERVER;
	/* Few mail exchangers have a certificate that could be required. */
	if ((is_local || profile_is_direct(profile)) &&
	    setting_is(setting, "tls"))
		value = "opportunistic";
	return value == NULL ||
	    setting->type->parse(setting, profile, span_from(value), err);
}

/* Whether every server is also one of `own`, under the same TLS policy. */
static bool
servers_are_own(const struct profile *profile, const struct profile *own)
{
	if (profile->tls != own->tls)
		return false;
	for (size_t i = 0; i < profile->server_count; i++) {
		size_t j = 0;

		while (j < own->server_count &&
		    !server_url_equal(&profile->servers[i], &own->servers[j]))
			j++;
		if (j == own->server_count)
			return false;
	}
	return true;
}

static bool
apply_found(const struct layers *layers, const struct found *found,
    const struct setting *setting, struct profile *profile, struct error *err)
{
	if (found->entry != NULL)
		return config_apply(found->entry, profile, false, err);
	if (found->has_preset)
		return setting->type->parse(
		    setting, profile, buf_span(&found->preset), err);
	return apply_standard(layers, setting, profile, err);
}

static bool
apply_own(const struct layers *layers, const char *name, struct profile *own,
    struct error *err)
{
	const struct setting *setting = setting_table_find(span_from(name));
	struct found found;
	bool done;

	find(&found, layers, setting, own);
	done = apply_found(layers, &found, setting, own, err);
	buf_free(&found.preset);
	return done;
}

/*
 * Whether the login of the files, or of the environment, is for other servers
 * than those that are used.
 */
struct redirection {
	bool files, environment;
};

/* Whether one of the first `count` layers names the servers. */
static bool
servers_are_named(const struct layers *layers, size_t count)
{
	static const char *const names[] = {"server", "provider", "extends"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (find_between(layers,
			setting_table_find(span_from(names[i])), 0,
			count) != NULL)
			return true;
	return false;
}

/*
 * Sets *redirected if the layers above `top` changed the profile's servers or
 * its TLS policy.
 */
static bool
find_redirection(const struct layers *layers, const struct profile *profile,
    enum layers_top top, bool *redirected, struct error *err)
{
	struct profile own = PROFILE_UNSET;
	struct layers below;
	bool done =
	    collect(&below, layers->profiles, layers->named, top, err) &&
	    apply_own(&below, "provider", &own, err) &&
	    apply_own(&below, "server", &own, err) &&
	    apply_own(&below, "tls", &own, err);

	*redirected = done && !servers_are_own(profile, &own);
	free_layers(&below);
	profile_free(&own);
	return done;
}

/*
 * If --server, SMTPOST_SERVER or the like name the servers, the login of the
 * profile is used only for the profile's own servers and under its own TLS
 * policy. The login of an environment that names a server is not used for a
 * server that the command line names.
 */
static bool
check_redirection(const struct layers *layers, struct profile *profile,
    struct redirection *redirection, struct error *err)
{
	const struct profiles *profiles = layers->profiles;
	bool by_option = servers_are_named(layers, layers->environment);
	bool done = true;

	if (profiles->has_file &&
	    servers_are_named(layers, layers->option_count))
		done = find_redirection(
		    layers, profile, LAYERS_FILES, &redirection->files, err);
	if (done && by_option && profiles_environment_names_server(profiles))
		done = find_redirection(layers, profile, LAYERS_ENVIRONMENT,
		    &redirection->environment, err);
	profile->is_redirected = redirection->files || redirection->environment;
	return done;
}

static bool
is_login(const struct setting *setting)
{
	return setting->traits & (SETTING_SOURCE | SETTING_OF_LOGIN);
}

/* Whether the value comes from a layer whose login is for other servers. */
static bool
is_dropped(const struct layers *layers, const struct found *found,
    const struct redirection *redirection)
{
	const struct entry *entry = found->entry;

	if (entry != NULL && entry->place.line == 0)
		return entry->place.is_environment && redirection->environment;
	if (entry != NULL)
		return redirection->files;
	if (!found->has_preset || found->layer < layers->environment)
		return false;
	return found->layer < layers->option_count ? redirection->environment
						   : redirection->files;
}

static void
describe_origin(const struct found *found, const struct profile *profile,
    struct buf *origin)
{
	if (found->entry != NULL)
		config_line_add_place(found->entry->place, origin);
	else if (found->has_preset)
		buf_add_format(origin, "preset %s", profile->provider);
	else
		buf_add_text(origin, "default");
}

static bool
apply_setting(const struct layers *layers, const struct setting *setting,
    struct profile *profile, const struct redirection *redirection,
    struct error *err)
{
	struct buf origin = {0};
	struct found found;
	bool done;

	find(&found, layers, setting, profile);
	if (is_login(setting) && is_dropped(layers, &found, redirection)) {
		found.entry = NULL;
		found.has_preset = false;
		buf_add_text(&origin, "dropped: another server");
	} else {
		describe_origin(&found, profile, &origin);
	}
	profile->origins.names[setting_table_index(setting)] =
	    buf_take_text(&origin);
	done = apply_found(layers, &found, setting, profile, err);
	if (setting->traits & SETTING_OF_SESSION && found.entry != NULL &&
	    found.entry->place.line == 0)
		profile->set_by_call = setting->name;
	if (profile->set_by_call == setting->name &&
	    span_starts(span_from(setting->name), SPAN("oauth")))
		profile->oauth.set_by_call = setting->name;
	if (done && setting_is(setting, "tls") && found.entry != NULL)
		profile->tls_is_set = true;
	if (done && setting_is(setting, "password-file"))
		profile->password_file_is_shown =
		    found.entry != NULL && found.entry->place.is_environment;
	buf_free(&found.preset);
	return done;
}

/* The hint for a user without any configuration; it has several lines. */
static char *
make_first_hint(const struct profiles *profiles)
{
	struct buf hint = {0};

	buf_add_text(&hint, "no configuration was found; looked for ");
	buf_add_span(&hint, buf_span(&profiles->searched));
	buf_add_text(&hint,
	    ". smtpost --setup you@example.org makes one, and smtpost --import "
	    "FILE takes over that of msmtp or of another program. It can begin "
	    "with:\n"
	    "    server = smtps://mail.example.com\n"
	    "    user = me@example.com\n"
	    "    password-command = pass show mail");
	return buf_take_text(&hint);
}

/* Servers and TLS policy come first: they decide whose login is used. */
static bool
apply_all(
    const struct layers *layers, struct profile *profile, struct error *err)
{
	const struct setting *provider = setting_table_find(SPAN("provider"));
	const struct setting *server = setting_table_find(SPAN("server"));
	const struct setting *tls = setting_table_find(SPAN("tls"));
	struct redirection drops = {0};

	if (!layers->profiles->has_file &&
	    find_between(layers, server, 0, layers->count) == NULL &&
	    find_between(layers, provider, 0, layers->count) == NULL)
		profile->unconfigured = make_first_hint(layers->profiles);
	if (!apply_setting(layers, provider, profile, &drops, err) ||
	    !apply_setting(layers, server, profile, &drops, err) ||
	    !apply_setting(layers, tls, profile, &drops, err) ||
	    !check_redirection(layers, profile, &drops, err))
		return false;
	for (size_t i = 0; i < setting_table_count(); i++) {
		const struct setting *setting = setting_table_at(i);

		if (setting != provider && setting != server &&
		    setting != tls &&
		    !apply_setting(layers, setting, profile, &drops, err))
			return false;
	}
	return true;
}

/*
 * SSL_CERT_FILE and SSL_CERT_DIR replace the system's certificates, as in other
 * programs with TLS. They are ignored if no certificate is verified, so that a
 * variable that names a missing file does not stop such mail.
 */
static void
use_trust_of_environment(struct profile *profile)
{
	if (profile->tls_trust != NULL || !profile_check_verifies(profile))
		return;
	profile->trust_file =
	    mem_copy_text(environment_get_text("SSL_CERT_FILE"));
	if (profile->trust_file == NULL)
		profile->trust_folder =
		    mem_copy_text(environment_get_text("SSL_CERT_DIR"));
}

bool
layers_resolve(struct profile *profile, const struct profiles *profiles,
    const struct named_profile *named, const char *choice, struct error *err)
{
	struct layers layers;
	bool done;

	profile->name = mem_copy_text(named->name);
	profile->origins.count = setting_table_count();
	profile->origins.names = mem_new(setting_table_count(), sizeof(char *));
	profile->choice = mem_copy_text(choice);
	done = collect(&layers, profiles, named, LAYERS_OPTIONS, err) &&
	    apply_all(&layers, profile, err);
	if (done) {
		use_trust_of_environment(profile);
		done = profile_check(profile, err);
	}
	free_layers(&layers);
	return done;
}

enum report_form
layers_find_report(
    const struct profiles *profiles, const struct named_profile *named)
{
	struct profile scratch = PROFILE_UNSET;
	const struct setting *setting = setting_table_find(SPAN("report"));
	const struct entry *entry;
	struct layers layers;
	struct error ignored;

	scratch.report = profiles->report;
	collect(&layers, profiles, named, LAYERS_OPTIONS, &ignored);
	entry = find_between(&layers, setting, 0, layers.count);
	if (entry != NULL)
		config_apply(entry, &scratch, true, &ignored);
	free_layers(&layers);
	return scratch.report;
}
