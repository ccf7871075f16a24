/*
 * The places of spools. A folder below `users` counts only for its owner, so
 * a name that somebody else took first does no harm.
 */
#include "spool/spool_path.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/vfs.h>
#endif

#include "base/buf.h"
#include "base/mem.h"
#include "base/random.h"
#include "profile/identity.h"

#ifndef SPOOLDIR
#define SPOOLDIR "/var/spool/smtpost"
#endif

static char *
join(const char *folder, const char *name)
{
	struct buf path = {0};
	char *copy;

	buf_add_format(&path, "%s/%s", folder, name);
	copy = mem_copy_text(buf_text(&path));
	buf_free(&path);
	return copy;
}

static void
add(struct spool_paths *places, char *path, uid_t owner)
{
	struct spool_path *place =
	    mem_append(&places->list, &places->count, sizeof(places->list[0]));

	place->path = path;
	place->owner = owner;
}

/* "1000" or "1000.x7f3a2" for that user. */
static bool
is_name_of(const char *name, uid_t uid)
{
	char own[32];
	int len = snprintf(own, sizeof(own), "%lu", (unsigned long)uid);

	return strncmp(name, own, (size_t)len) == 0 &&
	    (name[len] == '\0' || name[len] == '.');
}

/*
 * Adds the folders below `users` that belong to the user (of *uid), or to
 * anybody (NULL).
 */
static void
add_users(struct spool_paths *places, const uid_t *uid)
{
	DIR *stream = opendir(SPOOLDIR "/users");
	struct dirent *entry;
	struct stat status;

	if (stream == NULL)
		return;
	while ((entry = readdir(stream)) != NULL) {
		if (!ascii_is_digit(entry->d_name[0]) ||
		    (uid != NULL && !is_name_of(entry->d_name, *uid)) ||
		    fstatat(dirfd(stream), entry->d_name, &status,
			AT_SYMLINK_NOFOLLOW) < 0 ||
		    !S_ISDIR(status.st_mode) ||
		    !is_name_of(entry->d_name, status.st_uid) ||
		    (uid != NULL && status.st_uid != *uid))
			continue;
		add(places, join(SPOOLDIR "/users", entry->d_name),
		    status.st_uid);
		places->list[places->count - 1].is_of_user = true;
	}
	closedir(stream);
}

/* Whether root made the folder in which each user makes one. */
static bool
has_users_folder(void)
{
	struct stat status;

	return lstat(SPOOLDIR "/users", &status) == 0 &&
	    S_ISDIR(status.st_mode) && status.st_uid == 0 &&
	    (status.st_mode & S_ISVTX) != 0;
}

/* A name below `users` that nobody has yet; NULL without randomness. */
static char *
new_user_path(uid_t uid)
{
	struct buf path = {0};
	struct stat status;
	char *copy = NULL;

	buf_add_format(&path, SPOOLDIR "/users/%lu", (unsigned long)uid);
	if (lstat(buf_text(&path), &status) < 0 && errno == ENOENT)
		copy = mem_copy_text(buf_text(&path));
	else if (buf_add_char(&path, '.') && random_add_name(&path, 6))
		copy = mem_copy_text(buf_text(&path));
	buf_free(&path);
	return copy;
}

void
spool_paths_find_own(struct spool_paths *places, const char *queue_dir)
{
	uid_t uid = geteuid();
	struct stat status;
	char *state;

	if (queue_dir != NULL) {
		add(places, mem_copy_text(queue_dir), uid);
		return;
	}
	if (uid == 0) {
		add(places, mem_copy_text(SPOOLDIR "/root"), uid);
		return;
	}
	if (lstat(SPOOLDIR "/service", &status) == 0 &&
	    S_ISDIR(status.st_mode) && status.st_uid == uid)
		add(places, mem_copy_text(SPOOLDIR "/service"), uid);
	add_users(places, &uid);
	state = identity_state_path("smtpost/queue");
	if (state != NULL)
		add(places, state, uid);
}

void
spool_paths_find_all(struct spool_paths *places)
{
	struct stat status;

	add(places, mem_copy_text(SPOOLDIR "/root"), 0);
	if (lstat(SPOOLDIR "/service", &status) == 0 && S_ISDIR(status.st_mode))
		add(places, mem_copy_text(SPOOLDIR "/service"), status.st_uid);
	add_users(places, NULL);
}

void
spool_paths_free(struct spool_paths *places)
{
	for (size_t i = 0; i < places->count; i++)
		free(places->list[i].path);
	free(places->list);
	*places = (struct spool_paths){0};
}

/*
 * A file system that forgets: in memory, or the layer of a container that is
 * thrown away with it. NULL: not one of those. `path` need not be there.
 */
static const char *
forgetful_kind(const char *path)
{
#ifdef __linux__
	static const struct {
		unsigned long type;
		const char *name;
	} kinds[] = {
	    {0x01021994, "tmpfs"},
	    {0x858458f6, "ramfs"},
	    {0x794c7630, "overlay"},
	};
	char *parent = mem_copy_text(path), *slash;
	struct statfs status;
	int result;

	while ((result = statfs(parent, &status)) < 0 && errno == ENOENT &&
	    (slash = strrchr(parent, '/')) != NULL && slash != parent)
		*slash = '\0';
	free(parent);
	for (size_t i = 0; result == 0 && i < sizeof(kinds) / sizeof(kinds[0]);
	     i++)
		if ((unsigned long)status.f_type == kinds[i].type)
			return kinds[i].name;
#else
	(void)path;
#endif
	return NULL;
}

char *
spool_path_for_adding(const char *queue_dir, struct error *err)
{
	struct spool_paths places = {0};
	const char *kind;
	char *path = NULL;

	spool_paths_find_own(&places, queue_dir);
	if (queue_dir == NULL && geteuid() != 0 && has_users_folder() &&
	    (places.count == 0 ||
		strncmp(places.list[0].path, SPOOLDIR "/",
		    strlen(SPOOLDIR) + 1) != 0))
		path = new_user_path(geteuid());
	else if (places.count > 0)
		path = mem_copy_text(places.list[0].path);
	spool_paths_free(&places);
	if (path == NULL) {
		error_set(err, ERROR_TEMPORARY,
		    "there is no place for a queue: you have no home folder "
		    "that you can write to\n"
		    "hint: set queue-dir, or hand the mail to the service");
		return NULL;
	}
	kind = queue_dir == NULL ? forgetful_kind(path) : NULL;
	if (kind != NULL) {
		error_set(err, ERROR_TEMPORARY,
		    "cannot keep mail in %s: it is on a %s file system, which "
		    "may be thrown away\n"
		    "hint: set queue-dir to a folder that stays",
		    path, kind);
		free(path);
		return NULL;
	}
	return path;
}
