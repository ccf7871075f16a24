/*
 * What is kept of a domain's policy for MTA-STS: the policy, its ID and when it
 * was fetched. As text: lines "id ID" and "fetched SECONDS", an empty line, and
 * the policy as the domain has it.
 */
#ifndef NET_STS_ENTRY_H
#define NET_STS_ENTRY_H

#include "net/sts_policy.h"
#include "net/sts_record.h"

#define STS_ENTRY_MAX (STS_POLICY_MAX + 1024) /* octets of its text */

/* All zero is an empty entry; sts_entry_free. */
struct sts_entry {
	char id[STS_RECORD_ID_MAX + 1];
	int64_t fetched; /* seconds since 1970 */
	struct sts_policy policy;
};

/*
 * Parses the text of an entry. Lines with an unknown word are ignored, and all
 * but the first with a word. False with an empty entry, if it is malformed.
 */
bool sts_entry_read(struct sts_entry *entry, struct span text);
/* Adds the text of an entry with this policy text. */
void sts_entry_add(
    struct buf *out, struct span id, int64_t fetched, struct span policy);
/* Whether its policy still holds: max_age has not passed since the fetch. */
bool sts_entry_holds(const struct sts_entry *entry, int64_t now);
void sts_entry_free(struct sts_entry *entry);

#endif
