/* Relative folders in PATH are left out: elsewhere they are others. */
#include "base/program_path.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/environment.h"
#include "base/file.h"
#include "base/text.h"

char *
program_path_find(const char *name)
{
	const char *path = environment_get("PATH");
	struct span rest = span_from(path), folder;

	while (span_next_word(&rest, ":", &folder)) {
		char *start, *whole;

		if (!span_starts(folder, SPAN("/")))
			continue;
		start = span_copy(folder);
		whole = file_path_in(start, name);
		free(start);
		if (access(whole, X_OK) == 0)
			return whole;
		free(whole);
	}
	return NULL;
}
