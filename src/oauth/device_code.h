/* The reply of a device authorization endpoint (RFC 8628 section 3.2). */
#ifndef OAUTH_DEVICE_CODE_H
#define OAUTH_DEVICE_CODE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/* Seconds between two questions, if the reply does not say. */
#define DEVICE_CODE_INTERVAL 5
/* Seconds that a code is valid, if the reply does not say, and at most. */
#define DEVICE_CODE_LIFETIME 900
#define DEVICE_CODE_LIFETIME_MAX 3600

struct device_code {
	struct buf code;     /* what smtpost-oauth asks with; wiped */
	char *user_code;     /* what a person types; masked; owned */
	char *page;	     /* an https URL: where to type it; owned */
	char *complete_page; /* the same with the code in it; NULL: none */
	int64_t interval, lifetime; /* seconds */
};

/*
 * Reads the body of a reply. False with a phrase in `reason` that quotes
 * nothing of it; nothing has to be freed then.
 */
bool device_code_read(
    struct device_code *code, struct span body, struct buf *reason);
void device_code_free(struct device_code *code); /* wipes */

#endif
