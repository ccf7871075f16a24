/* Dates are those of UTC. */
#include "doctor/expiry_check.h"

#include <string.h>
#include <time.h>

#include "base/calendar.h"
#include "doctor/certificate_age.h"
#include "doctor/tls_step.h"
#include "profile/mechanism.h"
#include "profile/profile_check.h"
#include "profile/token_url.h"
#include "tls/certificate_file.h"
#include "tls/token_key.h"

#define PLACE JUDGEMENT_PLACE
#define EXPIRY_ID "tls.expiry"
#define CRL_ID "tls.crl"
#define CLIENT_ID "tls.client"

/* "expires on 2026-12-11, in 12 days" */
static void
add_end(
    struct buf *out, const struct certificate_facts *certificate, int64_t now)
{
	int64_t end = certificate->not_after;

	buf_add_text(out, now > end ? "expired on " : "expires on ");
	calendar_add_date(out, end);
	buf_add_text(out, now > end ? ", " : ", in ");
	calendar_add_span(out, now > end ? now - end : end - now);
	if (now > end)
		buf_add_text(out, " ago");
}

/* "is valid from 2026-12-14 on, which is in 3 days" */
static void
add_begin(
    struct buf *out, const struct certificate_facts *certificate, int64_t now)
{
	buf_add_text(out, "is valid from ");
	calendar_add_date(out, certificate->not_before);
	buf_add_text(out, " on, which is in ");
	calendar_add_span(out, certificate->not_before - now);
}

static enum certificate_age
judge_age(const struct diagnosis *diagnosis,
    const struct certificate_facts *certificate, int64_t now)
{
	return certificate_age_judge(certificate->not_before,
	    certificate->not_after, now, diagnosis->warn_days);
}

/* The element of the chain that is worst, or ends first; NULL: none. */
static const struct certificate_facts *
worst_of(const struct diagnosis *diagnosis, const struct tls_facts *facts,
    int64_t now)
{
	const struct certificate_facts *worst = NULL;
	enum certificate_age worst_age = CERTIFICATE_FINE;

	for (size_t i = 0; i < facts->count + facts->has_anchor; i++) {
		const struct certificate_facts *one =
		    i < facts->count ? &facts->chain[i] : &facts->anchor;
		enum certificate_age age = judge_age(diagnosis, one, now);

		if ((i < facts->count && !one->is_used) || one->not_after < 0)
			continue;
		if (worst == NULL || age > worst_age ||
		    (age == worst_age && one->not_after < worst->not_after)) {
			worst = one;
			worst_age = age;
		}
	}
	return worst;
}

static void
add_data(struct finding *finding, const struct certificate_facts *certificate,
    int64_t warn_days, int64_t now)
{
	int64_t notice = certificate_age_notice(
	    certificate->not_before, certificate->not_after, warn_days);
	struct buf time = {0};

	if (calendar_add_utc(&time, certificate->not_after))
		finding_add_text(finding, "not-after", buf_text(&time));
	finding_add_number(
	    finding, "days", certificate_age_days(now, certificate->not_after));
	finding_add_number(finding, "lifetime",
	    certificate_age_days(
		certificate->not_before, certificate->not_after));
	/* Fewer days than this are a warning. */
	finding_add_number(
	    finding, "warn-days", certificate_age_days(1, notice) + 1);
	buf_free(&time);
}

static enum severity
severity_of(const struct judgement *judgement, enum certificate_age age)
{
	if (age == CERTIFICATE_FINE)
		return SEVERITY_OK;
	if (age == CERTIFICATE_ENDING)
		return SEVERITY_WARNING;
	/* A root may be trusted beyond its end, and a pin knows no dates. */
	return tls_step_of(judgement->address) == TLS_STEP_EXPIRY
	    ? tls_step_severity(judgement)
	    : SEVERITY_NOTE;
}

static void
judge_expiry(struct judgement *judgement)
{
	const struct tls_facts *facts = &judgement->address->tls;
	const struct certificate_facts *worst;
	int64_t now = time(NULL);
	enum certificate_age age;
	struct buf text = {0};

	if (!tls_step_is_reached(judgement, TLS_STEP_EXPIRY))
		return;
	worst = worst_of(judgement->diagnosis, facts, now);
	if (worst == NULL) {
		judgement_add(judgement, SEVERITY_SKIPPED,
		    "the certificate of " PLACE " could not be read");
		judgement->found->is_unknown = true;
		return;
	}
	age = judge_age(judgement->diagnosis, worst, now);
	if (worst == &facts->chain[0])
		buf_add_text(&text, "the certificate of " PLACE " ");
	else
		buf_add_format(&text,
		    "the certificate of %s, %s of " PLACE ", ", worst->subject,
		    worst == &facts->anchor ? "the root" : "an issuer");
	if (age == CERTIFICATE_EARLY)
		add_begin(&text, worst, now);
	else
		add_end(&text, worst, now);
	judgement_add(
	    judgement, severity_of(judgement, age), "%s", buf_text(&text));
	add_data(judgement->found, worst, judgement->diagnosis->warn_days, now);
	if (age == CERTIFICATE_EARLY || age == CERTIFICATE_ENDED)
		finding_set_hint(judgement->found,
		    "if that date looks wrong, check the clock of this "
		    "machine; else ask the owner of " PLACE
		    " for a new certificate");
	buf_free(&text);
}

void
expiry_check_server(struct diagnosis *diagnosis)
{
	/* With a wrong clock, no date can be judged. */
	static const char *const clocks[] = {"clock.build", "clock.greeting"};

	for (size_t i = 0; i < sizeof(clocks) / sizeof(clocks[0]); i++)
		if (finding_worst(&diagnosis->findings, clocks[i]) ==
		    SEVERITY_FAILURE) {
			finding_add_skipped(
			    &diagnosis->findings, EXPIRY_ID, clocks[i]);
			return;
		}
	tls_step_gather(diagnosis, TLS_STEP_EXPIRY, judge_expiry,
	    "no certificate was sent");
}

static void
judge_revocation(struct judgement *judgement)
{
	const struct survey_address *address = judgement->address;
	struct span sentence = tls_facts_sentence(&address->tls);

	if (!tls_step_is_reached(judgement, TLS_STEP_CRL) ||
	    tls_step_of(address) != TLS_STEP_CRL)
		return;
	if ((address->tls.faults & FAULT_REVOKED) != 0)
		judgement_add(judgement, tls_step_severity(judgement),
		    "the certificate of " PLACE " has been revoked, by %s",
		    judgement->diagnosis->profile->tls_crl);
	else
		judgement_add(judgement, tls_step_severity(judgement), "%.*s",
		    (int)sentence.len, sentence.at);
}

/* Whether the lists are still new. */
static void
judge_lists(struct diagnosis *diagnosis)
{
	const char *path = diagnosis->profile->tls_crl;
	struct findings *findings = &diagnosis->findings;
	struct tls_failure failure = {0};
	struct buf date = {0};
	int64_t renewal;

	if (!certificate_file_read_lists(path, &renewal, &failure)) {
		finding_add(
		    findings, CRL_ID, SEVERITY_FAILURE, "%s", failure.text);
		return;
	}
	calendar_add_date(&date, renewal);
	if (renewal == 0)
		finding_add(findings, CRL_ID, SEVERITY_OK,
		    "the revocation list in %s does not say when it is to be "
		    "renewed",
		    path);
	else if (renewal < time(NULL))
		finding_set_hint(
		    finding_add(findings, CRL_ID, SEVERITY_WARNING,
			"the revocation list in %s was to be renewed on %s",
			path, buf_text(&date)),
		    "fetch the new list from the issuer; smtpost does not "
		    "fetch it");
	else
		finding_add(findings, CRL_ID, SEVERITY_OK,
		    "the revocation list in %s is to be renewed on %s", path,
		    buf_text(&date));
	buf_free(&date);
}

void
expiry_check_lists(struct diagnosis *diagnosis)
{
	if (diagnosis->profile->tls_crl == NULL)
		finding_add(&diagnosis->findings, CRL_ID, SEVERITY_SKIPPED,
		    "tls-crl is not set");
	else if (!judgement_gather(diagnosis, CRL_ID, judge_revocation))
		judge_lists(diagnosis);
}

/* Whether the login may be by the certificate (EXTERNAL). */
static bool
is_login(const struct profile *profile)
{
	const struct mechanism *mechanism;

	for (size_t i = 0; i < profile->auth.count; i++) {
		mechanism = mechanism_find(span_from(profile->auth.names[i]));
		if (mechanism != NULL &&
		    mechanism->exchange == EXCHANGE_EXTERNAL)
			return true;
	}
	return false;
}

static void
judge_request(struct judgement *judgement)
{
	const struct survey_address *address = judgement->address;
	bool is_needed = is_login(judgement->diagnosis->profile);

	if (!address->is_tls)
		return;
	if (address->tls.asks_certificate)
		judgement_add(judgement, SEVERITY_OK,
		    PLACE " asks for a client certificate");
	else if (!is_needed)
		judgement_add(judgement, SEVERITY_NOTE,
		    PLACE " asks for no client certificate: tls-cert is not "
			  "used");
	else
		judgement_add(judgement,
		    diagnosis_limit(
			judgement->diagnosis, address, SEVERITY_FAILURE),
		    PLACE " asks for no client certificate, and EXTERNAL needs "
			  "one");
}

/* From its file, or from the token, whose key is then open. */
static bool
read_client(struct diagnosis *diagnosis, struct certificate_facts *facts,
    struct tls_failure *failure)
{
	const char *path = diagnosis->profile->tls_cert;
	struct buf der = {0};
	bool done;

	if (!token_key_is_url(span_from(path)))
		return certificate_file_read(path, facts, failure);
	done = token_key_add_certificate(
		   diagnosis->secret.key, path, &der, failure) &&
	    (certificate_file_read_der(buf_span(&der), facts) ||
		tls_failure_set(failure, TLS_CONFIG,
		    "the token gives a certificate that cannot be read"));
	buf_free(&der);
	return done;
}

/* The age of the client's own certificate. False: that is the finding. */
static bool
is_client_fine(struct diagnosis *diagnosis)
{
	const char *path = diagnosis->profile->tls_cert;
	struct certificate_facts facts;
	struct tls_failure failure = {0};
	int64_t now = time(NULL);
	enum certificate_age age;
	struct buf text = {0}, name = {0};

	if (token_key_is_url(span_from(path)) &&
	    (!diagnosis_fetch_secret(diagnosis) ||
		diagnosis->secret.key == NULL)) {
		finding_add(&diagnosis->findings, CLIENT_ID, SEVERITY_SKIPPED,
		    "the token with the certificate was not opened");
		return true;
	}
	if (!read_client(diagnosis, &facts, &failure)) {
		finding_add(&diagnosis->findings, CLIENT_ID, SEVERITY_FAILURE,
		    "%s", failure.text);
		return false;
	}
	token_url_print(span_from(path), &name);
	age = judge_age(diagnosis, &facts, now);
	if (age == CERTIFICATE_EARLY)
		add_begin(&text, &facts, now);
	else
		add_end(&text, &facts, now);
	if (age != CERTIFICATE_FINE)
		add_data(finding_add(&diagnosis->findings, CLIENT_ID,
			     age != CERTIFICATE_ENDING &&
				     is_login(diagnosis->profile)
				 ? SEVERITY_FAILURE
				 : SEVERITY_WARNING,
			     "the client certificate %s %s", buf_text(&name),
			     buf_text(&text)),
		    &facts, diagnosis->warn_days, now);
	buf_free(&text);
	buf_free(&name);
	certificate_facts_free(&facts);
	return age == CERTIFICATE_FINE;
}

void
expiry_check_client(struct diagnosis *diagnosis)
{
	if (diagnosis->profile->tls_cert == NULL)
		finding_add(&diagnosis->findings, CLIENT_ID, SEVERITY_SKIPPED,
		    "tls-cert is not set");
	else if (is_client_fine(diagnosis))
		tls_step_gather(diagnosis, TLS_STEP_CLIENT, judge_request,
		    "TLS is not used");
}
