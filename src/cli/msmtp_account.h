/* The server and the login that several options of msmtp describe together. */
#ifndef CLI_MSMTP_ACCOUNT_H
#define CLI_MSMTP_ACCOUNT_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "profile/profile.h"

enum msmtp_switch {
	MSMTP_SWITCH_NONE, /* not given */
	MSMTP_SWITCH_ON,
	MSMTP_SWITCH_OFF,
};

/* Texts are borrowed from argv; NULL: not given. */
struct msmtp_account {
	bool is_given; /* an option that msmtp has and smtpost has not */
	const char *host, *port;
	enum msmtp_switch tls, starttls;
	const char *auth; /* auto, none or a mechanism: our setting */
	const char *password_command; /* --passwordeval */
};

/*
 * Adds the URL of the server: smtps:// where TLS begins at once, else smtp://,
 * with our port unless one was given. False with ERROR_USAGE.
 */
bool msmtp_account_add_server(
    const struct msmtp_account *account, struct buf *url, struct error *err);
/* Whether the command prints a token: the mechanism takes one. */
bool msmtp_account_has_token(const struct msmtp_account *account);
/* Checks that there is a user if --auth asks for a login: ERROR_CONFIG. */
bool msmtp_account_check_user(const struct msmtp_account *account,
    const struct profile *profile, struct error *err);

#endif
