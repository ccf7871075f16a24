/*
 * An errand is a piece of work for a library that knows no deadline, such as
 * the system's resolver: a child does it and brings the answer back through a
 * pipe. It can be told to stop at any time. Within net.
 */
#ifndef NET_ERRAND_H
#define NET_ERRAND_H

#include <stdint.h>

#include "base/buf.h"

enum errand_result {
	ERRAND_DONE,
	ERRAND_TIMEOUT,
	ERRAND_SIGNAL,
	ERRAND_FAILED, /* no child, or it died; errno, 0: it died */
};

/*
 * The work adds its answer, which reaches the caller's buf as it is: up to
 * that one's maximum, else it is ERRAND_FAILED. The child has neither the
 * caller's standard streams nor its signal handlers, and no secret: what is
 * in a buf of buf_init_secret is wiped, and the value of every SMTPOST_
 * variable.
 */
enum errand_result errand_run(
    void (*work)(const void *question, struct buf *answer),
    const void *question, int64_t deadline, struct buf *answer);

#endif
