/*
 * The settings table: one row says everything about a setting. Files, --set,
 * defaults and --explain all go through it. A setting's value is text in its
 * written form, without quotes and with variables replaced (value.h).
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

/* How a kind of value is read, printed and freed. */
struct setting_type {
	/* Fills a field that is clear; errors are ERROR_CONFIG, no place. */
	bool (*parse)(const struct setting *setting, struct profile *profile,
	    struct span value, struct error *err);
	/* Adds the written form; nothing where the setting is not set. */
	void (*print)(const struct setting *setting,
	    const struct profile *profile, struct buf *out);
	void (*clear)(const struct setting *setting, struct profile *profile);
};

enum setting_trait {
	SETTING_SOURCE = 1,	/* where the secret comes from: one of them */
	SETTING_COMMAND = 2,	/* $ and ~ are left to the shell */
	SETTING_PATH = 4,	/* relative to the folder of the file */
	SETTING_SLASH = 128,	/* a path like those where it has a slash */
	SETTING_SECRET = 8,	/* never shown; not on the command line */
	SETTING_OWN = 16,	/* of one profile: not inherited */
	SETTING_LOGIN_URL = 32, /* secret where a password is in it */
	SETTING_OF_LOGIN = 64,	/* not for servers that the profile has not */
};

struct setting {
	const char *name;
	const struct setting_type *type;
	size_t offset;		  /* in struct profile */
	const char *standard;	  /* the default as written; NULL: not set */
	const char *const *words; /* in the order of the enum; ends in NULL */
	unsigned traits;
	const char *help;
};

extern const struct setting_type setting_text, setting_line, setting_secret,
    setting_choice, setting_yes_no, setting_duration, setting_some_duration,
    setting_size, setting_rate, setting_senders, setting_descriptor,
    setting_globs, setting_servers, setting_mechanisms, setting_sender,
    setting_full_name, setting_host, setting_domain, setting_domains,
    setting_addresses, setting_dsn_notify, setting_dsn_return, setting_queue,
    setting_pins, setting_provider, setting_proxy, setting_sources, setting_log;

size_t setting_count(void);
const char *setting_name(size_t index);
const char *setting_help(size_t index);
const struct setting *setting_at(size_t index);
/* The row's number, for arrays parallel to the table. */
size_t setting_index(const struct setting *setting);
const struct setting *setting_find(struct span name); /* NULL: unknown */
/* The known name that is nearest by edit distance; NULL if none is near. */
const char *setting_nearest(struct span name);
/*
 * Adds a hint for an unknown name: what another program means by it, else the
 * nearest name, else the manual.
 */
void setting_hint(struct span name, struct error *err);
bool setting_is(const struct setting *setting, const char *name);
/* Adds the profile's value in its written form, a secret as ***. */
void setting_print(const struct setting *setting, const struct profile *profile,
    struct buf *out);
/* Where the profile's value comes from, as --explain has it; NULL: not known.
 */
const char *setting_origin(
    const struct setting *setting, const struct profile *profile);

/* How a file writes its values. */
enum value_kind setting_value_kind(const struct setting *setting);
/* Whether this value is the path of a file, not a word. */
bool setting_is_path(const struct setting *setting, struct span value);
/* Whether this value of the setting, as written, is a secret. */
bool setting_hides(const struct setting *setting, struct span value);
/*
 * Says why the value of the setting is refused; the value is shown masked
 * unless it is a secret. Always false.
 */
bool setting_refuse(const struct setting *setting, struct span value,
    struct error *err, const char *why);
/* The nearest of the words, which end in NULL, as a hint; if one is near. */
void setting_hint_word(
    struct span value, const char *const *words, struct error *err);
/*
 * "report must be none, text or json", with the nearest word as a hint. The
 * words end in NULL. Always false.
 */
bool setting_refuse_word(const struct setting *setting, struct span value,
    const char *const *words, struct error *err);

#endif
