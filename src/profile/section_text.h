/*
 * The text of a new section of a configuration file, in a form that the file's
 * own reader (config.h) understands in the same way.
 */
#ifndef PROFILE_SECTION_TEXT_H
#define PROFILE_SECTION_TEXT_H

#include "base/buf.h"
#include "profile/profiles.h"

/*
 * Adds a line that sets the setting to this value, whatever characters are in
 * it. Line ends and other control characters cannot be written: the caller must
 * refuse them.
 */
void section_text_add(struct buf *text, const char *setting, const char *value);
/*
 * A name for a new profile: "default" if there is no profile yet, else `wish`,
 * or if that exists "wish-2" and so on. Characters that no name can have become
 * hyphens. Caller frees.
 */
char *section_text_name(const struct profiles *profiles, const char *wish);

#endif
