/*
 * The settings of a profile that its server's trouble depends on. Once they
 * have changed, what was noted about the server counts no more.
 */
#ifndef SPOOL_SERVER_FINGERPRINT_H
#define SPOOL_SERVER_FINGERPRINT_H

#include <stdint.h>

#include "profile/profile.h"

/*
 * A checksum of servers, TLS settings, user, mechanisms, and where the secret
 * comes from. The secret itself is no part of it.
 */
uint32_t server_fingerprint_of(const struct profile *profile);

#endif
