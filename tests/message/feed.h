/*
 * Ways to feed octets to message_read, and to collect a message or what a
 * replay writes. To be included after rows.h.
 */
#ifndef TESTS_MESSAGE_FEED_H
#define TESTS_MESSAGE_FEED_H

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"
#include "fixup/fixup.h"
#include "message/message.h"
#include "message/replay.h"
#include "message/storage.h"

static inline void
feed_write(int fd, struct span data)
{
	while (data.len > 0) {
		ssize_t done = write(fd, data.at, data.len);

		if (done < 0 && errno == EINTR)
			continue;
		assert_true(done > 0);
		data = span_skip(data, (size_t)done);
	}
}

/* A regular file without a name, to be read from its beginning. */
static inline int
feed_file(struct span data)
{
	char name[] = "/tmp/test_message.XXXXXX";
	int fd = mkstemp(name);

	assert_true(fd >= 0);
	unlink(name);
	feed_write(fd, data);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

/* A pipe that holds all of the data, which must fit into it. */
static inline int
feed_pipe(struct span data)
{
	int ends[2];

	assert_true(data.len <= 60000);
	assert_int_equal(pipe(ends), 0);
	feed_write(ends[1], data);
	close(ends[1]);
	return ends[0];
}

/* The first read gives `first` octets, each other `step` (0: the rest). */
static inline int
feed_packets(struct span data, size_t first, size_t step)
{
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
	while (data.len > 0) {
		struct span part = span_head(data, first);

		if (part.len > 0)
			assert_int_equal(send(ends[1], part.at, part.len, 0),
			    (ssize_t)part.len);
		data = span_skip(data, part.len);
		first = step != 0 ? step : data.len;
	}
	close(ends[1]);
	return ends[0];
}

/* A pipe for data of any length, which a child writes. */
static inline int
feed_child(struct span data, pid_t *child)
{
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	*child = fork();
	assert_true(*child >= 0);
	if (*child == 0) {
		close(ends[0]);
		while (data.len > 0) {
			ssize_t done = write(ends[1], data.at, data.len);

			if (done <= 0)
				_exit(1);
			data = span_skip(data, (size_t)done);
		}
		_exit(0);
	}
	close(ends[1]);
	return ends[0];
}

static inline int
feed_child_status(pid_t child)
{
	int status = -1;

	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

/* Collects octets; refuses those beyond `most`. */
struct gather {
	struct buf octets;
	size_t most, calls, largest;
};

static inline bool
gather_write(void *context, const char *data, size_t len)
{
	struct gather *gather = context;

	assert_true(len > 0);
	gather->calls++;
	if (len > gather->largest)
		gather->largest = len;
	if (gather->most != 0 && gather->octets.len + len > gather->most)
		return false;
	assert_true(buf_add(&gather->octets, data, len));
	return true;
}

static inline enum replay_result
gather_replay(struct gather *gather, const struct message *message,
    const struct plan *plan, enum replay_form form)
{
	const struct message_sink sink = {gather_write, gather};

	*gather = (struct gather){.most = gather->most};
	buf_init(&gather->octets, (size_t)64 * 1024 * 1024);
	return replay_message(message, plan, form, &sink);
}

/* Header and body as they are, before any replay. */
static inline char *
gather_text(const struct message *message)
{
	struct buf out = {0};
	struct storage_reader reader;
	struct span block;

	buf_add_span(&out, message_header(message));
	buf_add_text(&out, "\r\n");
	storage_reader_init(&reader, message_body(message));
	while (storage_reader_next(&reader, &block))
		buf_add_span(&out, block);
	storage_reader_free(&reader);
	return buf_take_text(&out);
}

/* Compares octets, and prints where they differ. */
static inline void
assert_octets(struct span got, struct span expected, struct span input)
{
	size_t at = 0;

	if (span_equal(got, expected))
		return;
	while (
	    at < got.len && at < expected.len && got.at[at] == expected.at[at])
		at++;
	print_message("differs at octet %zu; lengths %zu and %zu; input", at,
	    got.len, expected.len);
	for (size_t i = 0; i < input.len && i < 32; i++)
		print_message(" %02x", (unsigned char)input.at[i]);
	print_message("\n");
	fail_msg("%s", "octets differ");
}

#endif
