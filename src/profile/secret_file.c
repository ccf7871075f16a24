/*
 * The texts are the same for every file with a secret: of a password, of a key,
 * or a configuration.
 */
#include "profile/secret_file.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/utf8.h"

void
secret_file_add_hint(const char *path, struct error *err)
{
	struct stat status;

	/* If stat(2) fails, the folder is assumed to belong to root. */
	if (getuid() == 0 || (stat(path, &status) == 0 && status.st_uid != 0))
		return;
	error_add(err,
	    "\nhint: root can add you to a group that may read it, or let all "
	    "users send through the service; see smtpost-service(8)");
}

void
secret_file_add_note(const char *path, struct buf *notes)
{
	char *shown = utf8_masked(span_from(path));

	buf_add_format(
	    notes, "its group can read %s, which holds a secret\n", shown);
	free(shown);
}
