#include "rows.h"

#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "message/feed.h"
#include "message/message_oracle.h"
#include "message/storage.h"
#include "message/replay.h"

static const struct message_options no_options;

static struct buf
lines_of(const char *line, size_t count)
{
	struct buf text;

	buf_init(&text, (size_t)64 * 1024 * 1024);
	buf_add_text(&text, "a: b\n\n");
	while (count-- > 0)
		buf_add_text(&text, line);
	return text;
}

/* How a file can change while it is being sent, at octet `at`. */
enum change {
	CHANGE_NOTHING,
	CHANGE_SHRINK,
	CHANGE_EMPTY,
	CHANGE_GROW,
	CHANGE_TOUCH,
	CHANGE_REWRITE,	  /* same length, same time */
	CHANGE_NUL,	  /* the same */
	CHANGE_LINE_ENDS, /* the same, and the CRLF form is longer */
	CHANGE_ALL_ENDS	  /* the same, and it is much longer */
};

struct change_row {
	const char *name;
	enum change change;
	size_t lines; /* of 80 octets */
	off_t at;
	enum replay_result result;
};

static const struct change_row change_rows[] = {
    {"nothing", CHANGE_NOTHING, 5, 0, REPLAY_DONE},
    {"nothing, large", CHANGE_NOTHING, 5000, 0, REPLAY_DONE},
    {"shrinks by one", CHANGE_SHRINK, 5, 405, REPLAY_CHANGED},
    {"shrinks, large", CHANGE_SHRINK, 5000, 399999, REPLAY_CHANGED},
    {"shrinks to a border", CHANGE_SHRINK, 5000, 65542, REPLAY_CHANGED},
    {"emptied", CHANGE_EMPTY, 5, 0, REPLAY_CHANGED},
    {"emptied, large", CHANGE_EMPTY, 5000, 0, REPLAY_CHANGED},
    {"grows", CHANGE_GROW, 5, 0, REPLAY_CHANGED},
    {"grows, large", CHANGE_GROW, 5000, 0, REPLAY_CHANGED},
    {"touched", CHANGE_TOUCH, 5, 0, REPLAY_CHANGED},
    {"rewritten", CHANGE_REWRITE, 5, 200, REPLAY_CHANGED},
    {"rewritten, last octet", CHANGE_REWRITE, 5, 405, REPLAY_CHANGED},
    {"rewritten, first block", CHANGE_REWRITE, 5000, 200, REPLAY_CHANGED},
    {"rewritten, last block", CHANGE_REWRITE, 5000, 400000, REPLAY_CHANGED},
    {"NUL", CHANGE_NUL, 5, 200, REPLAY_CHANGED},
    {"NUL, large", CHANGE_NUL, 5000, 200000, REPLAY_CHANGED},
    {"line ends", CHANGE_LINE_ENDS, 5, 200, REPLAY_CHANGED},
    {"line ends, large", CHANGE_LINE_ENDS, 5000, 200000, REPLAY_CHANGED},
    {"only line ends", CHANGE_ALL_ENDS, 5000, 200000, REPLAY_CHANGED},
};

static void
change_file(int fd, const struct change_row *row)
{
	struct timespec times[2];
	struct stat before;

	assert_int_equal(fstat(fd, &before), 0);
	times[0] = before.st_atim;
	times[1] = before.st_mtim;
	switch (row->change) {
	case CHANGE_NOTHING:
		return;
	case CHANGE_SHRINK:
	case CHANGE_EMPTY:
		assert_int_equal(ftruncate(fd, row->at), 0);
		break;
	case CHANGE_GROW:
		assert_int_equal(pwrite(fd, "more\n", 5, before.st_size), 5);
		break;
	case CHANGE_TOUCH:
		times[1].tv_sec++;
		break;
	case CHANGE_REWRITE:
		assert_int_equal(pwrite(fd, "y", 1, row->at), 1);
		break;
	case CHANGE_NUL:
		assert_int_equal(pwrite(fd, "\0", 1, row->at), 1);
		break;
	case CHANGE_LINE_ENDS:
		assert_int_equal(pwrite(fd, "\n\r\n\n.\r", 6, row->at), 6);
		break;
	case CHANGE_ALL_ENDS:
		for (off_t at = row->at; at < before.st_size; at++)
			assert_int_equal(pwrite(fd, "\n", 1, at), 1);
		break;
	}
	assert_int_equal(futimens(fd, times), 0);
}

/*
 * The octets sent before the change was detected must be safe, and must not
 * include the end.
 */
static void
check_broken_off(const struct message *message, struct span wire)
{
	assert_true(wire.len < replay_size(message, NULL));
	if (wire.len == 0)
		return;
	assert_null(memchr(wire.at, '\0', wire.len));
	for (size_t i = 0; i < wire.len; i++)
		if (wire.at[i] == '\n')
			assert_true(i > 0 && wire.at[i - 1] == '\r');
		else if (wire.at[i] == '\r')
			assert_true(
			    i + 1 == wire.len || wire.at[i + 1] == '\n');
}

static void
test_change(void **state)
{
	const struct change_row *row = *state;
	char line[82];
	struct buf input;
	struct error err = {0};

	memset(line, 'x', sizeof(line));
	memcpy(line + 79, "\n", 2);
	input = lines_of(line, row->lines);
	for (enum replay_form form = REPLAY_PLAIN; form <= REPLAY_STUFFED;
	     form++) {
		struct gather gather = {0};
		struct message *message;
		int fd = feed_file(buf_span(&input));

		message = message_read(fd, "input", &no_options, &err);
		assert_non_null(message);
		change_file(fd, row);
		assert_int_equal(
		    gather_replay(&gather, message, NULL, form), row->result);
		if (row->result == REPLAY_CHANGED)
			check_broken_off(message, buf_span(&gather.octets));
		buf_free(&gather.octets);
		message_free(message);
		close(fd);
	}
	buf_free(&input);
}

/* The file changes after the first block was sent. */
static const struct change_row midway_rows[] = {
    {"nothing", CHANGE_NOTHING, 5000, 0, REPLAY_DONE},
    {"shrinks", CHANGE_SHRINK, 5000, 399999, REPLAY_CHANGED},
    {"emptied", CHANGE_EMPTY, 5000, 0, REPLAY_CHANGED},
    {"grows", CHANGE_GROW, 5000, 0, REPLAY_CHANGED},
    {"touched", CHANGE_TOUCH, 5000, 0, REPLAY_CHANGED},
    {"rewritten after it", CHANGE_REWRITE, 5000, 300000, REPLAY_CHANGED},
    {"rewritten where it was read", CHANGE_REWRITE, 5000, 200, REPLAY_DONE},
    {"NUL", CHANGE_NUL, 5000, 300000, REPLAY_CHANGED},
    {"line ends", CHANGE_LINE_ENDS, 5000, 300000, REPLAY_CHANGED},
};

struct changing_sink {
	const struct change_row *row;
	struct gather gather;
	int fd;
};

static bool
change_and_gather(void *context, const char *data, size_t len)
{
	struct changing_sink *sink = context;

	if (sink->gather.calls == 0)
		change_file(sink->fd, sink->row);
	return gather_write(&sink->gather, data, len);
}

static void
test_midway(void **state)
{
	struct changing_sink sink = {.row = *state};
	const struct message_sink wire = {change_and_gather, &sink};
	struct buf input = lines_of("twenty octets line\r\n", 20001);
	struct error err = {0};
	struct message *message;

	sink.fd = feed_file(buf_span(&input));
	buf_init(&sink.gather.octets, 1 << 20);
	message = message_read(sink.fd, "input", &no_options, &err);
	assert_non_null(message);
	assert_int_equal(replay_message(message, NULL, REPLAY_PLAIN, &wire),
	    sink.row->result);
	if (sink.row->result == REPLAY_CHANGED)
		check_broken_off(message, buf_span(&sink.gather.octets));
	buf_free(&sink.gather.octets);
	buf_free(&input);
	message_free(message);
	close(sink.fd);
}

/* A large body from a pipe, and the folder that TMPDIR names. */
struct spool_row {
	const char *name;
	const char *folder; /* NULL: TMPDIR is not set; "own": a new one */
	size_t size;
};

static const struct spool_row spool_rows[] = {
    {"no folder named", NULL, 700000},
    {"empty name", "", 700000},
    {"own folder", "own", 700000},
    {"no such folder", "/nonexistent/folder", 700000},
    {"no folder", "/dev/null", 700000},
    {"no folder, small", "/nonexistent/folder", 200000},
    {"as much as memory takes", "/nonexistent/folder", 262144},
    {"an octet more", "own", 262145},
};

static size_t
count_entries(const char *path)
{
	DIR *folder = opendir(path);
	size_t count = 0;

	assert_non_null(folder);
	while (readdir(folder) != NULL)
		count++;
	closedir(folder);
	return count;
}

static void
test_spool(void **state)
{
	const struct spool_row *row = *state;
	char own[] = "/tmp/test_storage.XXXXXX";
	struct buf input = lines_of("a line\n", 0), expected;
	struct gather gather = {0};
	struct error err = {0};
	struct message *message;
	size_t open_before = count_entries("/dev/fd");
	pid_t child;
	int fd;

	while (input.len < row->size + 6)
		buf_add_text(&input, input.len % 7 == 6 ? "\n" : "x");
	assert_non_null(mkdtemp(own));
	unsetenv("TMPDIR");
	if (row->folder != NULL)
		setenv("TMPDIR",
		    strcmp(row->folder, "own") == 0 ? own : row->folder, 1);
	fd = feed_child(buf_span(&input), &child);
	message = message_read(fd, "input", &no_options, &err);
	assert_non_null(message);
	assert_int_equal(count_entries(own), 2);
	assert_int_equal(
	    count_entries("/dev/fd"), open_before + 1 + (row->size > 262144));
	expected = oracle_wire(buf_span(&input), false, true);
	assert_int_equal(
	    gather_replay(&gather, message, NULL, REPLAY_STUFFED), REPLAY_DONE);
	assert_octets(
	    buf_span(&gather.octets), buf_span(&expected), buf_span(&input));
	message_free(message);
	close(fd);
	assert_int_equal(count_entries("/dev/fd"), open_before);
	assert_int_equal(feed_child_status(child), 0);
	assert_int_equal(rmdir(own), 0);
	unsetenv("TMPDIR");
	buf_free(&gather.octets);
	buf_free(&expected);
	buf_free(&input);
}

/* Reads 700,000 octets under a limit; 0: no more descriptors. */
static enum error_kind
kind_under_limit(unsigned resource, rlim_t soft, struct error *err)
{
	struct buf input = lines_of("a line\n", 100000);
	struct rlimit old, low;
	struct message *message;
	pid_t child;
	int fd = feed_child(buf_span(&input), &child), status;

	assert_int_equal(getrlimit(resource, &old), 0);
	low = old;
	low.rlim_cur = soft != 0 ? soft : (rlim_t)fd + 1;
	assert_int_equal(setrlimit(resource, &low), 0);
	message = message_read(fd, "input", &no_options, err);
	assert_int_equal(setrlimit(resource, &old), 0);
	assert_null(message);
	close(fd);
	status = feed_child_status(child);
	assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 1);
	buf_free(&input);
	return err->kind;
}

/* As on a full disk, the file cannot grow. */
static void
test_disk_full(void **state)
{
	struct error err = {0};

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(
	    kind_under_limit(RLIMIT_FSIZE, 100000, &err), ERROR_IO);
	assert_non_null(strstr(err.text, "temporary file"));
	assert_non_null(strstr(err.text, "hint: "));
	signal(SIGXFSZ, SIG_DFL);
}

static void
test_no_descriptor(void **state)
{
	struct error err = {0};

	(void)state;
	setenv("TMPDIR", "/nonexistent\n", 1);
	assert_int_equal(
	    kind_under_limit(RLIMIT_NOFILE, 0, &err), ERROR_CREATE);
	unsetenv("TMPDIR");
	assert_non_null(strstr(err.text, "/nonexistent\\x0a or /var/tmp"));
}

/* The text after the dot is read, so that the writer can end, and dropped. */
static void
test_dot_drains(void **state)
{
	const struct message_options options = {.dot_ends = true};
	struct buf input = lines_of("a line\n", 3);
	struct error err = {0};
	struct message *message;
	pid_t child;

	(void)state;
	buf_add_text(&input, ".\n");
	while (input.len < 3000000)
		buf_add(&input, "dropped\0\377\n", 10);
	for (int i = 0; i < 2; i++) {
		int fd = i == 0 ? feed_file(buf_span(&input))
				: feed_child(buf_span(&input), &child);
		char rest;

		message = message_read(fd, "input", &options, &err);
		assert_non_null(message);
		assert_int_equal(message_facts(message)->body_size, 24);
		assert_false(message_facts(message)->has_eight_bit);
		assert_int_equal(read(fd, &rest, 1), 0);
		message_free(message);
		close(fd);
		if (i == 1)
			assert_int_equal(feed_child_status(child), 0);
	}
	buf_free(&input);
}

/* A descriptor that cannot be read: the error names the input. */
static void
test_unreadable(void **state)
{
	struct error err = {0};
	int fds[4] = {-1, 1000};

	(void)state;
	fds[2] = open("/", O_RDONLY);
	fds[3] = open("/dev/null", O_WRONLY);
	for (size_t i = 0; i < 4; i++) {
		assert_null(
		    message_read(fds[i], "the input", &no_options, &err));
		assert_int_equal(err.kind, ERROR_IO);
		assert_non_null(strstr(err.text, "cannot read the input: "));
		if (i > 1)
			close(fds[i]);
	}
}

/* The sum changes if any octet changes, and if any two words are exchanged. */
static void
test_sum(void **state)
{
	char text[100];
	struct span block = {text, sizeof(text)};
	uint64_t before;

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)(i * 7);
	before = storage_sum(1, block);
	assert_true(storage_sum(1, block) == before);
	assert_false(storage_sum(2, block) == before);
	for (size_t i = 0; i < sizeof(text); i++) {
		assert_false(storage_sum(1, span_head(block, i)) == before);
		for (int bit = 1; bit < 256; bit *= 2) {
			text[i] = (char)(text[i] ^ bit);
			assert_false(storage_sum(1, block) == before);
			text[i] = (char)(text[i] ^ bit);
		}
	}
	for (size_t i = 0; i + 32 <= sizeof(text); i += 8) {
		char word[8];

		for (size_t j = i + 8; j + 8 <= sizeof(text); j += 8) {
			memcpy(word, text + i, 8);
			memcpy(text + i, text + j, 8);
			memcpy(text + j, word, 8);
			assert_false(storage_sum(1, block) == before);
			memcpy(word, text + i, 8);
			memcpy(text + i, text + j, 8);
			memcpy(text + j, word, 8);
		}
	}
	assert_true(storage_sum(1, block) == before);
}

int
main(void)
{
	struct rows all = {0};

	signal(SIGPIPE, SIG_IGN);
	rows_add(&all, "change", change_rows, ROWS(change_rows), test_change);
	rows_add(&all, "midway", midway_rows, ROWS(midway_rows), test_midway);
	rows_add(&all, "spool", spool_rows, ROWS(spool_rows), test_spool);
	rows_add_one(&all, "disk full", test_disk_full);
	rows_add_one(&all, "no descriptor", test_no_descriptor);
	rows_add_one(&all, "dot drains", test_dot_drains);
	rows_add_one(&all, "unreadable", test_unreadable);
	rows_add_one(&all, "sum", test_sum);
	return rows_end(&all);
}
