/* The types of the settings that begin with dkim-. */
#ifndef PROFILE_SETTING_DKIM_H
#define PROFILE_SETTING_DKIM_H

#include "profile/setting.h"

extern const struct setting_type setting_dkim_keys, setting_dkim_selectors,
    setting_dkim_domain;

#endif
