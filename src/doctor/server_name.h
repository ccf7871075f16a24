/* Whether two host names may be names of one server. */
#ifndef DOCTOR_SERVER_NAME_H
#define DOCTOR_SERVER_NAME_H

#include <stdbool.h>

#include "base/text.h"

/*
 * Whether a name in a certificate may be another name of this host: both are
 * of the same known mail service, or of the same organisation, as far as that
 * can be told: "smtp.example.co.uk" and "mail.example.co.uk" are, "a.co.uk" and
 * "b.co.uk" are not. A wildcard is no name of a host.
 */
bool server_name_is_akin(const char *host, struct span name);

#endif
