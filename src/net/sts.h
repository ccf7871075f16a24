/*
 * Whether a domain demands TLS with certificates that are trusted, by MTA-STS
 * (RFC 8461): finds its policy in the cache, or fetches it by HTTPS.
 */
#ifndef NET_STS_H
#define NET_STS_H

#include <stdint.h>

#include "net/http.h"
#include "net/name_server.h"
#include "net/sts_policy.h"

enum sts_result {
	STS_NONE,
	STS_TESTING,
	STS_ENFORCE,
	STS_UNFETCHED, /* there is one, which could not be fetched */
	STS_TROUBLE,   /* not known, as when the name server is silent */
	STS_SIGNAL,    /* interrupted by a signal */
};

/* Everything is borrowed. */
struct sts_question {
	const char *domain; /* of the recipients, as A-labels; no literal */
	struct name_server *name_server;
	const struct http_network *network;
	const struct tls_options *tls; /* for the roots; NULL: the system's */
	const char *cache; /* the path of the folder; NULL: there is none */
	/* A fetch ends then (clock_now), and after a minute at the latest. */
	int64_t fetch_deadline;
	/* Called with a sentence about each step; may be NULL. */
	void (*tell)(void *context, const char *sentence);
	void *context;
};

/*
 * Looks up the TXT record of the domain until `lookup_deadline` (clock_now),
 * and fetches the policy if the cache has none with its ID that is younger than
 * a day. A cached policy that still holds is used whatever goes wrong. Without
 * one, a policy that cannot be fetched demands nothing (RFC 8461 section 3.3).
 * For STS_UNFETCHED, STS_TROUBLE and STS_SIGNAL, adds a phrase that says why to
 * `reason`. The policy, which the caller frees with sts_policy_free whatever
 * the result, is empty unless the result is STS_TESTING or STS_ENFORCE.
 */
enum sts_result sts_find(const struct sts_question *question,
    struct sts_policy *policy, int64_t lookup_deadline, struct buf *reason);

#endif
