/*
 * A chosen profile's settings, looked for in its layers from the command line
 * down to the defaults, and what must hold among them.
 */
#ifndef PROFILE_RESOLVE_H
#define PROFILE_RESOLVE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "profile/profile.h"
#include "profile/profile_set.h"
#include "profile/setting.h"

/* Fills an empty profile; on failure it may be filled in part. */
bool profile_resolve(struct profile *profile, const struct profiles *profiles,
    const struct named_profile *named, const char *origin, struct error *err);

/* The user's entry before the system's; NULL: neither. */
const struct entry *layer_find(
    const struct layer_pair *pair, const struct setting *setting);
/* Adds "FILE:LINE", or the option's name. */
void place_add(struct place place, struct buf *out);
/* Whether the settings agree with each other; ERROR_CONFIG. */
bool profile_check(const struct profile *profile, struct error *err);

/*
 * The layers of settings that a chosen profile stands on, from the command
 * line down to the defaults of the files, and which of them a value is from.
 * For resolve.c only.
 */
/* The sections that can hold a setting, the strongest first. */
struct layers {
	const struct section **sections;
	size_t count;
	size_t environment;  /* the one of the environment; or option_count */
	size_t option_count; /* how many are that or the command line */
	size_t own_count;    /* and how many are those or the profile's own */
	size_t provider;     /* the one that has the provider; count: none */
};

/* Where a value comes from: an entry, a preset, or neither. */
struct found {
	const struct entry *entry; /* NULL: none */
	struct buf preset;	   /* if has_preset, in its written form */
	bool has_preset;
	size_t layer; /* of the section, or of the one that has the provider */
};

enum layers_top {
	LAYERS_OPTIONS,	    /* all: the command line, the environment, files */
	LAYERS_ENVIRONMENT, /* without the command line */
	LAYERS_FILES,	    /* the files alone */
};

/*
 * From the named profile on: what it has itself, extends, and the defaults;
 * over them what `top` says.
 */
bool layers_collect(struct layers *layers, const struct profiles *profiles,
    const struct named_profile *named, enum layers_top top, struct error *err);
void layers_free(struct layers *layers);
/* From the layer number `from` on, down to that before `to`; NULL: none. */
const struct entry *layers_find_between(const struct layers *layers,
    const struct setting *setting, size_t from, size_t to);
/*
 * The value that counts. A provider's presets stand directly below the section
 * that names it: what lies further below was said of other servers. The
 * provider must be in the profile by then. Free found->preset.
 */
void layers_find(struct found *found, const struct layers *layers,
    const struct setting *setting, const struct profile *profile);

#endif
