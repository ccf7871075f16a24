/*
 * A password in the file takes precedence over a command, and a command over
 * the keyring and netrc. With OAuth, what msmtp calls the password is the
 * token.
 */
#include "import/msmtprc_login.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/shell_word.h"
#include "profile/identity.h"
#include "profile/netrc.h"

#define NETRC_MAX ((size_t)1024 * 1024)

/* Whether msmtp logs in. */
static bool
logs_in(const struct msmtprc_account *account)
{
	return msmtprc_file_has(account, MSMTPRC_AUTH) &&
	    !msmtprc_file_is(account, MSMTPRC_AUTH, "off");
}

static bool
has_token(const struct msmtprc_account *account)
{
	return msmtprc_file_is(account, MSMTPRC_AUTH, "xoauth2") ||
	    msmtprc_file_is(account, MSMTPRC_AUTH, "oauthbearer");
}

static bool
is_unknown_mechanism(const struct msmtprc_account *account)
{
	return msmtprc_file_is(account, MSMTPRC_AUTH, "digest-md5") ||
	    msmtprc_file_is(account, MSMTPRC_AUTH, "gssapi") ||
	    msmtprc_file_is(account, MSMTPRC_AUTH, "ntlm");
}

void
msmtprc_login_make_auth(
    const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	struct span value =
	    msmtprc_setting_take(account, MSMTPRC_AUTH, setting);

	if (!logs_in(account)) {
		if (!msmtprc_file_has(account, MSMTPRC_USER))
			return;
		msmtprc_setting_take(account, MSMTPRC_USER, setting);
		msmtprc_setting_set(setting, SPAN("none"));
		setting->comment =
		    "auth: msmtp does not log in unless auth says so";
	} else if (span_equal(value, SPAN("on"))) {
		if (msmtprc_file_is(account, MSMTPRC_TLS, "on"))
			return;
		msmtprc_setting_set(
		    setting, SPAN("SCRAM-SHA-256, SCRAM-SHA-1"));
		setting->comment = "auth: without TLS, msmtp chooses no "
				   "mechanism that sends the password";
	} else if (!is_unknown_mechanism(account) &&
	    (!msmtprc_file_is(account, MSMTPRC_AUTH, "external") ||
		msmtprc_setting_has_certificate(account))) {
		msmtprc_setting_set(setting, value);
		for (char *at = setting->value; *at != '\0'; at++)
			*at = ascii_upper(*at);
		if (msmtprc_file_is(account, MSMTPRC_AUTH, "external") &&
		    msmtprc_file_has(account, MSMTPRC_USER))
			setting->comment =
			    "auth: EXTERNAL logs in as the user that the "
			    "certificate names; msmtp asks for user";
	}
}

bool
msmtprc_login_has_user(const struct msmtprc_account *account)
{
	return import_profile_accepts(
	    "user", msmtprc_file_value(account, MSMTPRC_USER));
}

/* msmtp looks for the password in the keyring, if the file has none. */
static bool
has_keyring(const struct msmtprc_account *account)
{
	struct span host = msmtprc_file_value(account, MSMTPRC_HOST);

	/* A host with a login in it is none; its password must not be shown. */
	return logs_in(account) && msmtprc_login_has_user(account) &&
	    span_find(host, '@') == host.len &&
	    !msmtprc_file_has(account, MSMTPRC_PASSWORD) &&
	    !msmtprc_file_has(account, MSMTPRC_PASSWORDEVAL) &&
	    !msmtprc_file_is(account, MSMTPRC_AUTH, "external") &&
	    !msmtprc_file_is(account, MSMTPRC_AUTH, "gssapi");
}

/* Whether ~/.netrc, which smtpost reads too, has the password. */
static bool
has_netrc(const struct msmtprc_account *account)
{
	char *home = identity_home(), *path;
	struct buf netrc = {.max = NETRC_MAX}, password = {0};
	struct error ignored;
	bool found;

	if (home == NULL)
		return false;
	path = file_path_in(home, ".netrc");
	found = file_read_path(
		    path, FILE_PRIVATE, &netrc, ERROR_CONFIG, &ignored) &&
	    netrc_find(buf_span(&netrc),
		msmtprc_file_value(account, MSMTPRC_HOST),
		msmtprc_file_value(account, MSMTPRC_USER), &password);
	buf_wipe(&password);
	buf_wipe(&netrc);
	free(path);
	free(home);
	return found;
}

void
msmtprc_login_make_user(
    const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	msmtprc_setting_copy(account, MSMTPRC_USER, setting);
	if (!has_token(account) && has_keyring(account) && has_netrc(account))
		setting->comment = "user: smtpost takes the password from "
				   "~/.netrc, as msmtp does";
}

static void
add_keyring(
    const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	enum msmtprc_key key = msmtprc_file_has(account, MSMTPRC_HOST)
	    ? MSMTPRC_HOST
	    : MSMTPRC_SOCKET;
	char *host = span_copy(msmtprc_file_value(account, key));
	char *user =
	    span_copy(msmtprc_setting_take(account, MSMTPRC_USER, setting));
	struct buf command = {0};

	msmtprc_setting_take(account, MSMTPRC_AUTH, setting);
	buf_add_text(&command, "secret-tool lookup host ");
	shell_word_add(&command, host);
	buf_add_text(&command, " service smtp user ");
	shell_word_add(&command, user);
	setting->value = buf_take_text(&command);
	setting->comment =
	    "password: msmtp looks for it in this keyring, in ~/.netrc and in "
	    "/etc/netrc, then asks on the terminal; if it is not in the "
	    "keyring, remove the line with secret-tool: smtpost then reads "
	    "~/.netrc, or asks on the terminal; it does not read /etc/netrc";
	free(host);
	free(user);
}

static void
make_command(
    const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	if (!msmtprc_login_has_user(account))
		return;
	/* msmtp does not run the command if there is a password. */
	if (msmtprc_file_has(account, MSMTPRC_PASSWORDEVAL) &&
	    !msmtprc_file_has(account, MSMTPRC_PASSWORD))
		msmtprc_setting_copy(account, MSMTPRC_PASSWORDEVAL, setting);
	else if (has_keyring(account) && !has_netrc(account))
		add_keyring(account, setting);
}

void
msmtprc_login_make_password_command(
    const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	if (!has_token(account))
		make_command(account, setting);
}

void
msmtprc_login_make_token_command(
    const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	if (has_token(account))
		make_command(account, setting);
}

void
msmtprc_login_make_password(
    const struct msmtprc_account *account, struct msmtprc_setting *setting)
{
	if (!has_token(account) && msmtprc_login_has_user(account))
		msmtprc_setting_copy(account, MSMTPRC_PASSWORD, setting);
}
