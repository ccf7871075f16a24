/* Checks of the configuration, before any connection. */
#ifndef DOCTOR_CONFIG_CHECK_H
#define DOCTOR_CONFIG_CHECK_H

#include "doctor/diagnosis.h"

/* config.profile */
void config_check_profile(struct diagnosis *diagnosis);

#endif
