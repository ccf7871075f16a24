/*
 * The findings of --doctor in the form of a monitoring plugin: one line for the
 * monitor, with performance data behind a bar, and then a line for each finding
 * that matters.
 */
#ifndef CLI_DOCTOR_MONITOR_H
#define CLI_DOCTOR_MONITOR_H

#include "cli/verdict.h"

struct doctor_monitor {
	enum verdict_status status; /* the worst so far */
	struct buf text;	    /* of the first line; empty: nothing yet */
	struct buf data;	    /* the performance data */
	struct buf lines;
	bool is_one_of_many; /* each label begins with the profile's name */
};

/* Adds a profile; `name` may be NULL. `total` is in milliseconds. */
void doctor_monitor_take(struct doctor_monitor *monitor,
    const struct diagnosis *diagnosis, const struct verdict *verdict,
    const char *name, int64_t total);
/* Adds all that was taken. */
void doctor_monitor_end(struct doctor_monitor *monitor, struct buf *out);
void doctor_monitor_free(struct doctor_monitor *monitor);

#endif
