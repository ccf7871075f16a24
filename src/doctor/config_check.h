/* Checks of the configuration and of the clock, before any connection. */
#ifndef DOCTOR_CONFIG_CHECK_H
#define DOCTOR_CONFIG_CHECK_H

#include "doctor/diagnosis.h"

/* config.read: the files, and what was ignored in them */
void config_check_read(struct diagnosis *diagnosis);
/* config.profile: which one is used, and why */
void config_check_profile(struct diagnosis *diagnosis);
/* config.weak: settings with which the mail is less safe than it could be */
void config_check_weak(struct diagnosis *diagnosis);
/* config.provider: a known service, and the form of its user names */
void config_check_provider(struct diagnosis *diagnosis);
/* clock.build: whether the clock shows a time after that of the source */
void config_check_clock(struct diagnosis *diagnosis);

#endif
