/*
 * The configuration as written: files with their includes, and, in the same
 * form, the settings of the command line and of the environment. A section may
 * set a setting only once, and a configuration may have a section only once. A
 * file must belong to the caller or root and be writable by nobody else; one
 * that holds a password must not be readable by all users. Errors begin with
 * file:line:column and never show a value.
 */
#ifndef PROFILE_CONFIG_H
#define PROFILE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "profile/config_line.h"
#include "profile/profile.h"
#include "profile/setting.h"

struct entry {
	const struct setting *setting;
	struct buf raw; /* the value as written; wiped, may be a password */
	struct place place, value_place;
};

struct section {
	char *name; /* NULL: above the first [name] */
	struct place place;
	struct entry *entries;
	size_t count;
};

/* A file and all that it includes; all zero: no file. */
struct config {
	char **files;
	size_t file_count;
	struct section *sections; /* the first is the one without a name */
	size_t count;
	struct buf notes; /* a line each: what the user should know */
};

enum config_result {
	CONFIG_READ,
	CONFIG_ABSENT,
	CONFIG_DENIED, /* the user may not read it or a file that it includes */
	CONFIG_BAD,
};

/*
 * Reads the file and what it includes into an empty config. All results but
 * CONFIG_READ set ERROR_CONFIG. Free the config in every case.
 */
enum config_result config_read(
    struct config *config, const char *path, struct error *err);
/*
 * Reads lines that begin with a [name] as if they were at the end of the file.
 * False with ERROR_CONFIG; its line number counts from the addition's start.
 */
bool config_read_addition(struct config *config, const char *path,
    struct span addition, struct error *err);
void config_free(struct config *config);

/* The setting's last entry (an option may be given twice); NULL: none. */
const struct entry *config_find(
    const struct section *section, const struct setting *setting);
/* Adds an entry; the caller fills in its value and its place. */
struct entry *config_add(
    struct section *section, const struct setting *setting);
/*
 * Reads the entry's value into the profile, whose field must be empty. With
 * `unset_allowed` a variable that is not in the environment is no error, since
 * the profile may never be chosen. Errors name the place: ERROR_CONFIG, or
 * ERROR_USAGE for an option.
 */
bool config_apply(const struct entry *entry, struct profile *profile,
    bool unset_allowed, struct error *err);
/*
 * Checks that every value of the section is right and that it names at most one
 * source of a password. Errors are those of config_apply.
 */
bool config_check(const struct section *section, struct error *err);

#endif
