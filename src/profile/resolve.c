#include "profile/resolve.h"

#include <stdlib.h>

#include "base/environment.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "profile/entry.h"
#include "profile/environment_layer.h"
#include "profile/layers.h"
#include "profile/provider.h"
#include "profile/server_url.h"
#include "profile/setting.h"
#include "profile/tls_check.h"

#define LOCAL_SERVER "smtp://localhost:25"

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
apply_found(const struct found *found, const struct setting *setting,
    struct profile *profile, const struct profiles *profiles, bool is_local,
    struct error *err)
{
	if (found->entry != NULL)
		return entry_apply(found->entry, profile, false, err);
	if (found->has_preset)
		return setting->type->parse(
		    setting, profile, buf_span(&found->preset), err);
	return apply_standard(setting, profile, profiles, is_local, err);
}

static bool
apply_setting_of(const struct layers *layers, const char *name,
    struct profile *own, const struct profiles *profiles, struct error *err)
{
	const struct setting *setting = setting_find(span_from(name));
	struct found found;
	bool done;

	layers_find(&found, layers, setting, own);
	done = apply_found(&found, setting, own, profiles, false, err);
	buf_free(&found.preset);
	return done;
}

/* Whose login is not for the servers that are used. */
struct redirection {
	bool files, environment;
};

/* Whether one of the first layers names the servers. */
static bool
servers_are_named(const struct layers *layers, size_t count)
{
	static const char *const names[] = {"server", "provider", "extends"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (layers_find_between(layers,
			setting_find(span_from(names[i])), 0, count) != NULL)
			return true;
	return false;
}

/* Whether the servers, or the TLS policy, are others than those below `top`. */
static bool
is_redirected(const struct profile *profile, const struct profiles *profiles,
    const struct named_profile *named, enum layers_top top, bool *redirected,
    struct error *err)
{
	struct profile own = {.password_fd = -1};
	struct layers below = {0};
	bool done;

	done = layers_collect(&below, profiles, named, top, err) &&
	    apply_setting_of(&below, "provider", &own, profiles, err) &&
	    apply_setting_of(&below, "server", &own, profiles, err) &&
	    apply_setting_of(&below, "tls", &own, profiles, err);
	*redirected = done && !servers_are_own(profile, &own);
	layers_free(&below);
	profile_free(&own);
	return done;
}

/*
 * With --server, SMTPOST_SERVER and the like, the login of the profile goes
 * nowhere but to its own servers, and under no other TLS policy; with
 * --server, the login of an environment that names another server does not.
 */
static bool
check_redirection(struct profile *profile, struct redirection *redirection,
    const struct layers *layers, const struct profiles *profiles,
    const struct named_profile *named, struct error *err)
{
	bool by_option = servers_are_named(layers, layers->environment);
	bool done = true;

	if (profiles->has_file &&
	    servers_are_named(layers, layers->option_count))
		done = is_redirected(profile, profiles, named, LAYERS_FILES,
		    &redirection->files, err);
	if (done && by_option &&
	    section_names_server(&profiles->environment.sections[0]))
		done = is_redirected(profile, profiles, named,
		    LAYERS_ENVIRONMENT, &redirection->environment, err);
	profile->is_redirected =
	    redirection->files || redirection->environment;
	return done;
}

static bool
is_login(const struct setting *setting)
{
	return setting->traits & (SETTING_SOURCE | SETTING_OF_LOGIN);
}

/* Whether it was said where the login is not for these servers. */
static bool
is_dropped(const struct found *found, const struct layers *layers,
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
		place_add(found->entry->place, origin);
	else if (found->has_preset)
		buf_add_format(origin, "preset %s", profile->provider);
	else
		buf_add_text(origin, "default");
}

static bool
apply_setting(const struct setting *setting, struct profile *profile,
    const struct layers *layers, const struct profiles *profiles,
    const struct redirection *redirection, struct error *err)
{
	bool is_local = profile->unconfigured != NULL;
	struct buf origin = {0};
	struct found found;
	bool done;

	layers_find(&found, layers, setting, profile);
	if (is_login(setting) && is_dropped(&found, layers, redirection)) {
		found.entry = NULL;
		found.has_preset = false;
		buf_add_text(&origin, "dropped: another server");
	} else {
		describe_origin(&found, profile, &origin);
	}
	profile->origins[setting_index(setting)].text =
	    mem_copy_text(buf_text(&origin));
	buf_free(&origin);
	done = apply_found(&found, setting, profile, profiles, is_local, err);
	if (done && setting_is(setting, "tls") && found.entry != NULL)
		profile->tls_is_set = true;
	if (done && setting_is(setting, "password-file"))
		profile->password_file_is_shown = found.entry != NULL &&
		    found.entry->place.is_environment;
	buf_free(&found.preset);
	return done;
}

/* For somebody who begins; a line feed stands between its lines. */
static char *
make_first_hint(const struct profiles *profiles)
{
	struct buf hint = {0};
	char *text;

	buf_add_text(&hint, "no configuration was found; looked for ");
	buf_add_span(&hint, buf_span(&profiles->searched));
	buf_add_text(&hint,
	    ", where these lines may stand:\n"
	    "    server = smtps://mail.example.com\n"
	    "    user = me@example.com\n"
	    "    password-command = pass show mail");
	text = mem_copy_text(buf_text(&hint));
	buf_free(&hint);
	return text;
}

/* Servers and TLS policy first: on them depends whose login is used. */
static bool
apply_all(struct profile *profile, const struct layers *layers,
    const struct profiles *profiles, const struct named_profile *named,
    struct error *err)
{
	const struct setting *provider = setting_find(SPAN("provider"));
	const struct setting *server = setting_find(SPAN("server"));
	const struct setting *tls = setting_find(SPAN("tls"));
	struct redirection drops = {0};

	if (!profiles->has_file &&
	    layers_find_between(layers, server, 0, layers->count) == NULL &&
	    layers_find_between(layers, provider, 0, layers->count) == NULL)
		profile->unconfigured = make_first_hint(profiles);
	if (!apply_setting(
		provider, profile, layers, profiles, &drops, err) ||
	    !apply_setting(server, profile, layers, profiles, &drops, err) ||
	    !apply_setting(tls, profile, layers, profiles, &drops, err) ||
	    !check_redirection(
		profile, &drops, layers, profiles, named, err))
		return false;
	for (size_t i = 0; i < profile_setting_count(); i++) {
		const struct setting *setting = setting_at(i);

		if (setting != provider && setting != server &&
		    setting != tls &&
		    !apply_setting(
			setting, profile, layers, profiles, &drops, err))
			return false;
	}
	return true;
}

/*
 * What other programs with TLS trust: SSL_CERT_FILE, or SSL_CERT_DIR, in the
 * place of the system's certificates. Not where no certificate is judged: a
 * variable that names nothing must not keep such mail.
 */
static void
use_trust_of_environment(struct profile *profile)
{
	const char *file = environment_get("SSL_CERT_FILE");
	const char *folder = environment_get("SSL_CERT_DIR");

	if (profile->tls_trust != NULL || !profile_judges_trust(profile))
		return;
	if (file != NULL && file[0] != '\0')
		profile->trust_file = mem_copy_text(file);
	else if (folder != NULL && folder[0] != '\0')
		profile->trust_folder = mem_copy_text(folder);
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
	done = layers_collect(
		   &layers, profiles, named, LAYERS_OPTIONS, err) &&
	    apply_all(profile, &layers, profiles, named, err);
	if (done) {
		use_trust_of_environment(profile);
		done = profile_check(profile, err);
	}
	layers_free(&layers);
	return done;
}
