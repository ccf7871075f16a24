/*
 * Judges the configuration as it was read. What a submission refuses has its
 * own words in profile/; here they only become findings.
 */
#include "doctor/config_check.h"

#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/calendar.h"
#include "profile/profile_check.h"
#include "profile/provider.h"
#include "profile/server_url.h"
#include "tls/tls_options.h"

#define READ_ID "config.read"
#define PROFILE_ID "config.profile"
#define WEAK_ID "config.weak"
#define PROVIDER_ID "config.provider"
#define CLOCK_ID "clock.build"

static void
add_files(struct buf *out, const struct config *config)
{
	for (size_t i = 0; i < config->file_count; i++)
		buf_add_format(
		    out, "%s%s", out->len > 0 ? " and " : "", config->files[i]);
}

/* Whether neither a file nor anything else says which server to use. */
static bool
is_unconfigured(const struct diagnosis *diagnosis)
{
	return !diagnosis->profiles->has_file &&
	    !diagnosis->profiles->no_files &&
	    (diagnosis->profile == NULL ||
		diagnosis->profile->unconfigured != NULL);
}

/*
 * A mail would go to the mail server of this machine, if it has one. Whether it
 * takes mail decides how bad that is.
 */
static void
report_unconfigured(struct diagnosis *diagnosis)
{
	const struct buf *searched = &diagnosis->profiles->searched;
	bool is_taken = diagnosis->profile != NULL &&
	    diagnosis_try(diagnosis)->outcome.action == ACTION_RELAYED;

	finding_set_hint(
	    finding_add(&diagnosis->findings, READ_ID,
		is_taken ? SEVERITY_WARNING : SEVERITY_FAILURE,
		"there is no configuration: looked for %.*s%s",
		(int)searched->len, searched->data,
		is_taken ? "; the mail server of this machine takes mail" : ""),
	    "smtpost --setup you@example.org makes one");
}

void
config_check_read(struct diagnosis *diagnosis)
{
	const struct profiles *profiles = diagnosis->profiles;
	struct findings *findings = &diagnosis->findings;
	struct buf files = {0};

	if (profiles == NULL) {
		finding_add_error(
		    findings, READ_ID, SEVERITY_FAILURE, diagnosis->unusable);
		return;
	}
	if (is_unconfigured(diagnosis)) {
		report_unconfigured(diagnosis);
		return;
	}
	add_files(&files, &profiles->user);
	add_files(&files, &profiles->system);
	if (files.len > 0)
		finding_add(findings, READ_ID, SEVERITY_OK,
		    "the configuration is read from %s", buf_text(&files));
	else
		finding_add(findings, READ_ID, SEVERITY_OK,
		    "no configuration file is read: the command line or the "
		    "environment names the server");
	finding_add_notes(findings, READ_ID, buf_span(&profiles->notes));
	buf_free(&files);
}

static bool
is_default(const struct profile *profile)
{
	return strcmp(profile->name, "default") == 0;
}

void
config_check_profile(struct diagnosis *diagnosis)
{
	const struct profile *profile = diagnosis->profile;
	struct findings *findings = &diagnosis->findings;
	struct span choice;
	bool is_named;

	if (profile == NULL) {
		finding_add_error(findings, PROFILE_ID, SEVERITY_FAILURE,
		    diagnosis->unusable);
		return;
	}
	choice = span_from(profile->choice);
	is_named = span_equal(choice, SPAN("-P"));
	if (span_equal(choice, SPAN("default")))
		finding_add(findings, PROFILE_ID, SEVERITY_OK,
		    "profile default, because nothing chooses another one");
	else if (span_equal(choice, SPAN("the only profile")))
		finding_add(findings, PROFILE_ID, SEVERITY_OK,
		    "profile %s, the only one", profile->name);
	else
		finding_add(findings, PROFILE_ID, SEVERITY_OK,
		    "profile %s, chosen by %s", profile->name,
		    is_named ? "its name" : profile->choice);
	if (is_named && profile->match.count == 0 &&
	    diagnosis->profiles->count > 1 && !is_default(profile))
		finding_add(findings, PROFILE_ID, SEVERITY_NOTE,
		    "only -P %s chooses this profile: it has no match, and is "
		    "not called default",
		    profile->name);
}

static const char *
name_of(const struct server *server)
{
	return server->scheme == SCHEME_MX
	    ? "the mail servers of the recipients"
	    : server->host;
}

/* Adds the hosts of the servers elsewhere, or of those on this machine. */
static void
add_hosts(struct buf *out, const struct profile *profile, bool here)
{
	for (size_t i = 0; i < profile->server_count; i++) {
		const struct server *server = &profile->servers[i];

		if (server_url_is_here(server) == here)
			buf_add_format(out, "%s%s", out->len > 0 ? ", " : "",
			    name_of(server));
	}
}

static void
check_tls_policy(struct findings *findings, const struct profile *profile)
{
	struct finding *finding = NULL;
	struct buf far = {0}, near = {0};

	add_hosts(&far, profile, false);
	add_hosts(&near, profile, true);
	if (profile->tls == TLS_POLICY_NONE && far.len > 0)
		finding = finding_add(findings, WEAK_ID, SEVERITY_WARNING,
		    "tls = none: what is sent to %s can be read on the way",
		    buf_text(&far));
	else if (profile->tls == TLS_POLICY_NONE)
		finding_add(findings, WEAK_ID, SEVERITY_NOTE,
		    "tls = none: what is sent to %s is not encrypted, but "
		    "stays on this machine",
		    buf_text(&near));
	else if (far.len > 0 && !profile_check_verifies(profile))
		finding = finding_add(findings, WEAK_ID, SEVERITY_NOTE,
		    "tls = opportunistic protects what is sent to %s from "
		    "listeners only: any certificate is accepted",
		    buf_text(&far));
	if (finding != NULL)
		finding_add_setting(finding, "tls",
		    profile_is_direct(profile) ? "opportunistic" : "required");
	buf_free(&far);
	buf_free(&near);
}

static void
check_priority(struct findings *findings, const struct profile *profile)
{
	const struct tls_options options = {
	    .verify = profile_check_verifies(profile),
	    .only_tls13 = profile->tls_min == TLS_MIN_1_3,
	    .priority = profile->tls_priority};
	const char *oldest;

	if (profile->tls_priority == NULL)
		return;
	oldest = tls_options_oldest_version(&options);
	if (oldest != NULL && strcmp(oldest, "TLS1.2") != 0 &&
	    strcmp(oldest, "TLS1.3") != 0)
		finding_set_hint(
		    finding_add(findings, WEAK_ID, SEVERITY_WARNING,
			"tls-priority allows %s, which is broken", oldest),
		    "smtpost --server-info shows the version of TLS that the "
		    "server speaks; if it is 1.2 or 1.3, remove the setting");
}

static void
check_trust(struct findings *findings, const struct profile *profile)
{
	if (profile->tls_pin.count == 1)
		finding_set_hint(finding_add(findings, WEAK_ID, SEVERITY_NOTE,
				     "there is only one tls-pin: mail stops "
				     "when the server changes its key"),
		    "add the pin of the key that the server will use next");
	if (profile->trust_file != NULL || profile->trust_folder != NULL)
		finding_add(findings, WEAK_ID, SEVERITY_OK,
		    "the environment variable %s decides which certificates "
		    "are trusted: it names %s",
		    profile->trust_file != NULL ? "SSL_CERT_FILE"
						: "SSL_CERT_DIR",
		    profile->trust_file != NULL ? profile->trust_file
						: profile->trust_folder);
}

void
config_check_weak(struct diagnosis *diagnosis)
{
	const struct profile *profile = diagnosis->profile;
	struct findings *findings = &diagnosis->findings;
	size_t before = findings->count;

	check_tls_policy(findings, profile);
	if (profile->tls != TLS_POLICY_NONE) {
		check_priority(findings, profile);
		check_trust(findings, profile);
	}
	if (findings->count == before)
		finding_add(findings, WEAK_ID, SEVERITY_OK,
		    "no setting makes the connection less safe");
}

/* The first server of a service that is known; NULL: there is none. */
static const struct server *
find_known(const struct profile *profile, const struct provider **provider)
{
	for (size_t i = 0; i < profile->server_count; i++) {
		*provider = provider_of(profile, &profile->servers[i]);
		if (*provider != NULL)
			return &profile->servers[i];
	}
	return NULL;
}

void
config_check_provider(struct diagnosis *diagnosis)
{
	const struct profile *profile = diagnosis->profile;
	struct findings *findings = &diagnosis->findings;
	const struct provider *provider = NULL;
	const struct server *server = find_known(profile, &provider);
	struct finding *finding;
	struct error err = {0};
	struct buf name = {0};

	if (server == NULL) {
		finding_add(findings, PROVIDER_ID, SEVERITY_SKIPPED,
		    "the server belongs to no service that smtpost knows");
	} else if (profile->user != NULL &&
	    !provider_check_user(provider, profile, &err)) {
		/* Only the server can tell for sure. */
		finding = finding_add_error(findings, PROVIDER_ID,
		    diagnosis_try(diagnosis)->mechanism != NULL
			? SEVERITY_WARNING
			: SEVERITY_FAILURE,
		    &err);
		if (provider->form == USER_FORM_LITERAL)
			finding_add_setting(finding, "user", provider->user);
		else if (provider->form == USER_FORM_ADDRESS &&
		    profile->sender != NULL && diagnosis->sender != NULL)
			finding_add_setting(finding, "user", diagnosis->sender);
	} else if (profile->provider != NULL) {
		finding_add(findings, PROVIDER_ID, SEVERITY_OK,
		    "provider %s is %s", profile->provider, provider->title);
	} else {
		provider_add_name_of(provider, span_from(server->host), &name);
		finding = finding_add(findings, PROVIDER_ID, SEVERITY_NOTE,
		    "%s belongs to %s: provider = %s brings its limits and "
		    "hints",
		    server->host, provider->title, buf_text(&name));
		finding_add_setting(finding, "provider", buf_text(&name));
	}
	buf_free(&name);
}

void
config_check_clock(struct diagnosis *diagnosis)
{
	struct findings *findings = &diagnosis->findings;
	int64_t now = (int64_t)time(NULL);
	struct buf text = {0};

	calendar_add_date(&text, now);
	if (now < SOURCE_DATE) {
		finding_set_hint(
		    finding_add(findings, CLOCK_ID, SEVERITY_FAILURE,
			"the clock says %s, which was before this program was "
			"made: no certificate can be judged",
			buf_text(&text)),
		    "set the clock, and let chrony or systemd-timesyncd keep "
		    "it right");
	} else {
		finding_add(findings, CLOCK_ID, SEVERITY_OK,
		    "the clock says %s", buf_text(&text));
	}
	buf_free(&text);
}
