/*
 * Where the log goes: the socket of syslogd or of the journal, a file, or
 * standard error. Nothing here waits longer than a few seconds for a reader or
 * uses a timer; SIGPIPE is ignored while a sink is open.
 */
#ifndef CLI_LOG_SINK_H
#define CLI_LOG_SINK_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "base/buf.h"
#include "cli/log_record.h"
#include "profile/profile.h"

/* What stands in front of a record. */
struct log_stamp {
	enum log_form to;
	enum log_format format;
	time_t now;
	pid_t pid;
};

struct log_sink {
	struct log_stamp stamp;
	const char *name; /* borrowed */
	int fd;
	bool is_stream; /* of syslogd: a NUL ends each message */
	int64_t deadline;
	struct sigaction pipe; /* what SIGPIPE did before */
	struct buf trouble;    /* the first thing that went wrong; or empty */
};

void log_sink_open(struct log_sink *sink, const struct profile *profile);
void log_sink_write(struct log_sink *sink, const struct log_record *record);
void log_sink_close(struct log_sink *sink);

/* The octets of one write: a line for a file, a message for a daemon. */
void log_sink_add_stamp(struct buf *out, const struct log_stamp *stamp,
    const struct log_record *record);

#endif
