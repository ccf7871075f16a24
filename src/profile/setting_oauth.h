/* The types of settings that only an OAuth login has. */
#ifndef PROFILE_SETTING_OAUTH_H
#define PROFILE_SETTING_OAUTH_H

#include "profile/setting.h"

extern const struct setting_type setting_oauth, setting_tenant;

#endif
