/*
 * The grammar of git's configuration files, as git-config(1) describes it under
 * "Syntax". Nothing is expanded and no other file is included.
 */
#ifndef IMPORT_GIT_CONFIG_H
#define IMPORT_GIT_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/text.h"

/* One variable; all borrowed. */
struct git_variable {
	struct span section;	/* in small letters */
	struct span subsection; /* as in the file; empty: none */
	struct span name;	/* in small letters */
	struct span spelling;	/* the name as in the file */
	struct span value;	/* without its quotes */
	bool has_value;		/* false: there is no = */
};

/*
 * Calls `take` for each variable, in the order of the file. False with
 * ERROR_DATA and the number of a line that git refuses.
 */
bool git_config_read(struct span text,
    void (*take)(void *reader, const struct git_variable *variable),
    void *reader, struct error *err);

#endif
