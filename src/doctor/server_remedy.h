/* The line `server = ...` that a finding proposes. */
#ifndef DOCTOR_SERVER_REMEDY_H
#define DOCTOR_SERVER_REMEDY_H

#include "doctor/finding.h"
#include "profile/profile.h"

/*
 * Adds the profile's servers as a line to write, in which the host of `server`
 * is reached by this scheme and port instead. A server found by srv: stands
 * alone.
 */
void server_remedy_add(struct finding *finding, const struct profile *profile,
    const struct server *server, enum scheme scheme, unsigned short port);

#endif
