#include "mail/alias_include.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"

void
alias_includes_free(struct alias_includes *includes)
{
	for (size_t i = 0; i < includes->count; i++) {
		free(includes->list[i].path);
		free(includes->list[i].why);
		buf_free(&includes->list[i].text);
	}
	free(includes->list);
	*includes = (struct alias_includes){0};
}

/*
 * As much trust as in a configuration file: others cannot write to it. And it
 * is one that anybody may read, and no link: who may write only his own list
 * must not have us read others' secrets.
 */
static bool
read_included(const char *path, struct buf *text, struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat status;
	bool done;

	if (fd < 0)
		return error_set(err, ERROR_CONFIG, "it cannot be opened: %s",
		    strerror(errno));
	done = file_is_trusted(fd, path, FILE_OWN, ERROR_CONFIG, err);
	if (done &&
	    (fstat(fd, &status) < 0 || (status.st_mode & S_IROTH) == 0))
		done = error_set(err, ERROR_CONFIG,
		    "it is not for everybody to read");
	if (done)
		done = file_read(fd, path, text, ERROR_CONFIG, err);
	close(fd);
	return done;
}

static void
add_include(struct alias_includes *includes, const char *path)
{
	struct alias_include *include = mem_append(
	    &includes->list, &includes->count, sizeof(*include));
	struct error err = {0};

	*include = (struct alias_include){.path = mem_copy_text(path)};
	buf_init(&include->text, includes->octets_max - includes->octets);
	if (!read_included(path, &include->text, &err)) {
		include->why = mem_copy_text(err.text);
		buf_free(&include->text);
	}
	includes->octets += include->text.len;
}

struct alias_include *
alias_includes_find(struct alias_includes *includes, const char *path)
{
	for (size_t i = 0; i < includes->count; i++)
		if (strcmp(includes->list[i].path, path) == 0)
			return &includes->list[i];
	if (includes->count == ALIAS_INCLUDES_MAX)
		return NULL;
	add_include(includes, path);
	return &includes->list[includes->count - 1];
}
