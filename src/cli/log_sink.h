/*
 * Where the log goes: the socket of syslogd or of the journal, a file, or
 * standard error. From open to close a sink waits three seconds for readers at
 * most; SIGPIPE is ignored meanwhile.
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

/* What is written in front of a record. */
struct log_stamp {
	enum log_form to;
	enum log_format format;
	time_t now;
	pid_t pid;
};

struct log_sink {
	struct log_stamp stamp;
	const char *name; /* for error texts; borrowed */
	int fd;		  /* -1: it could not be opened */
	bool is_stream;	  /* a stream socket: a NUL ends each message */
	int64_t deadline;
	struct sigaction pipe; /* the handler of SIGPIPE before */
	struct buf trouble;    /* the first failure in words, or empty */
};

/* A failure to open or to write is only noted in `trouble`. */
void log_sink_open(struct log_sink *sink, const struct profile *profile);
void log_sink_write(struct log_sink *sink, const struct log_record *record);
void log_sink_close(struct log_sink *sink);

#endif
