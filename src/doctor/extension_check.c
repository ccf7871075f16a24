/*
 * Judges extensions. Every address is looked at, and what several of them share
 * is said once.
 */
#include "doctor/extension_check.h"

#include "base/text.h"
#include "doctor/obstacle.h"
#include "profile/provider.h"
#include "profile/server_url.h"

#define AGAIN_ID "ehlo.again"
#define SIZE_ID "size"
#define EXTENSIONS_ID "extensions"

#define MEGABYTE ((uint64_t)1000 * 1000)
/* A mail with a photograph is larger. */
#define SIZE_SMALL MEGABYTE
/* RFC 5321 section 4.5.3.1.8: a server must take this many. */
#define RECIPIENTS_FEW ((uint64_t)100)

/* The check has nothing to look at. */
static void
skip(struct diagnosis *diagnosis, const char *id)
{
	const char *failed = finding_first_failure(&diagnosis->findings);

	if (failed == NULL)
		failed = obstacles_furthest(diagnosis_obstacles(diagnosis));
	if (failed != NULL)
		finding_add_skipped(&diagnosis->findings, id, failed);
	else
		finding_add_unknown(
		    &diagnosis->findings, id, "no session came as far as this");
}

static const char *
name_of(const struct survey_walk *walk)
{
	return server_url_name(walk->server->server);
}

/* An attacker can change what comes before TLS; only what follows counts. */
static void
compare(struct diagnosis *diagnosis, const struct survey_walk *walk)
{
	const struct survey_address *address = walk->address;
	const struct extensions *before = &address->before;
	const struct extensions *after = &address->after;
	struct findings *findings = &diagnosis->findings;
	const char *host = name_of(walk);

	if (secret_is_wanted(diagnosis->profile) &&
	    extensions_has(before, EXTENSION_AUTH) &&
	    !extensions_has(after, EXTENSION_AUTH))
		finding_set_hint(
		    finding_add_once(findings, AGAIN_ID,
			diagnosis_limit(diagnosis, address, SEVERITY_FAILURE),
			"%s offers a login before TLS and none after it", host),
		    "its certificate fits, so it is the server itself: tell "
		    "its owner");
	else if (before->size_limit != after->size_limit &&
	    before->size_limit != 0 && after->size_limit != 0)
		finding_add_once(findings, AGAIN_ID, SEVERITY_NOTE,
		    "%s says SIZE %llu before TLS and SIZE %llu after it", host,
		    (unsigned long long)before->size_limit,
		    (unsigned long long)after->size_limit);
	else
		finding_add_once(findings, AGAIN_ID, SEVERITY_OK,
		    "%s offers after TLS what it should", host);
}

void
extension_check_again(struct diagnosis *diagnosis)
{
	const struct survey *survey = diagnosis_survey(diagnosis);
	struct survey_walk walk = {0};
	size_t count = diagnosis->findings.count;

	while (survey_next_ready(survey, &walk))
		if (walk.address->ehlo.len > 0 && walk.address->is_tls)
			compare(diagnosis, &walk);
	if (walk.count == 0)
		skip(diagnosis, AGAIN_ID);
	else if (diagnosis->findings.count == count)
		finding_add(&diagnosis->findings, AGAIN_ID, SEVERITY_SKIPPED,
		    "no session begins TLS with STARTTLS");
}

/* Whether the real attempt failed because of such a limit. */
static bool
is_size_refused(const struct diagnosis *diagnosis, uint64_t limit)
{
	const struct trial *trial = &diagnosis->trial;

	return limit < TRIAL_MAIL_OCTETS && trial->is_done &&
	    !trial->is_mail_said && trial->outcome.stage == STAGE_MAIL &&
	    trial->outcome.action == ACTION_FAILED;
}

static void
judge_size(struct diagnosis *diagnosis, const struct survey_walk *walk)
{
	uint64_t limit = survey_address_offer(walk->address)->size_limit;
	uint64_t wanted = diagnosis->profile->max_size;
	struct findings *findings = &diagnosis->findings;
	struct finding *finding;
	const char *host = name_of(walk);
	struct buf value = {0};

	if (limit == 0) {
		finding_add_once(findings, SIZE_ID, SEVERITY_NOTE,
		    "%s does not say how large a message may be (SIZE)", host);
		return;
	}
	buf_add_format(&value, "%llu", (unsigned long long)limit);
	if (limit < SIZE_SMALL) {
		finding = finding_add_once(findings, SIZE_ID,
		    is_size_refused(diagnosis, limit) ? SEVERITY_FAILURE
						      : SEVERITY_WARNING,
		    "%s takes messages of up to %llu octets only", host,
		    (unsigned long long)limit);
	} else if (wanted > limit) {
		finding = finding_add_once(findings, SIZE_ID, SEVERITY_NOTE,
		    "max-size = %llu is more than %s takes (SIZE %llu)",
		    (unsigned long long)wanted, host,
		    (unsigned long long)limit);
		if (finding->remedy_count == 0)
			finding_add_setting(
			    finding, "max-size", buf_text(&value));
	} else {
		finding = finding_add_once(findings, SIZE_ID, SEVERITY_OK,
		    "%s takes messages of up to %.1f MB (SIZE %llu)", host,
		    (double)limit / MEGABYTE, (unsigned long long)limit);
	}
	if (finding->datum_count == 0 && limit <= INT64_MAX)
		finding_add_number(finding, "size", (int64_t)limit);
	buf_free(&value);
}

void
extension_check_size(struct diagnosis *diagnosis)
{
	const struct survey *survey = diagnosis_survey(diagnosis);
	struct survey_walk walk = {0};
	size_t count = diagnosis->findings.count;

	while (survey_next_ready(survey, &walk))
		if (!obstacle_hides_offer(walk.address))
			judge_size(diagnosis, &walk);
	if (walk.count == 0)
		skip(diagnosis, SIZE_ID);
	else if (diagnosis->findings.count == count)
		finding_add_skipped(&diagnosis->findings, SIZE_ID, "ehlo");
}

/* Says what the profile needs and this address lacks. False: nothing. */
static bool
judge_needs(struct diagnosis *diagnosis, const struct survey_walk *walk)
{
	const struct profile *profile = diagnosis->profile;
	const struct extensions *offer = survey_address_offer(walk->address);
	struct findings *findings = &diagnosis->findings;
	const char *host = name_of(walk), *sender = diagnosis->sender;
	bool has_dsn =
	    profile->dsn_notify != 0 || profile->dsn_return != DSN_RETURN_UNSET;
	bool lacks_utf8 = sender != NULL && !span_is_ascii(span_from(sender)) &&
	    !extensions_has(offer, EXTENSION_SMTPUTF8);
	bool lacks_dsn = has_dsn && !extensions_has(offer, EXTENSION_DSN);

	if (lacks_utf8)
		finding_add_once(findings, EXTENSIONS_ID,
		    diagnosis_limit(diagnosis, walk->address, SEVERITY_FAILURE),
		    "%s takes no address like %s (no SMTPUTF8)", host, sender);
	if (lacks_dsn)
		finding_add_once(findings, EXTENSIONS_ID, SEVERITY_WARNING,
		    "%s takes no request for notifications (no DSN): %s has no "
		    "effect",
		    host,
		    profile->dsn_notify != 0 ? "dsn-notify" : "dsn-return");
	return lacks_utf8 || lacks_dsn;
}

/* Says what is unusual but does no harm. False: nothing. */
static bool
judge_oddities(struct diagnosis *diagnosis, const struct survey_walk *walk)
{
	const struct profile *profile = diagnosis->profile;
	const struct extensions *offer = survey_address_offer(walk->address);
	const struct provider *provider =
	    provider_of(profile, walk->server->server);
	struct findings *findings = &diagnosis->findings;
	struct finding *finding;
	const char *host = name_of(walk);
	bool is_seven_bit = !extensions_has(offer, EXTENSION_8BITMIME);
	bool takes_few =
	    offer->recipients_max > 0 && offer->recipients_max < RECIPIENTS_FEW;
	bool is_risky = provider != NULL && provider->no_chunking &&
	    extensions_has(offer, EXTENSION_CHUNKING) &&
	    profile->chunking == EXTENSION_AUTO;

	if (is_seven_bit)
		finding_add_once(findings, EXTENSIONS_ID, SEVERITY_NOTE,
		    "%s takes messages in ASCII only (no 8BITMIME): others are "
		    "encoded before they are sent",
		    host);
	if (takes_few)
		finding_add_once(findings, EXTENSIONS_ID, SEVERITY_NOTE,
		    "%s takes at most %llu recipient%s of a mail at once "
		    "(LIMITS "
		    "RCPTMAX): a mail to more is sent several times",
		    host, (unsigned long long)offer->recipients_max,
		    offer->recipients_max == 1 ? "" : "s");
	if (is_risky) {
		finding = finding_add_once(findings, EXTENSIONS_ID,
		    SEVERITY_NOTE,
		    "%s offers CHUNKING, which does not work well there", host);
		if (finding->remedy_count == 0)
			finding_add_setting(finding, "chunking", "never");
	}
	return is_seven_bit || takes_few || is_risky;
}

void
extension_check_others(struct diagnosis *diagnosis)
{
	const struct survey *survey = diagnosis_survey(diagnosis);
	struct survey_walk walk = {0};
	size_t count = diagnosis->findings.count;

	while (survey_next_ready(survey, &walk))
		if (!judge_needs(diagnosis, &walk) &&
		    !obstacle_hides_offer(walk.address) &&
		    !judge_oddities(diagnosis, &walk))
			finding_add_once(&diagnosis->findings, EXTENSIONS_ID,
			    SEVERITY_OK, "%s offers what is needed",
			    name_of(&walk));
	if (walk.count == 0)
		skip(diagnosis, EXTENSIONS_ID);
	else if (diagnosis->findings.count == count)
		finding_add_skipped(
		    &diagnosis->findings, EXTENSIONS_ID, "ehlo");
}
