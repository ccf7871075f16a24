/*
 * A setting of ours that is made from an account of msmtp: from its own lines,
 * those of the defaults or of an account that it inherits, or from what msmtp
 * does by default.
 */
#ifndef IMPORT_MSMTPRC_SETTING_H
#define IMPORT_MSMTPRC_SETTING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "import/msmtprc_file.h"

#define MSMTPRC_SETTING_LINES_MAX ((size_t)8)

struct msmtprc_setting {
	char *value;	     /* NULL: the account does not set it; wiped */
	const char *comment; /* what differs from msmtp; or NULL */
	const char *warning; /* or NULL */
	bool is_refused;     /* our parser did not take the value */
	/* Those that it is made of. */
	struct msmtprc_line *lines[MSMTPRC_SETTING_LINES_MAX];
	size_t count;
};

/* The value of the key, whose line is then one of the setting's. */
struct span msmtprc_setting_take(const struct msmtprc_account *account,
    enum msmtprc_key key, struct msmtprc_setting *setting);
void msmtprc_setting_set(struct msmtprc_setting *setting, struct span value);
/* Takes a value over as it is, if there is one. */
void msmtprc_setting_copy(const struct msmtprc_account *account,
    enum msmtprc_key key, struct msmtprc_setting *setting);
/* The same for a path, which must not be a relative one. */
void msmtprc_setting_copy_path(const struct msmtprc_account *account,
    enum msmtprc_key key, struct msmtprc_setting *setting);
/* Whether msmtp finds the file in every folder in which it may be called. */
bool msmtprc_setting_is_path(struct span path);
/* Has a client certificate and its key: msmtp refuses one without the other. */
bool msmtprc_setting_has_certificate(const struct msmtprc_account *account);
/* Wipes and removes the value alone. */
void msmtprc_setting_wipe(struct msmtprc_setting *setting);

#endif
