/* How a profile signs messages with DKIM; without a selector it does not. */
#ifndef PROFILE_DKIM_SETTINGS_H
#define PROFILE_DKIM_SETTINGS_H

#include <stdint.h>

#include "profile/name_list.h"

struct dkim_settings {
	struct name_list keys;	    /* paths; empty: a systemd credential */
	struct name_list selectors; /* as many as there are keys */
	char *domain;		    /* NULL: that of From */
	int64_t lifetime;	    /* milliseconds; 0: no end */
};

void dkim_settings_free(struct dkim_settings *settings);

#endif
