/*
 * Opens what the setting `log` names and writes records there, one write(2) or
 * send(2) each, so that lines of several processes do not mix. It uses the
 * sockets itself, because syslog(3) waits without end for a daemon that does
 * not read.
 */
#include "cli/log_sink.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include "base/utf8.h"
#include "base/wait.h"

#define LOG_RECORD_MAX ((size_t)32 * 1024)
/* The time for all records of one sink, in milliseconds. */
#define LOG_TIMEOUT ((int64_t)3000)
/* The pause before the next attempt to connect, in milliseconds. */
#define PAUSE ((int64_t)50)
#define JOURNAL_SOCKET "/run/systemd/journal/socket"
#ifdef _PATH_LOG
#define SYSLOG_SOCKET _PATH_LOG
#else
#define SYSLOG_SOCKET "/dev/log"
#endif
#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0 /* SIGPIPE is ignored while the sink is open */
#endif

static void
note_trouble(struct log_sink *sink, int number)
{
	if (sink->trouble.len > 0)
		return;
	buf_add_text(&sink->trouble, "cannot write the log to ");
	utf8_add_masked(&sink->trouble, span_from(sink->name));
	buf_add_format(&sink->trouble, ": %s", strerror(number));
}

/*
 * Not wait_for, which a pending signal ends: a submission that was broken off
 * by a signal must be logged too.
 */
static bool
wait_until(int fd, int64_t deadline)
{
	struct pollfd ready = {.fd = fd, .events = POLLOUT};
	int64_t left = deadline - clock_now();

	return left > 0 && poll(&ready, 1, (int)left) > 0;
}

/* The queue of a stream socket may be full; then it is tried again. */
static bool
connect_until(int fd, const struct sockaddr_un *address, int64_t deadline)
{
	while (connect(fd, (const struct sockaddr *)address, sizeof(*address)) <
	    0) {
		if (errno == EISCONN)
			return true;
		if (errno != EAGAIN && errno != EINTR)
			return false;
		if (clock_now() >= deadline)
			return false;
		wait_until(-1, deadline_in(PAUSE));
	}
	return true;
}

/* -1 with errno. */
static int
open_socket(const char *path, int type, int64_t deadline)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, type, 0), saved;

	if (fd < 0)
		return -1;
	memcpy(address.sun_path, path, strlen(path) + 1);
	if (fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 &&
	    fcntl(fd, F_SETFL, O_NONBLOCK) == 0 &&
	    connect_until(fd, &address, deadline))
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

static int
open_syslog(struct log_sink *sink)
{
	int fd = open_socket(SYSLOG_SOCKET, SOCK_DGRAM, sink->deadline);

	if (fd >= 0 || errno != EPROTOTYPE)
		return fd;
	sink->is_stream = true;
	return open_socket(SYSLOG_SOCKET, SOCK_STREAM, sink->deadline);
}

/* O_NONBLOCK: opening a FIFO without a reader must not block. */
static int
open_file(const char *path)
{
	return open(path,
	    O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
	    0600);
}

/* inetd makes the connection of the client standard error too. */
static bool
stderr_is_client(void)
{
	struct stat input, error;

	return fstat(STDIN_FILENO, &input) == 0 &&
	    fstat(STDERR_FILENO, &error) == 0 && S_ISSOCK(error.st_mode) &&
	    input.st_dev == error.st_dev && input.st_ino == error.st_ino;
}

static const char *
name_of(const struct profile *profile)
{
	switch (profile->log) {
	case LOG_FORM_FILE:
		return profile->log_file;
	case LOG_FORM_STDERR:
		return "standard error";
	case LOG_FORM_JOURNAL:
		return JOURNAL_SOCKET;
	case LOG_FORM_SYSLOG:
	case LOG_FORM_NONE:
		break;
	}
	return SYSLOG_SOCKET;
}

void
log_sink_open(struct log_sink *sink, const struct profile *profile)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN};

	*sink = (struct log_sink){
	    .name = name_of(profile),
	    .stamp = {profile->log, profile->log_format, time(NULL), getpid()},
	    .deadline = deadline_in(LOG_TIMEOUT),
	};
	sigemptyset(&ignore.sa_mask);
	sigaction(SIGPIPE, &ignore, &sink->pipe);
	if (profile->log == LOG_FORM_STDERR)
		sink->fd = stderr_is_client() ? -1 : STDERR_FILENO;
	else if (profile->log == LOG_FORM_FILE)
		sink->fd = open_file(sink->name);
	else if (profile->log == LOG_FORM_JOURNAL)
		sink->fd =
		    open_socket(JOURNAL_SOCKET, SOCK_DGRAM, sink->deadline);
	else
		sink->fd = open_syslog(sink);
	if (sink->fd < 0 && profile->log != LOG_FORM_STDERR)
		note_trouble(sink, errno);
}

void
log_sink_close(struct log_sink *sink)
{
	if (sink->fd >= 0 && sink->fd != STDERR_FILENO)
		close(sink->fd);
	sigaction(SIGPIPE, &sink->pipe, NULL);
	buf_free(&sink->trouble);
}

/* RFC 5424's form with the time in UTC. */
static void
add_time(struct buf *out, time_t now)
{
	struct tm tm = {0};

	gmtime_r(&now, &tm);
	buf_add_format(out, "%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900,
	    tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

/* RFC 3164 section 4.1: what syslogd expects on its socket. */
static void
add_syslog_head(struct buf *out, const struct log_stamp *stamp, int priority)
{
	static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May",
	    "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	struct tm tm = {.tm_mday = 1};

	localtime_r(&stamp->now, &tm);
	buf_add_format(out,
	    "<%d>%s %2d %02d:%02d:%02d smtpost[%ld]: ", LOG_MAIL | priority,
	    months[tm.tm_mon], tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
	    (long)stamp->pid);
}

static void
add_line_head(struct buf *out, const struct log_stamp *stamp)
{
	add_time(out, stamp->now);
	buf_add_format(out, " smtpost[%ld]: ", (long)stamp->pid);
}

/* The time and the process are part of the object. */
static void
add_json(struct buf *out, const struct log_stamp *stamp,
    const struct log_record *record)
{
	buf_add_text(out, "{\"time\":\"");
	add_time(out, stamp->now);
	buf_add_format(out, "\",\"pid\":%ld,\"priority\":\"%s\"",
	    (long)stamp->pid, log_record_priority_name(record->priority));
	log_record_add_json(out, record);
	buf_add_char(out, '}');
}

static void
add_journal(struct buf *out, const struct log_stamp *stamp,
    const struct log_record *record, struct span message)
{
	log_record_add_journal_entry(out, "MESSAGE", message);
	buf_add_format(out, "PRIORITY=%d\n", record->priority);
	buf_add_format(out, "SYSLOG_FACILITY=%d\n", LOG_MAIL >> 3);
	log_record_add_journal_entry(out, "SYSLOG_IDENTIFIER", SPAN("smtpost"));
	buf_add_format(out, "SYSLOG_PID=%ld\n", (long)stamp->pid);
	log_record_add_journal(out, record);
}

/* Adds the octets of one write: a line for a file, a message for a daemon. */
static void
add_stamped(struct buf *out, const struct log_stamp *stamp,
    const struct log_record *record)
{
	bool is_line =
	    stamp->to == LOG_FORM_FILE || stamp->to == LOG_FORM_STDERR;
	struct buf message;

	buf_init(&message, LOG_RECORD_MAX);
	if (stamp->format == LOG_FORMAT_JSON)
		add_json(&message, stamp, record);
	else
		log_record_add_words(&message, record);
	if (stamp->to == LOG_FORM_JOURNAL) {
		add_journal(out, stamp, record, buf_span(&message));
	} else {
		if (stamp->to == LOG_FORM_SYSLOG)
			add_syslog_head(out, stamp, record->priority);
		else if (stamp->format != LOG_FORMAT_JSON)
			add_line_head(out, stamp);
		buf_add_span(out, buf_span(&message));
		if (is_line)
			buf_add_char(out, '\n');
	}
	buf_free(&message);
}

static ssize_t
write_once(const struct log_sink *sink, struct span data)
{
	if (sink->stamp.to == LOG_FORM_FILE ||
	    sink->stamp.to == LOG_FORM_STDERR)
		return write(sink->fd, data.at, data.len);
	return send(sink->fd, data.at, data.len, MSG_NOSIGNAL);
}

/*
 * Writes on until all is written or the time is up. Standard error may be in
 * blocking mode, so it is polled before each write.
 */
static bool
write_all(const struct log_sink *sink, struct span data)
{
	bool waits_first = sink->stamp.to == LOG_FORM_STDERR;

	while (data.len > 0) {
		ssize_t done;

		if (waits_first && !wait_until(sink->fd, sink->deadline)) {
			errno = EAGAIN;
			return false;
		}
		done = write_once(sink, data);
		waits_first = done < 0 && errno == EAGAIN;
		if (done < 0 && errno != EAGAIN && errno != EINTR)
			return false;
		if (done > 0)
			data = span_skip(data, (size_t)done);
	}
	return true;
}

void
log_sink_write(struct log_sink *sink, const struct log_record *record)
{
	struct buf out;

	if (sink->fd < 0 || clock_now() >= sink->deadline)
		return;
	buf_init(&out, LOG_RECORD_MAX * 2);
	add_stamped(&out, &sink->stamp, record);
	if (sink->is_stream)
		buf_add_char(&out, '\0');
	if (!write_all(sink, buf_span(&out)))
		note_trouble(sink, errno);
	buf_free(&out);
}
