/* The checks that a profile must pass before anything is sent. */
#ifndef PROFILE_PROFILE_CHECK_H
#define PROFILE_PROFILE_CHECK_H

#include <stdbool.h>

#include "base/error.h"
#include "profile/profile.h"

/*
 * Whether the settings agree with each other, and the files for TLS can be
 * read and trusted. False with ERROR_CONFIG.
 */
bool profile_check(const struct profile *profile, struct error *err);
/*
 * Whether certificates are verified: always under tls = required; under tls =
 * opportunistic if the profile logs in, or by what the DNS says of a mail
 * exchanger.
 */
bool profile_check_verifies(const struct profile *profile);
/* Whether only the certificate's public key is checked: tls-trust = pin. */
bool profile_check_trusts_pin_alone(const struct profile *profile);

#endif
