/* The command providers. */
#ifndef OAUTH_PROVIDER_LIST_H
#define OAUTH_PROVIDER_LIST_H

#include "base/error.h"
#include "oauth/call.h"

/* Prints a line or a JSON object for each value of the setting `oauth`. */
int provider_list_run(const struct oauth_call *call, struct error *err);

#endif
