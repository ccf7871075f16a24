/* The host in a URL or a setting: a name or an address. */
#ifndef NET_HOST_NAME_H
#define NET_HOST_NAME_H

#include <stdbool.h>

#include "base/error.h"
#include "base/text.h"

/* Whether the text is an IPv4 or (without brackets) an IPv6 address. */
bool host_name_is_address(struct span text);
/*
 * Gives a name as A-labels without a final dot, or an address without brackets.
 * The caller frees it. NULL with ERROR_CONFIG if the text is neither.
 */
char *host_name_parse(struct span text, struct error *err);

#endif
