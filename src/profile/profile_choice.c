/*
 * Chooses a profile: by name, by the sender, or because there is no other. Its
 * settings are then found by layers.c.
 */
#include "profile/profile_choice.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "profile/config.h"
#include "profile/identity.h"
#include "profile/layers.h"
#include "profile/setting_table.h"

#define CHOICE_ENVIRONMENT "SMTPOST_PROFILE"

void
profile_choice_add_names(const struct profiles *profiles, struct error *err)
{
	for (size_t i = 0; i < profiles->count; i++)
		error_add(err, "%s %s", i ? "," : "", profiles->named[i].name);
}

/* The error shows `origin` after the name: " (...)", or "". */
static bool
find_by_name(const struct profiles *profiles, const char *name,
    const char *origin, const struct named_profile **found, struct error *err)
{
	char *shown;

	*found = profiles_find(profiles, span_from(name));
	if (*found != NULL)
		return true;
	shown = utf8_excerpt_masked(span_from(name), 128);
	error_set(err, ERROR_CONFIG,
	    "cannot use profile \"%s\"%s: there is no such profile\n"
	    "hint: ",
	    shown, origin);
	free(shown);
	if (!profiles->has_file) {
		error_add(err, "no configuration file was found or read");
		return false;
	}
	error_add(err, "the profiles are");
	profile_choice_add_names(profiles, err);
	/* With mailx, -a FILE attaches a file; --doctor takes a URL, too. */
	if (strpbrk(name, "./:") != NULL)
		error_add(err,
		    "; --attach FILE attaches a file, and --server "
		    "smtps://HOST names a server");
	return false;
}

static bool
is_null_path(const char *address)
{
	return address == NULL || address[0] == '\0' ||
	    strcmp(address, "<>") == 0;
}

enum match_result { MATCH_NONE, MATCH_FITS, MATCH_FAILED };

/*
 * Whether one of the profile's own `match` patterns fits the address; `by` is
 * then the line with the patterns.
 */
static enum match_result
match_profile(const struct named_profile *named, const char *address,
    const struct entry **by, struct error *err)
{
	const struct setting *setting = setting_table_find(SPAN("match"));
	struct profile scratch = PROFILE_UNSET;
	const struct entry *entry = profiles_find_entry(&named->own, setting);
	enum match_result result = MATCH_NONE;

	if (entry == NULL)
		return MATCH_NONE;
	if (!config_apply(entry, &scratch, false, err))
		result = MATCH_FAILED;
	for (size_t i = 0; result == MATCH_NONE && i < scratch.match.count; i++)
		if (span_matches(
			span_from(address), span_from(scratch.match.names[i])))
			result = MATCH_FITS;
	*by = entry;
	profile_free(&scratch);
	return result;
}

/* Applies the setting's value for profiles that do not set it themselves. */
static bool
apply_default(
    const struct profiles *profiles, const char *name, struct profile *scratch)
{
	const struct setting *setting = setting_table_find(span_from(name));
	const struct entry *entry =
	    config_find(&profiles->options.sections[0], setting);
	struct error ignored;

	if (entry == NULL)
		entry =
		    config_find(&profiles->environment.sections[0], setting);
	if (entry == NULL)
		entry = profiles_find_entry(&profiles->defaults, setting);
	return entry == NULL || config_apply(entry, scratch, true, &ignored);
}

/*
 * Completes the address as a submission would: adds the domain to a bare name,
 * and replaces one of `local-domains` by it. No profile is chosen yet, so the
 * settings are those made for all profiles.
 */
static char *
complete_address(const struct profiles *profiles, const char *address)
{
	struct profile scratch = PROFILE_UNSET;
	const char *at = strrchr(address, '@');
	size_t local = at != NULL ? (size_t)(at - address) : strlen(address);
	struct buf whole = {0};
	char *domain = NULL, *copy;
	bool is_bare = at == NULL;

	if (profiles->count < 2) /* there is no choice */
		return mem_copy_text(address);
	if (apply_default(profiles, "local-domains", &scratch))
		for (size_t i = 0; i < scratch.local_domains.count; i++)
			is_bare |= at != NULL &&
			    span_equal_nocase(span_from(at + 1),
				span_from(scratch.local_domains.names[i]));
	if (is_bare && apply_default(profiles, "domain", &scratch))
		domain = identity_domain(&scratch);
	if (domain != NULL) {
		buf_add(&whole, address, local);
		buf_add_format(&whole, "@%s", domain);
	}
	copy = mem_copy_text(domain != NULL ? buf_text(&whole) : address);
	buf_free(&whole);
	free(domain);
	profile_free(&scratch);
	return copy;
}

static bool
find_by_match(const struct profiles *profiles, const char *address,
    const struct named_profile **found, const struct entry **by,
    struct error *err)
{
	enum match_result result = MATCH_NONE;

	*found = NULL;
	for (size_t i = 0; i < profiles->count && result == MATCH_NONE; i++) {
		result = match_profile(&profiles->named[i], address, by, err);
		if (result == MATCH_FITS)
			*found = &profiles->named[i];
	}
	return result != MATCH_FAILED;
}

static bool
find_without_name(const struct profiles *profiles, const char *address,
    const struct named_profile **found, struct buf *origin, struct error *err)
{
	const struct entry *by = NULL;
	char *whole;
	bool done = true;

	if (!is_null_path(address)) {
		whole = complete_address(profiles, address);
		done = find_by_match(profiles, whole, found, &by, err);
		free(whole);
	}
	if (!done)
		return false;
	if (*found != NULL && by != NULL) {
		buf_add_text(origin, "match ");
		config_line_add_place(by->place, origin);
		return true;
	}
	*found = profiles_find(profiles, SPAN("default"));
	if (*found != NULL) {
		buf_add_text(origin, "default");
		return true;
	}
	if (profiles->count == 1) {
		*found = &profiles->named[0];
		buf_add_text(origin, "the only profile");
		return true;
	}
	error_set(err, ERROR_CONFIG,
	    "cannot choose a profile: none is named, none matches the sender "
	    "and none is called \"default\"\n"
	    "hint: use -P with one of");
	profile_choice_add_names(profiles, err);
	return false;
}

static void
add_files(struct buf *lines, const struct config *config)
{
	for (size_t i = 0; i < config->file_count; i++) {
		buf_add_text(lines, config->files[i]);
		buf_add_char(lines, '\n');
	}
}

/* The form in which a failure is reported; named NULL: no profile was found. */
static enum report_form
wanted_report(
    const struct profiles *profiles, const struct named_profile *named)
{
	struct profile scratch = PROFILE_UNSET;

	scratch.report = profiles->report;
	if (named != NULL)
		return layers_find_report(profiles, named);
	apply_default(profiles, "report", &scratch);
	return scratch.report;
}

bool
profile_choice_make(struct profile *profile, const struct profiles *profiles,
    const char *name, const char *sender, const char *from, struct error *err)
{
	const char *wish = profiles->environment_choice;
	const struct named_profile *named = NULL;
	struct buf origin = {0};
	bool done;

	*profile = (struct profile)PROFILE_UNSET;
	if (name != NULL) {
		buf_add_text(&origin, "-P");
		done = find_by_name(profiles, name, "", &named, err);
	} else if (wish != NULL) {
		buf_add_text(&origin, "environment " CHOICE_ENVIRONMENT);
		done = find_by_name(profiles, wish,
		    " (environment " CHOICE_ENVIRONMENT ")", &named, err);
	} else {
		done = find_without_name(profiles,
		    is_null_path(sender) ? from : sender, &named, &origin, err);
	}
	done = done &&
	    layers_resolve(profile, profiles, named, buf_text(&origin), err);
	if (done) {
		buf_add_span(&profile->notes, buf_span(&profiles->notes));
		if (profiles->config != NULL)
			profile->config = mem_copy_text(profiles->config);
		add_files(&profile->files, &profiles->user);
		add_files(&profile->files, &profiles->system);
	}
	buf_free(&origin);
	if (!done) {
		profile_free(profile);
		profile->report = wanted_report(profiles, named);
	}
	return done;
}
