/* The table of checks. */
#include "doctor/check_table.h"

#include <string.h>

#include "doctor/config_check.h"
#include "doctor/extension_check.h"
#include "doctor/login_check.h"

const struct check check_table[] = {
    {"config.read", NULL, "the files of the configuration", config_check_read},
    {"config.profile", "config.read", "the choice of the profile",
	config_check_profile},
    {"config.weak", "config.profile", "settings that weaken the connection",
	config_check_weak},
    {"config.provider", "config.profile", "the mail service",
	config_check_provider},
    {"clock.build", NULL, "the clock of this machine", config_check_clock},
    {"ehlo.again", "config.profile", "the offer after TLS",
	extension_check_again},
    {"auth.offer", "config.profile", "the logins offered", login_check_offer},
    {"auth.login", "auth.offer", "the login", login_check_login},
    {"size", "auth.login", "the size limit", extension_check_size},
    {"extensions", "auth.login", "the extensions", extension_check_others},
    {"mail.from", "extensions", "the sender", login_check_sender},
};

const size_t check_table_count = sizeof(check_table) / sizeof(check_table[0]);

size_t
check_table_find(const char *id)
{
	size_t i = 0;

	while (i < check_table_count && strcmp(check_table[i].id, id) != 0)
		i++;
	return i;
}
