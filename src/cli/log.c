/*
 * Decides what is logged, opens the target of the setting `log` and writes
 * there, with one write(2) or send(2) for each record, so that lines of several
 * processes do not mix. It does not use syslog(3), which waits for ever if the
 * daemon does not read.
 */
#include "cli/log.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include "base/utf8.h"
#include "base/wait.h"
#include "cli/log_record.h"

#define WRITE_MAX ((size_t)64 * 1024)
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

/*
 * The target of the log: the socket of syslogd or of the journal, a file, or
 * standard error. While it is open, waits for its reader take at most three
 * seconds in all, and SIGPIPE is ignored. A failure to open or to write is only
 * noted in `trouble`.
 */
struct sink {
	struct log_stamp stamp;
	const char *name; /* for error texts; borrowed */
	int fd;		  /* -1: it could not be opened */
	bool is_stream;	  /* a stream socket: a NUL ends each message */
	int64_t deadline;
	struct sigaction pipe; /* the earlier handler of SIGPIPE */
	struct buf trouble;    /* the first failure in words, or empty */
};

static void
note_trouble(struct sink *sink, int number)
{
	if (sink->trouble.len > 0)
		return;
	buf_add_text(&sink->trouble, "cannot write the log to ");
	utf8_add_masked(&sink->trouble, span_from(sink->name));
	buf_add_format(&sink->trouble, ": %s", strerror(number));
}

/*
 * Waits without wait_for, which a pending signal ends, because a submission
 * that a signal interrupted must be logged too.
 */
static bool
wait_until(int fd, int64_t deadline)
{
	struct pollfd ready = {.fd = fd, .events = POLLOUT};
	int64_t left = deadline - clock_now();

	return left > 0 && poll(&ready, 1, (int)left) > 0;
}

/* Connects; tries again while the queue of a stream socket is full. */
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

/* The descriptor, or -1 with errno. */
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
open_syslog(struct sink *sink)
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

/* Whether standard error is the client's connection, as under inetd. */
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

static void
open_sink(struct sink *sink, const struct profile *profile)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN};

	*sink = (struct sink){
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

/* The observer gets a note if something could not be written. */
static void
close_sink(struct sink *sink, const struct observer *observer)
{
	if (sink->trouble.len > 0)
		observer_note(observer, "%s", buf_text(&sink->trouble));
	if (sink->fd >= 0 && sink->fd != STDERR_FILENO)
		close(sink->fd);
	sigaction(SIGPIPE, &sink->pipe, NULL);
	buf_free(&sink->trouble);
}

static ssize_t
write_once(const struct sink *sink, struct span data)
{
	if (sink->stamp.to == LOG_FORM_FILE ||
	    sink->stamp.to == LOG_FORM_STDERR)
		return write(sink->fd, data.at, data.len);
	return send(sink->fd, data.at, data.len, MSG_NOSIGNAL);
}

/*
 * Writes until all is written or the time is up. Standard error may be in
 * blocking mode, so each write is preceded by a poll.
 */
static bool
write_all(const struct sink *sink, struct span data)
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

static void
write_record(struct sink *sink, const struct log_record *record)
{
	struct buf out;

	if (sink->fd < 0 || clock_now() >= sink->deadline)
		return;
	buf_init(&out, WRITE_MAX);
	log_record_add_stamped(&out, &sink->stamp, record);
	if (sink->is_stream)
		buf_add_char(&out, '\0');
	if (!write_all(sink, buf_span(&out)))
		note_trouble(sink, errno);
	buf_free(&out);
}

static void
write_and_free(struct sink *sink, struct log_record *record)
{
	write_record(sink, record);
	log_record_free(record);
}

void
log_submission(const struct profile *profile, const struct envelope *envelope,
    const struct submission *submission, const struct plan *plan, uid_t uid,
    const char *queue_id)
{
	const struct submission_record *record = &submission->record;
	struct log_facts facts = {
	    .profile = profile->name,
	    .reverse_path = envelope->reverse_path,
	    .message_id = plan != NULL ? plan->message_id : NULL,
	    .size = submission->letter != NULL ? submission->letter->size : 0,
	    .uid = uid,
	    .recipients = profile->log_recipients,
	};
	struct sink sink;

	if (profile->log == LOG_FORM_NONE || envelope->count == 0)
		return;
	open_sink(&sink, profile);
	for (size_t i = 0; i < envelope->count; i++) {
		const struct recipient *recipient = &envelope->recipients[i];
		const struct server *server =
		    submission_server_of(record, recipient);
		struct log_record line = {0};

		facts.server = server != NULL ? server->url : NULL;
		facts.verified_by = recipient->visit > 0
		    ? record->visits[recipient->visit - 1].tls.verified_by
		    : NULL;
		facts.queue_id = queue_id != NULL
		    ? queue_id
		    : envelope_queue_id(envelope, recipient);
		log_record_recipient(&line, &facts, recipient);
		write_and_free(&sink, &line);
	}
	close_sink(&sink, submission->observer);
}

static void
watch_see(void *context, enum observed what, struct span text)
{
	static const struct span mark = SPAN("warning: ");
	struct log_watch *watch = context;
	bool is_marked = what == OBSERVED_NOTE && span_starts(text, mark);

	observer_show(watch->next, what, text);
	if (is_marked)
		text = span_skip(text, mark.len);
	else if (what != OBSERVED_WARNING)
		return;
	buf_add_span(&watch->warnings, span_head(text, span_find(text, '\n')));
	buf_add_char(&watch->warnings, '\n');
}

const struct observer *
log_watch_init(struct log_watch *watch, const struct observer *next)
{
	*watch = (struct log_watch){
	    .observer = {.see = watch_see, .context = watch}, .next = next};
	return &watch->observer;
}

void
log_note_options(const struct options *options, const struct observer *observer)
{
	for (size_t i = 0; i < options->warning_count; i++)
		observer_note(observer, "%s", options->warnings[i]);
}

void
log_watch_free(struct log_watch *watch)
{
	buf_free(&watch->warnings);
}

/* Writes one record for each line. */
static void
write_warnings(const struct profile *profile, int priority, struct span lines,
    uid_t uid, const struct observer *observer)
{
	const struct log_facts facts = {.profile = profile->name, .uid = uid};
	struct sink sink;

	if (profile->log == LOG_FORM_NONE || lines.len == 0)
		return;
	open_sink(&sink, profile);
	while (lines.len > 0) {
		size_t end = span_find(lines, '\n');
		struct log_record record = {0};

		log_record_warning(
		    &record, &facts, priority, span_head(lines, end));
		write_and_free(&sink, &record);
		lines = span_skip(lines, end + 1);
	}
	close_sink(&sink, observer);
}

void
log_warnings(const struct profile *profile, struct log_watch *watch, uid_t uid)
{
	write_warnings(
	    profile, LOG_NOTICE, buf_span(&watch->warnings), uid, watch->next);
	if (watch->warnings.full)
		write_warnings(profile, LOG_NOTICE,
		    SPAN("further warnings were not kept"), uid, watch->next);
	buf_clear(&watch->warnings);
}

void
log_error(const struct profile *profile, const struct error *err, uid_t uid)
{
	struct span text = span_from(err->text);

	/* The hint after the first line is not logged. */
	write_warnings(profile, LOG_ERR, span_head(text, span_find(text, '\n')),
	    uid, NULL);
}
