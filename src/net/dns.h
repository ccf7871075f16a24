/*
 * Asks the system's resolver one question, in a child process that ends at the
 * deadline or a signal.
 */
#ifndef NET_DNS_H
#define NET_DNS_H

#include <stdint.h>

#include "base/buf.h"
#include "net/dns_answer.h"

enum dns_result {
	DNS_FOUND,   /* at least one record */
	DNS_NO_NAME, /* the name does not exist */
	DNS_NO_DATA, /* it has no record of this type */
	DNS_TROUBLE, /* the look-up failed: the records are not known */
	DNS_SIGNAL,  /* a signal interrupted it */
};

/*
 * Fills in an empty list with the records that `name`, a domain name or ".",
 * has, or the name that its aliases lead to, which is then the list's owner.
 * Aliases that do not end, and an answer with records of other names only, are
 * DNS_TROUBLE. The caller frees the list with dns_answer_free, whatever the
 * result. For any result but DNS_FOUND, adds a phrase that says why to
 * `reason`.
 */
enum dns_result dns_ask(const char *name, enum dns_type type, int64_t deadline,
    struct dns_records *list, struct buf *reason);
/* Whether the system's resolver asks servers that dns_is_trusted accepts. */
bool dns_system_is_trusted(void);
/*
 * Whether a name server's word that it has validated can be trusted, by the
 * text of resolv.conf: each server is on this machine, and none is Docker's
 * 127.0.0.11, which passes on what it gets; or the text has `options
 * trust-ad`. Public for the tests.
 */
bool dns_is_trusted(struct span text);

#endif
