#include "profile/resolve.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "profile/entry.h"
#include "profile/server_url.h"
#include "profile/setting.h"
#include "profile/tls_check.h"

#define LOCAL_SERVER "smtp://localhost:25"

/* The sections that can hold a setting, the strongest first. */
struct layers {
	const struct section **sections;
	size_t count;
	size_t option_count; /* how many of them are the command line */
	size_t own_count;    /* and how many are those or the profile's own */
};

const struct entry *
layer_find(const struct layer_pair *pair, const struct setting *setting)
{
	const struct entry *entry = NULL;

	if (pair->user != NULL)
		entry = section_find(pair->user, setting);
	if (entry == NULL && pair->system != NULL)
		entry = section_find(pair->system, setting);
	return entry;
}

void
place_add(struct place place, struct buf *out)
{
	utf8_add_masked(out, span_from(place.file));
	if (place.line != 0)
		buf_add_format(out, ":%zu", place.line);
}

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

/* The profile that the entry names; NULL with an error if it cannot be. */
static const struct named_profile *
find_parent(const struct entry *entry, const struct profiles *profiles,
    bool *seen, struct error *err)
{
	struct profile scratch = {.password_fd = -1};
	const struct named_profile *parent = NULL;

	if (!entry_apply(entry, &scratch, false, err))
		return NULL;
	parent = profiles_find(profiles, span_from(scratch.extends));
	if (parent == NULL)
		setting_refuse(entry->setting, span_from(scratch.extends), err,
		    "there is no such profile");
	else if (seen[parent - profiles->named])
		setting_refuse(entry->setting, span_from(scratch.extends), err,
		    "the profiles extend each other in a ring");
	profile_free(&scratch);
	if (parent != NULL && !seen[parent - profiles->named]) {
		seen[parent - profiles->named] = true;
		return parent;
	}
	place_error(entry->value_place, err);
	return NULL;
}

static bool
collect_layers(struct layers *layers, const struct profiles *profiles,
    const struct named_profile *named, struct error *err)
{
	const struct setting *extends = setting_find(SPAN("extends"));
	bool *seen = mem_new(profiles->count, sizeof(*seen));
	const struct entry *entry;
	bool done = true;

	add_layer(layers, &profiles->options.sections[0]);
	layers->option_count = 1;
	add_layer_pair(layers, &named->own);
	layers->own_count = layers->count;
	seen[named - profiles->named] = true;
	entry = section_find(&profiles->options.sections[0], extends);
	if (entry == NULL)
		entry = layer_find(&named->own, extends);
	while (done && entry != NULL && entry->raw.len > 0) {
		named = find_parent(entry, profiles, seen, err);
		done = named != NULL;
		if (!done)
			break;
		add_layer_pair(layers, &named->own);
		entry = layer_find(&named->own, extends);
	}
	add_layer_pair(layers, &profiles->defaults);
	free(seen);
	return done;
}

/* From the layer number `from` on, down to that before `to`. */
static const struct entry *
find_between(const struct layers *layers, const struct setting *setting,
    size_t from, size_t to)
{
	const struct entry *entry = NULL;

	for (size_t i = from; entry == NULL && i < to; i++)
		entry = section_find(layers->sections[i], setting);
	return entry;
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
 * A layer that names a source of the secret hides all sources below it: a
 * profile may replace the inherited one by one of another kind.
 */
static size_t
source_layer(const struct layers *layers)
{
	size_t i = 0;

	while (i < layers->count && !section_has_source(layers->sections[i]))
		i++;
	return i;
}

static const struct entry *
find_entry(const struct layers *layers, const struct setting *setting)
{
	size_t source;

	if (setting->traits & SETTING_OWN)
		return find_between(layers, setting, 0, layers->own_count);
	if (!(setting->traits & SETTING_SOURCE))
		return find_between(layers, setting, 0, layers->count);
	source = source_layer(layers);
	if (source == layers->count)
		return NULL;
	return find_between(layers, setting, source, source + 1);
}

static bool
apply_standard(const struct setting *setting, struct profile *profile,
    const struct profiles *profiles, bool is_local, struct error *err)
{
	const char *value = setting->standard;

	if (setting_is(setting, "report")) {
		profile->report = profiles->report;
		return true;
	}
	if (is_local && setting_is(setting, "server"))
		value = LOCAL_SERVER;
	if (is_local && setting_is(setting, "tls"))
		value = "opportunistic";
	return value == NULL ||
	    setting->type->parse(setting, profile, span_from(value), err);
}

/* Whether every server of --server is one that the profile names itself. */
static bool
servers_are_own(const struct profile *profile, const struct profile *own)
{
	if (profile->tls != own->tls)
		return false;
	for (size_t i = 0; i < profile->server_count; i++) {
		size_t j = 0;

		while (j < own->server_count &&
		    !server_equal(&profile->servers[i], &own->servers[j]))
			j++;
		if (j == own->server_count)
			return false;
	}
	return true;
}

static bool
apply_below_options(const struct layers *layers, const char *name,
    struct profile *own, const struct profiles *profiles, struct error *err)
{
	const struct setting *setting = setting_find(span_from(name));
	const struct entry *entry = find_between(
	    layers, setting, layers->option_count, layers->count);

	if (entry != NULL)
		return entry_apply(entry, own, false, err);
	return apply_standard(setting, own, profiles, false, err);
}

/*
 * With --server the login of the profile goes nowhere but to the profile's
 * own servers, and under no other TLS policy.
 */
static bool
check_redirection(struct profile *profile, const struct layers *layers,
    const struct profiles *profiles, struct error *err)
{
	const struct setting *server = setting_find(SPAN("server"));
	struct profile own = {.password_fd = -1};
	bool done;

	if (!profiles->has_file ||
	    find_between(layers, server, 0, layers->option_count) == NULL)
		return true;
	done = apply_below_options(layers, "server", &own, profiles, err) &&
	    apply_below_options(layers, "tls", &own, profiles, err);
	profile->is_redirected = done && !servers_are_own(profile, &own);
	profile_free(&own);
	return done;
}

static bool
is_login(const struct setting *setting)
{
	return setting->traits & SETTING_SOURCE || setting_is(setting, "user");
}

static bool
apply_setting(const struct setting *setting, struct profile *profile,
    const struct layers *layers, const struct profiles *profiles,
    bool is_local, struct error *err)
{
	const struct entry *entry = find_entry(layers, setting);
	struct buf origin = {0};
	bool done;

	if (entry != NULL && entry->place.line != 0 &&
	    profile->is_redirected && is_login(setting)) {
		entry = NULL;
		buf_add_text(&origin, "dropped: another server");
	} else if (entry != NULL) {
		place_add(entry->place, &origin);
	} else {
		buf_add_text(&origin, "default");
	}
	profile->origins[setting_index(setting)].text =
	    mem_copy_text(buf_text(&origin));
	buf_free(&origin);
	if (entry == NULL)
		done = apply_standard(
		    setting, profile, profiles, is_local, err);
	else
		done = entry_apply(entry, profile, false, err);
	if (done && entry != NULL && setting_is(setting, "tls"))
		profile->tls_is_set = true;
	return done;
}

/* A password that nobody uses: mail would go without the login meant. */
static bool
check_login(const struct profile *profile, struct error *err)
{
	bool has_source = profile->password.len > 0 ||
	    profile->password_command != NULL ||
	    profile->password_file != NULL || profile->password_fd >= 0;
	bool wants_none = profile->auth.count == 1 &&
	    span_equal_nocase(
		span_from(profile->auth.names[0]), SPAN("none"));

	if (!has_source || profile->user != NULL || wants_none ||
	    profile->is_redirected)
		return true;
	return error_set(err, ERROR_CONFIG,
	    "cannot use profile \"%s\": it has a password and no user\n"
	    "hint: set user, or auth = none",
	    profile->name);
}

/* What must hold among settings, each of which is right by itself. */
static bool
check_profile(const struct profile *profile, struct error *err)
{
	if (profile->server_count == 0)
		return error_set(err, ERROR_CONFIG,
		    "cannot use profile \"%s\": it has no server\n"
		    "hint: server = smtps://HOST or smtp://HOST",
		    profile->name);
	for (size_t i = 0; i < profile->server_count; i++)
		if (profile->tls == TLS_POLICY_NONE &&
		    profile->servers[i].scheme == SCHEME_SMTPS)
			return error_set(err, ERROR_CONFIG,
			    "cannot use profile \"%s\": tls = none contradicts "
			    "%s",
			    profile->name, profile->servers[i].url);
	return check_login(profile, err) && profile_check_tls(profile, err);
}

/* Servers and TLS policy first: on them depends whose login is used. */
static bool
apply_all(struct profile *profile, const struct layers *layers,
    const struct profiles *profiles, struct error *err)
{
	const struct setting *server = setting_find(SPAN("server"));
	const struct setting *tls = setting_find(SPAN("tls"));
	bool is_local =
	    !profiles->has_file && find_entry(layers, server) == NULL;

	if (!apply_setting(
		server, profile, layers, profiles, is_local, err) ||
	    !apply_setting(tls, profile, layers, profiles, is_local, err) ||
	    !check_redirection(profile, layers, profiles, err))
		return false;
	for (size_t i = 0; i < profile_setting_count(); i++) {
		const struct setting *setting = setting_at(i);

		if (setting != server && setting != tls &&
		    !apply_setting(
			setting, profile, layers, profiles, is_local, err))
			return false;
	}
	return true;
}

bool
profile_resolve(struct profile *profile, const struct profiles *profiles,
    const struct named_profile *named, const char *origin, struct error *err)
{
	struct layers layers = {0};
	size_t count = profile_setting_count();
	bool done;

	profile->name = mem_copy_text(named->name);
	profile->origins = mem_new(count + 1, sizeof(*profile->origins));
	profile->origins[count].text = mem_copy_text(origin);
	done = collect_layers(&layers, profiles, named, err) &&
	    apply_all(profile, &layers, profiles, err) &&
	    check_profile(profile, err);
	free(layers.sections);
	return done;
}
