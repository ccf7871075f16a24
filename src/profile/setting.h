/*
 * A setting, and the types of values that are not about mail. setting_table.h
 * has the table of all settings. A setting's value is the text of the file
 * without quotes and with variables replaced (value.h).
 */
#ifndef PROFILE_SETTING_H
#define PROFILE_SETTING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"
#include "profile/profile.h"
#include "profile/value.h"

struct setting;

/* How a kind of value is read and printed. */
struct setting_type {
	/* Fills an empty field. Errors are ERROR_CONFIG and name no place. */
	bool (*parse)(const struct setting *setting, struct profile *profile,
	    struct span value, struct error *err);
	/*
	 * Adds the value in its written form, a secret as ***; nothing if the
	 * setting is not set.
	 */
	void (*print)(const struct setting *setting,
	    const struct profile *profile, struct buf *out);
};

enum setting_trait {
	SETTING_SOURCE = 1,	/* a source of the secret; only one counts */
	SETTING_COMMAND = 2,	/* $ and ~ are left to the shell */
	SETTING_PATH = 4,	/* relative to the folder of the file */
	SETTING_SLASH = 8,	/* a path if there is a slash in it */
	SETTING_SECRET = 16,	/* never shown; not on the command line */
	SETTING_OWN = 32,	/* of a single profile: not inherited */
	SETTING_LOGIN_URL = 64, /* secret if a password is in it */
	SETTING_OF_LOGIN = 128, /* only for the profile's own servers */
	/* Of server, network, TLS, login or filter: a later run needs it. */
	SETTING_OF_SESSION = 256,
	SETTING_TOKEN_URL = 512, /* may be a token_url, with a PIN in it */
	SETTING_PATHS = 1024,	 /* a list of paths: name_list.h */
};

struct setting {
	const char *name;
	const struct setting_type *type;
	size_t offset;		  /* of its field in struct profile */
	const char *standard;	  /* the default as written; NULL: not set */
	const char *const *words; /* in the order of the enum; ends in NULL */
	unsigned traits;	  /* of enum setting_trait */
};

extern const struct setting_type setting_text, setting_line, setting_secret,
    setting_file_or_token, setting_choice, setting_yes_no, setting_duration,
    setting_some_duration, setting_size, setting_number, setting_queue_pauses,
    setting_queue_limit, setting_rate, setting_descriptor;

/* The setting's field in the profile. */
void *setting_field(const struct setting *setting, struct profile *profile);
const void *setting_field_of(
    const struct setting *setting, const struct profile *profile);
bool setting_is(const struct setting *setting, const char *name);
/* How this value of the setting, as written, is expanded. */
enum value_kind setting_value_kind(
    const struct setting *setting, struct span value);
/* Whether this value of the setting is a path and not a word. */
bool setting_is_path(const struct setting *setting, struct span value);
/* Whether this value of the setting, as written, is a secret. */
bool setting_hides(const struct setting *setting, struct span value);
/* The index of the value among setting->words; -1: it is none of them. */
int setting_find_word(const struct setting *setting, struct span value);

/*
 * Sets ERROR_CONFIG with the reason why the value is refused. The value is
 * shown masked unless it may be a secret. Always false.
 */
bool setting_refuse(const struct setting *setting, struct span value,
    struct error *err, const char *why);
/*
 * The same: "report must be none, text or json", with the nearest word as a
 * hint. The words end in NULL.
 */
bool setting_refuse_word(const struct setting *setting, struct span value,
    const char *const *words, struct error *err);
/* Adds a hint with the nearest word, if one is near. They end in NULL. */
void setting_hint_word(
    struct span value, const char *const *words, struct error *err);
/* Refuses a value with a control character in it. */
bool setting_check_controls(
    const struct setting *setting, struct span value, struct error *err);

#endif
