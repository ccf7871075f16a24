/*
 * The table of all settings: one row says everything about a setting. Files,
 * --set, defaults and --explain all go through it.
 */
#ifndef PROFILE_SETTING_TABLE_H
#define PROFILE_SETTING_TABLE_H

#include <stddef.h>

#include "base/error.h"
#include "base/text.h"
#include "profile/profile.h"
#include "profile/setting.h"

size_t setting_table_count(void);
const struct setting *setting_table_at(size_t index);
/* The number of its row, for arrays parallel to the table. */
size_t setting_table_index(const struct setting *setting);
const struct setting *setting_table_find(struct span name); /* NULL: unknown */
/* The known name that is nearest by edit distance; NULL if none is near. */
const char *setting_table_nearest(struct span name);
/*
 * Adds a hint for an unknown name: the setting that replaces it if another
 * program uses the name, else the nearest name, else the manual.
 */
void setting_table_hint(struct span name, struct error *err);
/* Where the value comes from, as --explain shows it; NULL: not known. */
const char *setting_table_origin(
    const struct profile *profile, const struct setting *setting);

#endif
