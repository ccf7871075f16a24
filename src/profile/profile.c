#include "profile/profile.h"

#include <stdlib.h>

#include "profile/setting.h"

void
profile_free(struct profile *profile)
{
	size_t count = setting_count();

	for (size_t i = 0; i < count; i++)
		setting_at(i)->type->clear(setting_at(i), profile);
	for (size_t i = 0; profile->origins != NULL && i < count; i++)
		free(profile->origins[i]);
	free(profile->origins);
	free(profile->choice);
	free(profile->name);
	free(profile->unconfigured);
	free(profile->trust_file);
	free(profile->trust_folder);
	buf_free(&profile->notes);
	buf_free(&profile->files);
	*profile = (struct profile){.password_fd = -1};
}
