/* A call of smtpost-oauth: its options and operands, and the profile. */
#ifndef OAUTH_CALL_H
#define OAUTH_CALL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "profile/profile.h"
#include "profile/profiles.h"

/* All texts are borrowed from argv; NULL: not given. */
struct oauth_call {
	const char *config; /* --config FILE */
	const char *profile;
	const char *port; /* of login */
	bool is_json;	  /* --report json */
	bool all;	  /* refresh --all */
	bool verbose;
	/* Of login: how the person logs in, and whether to open a browser. */
	bool browser, device, paste, no_open;
};

/* Reads the configuration. NULL with ERROR_CONFIG; free with profiles_free. */
struct profiles *call_load(const struct oauth_call *call, struct error *err);
/*
 * Fills in the profile that the call names, else the one that smtpost would
 * choose. False with ERROR_CONFIG; free it in every case.
 */
bool call_choose_profile(
    const struct oauth_call *call, struct profile *profile, struct error *err);

#endif
