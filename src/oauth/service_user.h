/* The user of the service, to whom the login of the service belongs. */
#ifndef OAUTH_SERVICE_USER_H
#define OAUTH_SERVICE_USER_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"

/* The folder for this login; root made it. */
#ifndef OAUTHDIR
#define OAUTHDIR "/var/lib/smtpost/oauth"
#endif
#define SERVICE_USER_FOLDER OAUTHDIR

/* The owner of that folder. False, with errno set: there is no folder. */
bool service_user_find(uid_t *owner);
/*
 * Where root works with the configuration of the service, becomes that user for
 * good. False with ERROR_CONFIG or ERROR_TEMPORARY; the process must then end.
 */
bool service_user_become(const char *config, struct error *err);

#endif
