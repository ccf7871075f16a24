#include "profile/login_check.h"

#include "net/tls.h"
#include "profile/mechanism.h"
#include "profile/secret.h"

/* A secret that nobody uses: mail would go without the login meant. */
static bool
check_user(const struct profile *profile, struct error *err)
{
	bool has_password = profile->password.len > 0 ||
	    profile->password_command != NULL ||
	    profile->password_file != NULL || profile->password_fd >= 0;
	bool wants_none = profile->auth.count == 1 &&
	    span_equal_nocase(
		span_from(profile->auth.names[0]), SPAN("none"));

	if ((!has_password && profile->token_command == NULL) ||
	    profile->user != NULL || wants_none || profile->is_redirected)
		return true;
	return error_set(err, ERROR_CONFIG,
	    "cannot use profile \"%s\": it has a %s and no user\n"
	    "hint: set user, or auth = none",
	    profile->name, has_password ? "password" : "token");
}

/* Whether one of the mechanisms that are named takes that. */
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

/* A list of mechanisms has one for the secret that there is. */
static bool
check_mechanisms(const struct profile *profile, struct error *err)
{
	bool has_external = has_mechanism(profile, CREDENTIAL_CERTIFICATE);

	if (has_external && profile->tls_cert == NULL &&
	    !profile->is_redirected)
		return error_set(err, ERROR_CONFIG,
		    "cannot use profile \"%s\": EXTERNAL needs tls-cert",
		    profile->name);
	if (profile->auth.count == 0 || has_external ||
	    !secret_is_wanted(profile))
		return true;
	if (profile->token_command != NULL &&
	    !has_mechanism(profile, CREDENTIAL_TOKEN))
		return error_set(err, ERROR_CONFIG,
		    "cannot use profile \"%s\": it has a token, and auth "
		    "names no mechanism that takes one\n"
		    "hint: auth = auto, or OAUTHBEARER, XOAUTH2",
		    profile->name);
	if (profile->token_command == NULL &&
	    !has_mechanism(profile, CREDENTIAL_PASSWORD))
		return error_set(err, ERROR_CONFIG,
		    "cannot use profile \"%s\": %s takes a token, not a "
		    "password\nhint: set token-command",
		    profile->name, profile->auth.names[0]);
	return true;
}

static bool
check_certificate(const struct profile *profile, struct error *err)
{
	struct tls_options options = {
	    .client_certificate = profile->tls_cert,
	    .client_key = profile->tls_key};
	struct tls_failure failure;

	if (profile->tls_key != NULL && profile->tls_cert == NULL)
		return error_set(err, ERROR_CONFIG,
		    "cannot use profile \"%s\": it has tls-key and no "
		    "tls-cert",
		    profile->name);
	if (profile->tls_cert == NULL || profile->tls == TLS_POLICY_NONE ||
	    tls_client_certificate_check(&options, &failure))
		return true;
	return error_set(err, ERROR_CONFIG, "%s", failure.text);
}

bool
profile_check_login(const struct profile *profile, struct error *err)
{
	return check_user(profile, err) && check_mechanisms(profile, err) &&
	    check_certificate(profile, err);
}
