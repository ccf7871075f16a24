/*
 * Tells an mbox from a folder. For state files, a source is known by its real
 * path, however the caller writes it.
 */
#include "compose/batch.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "compose/mail_folder.h"
#include "compose/mbox_source.h"

bool
batch_open(struct mail_source *source, const char *path, struct error *err)
{
	struct stat status;
	bool is_folder = strcmp(path, "-") != 0 && stat(path, &status) == 0 &&
	    S_ISDIR(status.st_mode);
	char *real;

	if (!(is_folder ? mail_folder_open : mbox_source_open)(
		source, path, err))
		return false;
	real = strcmp(path, "-") != 0 ? realpath(path, NULL) : NULL;
	buf_add_format(
	    &source->identity, "batch %s", real != NULL ? real : path);
	free(real);
	return true;
}
