/*
 * One profile that is made from another program's keys: settings of ours, and
 * comments that say what became of the other keys. Text of the other program
 * may have any octets; in comments it is masked and shortened. Nothing here
 * shows a secret, but a caller must not pass one as `line`, `keys` or `why`.
 */
#ifndef IMPORT_IMPORT_PROFILE_H
#define IMPORT_IMPORT_PROFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/text.h"
#include "profile/setting.h"

/* What the profiles of a translation share. */
struct import_tally {
	bool with_secrets; /* passwords are written into the settings */
	/* The reader knows a key, and the other program takes its value. */
	bool is_understood;
	bool has_password; /* one of the profiles has one */
	size_t left;	   /* comments "not taken over" */
	size_t unshown;	   /* those of them for which there was no room */
	/* Octets that may still be added; warnings stand with settings. */
	size_t setting_room, comment_room;
	struct buf warnings; /* "[work] TEXT", a line each */
};

struct import_setting {
	const struct setting *setting;
	struct buf value; /* wiped */
	char *keys;	  /* "host, port": what it comes from */
};

struct import_profile {
	struct import_tally *tally; /* borrowed */
	bool is_dropped; /* not printed: all of it counts as not taken over */
	char *old_name;	 /* in the other program; NULL: above all profiles */
	char *name;	 /* NULL: the settings above the first [name] */
	struct import_setting *settings;
	size_t count;
	char *password_keys; /* it has a password that is not written */
	struct buf comments; /* complete lines that begin with # */
};

/*
 * Sets a setting of ours; the last call for it counts. A value that our parser
 * refuses is not taken over, for the parser's reason; an empty value needs no
 * setting. Of two sources of a secret only the first is taken over. `keys`
 * names the keys of the other program: "host, port".
 */
void import_profile_set(struct import_profile *profile, const char *setting,
    struct span value, const char *keys);
/* Whether our parser takes the value, which is not empty. */
bool import_profile_accepts(const char *setting, struct span value);
/* As import_profile_set, but the value is a string. */
void import_profile_set_text(struct import_profile *profile,
    const char *setting, const char *value, const char *keys);
/* Sets it to nothing, for a profile that must not inherit it. */
void import_profile_unset(
    struct import_profile *profile, const char *setting, const char *keys);
/*
 * Sets `password` if secrets are written. Otherwise comments will say how to
 * keep it.
 */
void import_profile_set_password(
    struct import_profile *profile, struct span password, const char *keys);
/* NULL: the profile itself does not set it. */
const struct import_setting *import_profile_find(
    const struct import_profile *profile, const char *setting);
/* "# not taken over: LINE: WHY", which is counted. */
void import_profile_leave(
    struct import_profile *profile, struct span line, const char *why);
/* "# needs no setting: LINE: WHY" */
void import_profile_need_not(
    struct import_profile *profile, struct span line, const char *why);
/* "# TEXT" */
void import_profile_comment(struct import_profile *profile, const char *text);
/* "# Warning: TEXT", and a line for standard error. For every weakness. */
void import_profile_warn(struct import_profile *profile, const char *text);
void import_profile_free(struct import_profile *profile);

#endif
