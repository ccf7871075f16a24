/* What the settings of msmtp, ssmtp and dma are called here. */
#ifndef PROFILE_FOREIGN_SETTING_H
#define PROFILE_FOREIGN_SETTING_H

#include "base/text.h"

struct foreign_setting {
	const char *name;    /* there; case, - and _ mean nothing */
	const char *setting; /* here; NULL: only `note` says what to do */
	const char *value;   /* what its value looks like */
	const char *note;    /* NULL: nothing more is to be said */
};

/* NULL where no other program is known to have it. */
const struct foreign_setting *foreign_setting_find(struct span name);

#endif
