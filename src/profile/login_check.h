/*
 * What must hold among the settings of the login: a secret has a user, each
 * mechanism that is named can be had with what there is, the key of the client
 * certificate is nobody else's.
 */
#ifndef PROFILE_LOGIN_CHECK_H
#define PROFILE_LOGIN_CHECK_H

#include <stdbool.h>

#include "base/error.h"
#include "profile/profile.h"

/* False with ERROR_CONFIG. */
bool profile_check_login(const struct profile *profile, struct error *err);

#endif
