/*
 * The configuration of another program in the form of ours: profiles with
 * settings and comments. A reader (import/import_kind.h) fills it from the
 * other program's files.
 */
#ifndef IMPORT_TRANSLATION_H
#define IMPORT_TRANSLATION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/text.h"
#include "import/import_profile.h"

struct translation {
	struct import_tally tally;
	const char *folder; /* of the configuration that it is for; borrowed */
	/* In their order; [0] has the settings above the first [name]. */
	struct import_profile **profiles;
	size_t count;
	struct import_profile dropped; /* for profiles beyond the limit */
	struct buf doubts;   /* lines: why the owner of a file is in doubt */
	struct buf readable; /* files with a secret that everybody can read */
	/* Why there is no setting, and lines with hints; empty: not known. */
	struct buf nothing;
};

/* Free it in every case. */
void translation_init(struct translation *translation, bool with_secrets);
void translation_free(struct translation *translation);
/*
 * The profile that the other program calls `name`, made if there is none. It
 * stays where it is until the translation is freed. Characters that a name of
 * ours cannot have become hyphens. An empty name: the settings above the first
 * [name], which are defaults of all profiles, or if there is no other one, the
 * only profile.
 */
struct import_profile *translation_profile(
    struct translation *translation, struct span name);
/* The profile of ours that is called `name`; NULL: there is none. */
const struct import_profile *translation_find(
    const struct translation *translation, struct span name);
/* How many settings there are in all profiles. */
size_t translation_setting_count(const struct translation *translation);
/* Whether a setting is a command of the other program's files. */
bool translation_has_command(const struct translation *translation);
/* Adds the text of the configuration. `out` is wiped if it may have secrets. */
void translation_add_text(
    const struct translation *translation, struct buf *out);

#endif
