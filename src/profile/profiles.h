/*
 * All profiles of the command line, the environment and the configuration
 * files, before one is chosen.
 */
#ifndef PROFILE_PROFILES_H
#define PROFILE_PROFILES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"
#include "profile/config.h"
#include "profile/profile.h"
#include "profile/setting.h"

/* The sections of one name in the user's file and in the system's. */
struct layer_pair {
	const struct section *user, *system; /* borrowed; NULL: none */
};

struct named_profile {
	const char *name; /* borrowed */
	struct layer_pair own;
};

struct profiles {
	struct config user, system; /* --config counts as the user's */
	const char *config;    /* --config FILE; NULL: not given; borrowed */
	struct config options; /* --set and the like: one section */
	struct config environment;	/* SMTPOST_...: one section */
	const char *environment_choice; /* SMTPOST_PROFILE; NULL: not set */
	struct named_profile *named;	/* in the order of the files */
	size_t count;
	struct layer_pair defaults;
	bool has_file; /* a configuration file was found */
	bool no_files; /* no file is read, because the call names a server */
	struct buf searched; /* "FILE and FILE": the files looked for */
	struct buf notes;    /* a line each: what was ignored */
	enum report_form report;
};

struct profile_sources {
	const char *config;  /* --config FILE; NULL: the usual files */
	bool has_server;     /* the command line names a server: read no file */
	bool has_profile;    /* -P: read the files even then */
	bool no_environment; /* variables SMTPOST_... do not count */
	const struct span *sets; /* --set KEY=VALUE, in order; borrowed */
	const struct span *set_origins; /* "--set", "--server", "--report" */
	size_t set_count;
	enum report_form report; /* the default, by the program's name */
	bool has_only_addition;	 /* no file is read; errors show `config` */
	/* Lines read as if the user's file ended with them; borrowed. */
	struct span addition;
};

/*
 * The path of the user's configuration file; NULL: there is no home directory.
 * Caller frees.
 */
char *profiles_user_path(void);

/*
 * Reads all sources and checks every value. NULL with an error: ERROR_USAGE for
 * the command line, else ERROR_CONFIG.
 */
struct profiles *profiles_load(
    const struct profile_sources *sources, struct error *err);
void profiles_free(struct profiles *profiles); /* NULL: nothing to do */
/* NULL: there is no profile of this name. */
const struct named_profile *profiles_find(
    const struct profiles *profiles, struct span name);
/* The entry of the user's file, else of the system's; NULL: neither has it. */
const struct entry *profiles_find_entry(
    const struct layer_pair *pair, const struct setting *setting);
/* Whether an environment variable names the servers. */
bool profiles_environment_names_server(const struct profiles *profiles);
/*
 * In a child: removes the variables that hold a secret, such as
 * SMTPOST_PASSWORD, or SMTPOST_TLS_KEY with a PIN in it.
 */
void profiles_remove_secrets(void);

#endif
