/*
 * The policies of MTA-STS that were fetched, and the fetches that failed, in a
 * folder that is the caller's: a file for each domain. Several processes may
 * use it at the same time. Nothing in it is needed; a file that is damaged, is
 * no regular file, or that others could have written is as good as none.
 */
#ifndef NET_STS_CACHE_H
#define NET_STS_CACHE_H

#include "base/error.h"
#include "net/sts_entry.h"

/* How many domains have a file; of more, the oldest files are removed. */
#define STS_CACHE_MAX 1000
/* How long a failed fetch is remembered (RFC 8461 section 3.3), in seconds. */
#define STS_CACHE_PAUSE ((int64_t)5 * 60)

/*
 * In all of these, `folder` is its path, and `domain` a name in A-labels. Any
 * other name has no file. Errors are ERROR_TEMPORARY.
 *
 * Finds the entry of the domain, whether or not it still holds. False with an
 * empty entry: there is none; or with an error: it cannot be used. The caller
 * frees it with sts_entry_free, whatever the result.
 */
bool sts_cache_find(const char *folder, const char *domain,
    struct sts_entry *entry, struct error *err);
/*
 * Stores the text of an entry in one step, and forgets a failed fetch. Makes
 * the folder, with mode 0700, if there is none.
 */
bool sts_cache_store(const char *folder, const char *domain, struct span text,
    struct error *err);
/* Stores that the policy with this ID could not be fetched now. */
bool sts_cache_store_failure(
    const char *folder, const char *domain, struct span id, struct error *err);
/* Whether that is stored, and happened less than STS_CACHE_PAUSE ago. */
bool sts_cache_has_failure(
    const char *folder, const char *domain, struct span id);

#endif
