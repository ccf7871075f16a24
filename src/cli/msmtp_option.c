/*
 * The table of msmtp's options. A value means here what it means to msmtp 1.8,
 * except that TLS stays required unless --tls=off is given, and that the
 * default port is ours.
 */
#include "cli/msmtp_option.h"

#include <string.h>

#include "profile/mechanism.h"
#include "profile/setting_table.h"

#define SECONDS_MAX ((uint64_t)365 * 24 * 3600)
#define FIELD(member) offsetof(struct options, member)

/* Mechanisms that msmtp has and smtpost has not. */
static const struct {
	const char *name, *why;
} missing_mechanisms[] = {
    {"digest-md5", "DIGEST-MD5 is obsolete (RFC 6331)"},
    {"gssapi", "smtpost has no Kerberos"},
    {"ntlm", "NTLM is broken, and smtpost does not have it"},
};

/* Reads "on", "off" or no value, which means "on". */
static bool
take_switch(enum msmtp_switch *field, const char *option, const char *value,
    struct error *err)
{
	if (value == NULL || strcmp(value, "on") == 0)
		*field = MSMTP_SWITCH_ON;
	else if (strcmp(value, "off") == 0)
		*field = MSMTP_SWITCH_OFF;
	else
		return options_refuse(option, value, "neither on nor off", err);
	return true;
}

static bool
take_tls(struct options *options, const char *value, struct error *err)
{
	return take_switch(&options->msmtp.tls, "--tls=", value, err);
}

static bool
take_starttls(struct options *options, const char *value, struct error *err)
{
	return take_switch(
	    &options->msmtp.starttls, "--tls-starttls=", value, err);
}

static bool
take_certcheck(struct options *options, const char *value, struct error *err)
{
	enum msmtp_switch check = MSMTP_SWITCH_NONE;

	(void)options;
	if (!take_switch(&check, "--tls-certcheck=", value, err))
		return false;
	return check == MSMTP_SWITCH_ON ||
	    error_set(err, ERROR_USAGE,
		"cannot use --tls-certcheck=off: smtpost always checks "
		"certificates\n"
		"hint: to trust the certificate of one server, run "
		"--server-info, and pass the tls-pin that it prints with "
		"--set tls-trust=pin --set tls-pin=sha256:DIGEST");
}

static bool
take_fingerprint(struct options *options, const char *value, struct error *err)
{
	(void)options;
	(void)value;
	return error_set(err, ERROR_USAGE,
	    "cannot use --tls-fingerprint: smtpost pins the public key, not "
	    "the certificate\n"
	    "hint: run --server-info, and pass the tls-pin that it prints with "
	    "--set tls-pin=sha256:DIGEST");
}

static bool
take_user(struct options *options, const char *value, struct error *err)
{
	return options_set(options, "user", value, "--user", err);
}

static bool
take_domain(struct options *options, const char *value, struct error *err)
{
	return options_set(options, "ehlo-name", value, "--domain", err);
}

static bool
take_trust_file(struct options *options, const char *value, struct error *err)
{
	return options_set(
	    options, "tls-trust", value, "--tls-trust-file", err);
}

static bool
take_auth(struct options *options, const char *value, struct error *err)
{
	const char *auth = value == NULL || value[0] == '\0' ? "on" : value;

	for (size_t i = 0;
	     i < sizeof(missing_mechanisms) / sizeof(missing_mechanisms[0]);
	     i++)
		if (span_equal_nocase(
			span_from(auth), span_from(missing_mechanisms[i].name)))
			return options_refuse(
			    "--auth=", auth, missing_mechanisms[i].why, err);
	if (strcmp(auth, "on") == 0)
		options->msmtp.auth = "auto";
	else if (strcmp(auth, "off") == 0)
		options->msmtp.auth = "none";
	else if (mechanism_find(span_from(auth)) != NULL)
		options->msmtp.auth = auth;
	else
		return options_refuse("--auth=", auth,
		    "neither on nor off nor a mechanism such as plain", err);
	return true;
}

/*
 * The limit is for the connection, too. "off" means the limits of RFC 5321,
 * because a mail without any could wait for ever.
 */
static bool
take_timeout(struct options *options, const char *value, struct error *err)
{
	const struct span connect = SPAN("timeout-connect");
	struct buf time = {0};
	uint64_t seconds = 0;
	bool done;

	if (strcmp(value, "off") != 0 &&
	    (!span_number(span_from(value), SECONDS_MAX, &seconds) ||
		seconds == 0))
		return options_refuse("--timeout=", value,
		    "neither off nor a number of seconds", err);
	buf_add_format(&time, "%llus", (unsigned long long)seconds);
	done = options_set(
		   options, "timeout", buf_text(&time), "--timeout", err) &&
	    options_set(options, "timeout-connect",
		seconds > 0 ? buf_text(&time)
			    : setting_table_find(connect)->standard,
		"--timeout", err);
	buf_free(&time);
	return done;
}

/* Ignores the value, which meant something to sendmail -d. */
static bool
take_debug(struct options *options, const char *value, struct error *err)
{
	(void)value;
	(void)err;
	options->verbose++;
	return true;
}

/* clang-format off */
static const struct option options_of_msmtp[] = {
    {0, "file", ARGUMENT_WORD, NULL, NULL, PROFILE_MODES, 0,
	.field = FIELD(config)},
    {0, "host", ARGUMENT_WORD, NULL, NULL, PROFILE_MODES, 0,
	.field = FIELD(msmtp.host)},
    {0, "port", ARGUMENT_WORD, NULL, NULL, PROFILE_MODES, 0,
	.field = FIELD(msmtp.port)},
    {0, "tls", ARGUMENT_OPTIONAL, NULL, NULL, PROFILE_MODES, 0,
	.take = take_tls},
    {0, "tls-starttls", ARGUMENT_OPTIONAL, NULL, NULL, PROFILE_MODES, 0,
	.take = take_starttls},
    {0, "tls-trust-file", ARGUMENT_WORD, NULL, NULL, PROFILE_MODES, 0,
	.take = take_trust_file},
    {0, "tls-certcheck", ARGUMENT_OPTIONAL, NULL, NULL, PROFILE_MODES, 0,
	.take = take_certcheck},
    {0, "tls-fingerprint", ARGUMENT_WORD, NULL, NULL, PROFILE_MODES, 0,
	.take = take_fingerprint},
    {0, "auth", ARGUMENT_OPTIONAL, NULL, NULL, PROFILE_MODES, 0,
	.take = take_auth},
    {0, "user", ARGUMENT_WORD, NULL, NULL, PROFILE_MODES, 0,
	.take = take_user},
    {0, "passwordeval", ARGUMENT_WORD, NULL, NULL, PROFILE_MODES, 0,
	.field = FIELD(msmtp.password_command)},
    {0, "domain", ARGUMENT_WORD, NULL, NULL, PROFILE_MODES, 0,
	.take = take_domain},
    {0, "timeout", ARGUMENT_WORD, NULL, NULL, PROFILE_MODES, 0,
	.take = take_timeout},
    {0, "read-envelope-from", ARGUMENT_NONE, NULL, NULL, MESSAGE_MODES, 0,
	.field = FIELD(read_envelope_from)},
    {0, "serverinfo", ARGUMENT_NONE, NULL, NULL, MODE_BIT(MODE_SERVER_INFO), 0,
	.selects = MODE_BIT(MODE_SERVER_INFO)},
    {0, "pretend", ARGUMENT_NONE, NULL, NULL, MODE_BIT(MODE_DRY_RUN), 0,
	.selects = MODE_BIT(MODE_DRY_RUN)},
    {0, "debug", ARGUMENT_OPTIONAL, NULL, NULL, EVERY_MODE, 0,
	.take = take_debug},
};
/* clang-format on */

const struct option *
msmtp_option_find(struct span name)
{
	for (size_t i = 0;
	     i < sizeof(options_of_msmtp) / sizeof(options_of_msmtp[0]); i++)
		if (span_equal(name, span_from(options_of_msmtp[i].name)))
			return &options_of_msmtp[i];
	return NULL;
}

void
msmtp_option_consider(struct nearest *nearest)
{
	for (size_t i = 0;
	     i < sizeof(options_of_msmtp) / sizeof(options_of_msmtp[0]); i++)
		nearest_consider(nearest, options_of_msmtp[i].name);
}

static bool
add_server(struct options *options, struct error *err)
{
	struct buf url = {0};
	bool done;

	if (options->msmtp.host != NULL && options->has_server)
		return error_set(err, ERROR_USAGE,
		    "cannot use --host: the call names another server too");
	done = msmtp_account_add_server(&options->msmtp, &url, err) &&
	    options_set(options, "server", buf_text(&url), "--host", err);
	buf_free(&url);
	return done;
}

static bool
add_password_command(struct options *options, struct error *err)
{
	return options_set(options,
	    msmtp_account_has_token(&options->msmtp) ? "token-command"
						     : "password-command",
	    options->msmtp.password_command, "--passwordeval", err);
}

/*
 * The server of --host has TLS unless --tls=off or --set say otherwise: what a
 * profile says about TLS is about another server.
 */
static bool
add_tls(struct options *options, struct error *err)
{
	const struct msmtp_account *msmtp = &options->msmtp;

	if (msmtp->tls != MSMTP_SWITCH_NONE)
		return options_set(options, "tls",
		    msmtp->tls == MSMTP_SWITCH_OFF ? "none" : "required",
		    "--tls", err);
	return msmtp->host == NULL || options_sets(options, SPAN("tls")) ||
	    options_set(options, "tls", "required", "--host", err);
}

/* msmtp prints nothing after a success. --report and --set report= win. */
static bool
add_report(struct options *options, struct error *err)
{
	return options->mode != MODE_SUBMIT ||
	    options_sets(options, SPAN("report")) ||
	    options_set(options, "report", "none", "option of msmtp", err);
}

bool
msmtp_option_finish(struct options *options, struct error *err)
{
	const struct msmtp_account *msmtp = &options->msmtp;

	if (!msmtp->is_given)
		return true;
	if (options->from != NULL && options->read_envelope_from > 0)
		return error_set(err, ERROR_USAGE,
		    "cannot use both -f and --read-envelope-from");
	return ((msmtp->host == NULL && msmtp->port == NULL &&
		    msmtp->starttls == MSMTP_SWITCH_NONE) ||
		   add_server(options, err)) &&
	    add_tls(options, err) &&
	    (msmtp->auth == NULL ||
		options_set(options, "auth", msmtp->auth, "--auth", err)) &&
	    (msmtp->password_command == NULL ||
		add_password_command(options, err)) &&
	    add_report(options, err);
}
