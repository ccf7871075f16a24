/*
 * `provider = NAME` chooses a row of the table of mail services. Its presets
 * apply directly below the section that names it, and its hints explain what a
 * refusal means.
 */
#ifndef PROFILE_PROVIDER_H
#define PROFILE_PROVIDER_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"
#include "envelope/outcome.h"
#include "profile/profile.h"
#include "profile/provider_table.h"
#include "profile/setting.h"

/* The type of the setting `provider`. */
extern const struct setting_type setting_provider;

/* Adds one of its names as the user writes it: "zoho:eu", "ses:REGION". */
void provider_add_name(const struct provider *provider,
    const struct provider_variant *variant, struct buf *out);
/* The same for the variant of one of its hosts. */
void provider_add_name_of(
    const struct provider *provider, struct span host, struct buf *out);
/* Adds the provider's term for the user name, such as "full address". */
void provider_add_user(const struct provider *provider, struct buf *out);
/*
 * The profile's provider, else the one that `server` (may be NULL) belongs to.
 * NULL: none.
 */
const struct provider *provider_of(
    const struct profile *profile, const struct server *server);

/*
 * Adds the preset of a setting, in its written form; false: there is none. Some
 * presets depend on `user` and `sender`, which must be in the profile already.
 */
bool provider_preset(
    const struct profile *profile, const char *setting, struct buf *value);
/*
 * Refuses a user name that is surely wrong for the provider that the profile
 * names. False with ERROR_CONFIG.
 */
bool provider_check(const struct profile *profile, struct error *err);
/* The same for any provider and a profile with a user. */
bool provider_check_user(const struct provider *provider,
    const struct profile *profile, struct error *err);

/* What to do about a refusal by this server; NULL: nothing is known. */
const char *provider_hint(const struct profile *profile,
    const struct server *server, const struct outcome *outcome);
/* The hint of the outcome itself; without one, that for the refusal. */
const char *provider_advice(const struct profile *profile,
    const struct server *server, const struct outcome *outcome);

#endif
