/*
 * The TXT record at _mta-sts.DOMAIN, by which a domain says that it has a
 * policy for MTA-STS, and when that has changed (RFC 8461 section 3.1).
 */
#ifndef NET_STS_RECORD_H
#define NET_STS_RECORD_H

#include "net/dns_answer.h"

#define STS_RECORD_ID_MAX ((size_t)32)

/*
 * The ID of the policy, borrowed from the list: letters and digits. Empty,
 * with a phrase in `reason`, if not exactly one record begins "v=STSv1;", or if
 * that one is malformed: then no new policy is fetched.
 */
struct span sts_record_id(const struct dns_records *list, struct buf *reason);
/* Whether it is 1 to 32 letters and digits. */
bool sts_record_is_id(struct span text);

#endif
