/*
 * The file may hold passwords, so its text is wiped. Its commands will run as
 * the user who imports them, so its owner matters.
 */
#include "import/import_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/utf8.h"

#define FILE_MAX ((size_t)1024 * 1024)
#define LINE_MAX_OCTETS ((size_t)64 * 1024)

static void
doubt_owner(int fd, const char *path, struct translation *translation)
{
	struct error err;

	if (!file_is_trusted(fd, path, FILE_OWN, ERROR_NO_INPUT, &err))
		buf_add_note(&translation->doubts, BUF_DEFAULT_MAX / 2,
		    span_head(span_from(err.text), strcspn(err.text, "\n")));
}

/* A key of a password, a URL with a login, or a line as in dma's auth.conf. */
static bool
may_hold_password(struct span line)
{
	size_t bar = span_find(line, '|');

	if (span_find(span_skip(line, bar), ':') < line.len - bar)
		return true;
	for (size_t i = 0; i < line.len; i++) {
		struct span rest = span_skip(line, i);

		if (span_starts_nocase(rest, SPAN("pass")) ||
		    (span_starts(rest, SPAN("://")) &&
			span_find(rest, '@') < rest.len))
			return true;
	}
	return false;
}

/* Notes a file with a password that everybody can read. */
static void
note_readable(
    int fd, const char *path, struct span text, struct translation *translation)
{
	struct stat status;
	struct span line;
	bool has_password = false;
	char *shown;

	if (fstat(fd, &status) < 0 || (status.st_mode & S_IROTH) == 0)
		return;
	while (!has_password && span_next_word(&text, "\n", &line))
		has_password = line.at[0] != '#' && may_hold_password(line);
	if (!has_password)
		return;
	shown = utf8_masked(span_from(path));
	buf_add_note(
	    &translation->readable, BUF_DEFAULT_MAX / 2, span_from(shown));
	free(shown);
}

/* A warning for each line of `lines`, which `end` follows. */
static void
warn_of_each(
    struct translation *translation, const struct buf *lines, const char *end)
{
	struct span rest = buf_span(lines), line;

	while (span_next_word(&rest, "\n", &line)) {
		struct buf text = {0};

		buf_add_span(&text, line);
		buf_add_text(&text, end);
		import_profile_warn(translation_profile(translation, SPAN("")),
		    buf_text(&text));
		buf_free(&text);
	}
}

void
import_file_warn(struct translation *translation)
{
	if (translation_has_command(translation))
		warn_of_each(translation, &translation->doubts,
		    "; check that its commands are yours");
	if (translation->tally.has_password)
		warn_of_each(translation, &translation->readable,
		    " has a password in it, and everybody can read it: chmod "
		    "600 makes it private");
}

static bool
is_text(struct span text, const char *path, struct error *err)
{
	const char *why = NULL;
	char *shown;

	if (text.len > 0 && memchr(text.at, '\0', text.len) != NULL)
		why = "there is a NUL octet in it";
	while (why == NULL && text.len > 0) {
		size_t end = span_find(text, '\n');

		if (end > LINE_MAX_OCTETS)
			why = "a line of it is longer than 64 KiB";
		text = span_skip(text, end + 1);
	}
	if (why == NULL)
		return true;
	shown = utf8_masked(span_from(path));
	error_set(err, ERROR_DATA, "cannot import %s: %s", shown, why);
	free(shown);
	return false;
}

bool
import_file_read(const char *path, struct buf *text,
    struct translation *translation, struct error *err)
{
	bool is_input = strcmp(path, "-") == 0, done;
	const char *name = is_input ? "standard input" : path;
	int fd = is_input ? STDIN_FILENO
			  : file_open(path, FILE_REGULAR, ERROR_NO_INPUT, err);

	if (fd < 0)
		return false;
	buf_init_secret(text, FILE_MAX);
	done = file_read(fd, name, text, ERROR_NO_INPUT, err);
	if (!is_input) {
		doubt_owner(fd, path, translation);
		note_readable(fd, path, buf_span(text), translation);
		close(fd);
	}
	/* Some editors put a byte order mark into every file. */
	if (span_starts(buf_span(text), SPAN("\xef\xbb\xbf")))
		buf_drop(text, 3);
	done = done && is_text(buf_span(text), name, err);
	if (!done)
		errno = EINVAL;
	return done;
}
