/*
 * Checks settings against each other; each by itself is already known to be
 * valid. The files needed for TLS are also checked, before any connection.
 */
#include "profile/profile_check.h"

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "address/domain.h"
#include "base/buf.h"
#include "base/file.h"
#include "profile/identity.h"
#include "profile/mechanism.h"
#include "profile/provider.h"
#include "profile/secret.h"
#include "profile/setting_table.h"
#include "tls/tls_options.h"
#include "tls/token_key.h"

static bool refuse(const struct profile *profile, struct error *err,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Says why the profile cannot be used. Always false. */
static bool
refuse(
    const struct profile *profile, struct error *err, const char *format, ...)
{
	struct buf why = {0};
	va_list arguments;

	va_start(arguments, format);
	buf_add_arguments(&why, format, arguments);
	va_end(arguments);
	error_set(err, ERROR_CONFIG, "cannot use profile \"%s\": %s",
	    profile->name, buf_text(&why));
	buf_free(&why);
	return false;
}

bool
profile_check_trusts_pin_alone(const struct profile *profile)
{
	return profile->tls_trust != NULL &&
	    strcmp(profile->tls_trust, "pin") == 0;
}

/*
 * A file that a connection needs must be readable beforehand. It is checked
 * again when it is opened.
 */
static bool
check_file(const char *what, const char *path, enum file_trust trust,
    struct error *err)
{
	struct stat status;

	if (stat(path, &status) < 0 || access(path, R_OK) < 0)
		return error_set(err, ERROR_CONFIG, "cannot read %s in %s: %s",
		    what, path, strerror(errno));
	if (trust == FILE_OWN && !S_ISREG(status.st_mode))
		return error_set(err, ERROR_CONFIG,
		    "cannot read %s in %s: not a regular file", what, path);
	return file_status_is_trusted(&status, path, trust, ERROR_CONFIG, err);
}

/* Whether the folder and every regular file in it can be trusted. */
static bool
check_folder(const char *what, const char *path, struct error *err)
{
	DIR *folder;
	const struct dirent *found;
	bool done = check_file(what, path, FILE_FOLDER, err);

	if (!done)
		return false;
	folder = opendir(path);
	if (folder == NULL)
		return error_set(err, ERROR_CONFIG, "cannot read %s in %s: %s",
		    what, path, strerror(errno));
	while (done && (found = readdir(folder)) != NULL) {
		char *file = file_path_in(path, found->d_name);
		struct stat status;

		if (stat(file, &status) == 0 && S_ISREG(status.st_mode))
			done = file_status_is_trusted(
			    &status, file, FILE_OWN, ERROR_CONFIG, err);
		free(file);
	}
	closedir(folder);
	return done;
}

bool
profile_check_verifies(const struct profile *profile)
{
	return profile->tls == TLS_POLICY_REQUIRED ||
	    (profile->tls == TLS_POLICY_OPPORTUNISTIC &&
		(secret_is_wanted(profile) || profile_is_direct(profile)));
}

static const char trusted[] = "the certificates to trust";

/* The file that this setting names; NULL: none. */
static bool
check_trust_file(const char *path, struct span setting, struct error *err)
{
	if (path == NULL || check_file(trusted, path, FILE_OWN, err))
		return true;
	setting_hint_word(
	    span_from(path), setting_table_find(setting)->words, err);
	return false;
}

static bool
check_trust(const struct profile *profile, struct error *err)
{
	if (!profile_check_trusts_pin_alone(profile) &&
	    !check_trust_file(profile->tls_trust, SPAN("tls-trust"), err))
		return false;
	if (profile->trust_file != NULL &&
	    !check_file(trusted, profile->trust_file, FILE_OWN, err)) {
		error_add(err, "\nhint: SSL_CERT_FILE names it");
		return false;
	}
	if (profile->trust_folder != NULL &&
	    !check_folder(trusted, profile->trust_folder, err)) {
		error_add(err, "\nhint: SSL_CERT_DIR names it");
		return false;
	}
	if (profile->tls_crl == NULL)
		return true;
	/* A user who sets tls-crl expects it to be used. */
	if (profile_check_trusts_pin_alone(profile) ||
	    !profile_check_verifies(profile))
		return refuse(profile, err, "tls-crl has no effect with %s",
		    profile_check_trusts_pin_alone(profile)
			? "tls-trust = pin"
			: "tls = opportunistic and no login");
	return check_file(
	    "the revocation lists", profile->tls_crl, FILE_OWN, err);
}

static bool
check_pins(const struct profile *profile, struct error *err)
{
	if (profile_check_trusts_pin_alone(profile) &&
	    profile->tls_pin.count == 0)
		return refuse(profile, err,
		    "tls-trust = pin needs tls-pin = sha256:DIGEST");
	/* A user who pins a key expects it to be checked. */
	if (profile->tls_pin.count > 0 && !profile_check_verifies(profile))
		return refuse(profile, err,
		    "tls-pin has no effect with tls = opportunistic and no "
		    "login");
	return true;
}

static bool
check_priority(const struct profile *profile, struct error *err)
{
	struct tls_options options = {.verify = true,
	    .only_tls13 = profile->tls_min == TLS_MIN_1_3,
	    .priority = profile->tls_priority};
	struct tls_failure failure;

	if (profile->tls_priority == NULL ||
	    tls_options_check_priority(&options, &failure))
		return true;
	return error_set(
	    err, ERROR_CONFIG, "cannot use tls-priority: %s", failure.text);
}

static bool
check_tls(const struct profile *profile, struct error *err)
{
	return profile->tls == TLS_POLICY_NONE ||
	    (check_trust(profile, err) && check_pins(profile, err) &&
		check_priority(profile, err));
}

/* Refuses a secret without a user: it would not be used. */
static bool
check_user(const struct profile *profile, struct error *err)
{
	bool has_password = profile->password.len > 0 ||
	    profile->password_command != NULL ||
	    profile->password_file != NULL || profile->password_fd >= 0;
	bool wants_none = profile->auth.count == 1 &&
	    span_equal_nocase(span_from(profile->auth.names[0]), SPAN("none"));

	if ((!has_password && !profile_has_token(profile)) ||
	    profile->user != NULL || wants_none || profile->is_redirected)
		return true;
	return refuse(profile, err,
	    "it has a %s but no user\n"
	    "hint: set user, or auth = none",
	    has_password ? "password" : "token");
}

/* Whether auth names a mechanism that takes this credential. */
static bool
has_mechanism(const struct profile *profile, enum credential credential)
{
	for (size_t i = 0; i < profile->auth.count; i++) {
		const struct mechanism *mechanism =
		    mechanism_find(span_from(profile->auth.names[i]));

		if (mechanism != NULL && mechanism->credential == credential)
			return true;
	}
	return false;
}

/* If auth names mechanisms, one of them must take the secret. */
static bool
check_mechanisms(const struct profile *profile, struct error *err)
{
	bool has_external = has_mechanism(profile, CREDENTIAL_CERTIFICATE);

	if (has_external && profile->tls_cert == NULL &&
	    !profile->is_redirected)
		return refuse(profile, err, "EXTERNAL needs tls-cert");
	if (profile->auth.count == 0 || has_external ||
	    !secret_is_wanted(profile))
		return true;
	if (profile_has_token(profile) &&
	    !has_mechanism(profile, CREDENTIAL_TOKEN))
		return refuse(profile, err,
		    "it has a token, but auth names no mechanism that takes "
		    "one\n"
		    "hint: auth = auto, or OAUTHBEARER, XOAUTH2");
	if (!profile_has_token(profile) &&
	    !has_mechanism(profile, CREDENTIAL_PASSWORD))
		return refuse(profile, err,
		    "%s takes a token, not a password\n"
		    "hint: set oauth or token-command",
		    profile->auth.names[0]);
	return true;
}

static bool
check_certificate(const struct profile *profile, struct error *err)
{
	struct tls_options options = {.client_certificate = profile->tls_cert,
	    .client_key = profile->tls_key};
	struct tls_failure failure;

	if (profile->tls_key != NULL && profile->tls_cert == NULL)
		return refuse(profile, err, "it has tls-key but no tls-cert");
	if (profile->tls_cert != NULL && profile->tls_key != NULL &&
	    token_key_is_url(span_from(profile->tls_cert)) &&
	    !token_key_is_url(span_from(profile->tls_key)))
		return refuse(profile, err,
		    "its tls-cert is in a token, but its tls-key is not\n"
		    "hint: name the key in the token, or both in files");
	if (profile->tls_cert == NULL || profile->tls == TLS_POLICY_NONE ||
	    tls_options_check_client_certificate(&options, &failure))
		return true;
	return error_set(err, ERROR_CONFIG, "%s", failure.text);
}

/* The tenant that `oauth` names after a colon; empty: none. */
static struct span
tenant_of(const struct oauth_settings *oauth)
{
	struct span service = span_from(oauth->service), tenant = {0};

	if (!span_starts(service, SPAN("https:")))
		tenant = span_skip(service, span_find(service, ':') + 1);
	return tenant;
}

/*
 * Settings that contradict each other, and the file of oauth-tls-trust;
 * oauth/oauth_client.h checks what the service needs. Without `oauth` they mean
 * nothing: they may be defaults that another profile uses.
 */
static bool
check_oauth(const struct profile *profile, struct error *err)
{
	const struct oauth_settings *oauth = &profile->oauth;
	bool has_command =
	    oauth->read_command != NULL || oauth->write_command != NULL;

	if (oauth->service == NULL)
		return true;
	if (oauth->client_secret.len > 0 && oauth->client_secret_file != NULL)
		return refuse(profile, err,
		    "it has oauth-client-secret and oauth-client-secret-file");
	if (oauth->tenant != NULL && tenant_of(oauth).len > 0 &&
	    !span_equal_nocase(tenant_of(oauth), span_from(oauth->tenant)))
		return refuse(profile, err,
		    "oauth = %s contradicts oauth-tenant = %s", oauth->service,
		    oauth->tenant);
	if (oauth->store == OAUTH_STORE_FILE && has_command)
		return refuse(profile, err,
		    "%s has no effect with oauth-store = file\n"
		    "hint: set oauth-store = command",
		    oauth->read_command != NULL ? "oauth-read-command"
						: "oauth-write-command");
	if (oauth->store == OAUTH_STORE_COMMAND &&
	    (oauth->read_command == NULL || oauth->write_command == NULL))
		return refuse(profile, err,
		    "oauth-store = command needs oauth-read-command and "
		    "oauth-write-command");
	return check_trust_file(oauth->tls_trust, SPAN("oauth-tls-trust"), err);
}

/*
 * A token without TLS is stolen by whoever listens (RFC 6750 section 5.2), so
 * such a login ends before a token is fetched. At a server on this host nobody
 * listens.
 */
static bool
check_oauth_server(const struct profile *profile, const struct server *server,
    struct error *err)
{
	if (profile->oauth.service == NULL || profile->tls != TLS_POLICY_NONE ||
	    server_url_is_here(server))
		return true;
	return refuse(profile, err,
	    "oauth needs TLS, so tls = none contradicts it\n"
	    "hint: set tls = required");
}

static bool
check_login(const struct profile *profile, struct error *err)
{
	return check_user(profile, err) && check_mechanisms(profile, err) &&
	    check_certificate(profile, err) && check_oauth(profile, err);
}

/* Refuses a source of the proxy's password that would not be used. */
static bool
check_proxy_password(const struct profile *profile, struct error *err)
{
	const struct network *network = &profile->network;
	const char *source = network->proxy_password_command != NULL
	    ? "proxy-password-command"
	    : "proxy-password-file";

	if (network->proxy_password_command == NULL &&
	    network->proxy_password_file == NULL)
		return true;
	if (network->proxy_password_command != NULL &&
	    network->proxy_password_file != NULL)
		return refuse(profile, err,
		    "proxy-password-command contradicts proxy-password-file");
	if (network->proxy.user == NULL)
		return refuse(profile, err,
		    "it has a %s but no user of a proxy\n"
		    "hint: proxy = http://USER@HOST:PORT",
		    source);
	return network->proxy.password.len == 0 ||
	    refuse(
		profile, err, "%s contradicts the password in proxy", source);
}

/* A single source address decides the family. */
static bool
check_network(const struct profile *profile, struct error *err)
{
	const char *source = profile->network.sources.count == 1
	    ? profile->network.sources.names[0]
	    : NULL;

	if (!check_proxy_password(profile, err))
		return false;
	if (source == NULL || profile->network.ip == IP_ANY ||
	    (profile->network.ip == IP_SIX) == (strchr(source, ':') != NULL))
		return true;
	return refuse(profile, err, "ip = %s contradicts source-address = %s",
	    profile->network.ip == IP_SIX ? "6" : "4", source);
}

static bool
check_server(const struct profile *profile, const struct server *server,
    struct error *err)
{
	if (profile->tls == TLS_POLICY_NONE && server->scheme == SCHEME_SMTPS)
		return refuse(
		    profile, err, "tls = none contradicts %s", server->url);
	/* Only the certificate shows that the SRV record is not forged. */
	if (profile->tls != TLS_POLICY_REQUIRED && server->scheme == SCHEME_SRV)
		return refuse(
		    profile, err, "%s needs tls = required", server->url);
	if (network_has_proxy(&profile->network) &&
	    server->scheme == SCHEME_SRV)
		return refuse(profile, err,
		    "a proxy cannot look up %s\n"
		    "hint: server = smtps://HOST",
		    server->url);
	/* RFC 2033 section 5: LMTP must not be used on port 25. */
	if (server->scheme == SCHEME_LMTP && server->port == 25)
		return refuse(profile, err,
		    "port 25 is not for LMTP\n"
		    "hint: set smtp://HOST:25, or another port for LMTP");
	return true;
}

/* What a profile with server = mx: must not have. NULL: nothing. */
static const char *
find_misfit(const struct profile *profile)
{
	bool wants_login = profile->auth.count > 0 &&
	    !span_equal_nocase(span_from(profile->auth.names[0]), SPAN("none"));
	const struct {
		const char *setting;
		bool is_set;
	} misfits[] = {
	    {"user", profile->user != NULL},
	    {"password", profile->password.len > 0},
	    {"password-command", profile->password_command != NULL},
	    {"password-file", profile->password_file != NULL},
	    {"password-fd", profile->password_fd >= 0},
	    {"token-command", profile->token_command != NULL},
	    {"oauth", profile->oauth.service != NULL},
	    {"auth", wants_login},
	    {"proxy", network_has_proxy(&profile->network)},
	    {"tls-host", profile->tls_host != NULL},
	    {"tls-pin", profile->tls_pin.count > 0},
	    /* It would tell strangers who sends. */
	    {"tls-cert", profile->tls_cert != NULL},
	    {"tls-key", profile->tls_key != NULL},
	};

	for (size_t i = 0; i < sizeof(misfits) / sizeof(misfits[0]); i++)
		if (misfits[i].is_set)
			return misfits[i].setting;
	return NULL;
}

/* Whether it is a name that other machines may know. */
static bool
is_public_name(const char *name)
{
	static const char *const own[] = {
	    "localhost", "localdomain", "local", "invalid"};

	if (name == NULL || !domain_is_fqdn(span_from(name)))
		return false;
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (domain_is_in(span_from(name), span_from(own[i])))
			return false;
	return true;
}

/*
 * With mx:, the servers belong to the recipients: no login, pin or proxy can be
 * meant for all of them. They judge a client by its name (RFC 5321 section
 * 4.1.4), so that has to be a full one.
 */
static bool
check_direct(const struct profile *profile, struct error *err)
{
	const char *misfit = find_misfit(profile);

	for (size_t i = 0; i < profile->server_count; i++)
		if (profile->servers[i].scheme == SCHEME_MX &&
		    profile->server_count > 1)
			return refuse(profile, err,
			    "server = mx: cannot stand beside another server\n"
			    "hint: write a profile of its own for mx:");
	if (!profile_is_direct(profile))
		return true;
	if (misfit != NULL)
		return refuse(profile, err,
		    "%s contradicts server = mx:, which delivers to the "
		    "servers of each recipient\n"
		    "hint: remove %s, or name a server: server = smtps://HOST",
		    misfit, misfit);
	if (profile->partial == PARTIAL_ALL_OR_NOTHING)
		return refuse(profile, err,
		    "partial = all-or-nothing contradicts server = mx:, "
		    "because each domain has servers of its own\n"
		    "hint: partial = best-effort");
	if (!is_public_name(profile->ehlo_name))
		return refuse(profile, err,
		    "server = mx: needs an ehlo-name that other machines know, "
		    "with a dot in it\n"
		    "hint: set ehlo-name to the name that the address of this "
		    "machine has in the DNS");
	return true;
}

/* The user of a TCP client is not known: `own` and a map need it. */
static bool
check_clients(const struct profile *profile, struct error *err)
{
	const struct name_list *allowed = &profile->clients.senders;
	const char *needs_user = NULL;

	if (profile->clients.tcp == TCP_CLIENTS_NONE)
		return true;
	if (profile->clients.sender_map != NULL)
		needs_user = "FILE";
	for (size_t i = 0; i < allowed->count; i++)
		if (span_equal_nocase(
			span_from(allowed->names[i]), SPAN("own")))
			needs_user = "own";
	if (needs_user == NULL)
		return true;
	return refuse(profile, err,
	    "allow-senders = %s contradicts tcp-clients = loopback, because "
	    "the user of a TCP client is not known\n"
	    "hint: name the senders, as in allow-senders = *@example.com",
	    needs_user);
}

/* Without a selector, the other settings of DKIM would have no effect. */
static bool
check_dkim(const struct profile *profile, struct error *err)
{
	const struct dkim_settings *dkim = &profile->dkim;

	if (dkim->keys.count == 0 || dkim->keys.count == dkim->selectors.count)
		return true;
	if (dkim->selectors.count == 0)
		return refuse(
		    profile, err, "it has dkim-key but no dkim-selector");
	return refuse(profile, err,
	    "each file in dkim-key needs a name in dkim-selector, but they "
	    "have %zu and %zu",
	    dkim->keys.count, dkim->selectors.count);
}

bool
profile_check(const struct profile *profile, struct error *err)
{
	if (profile->server_count == 0)
		return refuse(profile, err,
		    "it has no server\n"
		    "hint: server = smtps://HOST or smtp://HOST");
	if (!check_direct(profile, err))
		return false;
	for (size_t i = 0; i < profile->server_count; i++)
		if (!check_server(profile, &profile->servers[i], err) ||
		    !check_oauth_server(profile, &profile->servers[i], err))
			return false;
	return check_login(profile, err) && provider_check(profile, err) &&
	    check_tls(profile, err) && check_network(profile, err) &&
	    check_clients(profile, err) && check_dkim(profile, err);
}
