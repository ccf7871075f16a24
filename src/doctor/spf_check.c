/*
 * Says what receivers would find wrong with the record. It is a failure where
 * they ignore the record, and with it the service that the profile sends
 * through.
 */
#include "doctor/spf_check.h"

#include <string.h>

#include "doctor/sender_domain.h"
#include "doctor/spf.h"
#include "doctor/spf_verdict.h"

#define ID "dns.spf"
#define PASS_ID "dns.spf.pass"
#define VERSION_LEN 6		 /* "v=spf1" */
#define RECORD_MAX ((size_t)450) /* to propose; the DNS takes more */

struct subject {
	struct findings *findings;
	const char *domain;
	const struct provider *provider; /* NULL: not known */
	/* The one domain to include for it; NULL: none, or it depends. */
	const char *include;
	/* "ip4:192.0.2.1": the addresses that receivers see. */
	struct buf terms;
	struct spf *spf;
};

/* Proposes the record with a piece of it replaced. */
static void
propose(const struct subject *subject, struct finding *finding, size_t from,
    size_t len, const char *new)
{
	struct span text = buf_span(&subject->spf->text);
	struct buf record = {0};

	if (text.len > RECORD_MAX || span_has_control(text) ||
	    !span_is_ascii(text))
		return;
	buf_add_span(&record, span_head(text, from));
	buf_add_text(&record, new);
	buf_add_span(&record, span_skip(text, from + len));
	finding_add_record(finding, subject->domain, "TXT", buf_text(&record));
	buf_free(&record);
}

/* The place of a word in the domain's own record; its length: not there. */
static size_t
find_word(struct span text, struct span word)
{
	for (size_t at = 0; at + word.len <= text.len; at++)
		if ((at == 0 || text.at[at - 1] == ' ') &&
		    (at + word.len == text.len ||
			text.at[at + word.len] == ' ') &&
		    memcmp(text.at + at, word.at, word.len) == 0)
			return at;
	return text.len;
}

static void
propose_word(const struct subject *subject, struct finding *finding,
    const struct buf *word, struct buf *meant)
{
	struct span text = buf_span(&subject->spf->text);
	size_t at = find_word(text, buf_span(word));

	if (at < text.len && meant->len > 0)
		propose(subject, finding, at, word->len, buf_text(meant));
}

static void
report_missing(const struct subject *subject)
{
	struct finding *finding =
	    finding_add(subject->findings, ID, SEVERITY_WARNING,
		"%s says nothing about who may send for it (no SPF)",
		subject->domain);
	struct buf record = {0};

	if (subject->include != NULL)
		buf_add_format(
		    &record, "v=spf1 include:%s ~all", subject->include);
	else if (subject->terms.len > 0)
		buf_add_format(&record, "v=spf1%.*s ~all",
		    (int)subject->terms.len, subject->terms.data);
	else
		return;
	finding_add_record(finding, subject->domain, "TXT", buf_text(&record));
	buf_free(&record);
}

/* "SPF of example.org", and whose record it is that is included there. */
static void
name_place(const struct subject *subject, struct buf *place)
{
	buf_add_format(place, "SPF of %s", subject->spf->place);
	if (strcmp(subject->spf->place, subject->domain) != 0)
		buf_add_format(place, ", which %s includes", subject->domain);
}

static void
report_word(
    const struct subject *subject, enum severity severity, const char *place)
{
	struct spf *spf = subject->spf;
	struct finding *finding;
	const char *meant = buf_text(&spf->mistake.proposal);

	finding = finding_add(subject->findings, ID, severity,
	    "%s: %s %s%s%s%s", place, buf_text(&spf->word), spf->mistake.why,
	    meant[0] != '\0' ? "; is " : "", meant,
	    meant[0] != '\0' ? " meant?" : "");
	if (strcmp(spf->place, subject->domain) == 0)
		propose_word(
		    subject, finding, &spf->word, &spf->mistake.proposal);
	if (spf->is_in_strings)
		finding_set_hint(finding,
		    "the record consists of several strings, and receivers "
		    "join them without a blank");
}

/* Receivers ignore the record. */
static void
report_fault(const struct subject *subject)
{
	struct spf *spf = subject->spf;
	enum severity severity =
	    spf->is_behind_provider ? SEVERITY_WARNING : SEVERITY_FAILURE;
	struct findings *findings = subject->findings;
	struct buf place = {0};

	name_place(subject, &place);
	switch (spf->fault) {
	case SPF_FAULT_NONE:
	case SPF_FAULT_TROUBLE:
		break;
	case SPF_FAULT_MISSING:
		report_missing(subject);
		break;
	case SPF_FAULT_SEVERAL:
		finding_add(findings, ID, severity,
		    "%s: there are two records, and receivers take neither",
		    buf_text(&place));
		break;
	case SPF_FAULT_WORD:
		report_word(subject, severity, buf_text(&place));
		break;
	case SPF_FAULT_TWICE:
		finding_add(findings, ID, severity,
		    "%s: %s is there for the second time, and receivers ignore "
		    "the record",
		    buf_text(&place), buf_text(&spf->word));
		break;
	case SPF_FAULT_INCLUDE:
		finding_add(findings, ID, severity,
		    "%s: it includes %s, which has no SPF record",
		    buf_text(&place), spf->target);
		break;
	case SPF_FAULT_LOOP:
		finding_add(findings, ID, severity,
		    "%s: it includes %s, which leads back to itself",
		    buf_text(&place), spf->target);
		break;
	case SPF_FAULT_HOSTS:
		finding_add(findings, ID, severity,
		    "%s: %s has more than 10 mail servers, so that mx fails",
		    buf_text(&place), spf->target);
		break;
	}
	buf_free(&place);
}

static void
report_lookups(const struct subject *subject)
{
	const struct spf *spf = subject->spf;
	bool is_reached = subject->provider == NULL ||
	    subject->provider->spf == NULL ||
	    (spf->names_provider && spf->lookups_before <= SPF_LOOKUPS_MAX);
	struct finding *finding = finding_add(subject->findings, ID,
	    is_reached || (!spf->names_provider && !spf->is_cut)
		? SEVERITY_WARNING
		: SEVERITY_FAILURE,
	    "SPF of %s needs %s%u look-ups, 10 are allowed", subject->domain,
	    spf->is_cut ? "more than " : "", spf->lookups);

	if (spf->names_provider && !is_reached)
		finding_set_hint(finding,
		    "receivers give up before they come to %s: put its include "
		    "first, and drop what is not needed",
		    subject->provider->title);
	else
		finding_set_hint(finding,
		    "receivers give up, unless a term before that fits: drop "
		    "what is not needed");
}

static void
report_provider(const struct subject *subject)
{
	const struct spf *spf = subject->spf;
	struct finding *finding;
	struct buf include = {0};
	struct span words;

	if (subject->provider == NULL || subject->provider->spf == NULL ||
	    spf->names_provider || spf->is_cut)
		return;
	words = span_from(subject->provider->spf);
	finding = finding_add(subject->findings, ID, SEVERITY_WARNING,
	    "SPF of %s does not name %s (include:%.*s), through which this "
	    "profile sends",
	    subject->domain, subject->provider->title,
	    (int)span_find(words, ' '), words.at);
	if (subject->include == NULL)
		return;
	buf_add_format(&include, " include:%s", subject->include);
	propose(subject, finding, VERSION_LEN, 0, buf_text(&include));
	buf_free(&include);
}

/* What receivers accept, although it is hardly meant. */
static void
report_oddities(const struct subject *subject)
{
	struct spf *spf = subject->spf;
	struct findings *findings = subject->findings;
	struct finding *finding;

	if (spf->lookups > SPF_LOOKUPS_MAX)
		report_lookups(subject);
	report_provider(subject);
	if (spf->voids > SPF_VOIDS_MAX)
		finding_add(findings, ID, SEVERITY_WARNING,
		    "SPF of %s: %u of its look-ups find nothing, 2 are allowed",
		    subject->domain, spf->voids);
	if (spf->has_all && spf->all == '+')
		finding_add(findings, ID, SEVERITY_WARNING,
		    "SPF of %s has +all: anybody may send for it",
		    subject->domain);
	if (spf->ignored.len > 0) {
		finding = finding_add(findings, ID, SEVERITY_WARNING,
		    "SPF of %s: receivers ignore %s; is %s meant?",
		    subject->domain, buf_text(&spf->ignored),
		    buf_text(&spf->meant));
		propose_word(subject, finding, &spf->ignored, &spf->meant);
	}
	if (!spf->has_all && !spf->has_redirect)
		finding_add(findings, ID, SEVERITY_NOTE,
		    "SPF of %s has no all at its end: it says nothing about "
		    "other senders",
		    subject->domain);
	if (spf->has_ptr)
		finding_add(findings, ID, SEVERITY_NOTE,
		    "SPF of %s has ptr, which should not be used (RFC 7208)",
		    subject->domain);
}

static void
report(const struct subject *subject, struct lookup *lookup)
{
	struct spf *spf = subject->spf;
	const char *named = subject->provider != NULL && spf->names_provider
	    ? subject->provider->title
	    : NULL;
	size_t count = subject->findings->count;
	struct finding *finding;

	if (spf->fault == SPF_FAULT_TROUBLE) {
		finding_add_unknown(subject->findings, ID,
		    "SPF of %s: cannot look up %s: %s", subject->domain,
		    spf->target, buf_text(&lookup->trouble));
		return;
	}
	if (spf->fault != SPF_FAULT_NONE)
		report_fault(subject);
	else
		report_oddities(subject);
	if (subject->findings->count == count)
		finding_add(subject->findings, ID, SEVERITY_OK,
		    "SPF of %s is well-formed%s%s; look-ups: %u of 10",
		    subject->domain, named != NULL ? " and names " : "",
		    named != NULL ? named : "", spf->lookups);
	finding = subject->findings->items[count];
	finding_set_subject(finding, subject->domain);
	if (spf->text.len > 0)
		finding_add_text(finding, "record", buf_text(&spf->text));
	if (spf->fault == SPF_FAULT_NONE) {
		finding_add_number(finding, "lookups", spf->lookups);
		finding_add_number(finding, "void-lookups", spf->voids);
	}
}

/* " ip4:192.0.2.1" */
static void
add_term(const struct outbound_address *address, struct buf *terms)
{
	buf_add_format(terms, " %s:%s",
	    outbound_is_ip6(address) ? "ip6" : "ip4", address->text);
}

void
spf_check_run(struct diagnosis *diagnosis)
{
	struct buf domain = {0};
	struct lookup lookup;
	struct spf spf = {0};
	struct subject subject = {
	    .findings = &diagnosis->findings, .spf = &spf};
	const struct outbound_address *address;
	size_t from = 0;

	if (sender_domain_take(diagnosis, ID, SENDER_DOMAIN_PATH, &domain)) {
		subject.domain = buf_text(&domain);
		subject.provider = sender_domain_provider(diagnosis);
		if (subject.provider != NULL && subject.provider->spf != NULL &&
		    strchr(subject.provider->spf, ' ') == NULL)
			subject.include = subject.provider->spf;
		while ((address = outbound_next(
			    diagnosis_outbound(diagnosis), &from)) != NULL)
			add_term(address, &subject.terms);
		lookup = sender_domain_lookup(diagnosis);
		spf_judge(&spf, subject.domain,
		    subject.provider != NULL ? subject.provider->spf : NULL,
		    &lookup);
		report(&subject, &lookup);
		sender_domain_end(diagnosis, &lookup);
	}
	spf_free(&spf);
	buf_free(&subject.terms);
	buf_free(&domain);
}

/* --- dns.spf.pass */

static enum severity
severity_of(enum spf_result result)
{
	switch (result) {
	case SPF_RESULT_PASS:
		return SEVERITY_OK;
	case SPF_RESULT_FAIL:
	case SPF_RESULT_PERMERROR:
		return SEVERITY_FAILURE;
	default:
		return SEVERITY_WARNING;
	}
}

/* "by -all", "by a of spf.example.net", or why there is no result */
static void
add_cause(const struct subject *subject, struct spf_verdict *verdict,
    struct buf *text)
{
	if (verdict->why.len > 0)
		buf_add_format(text, ": %s", buf_text(&verdict->why));
	else if (verdict->term.len > 0)
		buf_add_format(text, ", by %s", buf_text(&verdict->term));
	else
		buf_add_text(text, ": no term names it");
	if (verdict->term.len > 0 && verdict->why.len == 0 &&
	    strcmp(verdict->place, subject->domain) != 0)
		buf_add_format(text, " of %s", verdict->place);
}

static void
report_result(const struct subject *subject,
    const struct outbound_address *address, struct spf_verdict *verdict)
{
	enum spf_result result = verdict->result;
	struct buf cause = {0}, term = {0};
	struct finding *finding;

	if (result == SPF_RESULT_TEMPERROR) {
		finding_add_unknown(subject->findings, PASS_ID,
		    "SPF of %s for %s: %s", subject->domain, address->text,
		    buf_text(&verdict->why));
		return;
	}
	add_cause(subject, verdict, &cause);
	finding = finding_add(subject->findings, PASS_ID, severity_of(result),
	    "SPF of %s: %s for %s%s", subject->domain, spf_verdict_name(result),
	    address->text, buf_text(&cause));
	finding_set_subject(finding, subject->domain);
	finding_add_text(finding, "address", address->text);
	finding_add_text(finding, "result", spf_verdict_name(result));
	if (result != SPF_RESULT_PASS && result != SPF_RESULT_PERMERROR) {
		add_term(address, &term);
		propose(subject, finding, VERSION_LEN, 0, buf_text(&term));
	}
	buf_free(&cause);
	buf_free(&term);
}

/* A null reverse-path is judged by the name in EHLO. */
static bool
take_domain(struct diagnosis *diagnosis, struct buf *domain)
{
	const char *helo = diagnosis->profile->ehlo_name;

	if (diagnosis->sender == NULL || diagnosis->sender[0] != '\0' ||
	    helo == NULL)
		return sender_domain_take(
		    diagnosis, PASS_ID, SENDER_DOMAIN_PATH, domain);
	return buf_add_text(domain, helo);
}

void
spf_check_pass(struct diagnosis *diagnosis)
{
	struct outbound *outbound = diagnosis_outbound(diagnosis);
	struct spf spf = {0};
	struct subject subject = {
	    .findings = &diagnosis->findings, .spf = &spf};
	const struct outbound_address *address;
	struct buf domain = {0};
	size_t from = 0;

	if (outbound_next(outbound, &from) == NULL)
		finding_add(&diagnosis->findings, PASS_ID, SEVERITY_SKIPPED,
		    "the address that receivers see is not known");
	else if (take_domain(diagnosis, &domain)) {
		struct lookup lookup = sender_domain_lookup(diagnosis);

		subject.domain = buf_text(&domain);
		from = 0;
		while ((address = outbound_next(outbound, &from)) != NULL) {
			struct spf_verdict verdict = {0};
			struct spf_mail mail;

			spf_mail_set(&mail, &address->address.socket,
			    diagnosis->sender, diagnosis->profile->ehlo_name);
			spf_verdict_find(
			    &verdict, &mail, subject.domain, &lookup);
			/* The text that a change is proposed for */
			spf.text = verdict.record;
			if (verdict.result != SPF_RESULT_NONE)
				report_result(&subject, address, &verdict);
			else if (finding_of(subject.findings, PASS_ID) == NULL)
				finding_add_skipped(
				    subject.findings, PASS_ID, ID);
			spf_verdict_free(&verdict);
		}
		sender_domain_end(diagnosis, &lookup);
	}
	buf_free(&domain);
}
