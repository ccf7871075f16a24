/*
 * All profiles as they were read, before one is chosen: the layers of files
 * and command line. For profile.c and profile_choose.c only.
 */
#ifndef PROFILE_PROFILE_SET_H
#define PROFILE_PROFILE_SET_H

#include "base/text.h"
#include "profile/profiles.h"
#include "profile/profile_file.h"

/* What one name means: a section of the user's file, one of the system's. */
struct layer_pair {
	const struct section *user, *system; /* borrowed; NULL: none */
};

struct named_profile {
	const char *name; /* borrowed */
	struct layer_pair own;
};

struct profiles {
	struct config user, system;  /* --config counts as the user's */
	struct config options;	     /* --set and the like: one section */
	struct config environment;   /* SMTPOST_...: one section */
	struct named_profile *named; /* in the order of the files */
	size_t count;
	struct layer_pair defaults;
	bool has_file;	     /* one was found */
	bool no_files;	     /* none was wanted */
	struct buf searched; /* the files that were looked for */
	struct buf notes;    /* a line each: what was passed over */
	enum report_form report;
};

/* Parallel to the settings table; a last one says why the profile is used. */
struct origin {
	char *text; /* "default", "--set", "FILE:LINE" */
};

const struct named_profile *profiles_find(
    const struct profiles *profiles, struct span name);

#endif
