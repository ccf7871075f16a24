/* The settings of msmtp, ssmtp and dma, and the settings that replace them. */
#ifndef PROFILE_FOREIGN_SETTING_H
#define PROFILE_FOREIGN_SETTING_H

#include "base/text.h"

/* In names, case, hyphens and underscores do not count. */
struct foreign_setting {
	const char *names;   /* in other programs, with blanks between them */
	const char *setting; /* in smtpost; NULL: only `note` says what to do */
	const char *value;   /* what its value looks like */
	const char *note;    /* NULL: none */
};

/* NULL: no other program is known to have this setting. */
const struct foreign_setting *foreign_setting_find(struct span name);

#endif
