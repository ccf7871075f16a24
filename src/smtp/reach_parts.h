/*
 * What reach.c (servers and addresses) and reach_domain.c (servers that a
 * domain names) share, and nobody else includes.
 */
#ifndef SMTP_REACH_PARTS_H
#define SMTP_REACH_PARTS_H

#include <stdbool.h>

#include "smtp/reach.h"

/* Records the failure of reach->server; always false. */
bool reach_fail(struct reach *reach, struct outcome *outcome);
/* Every address of reach->server, until one serves. */
bool reach_try_addresses(struct reach *reach, struct session *session);
/* Every server that the domain reach->server names for submission. */
bool reach_try_domain(struct reach *reach, struct session *session);

#endif
