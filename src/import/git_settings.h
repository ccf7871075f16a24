/*
 * The variables sendemail.* of git's configuration files that decide how mail
 * is sent, and the author that git uses. Comments above all profiles say what
 * becomes of the other variables.
 */
#ifndef IMPORT_GIT_SETTINGS_H
#define IMPORT_GIT_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/text.h"
#include "import/git_config.h"
#include "import/import_profile.h"

enum git_key {
	KEY_SERVER,
	KEY_PORT,
	KEY_ENCRYPTION,
	KEY_CERT_PATH,
	KEY_CLIENT_CERT,
	KEY_CLIENT_KEY,
	KEY_DOMAIN,
	KEY_USER,
	KEY_PASS,
	KEY_AUTH,
	KEY_ENVELOPE_SENDER,
	KEY_FROM,
	KEY_SENDMAIL,
	KEY_IDENTITY,
	KEYS
};

/* One variable; the last line that sets it counts. */
struct git_setting {
	enum git_key key;
	char *identity; /* "": of all */
	struct buf value;
	bool is_used; /* a profile has it, or a comment names it */
};

struct git_settings {
	struct import_profile *top; /* borrowed: for comments */
	struct git_setting *settings;
	size_t count;
	bool is_full;			      /* there are more */
	struct buf author_name, author_email; /* [author] */
	struct buf user_name, user_email;     /* [user] */
	struct buf own, others; /* lists of names for a comment each */
};

/* For git_config_read; `settings` is a struct git_settings. */
void git_settings_take(void *settings, const struct git_variable *variable);
/* NULL: it is not set for this identity; "" are the variables of all. */
struct git_setting *git_settings_find(const struct git_settings *settings,
    struct span identity, enum git_key key);
/* The name as git's manual spells it: "smtpServer". */
const char *git_settings_name(enum git_key key);
/* Adds the name as `git config` has it: "sendemail.work.smtpUser". */
void git_settings_add_name(
    struct buf *out, const char *identity, struct span name);
/* Comments of the profile about a variable; its password is not shown. */
void git_settings_leave(struct import_profile *profile,
    struct git_setting *setting, const char *why);
void git_settings_need_not(struct import_profile *profile,
    struct git_setting *setting, const char *why);
void git_settings_free(struct git_settings *settings);

#endif
