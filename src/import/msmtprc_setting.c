/* What the functions that make the settings have in common. */
#include "import/msmtprc_setting.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "profile/token_url.h"
#include "tls/token_key.h"

struct span
msmtprc_setting_take(const struct msmtprc_account *account,
    enum msmtprc_key key, struct msmtprc_setting *setting)
{
	struct msmtprc_line *line = account->values[key];

	if (line != NULL)
		setting->lines[setting->count++] = line;
	return msmtprc_file_value(account, key);
}

void
msmtprc_setting_set(struct msmtprc_setting *setting, struct span value)
{
	setting->value = span_copy(value);
}

void
msmtprc_setting_copy(const struct msmtprc_account *account,
    enum msmtprc_key key, struct msmtprc_setting *setting)
{
	struct span value = msmtprc_setting_take(account, key, setting);

	if (value.len > 0)
		msmtprc_setting_set(setting, value);
}

bool
msmtprc_setting_is_path(struct span path)
{
	return span_starts(path, SPAN("/")) || span_starts(path, SPAN("~/"));
}

/* A relative path is neither taken over nor named above a setting. */
void
msmtprc_setting_copy_path(const struct msmtprc_account *account,
    enum msmtprc_key key, struct msmtprc_setting *setting)
{
	struct span path = msmtprc_file_value(account, key);

	if (path.len == 0 || msmtprc_setting_is_path(path) ||
	    span_equal(path, SPAN("system")))
		msmtprc_setting_take(account, key, setting);
	if (msmtprc_setting_is_path(path))
		msmtprc_setting_set(setting, path);
}

void
msmtprc_setting_wipe(struct msmtprc_setting *setting)
{
	if (setting->value != NULL)
		mem_wipe(setting->value, strlen(setting->value));
	free(setting->value);
	setting->value = NULL;
}

/* A path, or the URL of an object in a token that holds no PIN. */
static bool
is_usable(const char *setting, struct span value)
{
	return (msmtprc_setting_is_path(value) ||
		   (token_key_is_url(value) && !token_url_has_pin(value))) &&
	    import_profile_accepts(setting, value);
}

bool
msmtprc_setting_has_certificate(const struct msmtprc_account *account)
{
	struct span certificate =
	    msmtprc_file_value(account, MSMTPRC_TLS_CERT_FILE);
	struct span key = msmtprc_file_value(account, MSMTPRC_TLS_KEY_FILE);

	/* The key of a certificate in a token is there, too. */
	return is_usable("tls-cert", certificate) &&
	    is_usable("tls-key", key) &&
	    (token_key_is_url(key) || !token_key_is_url(certificate));
}
