/*
 * A child process for calls that cannot have a deadline, such as calls of the
 * system's resolver. It sends its answer through a pipe, and is killed at the
 * deadline or a signal.
 */
#ifndef NET_ERRAND_H
#define NET_ERRAND_H

#include <stdint.h>

#include "base/buf.h"

enum errand_result {
	ERRAND_DONE,
	ERRAND_TIMEOUT,
	ERRAND_SIGNAL,
	ERRAND_FAILED, /* errno says why; 0: the child died */
};

/*
 * Runs `work` in a child; what it adds to its `answer` is added to the
 * caller's. An answer longer than the maximum of the caller's buf is
 * ERRAND_FAILED. The child has neither the caller's descriptors nor its signal
 * handlers, and no secrets: memory of mem_new_secret and the values of
 * SMTPOST_ variables are wiped.
 */
enum errand_result errand_run(
    void (*work)(const void *question, struct buf *answer),
    const void *question, int64_t deadline, struct buf *answer);
/*
 * Adds a phrase that says why the name server's answer is missing. `what` is
 * the first part of the phrase for ERRAND_FAILED: "cannot resolve the name".
 */
void errand_explain(
    enum errand_result result, const char *what, struct buf *reason);

#endif
