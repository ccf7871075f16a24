/*
 * Makes the URL of a server from msmtp's options. The URL never turns TLS off;
 * only the setting `tls` does.
 */
#include "cli/msmtp_account.h"

#include <stdlib.h>
#include <string.h>

#include "net/host_name.h"
#include "profile/mechanism.h"
#include "profile/server_url.h"

/*
 * The login of a profile is for the profile's port and TLS mode alone. With
 * another port it would be dropped, so the mail would go without a login.
 */
static bool
refuse_without_host(const struct msmtp_account *account, struct error *err)
{
	return error_set(err, ERROR_USAGE,
	    "cannot use %s without --host: smtpost cannot replace a part of "
	    "a profile's server\n"
	    "hint: --server names the whole server: smtp://HOST:PORT with "
	    "STARTTLS, smtps://HOST:PORT with TLS from the start",
	    account->port != NULL ? "--port" : "--tls-starttls");
}

/* The port is not shown: what is in its place could be a password. */
static bool
read_port(const char *text, uint64_t *port, struct error *err)
{
	return (span_number(span_from(text), 65535, port) && *port > 0) ||
	    error_set(err, ERROR_USAGE,
		"cannot use --port: not a number from 1 to 65535");
}

bool
msmtp_account_add_server(
    const struct msmtp_account *account, struct buf *url, struct error *err)
{
	/* As msmtp, ignore --tls-starttls where there is no TLS. */
	bool is_immediate = account->starttls == MSMTP_SWITCH_OFF &&
	    account->tls != MSMTP_SWITCH_OFF;
	uint64_t port = is_immediate ? 465 : 587;
	char *host = NULL;

	if (account->host == NULL)
		return refuse_without_host(account, err);
	if (account->port != NULL && !read_port(account->port, &port, err))
		return false;
	if (server_urls_are_clean(span_from(account->host), err))
		host = host_name_parse(span_from(account->host), err);
	if (host == NULL) {
		err->kind = ERROR_USAGE;
		error_add(err, " (in --host)");
		return false;
	}
	server_url_add(url, is_immediate ? SCHEME_SMTPS : SCHEME_SMTP, host,
	    (unsigned short)port);
	free(host);
	return true;
}

static bool
takes(const struct msmtp_account *account, enum credential credential)
{
	const struct mechanism *mechanism = account->auth != NULL
	    ? mechanism_find(span_from(account->auth))
	    : NULL;

	return mechanism != NULL && mechanism->credential == credential;
}

bool
msmtp_account_has_token(const struct msmtp_account *account)
{
	return takes(account, CREDENTIAL_TOKEN);
}

bool
msmtp_account_check_user(const struct msmtp_account *account,
    const struct profile *profile, struct error *err)
{
	return account->auth == NULL || strcmp(account->auth, "none") == 0 ||
	    profile->user != NULL || takes(account, CREDENTIAL_CERTIFICATE) ||
	    error_set(err, ERROR_CONFIG,
		"cannot log in as --auth asks: no user is set\n"
		"hint: --user names one; the user of a profile is only for "
		"its own server");
}
