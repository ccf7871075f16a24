/*
 * Judges the one real attempt (trial.h), which goes through the servers as a
 * submission does.
 */
#include "doctor/mx_check.h"

#include <string.h>

#include "doctor/sender_domain.h"
#include "net/mail_exchanger.h"
#include "net/name_server.h"
#include "smtp/mx_policy.h"

#define REACH_ID "reach.mx"
#define DANE_ID "tls.dane"
#define TLS_ID "tls.mx"
#define RELAY_HINT "use a relay: server = smtps://HOST"

/* The attempt; NULL: there was none, and a finding says why. */
static const struct trial *
take_trial(struct diagnosis *diagnosis, const char *id)
{
	struct findings *findings = &diagnosis->findings;
	const struct trial *trial;

	if (!profile_is_direct(diagnosis->profile)) {
		finding_add(findings, id, SEVERITY_SKIPPED,
		    "the profile sends through a server of its own");
		return NULL;
	}
	trial = diagnosis_try(diagnosis);
	if (trial->is_cut)
		finding_add_unknown(findings, id, "no time was left");
	else if (!trial->is_done)
		finding_add(findings, id, SEVERITY_SKIPPED, "%s",
		    trial->unasked != NULL && strcmp(id, REACH_ID) == 0
			? trial->unasked
			: "no mail server was tried, see reach.mx");
	else
		return trial;
	return NULL;
}

/* Whether the attempt came as far as that. */
static bool
came_to(const struct trial *trial, enum stage stage)
{
	return trial->outcome.action == ACTION_RELAYED ||
	    trial->outcome.stage >= stage;
}

/* A reply, or our own sentence without the status that goes with it. */
static void
add_reply(struct buf *text, const struct outcome *outcome)
{
	if (outcome->reply.code != 0)
		reply_add_line(text, &outcome->reply);
	else
		reply_add_joined(text, &outcome->reply);
}

/* --- reach.mx */

/* The servers that failed before another one took over. */
static void
warn_of_failures(struct findings *findings, const struct trial *trial)
{
	for (size_t i = 0; i < trial->trail.attempt_count; i++) {
		const struct attempt *attempt = &trial->trail.attempts[i];
		struct buf reply = {0};

		if (attempt->outcome.stage >= STAGE_TLS ||
		    attempt->server == trial->server)
			continue;
		add_reply(&reply, &attempt->outcome);
		finding_add_once(findings, REACH_ID, SEVERITY_WARNING,
		    "%s, a mail server of %s, cannot be used: %s",
		    attempt->server->host, trial->domain, buf_text(&reply));
		buf_free(&reply);
	}
}

static void
fail_to_reach(struct findings *findings, const struct trial *trial)
{
	const struct outcome *outcome = &trial->outcome;
	struct buf reply = {0};
	struct finding *finding;

	if (outcome->reply.code != 0)
		buf_add_format(&reply, "%s: ", trial_server_name(trial));
	add_reply(&reply, outcome);
	finding = finding_add(
	    findings, REACH_ID, SEVERITY_FAILURE, "%s", buf_text(&reply));
	if (outcome->hint != NULL)
		finding_set_hint(finding, "%s", outcome->hint);
	else if (outcome->stage == STAGE_GREETING &&
	    reply_is_permanent(&outcome->reply))
		finding_set_hint(finding,
		    "the address of this machine may be on a list of those "
		    "that send no mail; " RELAY_HINT);
	finding_set_subject(finding, trial->domain);
	buf_free(&reply);
}

void
mx_check_reach(struct diagnosis *diagnosis)
{
	struct findings *findings = &diagnosis->findings;
	const struct trial *trial = take_trial(diagnosis, REACH_ID);
	struct finding *finding;

	if (trial == NULL)
		return;
	if (!came_to(trial, STAGE_TLS)) {
		fail_to_reach(findings, trial);
		return;
	}
	warn_of_failures(findings, trial);
	finding = finding_add(findings, REACH_ID, SEVERITY_OK,
	    "%s, a mail server of %s, answers at port 25%s%s%s",
	    trial_server_name(trial), trial->domain,
	    trial->address != NULL ? " (" : "",
	    trial->address != NULL ? trial->address : "",
	    trial->address != NULL ? ")" : "");
	finding_set_subject(finding, trial->domain);
}

/* --- tls.dane */

/* Why TLS with the host failed in the attempt; NULL: it did not. */
static const struct outcome *
find_tls_failure(const struct trial *trial, const char *host)
{
	for (size_t i = 0; i < trial->trail.attempt_count; i++) {
		const struct attempt *attempt = &trial->trail.attempts[i];

		if (attempt->outcome.stage == STAGE_TLS &&
		    span_equal_nocase(
			span_from(attempt->server->host), span_from(host)))
			return &attempt->outcome;
	}
	return NULL;
}

static void
report_host(struct findings *findings, const struct trial *trial,
    const char *host, const struct mx_verdict *verdict)
{
	const struct outcome *failure = find_tls_failure(trial, host);
	bool is_passed = came_to(trial, STAGE_MAIL);
	struct buf reply = {0};
	struct finding *finding;

	if (failure != NULL) {
		add_reply(&reply, failure);
		finding = finding_add(findings, DANE_ID,
		    is_passed ? SEVERITY_WARNING : SEVERITY_FAILURE,
		    "mail does not go to %s, whose TLSA records apply: %s",
		    host, buf_text(&reply));
		finding_set_hint(finding,
		    "its records are old, or something opens TLS on the way");
	} else if (is_passed && trial->server != NULL &&
	    span_equal_nocase(span_from(trial->server->host), span_from(host)))
		finding = finding_add(findings, DANE_ID, SEVERITY_OK,
		    "the certificate of %s fits its TLSA records (%s)", host,
		    verdict->sni != NULL ? verdict->sni : host);
	else
		finding = finding_add(findings, DANE_ID, SEVERITY_OK,
		    "the TLSA records of %s apply, and it was not tried", host);
	finding_set_subject(finding, trial->domain);
	buf_free(&reply);
}

/* Judges each host as a submission does; returns how many have DANE. */
static size_t
judge_hosts(struct diagnosis *diagnosis, const struct trial *trial,
    struct mail_exchangers *list, int64_t deadline)
{
	const struct mx_policy_question question = {
	    .profile = diagnosis->profile,
	    .domain = trial->domain,
	    .exchangers = list,
	    .fetch_deadline = deadline,
	};
	struct mx_policy *policy = mx_policy_open(&question, deadline);
	struct mail_exchanger host;
	struct buf ignored = {0};
	size_t count = 0;

	while (mail_exchangers_next(list, &host, deadline, &ignored) ==
	    MAIL_EXCHANGER_FOUND) {
		struct mx_verdict verdict;

		mx_policy_judge(policy, &host, deadline, &verdict);
		if (verdict.tls == MX_TLS_DANE) {
			report_host(
			    &diagnosis->findings, trial, host.name, &verdict);
			count++;
		}
	}
	mx_policy_close(policy);
	buf_free(&ignored);
	return count;
}

void
mx_check_dane(struct diagnosis *diagnosis)
{
	struct findings *findings = &diagnosis->findings;
	const struct trial *trial = take_trial(diagnosis, DANE_ID);
	int64_t deadline = sender_domain_lookup(diagnosis).deadline;
	struct name_server server = {
	    .trust = profile_dns_trust(diagnosis->profile)};
	struct mail_exchangers list = {0};
	struct buf reason = {0};

	if (trial == NULL)
		return;
	if (!came_to(trial, STAGE_TLS)) {
		finding_add_skipped(findings, DANE_ID, REACH_ID);
		return;
	}
	if (!(diagnosis->profile->mx_security & MX_SECURITY_DANE))
		buf_add_text(&reason, "mx-security has no dane");
	else if (name_server_validates(&server, deadline, &reason)) {
		const struct mail_exchanger_question question = {
		    .domain = span_from(trial->domain),
		    .family = network_family(&diagnosis->profile->network),
		    .name_server = &server,
		};

		if (mail_exchangers_find(&list, &question, deadline, &reason) ==
			MAIL_EXCHANGER_FOUND &&
		    judge_hosts(diagnosis, trial, &list, deadline) == 0)
			buf_add_format(&reason,
			    "no mail server of %s has TLSA records that apply",
			    trial->domain);
		mail_exchangers_free(&list);
	}
	if (reason.len > 0)
		finding_add(findings, DANE_ID, SEVERITY_SKIPPED, "%s",
		    buf_text(&reason));
	buf_free(&reason);
}

/* --- tls.mx */

void
mx_check_tls(struct diagnosis *diagnosis)
{
	struct findings *findings = &diagnosis->findings;
	const struct trial *trial = take_trial(diagnosis, TLS_ID);
	struct buf reply = {0};
	struct finding *finding;

	if (trial == NULL)
		return;
	if (finding_worst(findings, DANE_ID) == SEVERITY_FAILURE) {
		finding_add_skipped(findings, TLS_ID, DANE_ID);
		return;
	}
	if (!came_to(trial, STAGE_AUTH)) {
		add_reply(&reply, &trial->outcome);
		finding = finding_add(findings, TLS_ID, SEVERITY_FAILURE,
		    "mail to %s would not be encrypted as it must be: %s",
		    trial->domain, buf_text(&reply));
		if (trial->outcome.hint != NULL)
			finding_set_hint(finding, "%s", trial->outcome.hint);
	} else if (trial->verified_by != NULL &&
	    strcmp(trial->verified_by, "none") == 0)
		finding = finding_add(findings, TLS_ID, SEVERITY_OK,
		    "mail to %s is encrypted; the certificate of %s is not "
		    "checked",
		    trial->domain, trial_server_name(trial));
	else if (trial->verified_by != NULL)
		finding = finding_add(findings, TLS_ID, SEVERITY_OK,
		    "mail to %s is encrypted; %s is verified by: %s",
		    trial->domain, trial_server_name(trial),
		    trial->verified_by);
	else
		finding = finding_add(findings, TLS_ID, SEVERITY_NOTE,
		    "mail to %s is not encrypted: %s does not offer STARTTLS",
		    trial->domain, trial_server_name(trial));
	finding_set_subject(finding, trial->domain);
	buf_free(&reply);
}
