/* The table of our settings that can be made from an account of msmtp. */
#ifndef IMPORT_MSMTPRC_TABLE_H
#define IMPORT_MSMTPRC_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "import/foreign_server.h"
#include "import/msmtprc_setting.h"

struct msmtprc_row {
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

#define MSMTPRC_SETTING_COUNT ((size_t)26)
#define MSMTPRC_SETTING_SERVER 0

extern const struct msmtprc_row msmtprc_table[MSMTPRC_SETTING_COUNT];

/* False: the account has no server. */
bool msmtprc_table_server(
    const struct msmtprc_account *account, struct foreign_server *server);

#endif
