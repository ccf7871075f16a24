/* The findings of --doctor as lines for people. */
#ifndef CLI_DOCTOR_TEXT_H
#define CLI_DOCTOR_TEXT_H

#include "cli/verdict.h"

/* Adds the line that names the profile. */
void doctor_text_add_head(
    struct buf *out, const struct diagnosis *diagnosis, const char *wish);
enum doctor_text_detail {
	SHOWS_TROUBLE, /* no findings that are in order */
	SHOWS_OK,      /* those, too, but not what does not apply */
	SHOWS_ALL,
};

/* Adds a line for each finding, and under it what to write. */
void doctor_text_add_findings(struct buf *out, const struct findings *findings,
    enum doctor_text_detail detail);
/* Adds the last line: "1 failure, 2 warnings, 14 ok; mail would be ...". */
void doctor_text_add_sum(struct buf *out, const struct verdict *verdict);

#endif
