/*
 * The time-outs of RFC 5321 section 4.5.3.2. It requires 5 minutes for most
 * replies; stages that it does not mention (TLS, AUTH) have 5 minutes, too.
 */
#include "envelope/stage_timeout.h"

#define MINUTE ((int64_t)60 * 1000)

int64_t
stage_timeout(enum stage stage)
{
	switch (stage) {
	case STAGE_DATA:
		return 2 * MINUTE;
	case STAGE_CONTENT:
		return 10 * MINUTE;
	default:
		return 5 * MINUTE;
	}
}
