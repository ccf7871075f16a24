/* The commands export and import: a login moves to another machine. */
#ifndef OAUTH_TRANSFER_H
#define OAUTH_TRANSFER_H

#include "base/error.h"
#include "oauth/call.h"

/* Prints the login, which cannot be used here afterwards. */
int transfer_export(const struct oauth_call *call, struct error *err);
/* Reads what export has printed from standard input, and stores it. */
int transfer_import(const struct oauth_call *call, struct error *err);

#endif
