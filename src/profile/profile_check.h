/*
 * What must hold among the settings of the login: a secret has a user, each
 * mechanism that is named can be had with what there is, the key of the client
 * certificate is nobody else's.
 */
#ifndef PROFILE_PROFILE_CHECK_H
#define PROFILE_PROFILE_CHECK_H

#include <stdbool.h>

#include "base/error.h"
#include "profile/profile.h"

/* Whether the settings agree with each other; false with ERROR_CONFIG. */
bool profile_check(const struct profile *profile, struct error *err);
/* False with ERROR_CONFIG. */
bool profile_check_login(const struct profile *profile, struct error *err);

/*
 * What must hold among the settings of TLS before anything is connected: the
 * trusted certificates can be read, pins are there where they alone count,
 * GnuTLS understands tls-priority.
 */
/* False with ERROR_CONFIG. */
bool profile_check_tls(const struct profile *profile, struct error *err);
/* Whether a certificate may decide; else nothing has to be trusted. */
bool profile_check_judges_trust(const struct profile *profile);
/* Whether the key is all that counts: tls-trust = pin. */
bool profile_check_trusts_pin_alone(const struct profile *profile);

#endif
