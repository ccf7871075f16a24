/*
 * All profiles as the command line, the environment and the configuration
 * files have them, and the choice of one.
 */
#ifndef PROFILE_PROFILES_H
#define PROFILE_PROFILES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/text.h"
#include "profile/profile.h"

struct profiles; /* opaque */

struct profile_sources {
	const char *config;	 /* --config FILE; NULL: the usual files */
	bool has_server;	 /* the command line names one: read no file */
	bool has_profile;	 /* -P: read them all the same */
	const struct span *sets; /* --set KEY=VALUE, in order; borrowed */
	const struct span *set_origins; /* "--set", "--server", "--report" */
	size_t set_count;
	enum report_form report; /* the default, by the program's name */
};

struct profiles *profiles_load(
    const struct profile_sources *sources, struct error *err);
void profiles_free(struct profiles *profiles);
size_t profiles_count(const struct profiles *profiles);
const char *profiles_name(const struct profiles *profiles, size_t index);
/*
 * The profile by name, or (name NULL) by SMTPOST_PROFILE, by the first match
 * glob that fits `sender` (an address; NULL or empty: `from` instead), the
 * profile "default", or the only one. Settings are inherited, defaults filled
 * in, everything checked as smtpost.conf(5) says: ERROR_CONFIG. On failure
 * only `report` is filled in, for telling it.
 */
bool profile_choose(struct profile *profile, const struct profiles *profiles,
    const char *name, const char *sender, const char *from, struct error *err);

#endif
