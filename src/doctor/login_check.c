/*
 * Judges the one real attempt to log in and to name the sender. An attempt that
 * failed is never repeated: providers lock accounts.
 */
#include "doctor/login_check.h"

#include <inttypes.h>
#include <string.h>

#include "doctor/server_remedy.h"
#include "profile/mechanism.h"
#include "profile/provider.h"
#include "profile/server_url.h"

#define OFFER_ID "auth.offer"
#define LOGIN_ID "auth.login"
#define SENDER_ID "mail.from"

/* The well-known port of servers that take mail from other servers. */
#define PORT_SMTP 25
#define PORT_SUBMISSION 587

static void
skip(struct diagnosis *diagnosis, const char *id, const char *why)
{
	finding_add(&diagnosis->findings, id, SEVERITY_SKIPPED, "%s", why);
}

/* An earlier check says why: one fault has one finding. False: none does. */
static bool
skip_after_failure(struct diagnosis *diagnosis, const char *id)
{
	const char *failed = finding_first_failure(&diagnosis->findings);

	if (failed == NULL)
		return false;
	finding_add_skipped(&diagnosis->findings, id, failed);
	return true;
}

/*
 * An earlier check found why the server refuses the login. The refusal is not
 * reported again. False: none did.
 */
static bool
skip_after_cause(struct diagnosis *diagnosis)
{
	static const char *const causes[] = {"config.provider", "token.shape"};
	struct findings *findings = &diagnosis->findings;

	for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++) {
		if (finding_worst(findings, causes[i]) != SEVERITY_FAILURE)
			continue;
		finding_add_skipped(findings, LOGIN_ID, causes[i]);
		return true;
	}
	return false;
}

/* The size limit is why MAIL was not sent. False: it is not. */
static bool
skip_after_size(struct diagnosis *diagnosis)
{
	struct findings *findings = &diagnosis->findings;

	if (finding_worst(findings, "size") != SEVERITY_FAILURE)
		return false;
	finding_add_skipped(findings, SENDER_ID, "size");
	return true;
}

/* Adds what can be done about it: what the session or the provider knows. */
static void
add_hint(const struct diagnosis *diagnosis, struct finding *finding,
    const struct server *server, const struct outcome *outcome)
{
	const char *hint = provider_advice(diagnosis->profile, server, outcome);

	if (hint != NULL)
		finding_set_hint(finding, "%s", hint);
}

/* A failure with the server's reply, or with a sentence of our own. */
static struct finding *
add_failure(struct diagnosis *diagnosis, const char *id, const char *what)
{
	const struct trial *trial = &diagnosis->trial;
	struct buf reply = {0};
	struct finding *finding;

	reply_add_line(&reply, &trial->outcome.reply);
	finding = finding_add(&diagnosis->findings, id, SEVERITY_FAILURE,
	    "%s: %s", what, buf_text(&reply));
	if (trial->server != NULL)
		finding_set_subject(
		    finding, server_url_authority(trial->server));
	add_hint(diagnosis, finding, trial->server, &trial->outcome);
	buf_free(&reply);
	return finding;
}

/*
 * The attempt ended before the stage that the check is about. False: it did
 * not.
 */
static bool
ended_before(struct diagnosis *diagnosis, const char *id, enum stage stage)
{
	const struct trial *trial = diagnosis_try(diagnosis);

	if (!trial->is_done && trial->unasked != NULL) {
		skip(diagnosis, id, "no mail server was tried, see reach.mx");
		return true;
	}
	if (!trial->is_done) {
		finding_add_unknown(
		    &diagnosis->findings, id, "there is no secret");
		return true;
	}
	if (trial->is_cut) {
		finding_add_unknown(
		    &diagnosis->findings, id, "no time was left");
		return true;
	}
	if (trial->outcome.action == ACTION_RELAYED ||
	    trial->outcome.stage >= stage)
		return false;
	if (!skip_after_failure(diagnosis, id))
		add_failure(diagnosis, id,
		    stage == STAGE_AUTH
			? "a mail would fail before the login"
			: "a mail would fail before its sender is sent");
	return true;
}

/* Adds the names of these mechanisms; false: there is none. */
static bool
add_known(struct buf *names, unsigned offered)
{
	for (size_t i = 0; i < mechanism_count(); i++)
		if (offered & 1U << i)
			buf_add_format(names, "%s%s", names->len > 0 ? " " : "",
			    mechanism_at(i)->name);
	return names->len > 0;
}

static const char *const credential_phrases[] = {
    [CREDENTIAL_PASSWORD] = "there is a password",
    [CREDENTIAL_TOKEN] = "there is a token",
    [CREDENTIAL_CERTIFICATE] = "there is a client certificate",
};

static enum credential
credential_of(const struct secret *secret)
{
	if (secret->token.len > 0)
		return CREDENTIAL_TOKEN;
	return secret->password.len > 0 ? CREDENTIAL_PASSWORD
					: CREDENTIAL_CERTIFICATE;
}

/* Whether it offers a mechanism that auth = auto may choose for the secret. */
static bool
suits_auto(unsigned offered, enum credential credential)
{
	for (size_t i = 0; i < mechanism_count(); i++)
		if (offered & 1U << i &&
		    mechanism_at(i)->traits & MECHANISM_AUTO &&
		    mechanism_at(i)->credential == credential)
			return true;
	return false;
}

/* No AUTH at all. */
static void
fail_without_offer(struct diagnosis *diagnosis)
{
	const struct trial *trial = &diagnosis->trial;
	const struct server *server = trial->server;
	struct finding *finding;

	if (server->port == 0)
		finding = finding_add(&diagnosis->findings, OFFER_ID,
		    SEVERITY_FAILURE, "%s offers no login",
		    server_url_name(server));
	else
		finding = finding_add(&diagnosis->findings, OFFER_ID,
		    SEVERITY_FAILURE, "%s offers no login at port %u",
		    server->host, (unsigned)server->port);
	finding_set_subject(finding, server_url_authority(server));
	add_hint(diagnosis, finding, server, &trial->outcome);
	if (server->scheme == SCHEME_SMTP && server->port == PORT_SMTP)
		server_remedy_add(finding, diagnosis->profile, server,
		    SCHEME_SMTP, PORT_SUBMISSION);
}

/* It offers mechanisms, but none that may be used with this secret. */
static void
fail_by_offer(struct diagnosis *diagnosis, const char *known)
{
	const struct trial *trial = &diagnosis->trial;
	const struct profile *profile = diagnosis->profile;
	enum credential credential = credential_of(&diagnosis->secret);
	unsigned offered = trial->extensions.mechanisms;
	struct finding *finding;

	if (profile->auth.count > 0) {
		finding = finding_add(&diagnosis->findings, OFFER_ID,
		    SEVERITY_FAILURE,
		    "%s offers %s, and auth allows none of them",
		    trial_server_name(trial), known);
		if (suits_auto(offered, credential))
			finding_add_setting(finding, "auth", "auto");
	} else {
		finding = finding_add(&diagnosis->findings, OFFER_ID,
		    SEVERITY_FAILURE, "%s offers %s only, and %s",
		    trial_server_name(trial), known,
		    credential_phrases[credential]);
	}
	finding_set_subject(finding, server_url_authority(trial->server));
	if (credential == CREDENTIAL_PASSWORD &&
	    suits_auto(offered, CREDENTIAL_TOKEN))
		finding_set_hint(finding,
		    "set oauth, or set token-command to a command that prints "
		    "an access token");
	else if (credential == CREDENTIAL_TOKEN &&
	    suits_auto(offered, CREDENTIAL_PASSWORD))
		finding_set_hint(finding,
		    "set password-command, in place of the token, to a command "
		    "that prints the password");
	else
		add_hint(diagnosis, finding, trial->server, &trial->outcome);
}

/* The real attempt ended before AUTH, because no login was possible. */
static void
fail_offer(struct diagnosis *diagnosis)
{
	const struct trial *trial = &diagnosis->trial;
	unsigned offered = trial->extensions.mechanisms;
	enum credential credential = credential_of(&diagnosis->secret);
	struct buf known = {0};

	if (skip_after_failure(diagnosis, OFFER_ID))
		return;
	if (trial->is_safe &&
	    !extensions_has(&trial->extensions, EXTENSION_AUTH))
		fail_without_offer(diagnosis);
	else if (trial->is_safe && add_known(&known, offered) &&
	    (diagnosis->profile->auth.count > 0 ||
		!suits_auto(offered, credential)))
		fail_by_offer(diagnosis, buf_text(&known));
	else
		add_failure(diagnosis, OFFER_ID, "no login is possible");
	buf_free(&known);
}

/* Mechanisms that show the password to whoever listens before TLS. */
static unsigned
clear_bits(void)
{
	return mechanism_bit(SPAN("PLAIN")) | mechanism_bit(SPAN("LOGIN"));
}

/*
 * The names are those of the table: a server may write anything among its own.
 */
static void
judge_offer(struct diagnosis *diagnosis, const struct survey_walk *walk)
{
	const struct survey_address *address = walk->address;
	const struct extensions *offer = survey_address_offer(address);
	unsigned clear = address->before.mechanisms & clear_bits();
	const char *host = server_url_name(walk->server->server);
	enum credential credential = credential_of(&diagnosis->secret);
	struct findings *findings = &diagnosis->findings;
	struct buf names = {0};

	if (!extensions_has(offer, EXTENSION_AUTH)) {
		finding_add_once(findings, OFFER_ID, SEVERITY_WARNING,
		    "%s offers no login at %s port %u", host, address->name,
		    (unsigned)walk->server->server->port);
	} else if (diagnosis->profile->auth.count == 0 &&
	    !suits_auto(offer->mechanisms, credential) &&
	    add_known(&names, offer->mechanisms)) {
		finding_add_once(findings, OFFER_ID, SEVERITY_WARNING,
		    "%s offers %s only, and %s", host, buf_text(&names),
		    credential_phrases[credential]);
	} else if (address->is_tls && clear != 0) {
		add_known(&names, clear);
		finding_add_once(findings, OFFER_ID, SEVERITY_NOTE,
		    "%s offers %s before TLS too: other clients may send "
		    "passwords unencrypted",
		    host, buf_text(&names));
	} else {
		add_known(&names, offer->mechanisms);
		finding_add_once(findings, OFFER_ID, SEVERITY_OK,
		    "%s offers %s", host, buf_text(&names));
	}
	buf_free(&names);
}

/* The attempt found that no login is possible, and sent nothing for one. */
static bool
is_offer_lacking(const struct trial *trial)
{
	return trial->outcome.action != ACTION_RELAYED &&
	    trial->outcome.stage == STAGE_AUTH &&
	    trial->outcome.cause == CAUSE_LOGIN && !trial->is_login_said;
}

/* The same of a server that is not the last: no reply is why. */
static bool
is_unoffered(const struct outcome *outcome)
{
	return outcome->cause == CAUSE_LOGIN && outcome->reply.code == 0;
}

void
login_check_offer(struct diagnosis *diagnosis)
{
	const struct survey *survey = diagnosis_survey(diagnosis);
	struct survey_walk walk = {0};

	if (!secret_is_wanted(diagnosis->profile)) {
		skip(diagnosis, OFFER_ID, "the profile sends without a login");
		return;
	}
	if (ended_before(diagnosis, OFFER_ID, STAGE_AUTH))
		return;
	if (is_offer_lacking(&diagnosis->trial)) {
		fail_offer(diagnosis);
		return;
	}
	while (survey_next_ready(survey, &walk))
		judge_offer(diagnosis, &walk);
	if (walk.count == 0)
		finding_add(&diagnosis->findings, OFFER_ID, SEVERITY_OK,
		    "%s offers what is needed",
		    trial_server_name(&diagnosis->trial));
}

/*
 * The logins that were refused at servers before the one that took it, unless
 * auth.offer says that the server offers none.
 */
static void
warn_of_refusals(struct diagnosis *diagnosis)
{
	const struct trial *trial = &diagnosis->trial;
	bool is_told =
	    finding_worst(&diagnosis->findings, OFFER_ID) == SEVERITY_WARNING;

	for (size_t i = 0; i < trial->trail.attempt_count; i++) {
		const struct attempt *attempt = &trial->trail.attempts[i];
		struct buf reply = {0};

		if (attempt->outcome.stage != STAGE_AUTH ||
		    (is_unoffered(&attempt->outcome) && is_told))
			continue;
		reply_add_line(&reply, &attempt->outcome.reply);
		add_hint(diagnosis,
		    finding_add_once(&diagnosis->findings, LOGIN_ID,
			SEVERITY_WARNING, "%s did not take the login: %s",
			server_url_name(attempt->server), buf_text(&reply)),
		    attempt->server, &attempt->outcome);
		buf_free(&reply);
	}
}

static void
add_login(struct diagnosis *diagnosis)
{
	const struct trial *trial = &diagnosis->trial;
	const char *user = diagnosis->profile->user;
	struct finding *finding;

	warn_of_refusals(diagnosis);
	if (trial->stronger != NULL) {
		finding =
		    finding_add(&diagnosis->findings, LOGIN_ID, SEVERITY_NOTE,
			"%s was used although %s has %s", trial->mechanism,
			trial_server_name(trial), trial->stronger);
		if (diagnosis->profile->auth.count > 0)
			finding_add_setting(finding, "auth", "auto");
	} else {
		finding = finding_add(&diagnosis->findings, LOGIN_ID,
		    SEVERITY_OK, "logged in as %s by %s in %.2f s",
		    user != NULL ? user : "the owner of tls-cert",
		    trial->mechanism, (double)trial->login_time / 1000);
	}
	finding_set_subject(finding, server_url_authority(trial->server));
	finding_add_text(finding, "mechanism", trial->mechanism);
	finding->duration = trial->login_time;
}

void
login_check_login(struct diagnosis *diagnosis)
{
	const struct trial *trial;

	if (!secret_is_wanted(diagnosis->profile)) {
		skip(diagnosis, LOGIN_ID, "the profile sends without a login");
		return;
	}
	if (ended_before(diagnosis, LOGIN_ID, STAGE_AUTH))
		return;
	trial = &diagnosis->trial;
	if (diagnosis->no_login && trial->outcome.action == ACTION_RELAYED)
		skip(diagnosis, LOGIN_ID, "this run does not log in");
	else if (trial->mechanism != NULL)
		add_login(diagnosis);
	else if (skip_after_cause(diagnosis))
		return;
	else if (trial->outcome.cause == CAUSE_LOGIN ||
	    trial->outcome.reply.code != 0)
		add_failure(diagnosis, LOGIN_ID, "the login was refused");
	else
		add_failure(diagnosis, LOGIN_ID, "the login failed");
}

/* The null reverse-path has no name. */
static const char *
name_sender(const struct diagnosis *diagnosis)
{
	return diagnosis->sender[0] != '\0' ? diagnosis->sender : "<>";
}

static struct finding *
fail_sender(struct diagnosis *diagnosis)
{
	const struct trial *trial = &diagnosis->trial;
	const struct outcome *outcome = &trial->outcome;
	const char *user = diagnosis->profile->user;
	struct finding *finding;
	struct buf what = {0};

	if (outcome->action != ACTION_FAILED && outcome->reply.code == 0)
		buf_add_format(&what, "%s gives no answer about %s as sender",
		    trial_server_name(trial), name_sender(diagnosis));
	else
		buf_add_format(&what, "%s does not take %s as sender%s",
		    trial_server_name(trial), name_sender(diagnosis),
		    outcome->action == ACTION_FAILED ? "" : " now");
	finding = add_failure(diagnosis, SENDER_ID, buf_text(&what));
	buf_free(&what);
	if (outcome->action == ACTION_FAILED && outcome->reply.code != 530 &&
	    user != NULL && strchr(user, '@') != NULL &&
	    strcmp(user, diagnosis->sender) != 0) {
		finding_add_setting(finding, "sender", user);
		if (diagnosis->profile->header_policy != HEADER_POLICY_PROVIDER)
			finding_add_setting(
			    finding, "header-policy", "provider");
	}
	return finding;
}

void
login_check_sender(struct diagnosis *diagnosis)
{
	const struct trial *trial;
	const struct provider *provider;
	struct finding *finding;

	if (diagnosis->no_login && secret_is_wanted(diagnosis->profile)) {
		skip(diagnosis, SENDER_ID, "this run does not log in");
		return;
	}
	if (ended_before(diagnosis, SENDER_ID, STAGE_MAIL))
		return;
	trial = &diagnosis->trial;
	if (diagnosis->sender == NULL) {
		finding = finding_add_error(&diagnosis->findings, SENDER_ID,
		    SEVERITY_WARNING, diagnosis->no_sender);
	} else if (trial->outcome.action != ACTION_RELAYED) {
		if (!trial->is_mail_said && skip_after_size(diagnosis))
			return;
		finding = fail_sender(diagnosis);
	} else {
		provider = provider_of(diagnosis->profile, trial->server);
		if (provider != NULL && provider->judges_content) {
			finding = finding_add(&diagnosis->findings, SENDER_ID,
			    SEVERITY_NOTE,
			    "%s takes %s as sender so far: only a mail shows "
			    "whether it takes this From",
			    trial_server_name(trial), name_sender(diagnosis));
			finding_set_hint(finding,
			    "smtpost --doctor --send ADDRESS sends one");
		} else {
			finding = finding_add(&diagnosis->findings, SENDER_ID,
			    SEVERITY_OK, "%s takes %s as sender",
			    trial_server_name(trial), name_sender(diagnosis));
		}
	}
	finding->duration = trial->mail_time;
}

void
login_check_verdict(struct diagnosis *diagnosis)
{
	const struct trial *trial = diagnosis_try(diagnosis);

	if (trial->is_done && trial->outcome.action != ACTION_RELAYED &&
	    finding_first_failure(&diagnosis->findings) == NULL)
		add_failure(diagnosis, SENDER_ID, "a mail would not be sent");
}
