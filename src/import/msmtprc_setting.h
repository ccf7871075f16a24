/*
 * The settings of ours that an account of msmtp comes to, whether the account
 * itself says so or the defaults, or an account that it inherits, or msmtp.
 */
#ifndef IMPORT_MSMTPRC_SETTING_H
#define IMPORT_MSMTPRC_SETTING_H

#include <stdbool.h>
#include <stddef.h>

#include "import/foreign_server.h"
#include "import/msmtprc_file.h"

#define MSMTPRC_SETTING_LINES_MAX ((size_t)8)

/* One setting of an account. */
struct msmtprc_setting {
	char *value;	     /* NULL: the account does not set it; wiped */
	const char *comment; /* what is not the same as in msmtp; or NULL */
	const char *warning;
	/* Those that it is made of. */
	struct msmtprc_line *lines[MSMTPRC_SETTING_LINES_MAX];
	size_t count;
};

struct msmtprc_setting_row {
	const char *name; /* of ours */
	/*
	 * Sets value, lines, comment and warning. For `server` the value only
	 * serves for comparisons.
	 */
	void (*make)(const struct msmtprc_account *account,
	    struct msmtprc_setting *setting);
	const char *opposite; /* undoes it where it is inherited; NULL: empty */
	bool is_common;	      /* it can stand above all profiles */
	bool is_source;	      /* of the password or token */
	bool is_secret;
};

#define MSMTPRC_SETTING_COUNT ((size_t)25)
#define MSMTPRC_SETTING_SERVER 0

extern const struct msmtprc_setting_row msmtprc_setting_rows[];

/* False: the account has no server. */
bool msmtprc_setting_server(
    const struct msmtprc_account *account, struct foreign_server *server);
/*
 * The patterns of `match` for the account's `from`; false: it needs none.
 * Without this setting, -f would not choose the profile.
 */
bool msmtprc_setting_add_match(
    const struct msmtprc_account *account, struct buf *patterns);
bool msmtprc_setting_has_wildcard(struct span from);
/* Whether msmtp finds the file in every folder in which it may be called. */
bool msmtprc_setting_is_path(struct span path);
void msmtprc_setting_wipe(struct msmtprc_setting *setting);

#endif
