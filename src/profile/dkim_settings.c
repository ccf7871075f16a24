/* Frees the settings of DKIM, which are no secrets: the keys are in files. */
#include "profile/dkim_settings.h"

#include <stdlib.h>

void
dkim_settings_free(struct dkim_settings *settings)
{
	name_list_free(&settings->keys);
	name_list_free(&settings->selectors);
	free(settings->domain);
	*settings = (struct dkim_settings){0};
}
