/*
 * Where spools are. Root and the user of the service have one below
 * /var/spool/smtpost; each other user has a folder below its `users`, made by
 * that user: cron jobs and web servers run as users whose home nobody looks at.
 * Where the package has not made that folder, the state folder of the user's
 * home serves.
 */
#ifndef SPOOL_SPOOL_PATH_H
#define SPOOL_SPOOL_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/error.h"

struct spool_path {
	char *path; /* owned */
	uid_t owner;
	bool is_of_user; /* below `users`, where its owner may do anything */
};

struct spool_paths {
	struct spool_path *list;
	size_t count;
};

/*
 * The path of the spool to which the caller adds mail; caller frees. It need
 * not be there. `queue_dir` is the setting; NULL: not set. NULL with a
 * temporary error that says what would help: the caller has no place, or only
 * one whose files do not outlive the machine or the container.
 */
char *spool_path_for_adding(const char *queue_dir, struct error *err);
/* All places where the caller's mail may lie. They need not be there. */
void spool_paths_find_own(struct spool_paths *places, const char *queue_dir);
/* All folders below `users`, whoever owns them, and root's and the service's.
 */
void spool_paths_find_all(struct spool_paths *places);
void spool_paths_free(struct spool_paths *places);

#endif
