/*
 * Work that root wants done on a spool of another user. A child that has become
 * that user does it, so that nothing of the user is read or written as root.
 */
#ifndef CLI_QUEUE_OWNER_H
#define CLI_QUEUE_OWNER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

/*
 * In a child of root: takes the user's rights and home for good, and forgets
 * root's environment and secrets. False: the child must end.
 */
bool queue_owner_become(uid_t owner);
/*
 * Calls `work` in such a child and waits for it until the deadline (see
 * base/wait.h), since its owner may stop the child; then it is killed. *result
 * is what `work` returned, 0 to 255. False with ERROR_TEMPORARY.
 */
bool queue_owner_run(uid_t owner, int (*work)(void *context), void *context,
    int64_t deadline, int *result, struct error *err);

#endif
