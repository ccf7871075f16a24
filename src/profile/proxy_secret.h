/*
 * The password of a login at a proxy, where a setting of its own names its
 * source.
 */
#ifndef PROFILE_PROXY_SECRET_H
#define PROFILE_PROXY_SECRET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "profile/profile.h"

/*
 * Runs proxy-password-command or reads proxy-password-file, unless that was
 * done before; then proxy_url_password gives the password. The errors are those
 * of secret_fetch.
 */
bool proxy_secret_fetch(
    const struct profile *profile, int64_t deadline, struct error *err);

#endif
