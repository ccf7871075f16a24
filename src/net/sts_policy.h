/*
 * The policy that a domain publishes for MTA-STS (RFC 8461 section 3.2): which
 * hosts may take its mail, and whether they must have TLS with a certificate
 * that is trusted.
 */
#ifndef NET_STS_POLICY_H
#define NET_STS_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

#define STS_POLICY_MAX ((size_t)64 * 1024)     /* octets of its text */
#define STS_POLICY_AGE_MAX ((int64_t)31557600) /* seconds: a year */

enum sts_mode {
	STS_MODE_NONE, /* the domain has no policy any more */
	STS_MODE_TESTING,
	STS_MODE_ENFORCE,
};

/* All zero is an empty policy; sts_policy_free. */
struct sts_policy {
	enum sts_mode mode;
	int64_t max_age; /* how long it holds after it was fetched: seconds */
	/* What `mx` says, each followed by LF: "mx.example", "*.example". */
	struct buf hosts;
};

/*
 * Parses the text of a policy. Keys that are unknown are ignored, and all but
 * the first of a key, except `mx`. False with an empty policy and a phrase in
 * `reason` that quotes nothing, if it is malformed or a key is missing.
 */
bool sts_policy_read(
    struct sts_policy *policy, struct span text, struct buf *reason);
/*
 * Whether the policy allows a host as the server of the domain (RFC 8461
 * section 4.1): a name in A-labels, in any case, without a final dot. In the
 * policy "*." stands for exactly one label.
 */
bool sts_policy_has_host(const struct sts_policy *policy, struct span host);
/* "none", "testing" or "enforce" */
const char *sts_policy_mode_word(enum sts_mode mode);
void sts_policy_free(struct sts_policy *policy);

#endif
