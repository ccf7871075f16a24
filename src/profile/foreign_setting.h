/* The settings of msmtp, ssmtp and dma, and the settings that replace them. */
#ifndef PROFILE_FOREIGN_SETTING_H
#define PROFILE_FOREIGN_SETTING_H

#include "base/text.h"

struct foreign_setting {
	const char *name; /* in the other program; case, - and _ are ignored */
	const char *setting; /* in smtpost; NULL: only `note` says what to do */
	const char *value;   /* what its value looks like */
	const char *note;    /* NULL: none */
};

/* NULL: no other program is known to have this setting. */
const struct foreign_setting *foreign_setting_find(struct span name);

#endif
