/*
 * Submission itself does not use DANE. Where the records do not fit, they are
 * old, or somebody opens TLS on the way. Only a name server that validates and
 * is trusted makes the records worth anything.
 */
#include "doctor/dane_check.h"

#include <string.h>

#include "doctor/mx_check.h"
#include "doctor/sender_domain.h"
#include "net/name_server.h"
#include "profile/server_url.h"
#include "tls/dane.h"

#define ID "tls.dane"

static bool
has_tls(const struct survey_server *server)
{
	for (size_t i = 0; i < server->count; i++)
		if (server->addresses[i]->is_tls)
			return true;
	return false;
}

/* Whether the server has a name that TLSA records may be at. */
static bool
is_named(const struct survey_server *server)
{
	struct host_address address;

	return !server->by_proxy && server->server->host != NULL &&
	    has_tls(server) &&
	    !host_parse_address(&address, server->server->host);
}

/* RFC 7672 section 2.2: unless an address is signed, no TLSA is asked for. */
static bool
is_signed(const char *host, struct lookup *lookup)
{
	static const enum dns_type types[] = {DNS_A, DNS_AAAA};
	bool is_authentic = false;

	for (size_t i = 0; i < 2 && !is_authentic; i++) {
		struct dns_records list = {0};

		is_authentic =
		    lookup_ask(lookup, host, types[i], &list) == DNS_FOUND &&
		    list.is_authentic;
		dns_answer_free(&list);
	}
	return is_authentic;
}

static enum dane_verdict
judge_address(
    const struct survey_address *address, const struct dns_records *records)
{
	enum dane_verdict best = DANE_UNUSABLE;

	for (size_t i = 0; i < records->count; i++) {
		enum dane_verdict verdict = dane_judge(records->items[i].data,
		    address->tls.chain, address->tls.count);

		if (verdict > best)
			best = verdict;
	}
	return best;
}

static void
compare(struct findings *findings, const struct survey_server *server,
    const char *name, const struct dns_records *records)
{
	struct buf misfit = {0};
	enum dane_verdict verdict = DANE_UNUSABLE;
	struct finding *finding;

	for (size_t i = 0; i < server->count; i++) {
		const struct survey_address *address = server->addresses[i];

		if (!address->is_tls)
			continue;
		verdict = judge_address(address, records);
		if (verdict == DANE_MISFIT)
			finding_list_place(&misfit, span_from(address->name));
	}
	if (misfit.len > 0) {
		finding = finding_add(findings, ID, SEVERITY_WARNING,
		    "the TLSA records of %s do not fit its certificate (%s)",
		    name, buf_text(&misfit));
		finding_set_hint(finding,
		    "the records are old, or something opens TLS on the way: "
		    "compare the certificate with the one that another network "
		    "shows");
	} else if (verdict == DANE_UNUSABLE)
		finding = finding_add(findings, ID, SEVERITY_SKIPPED,
		    "no TLSA record of %s is of a kind that mail uses", name);
	else
		finding = finding_add(findings, ID, SEVERITY_OK,
		    "the TLSA records of %s fit its certificate", name);
	finding_set_subject(finding, server_url_authority(server->server));
	buf_free(&misfit);
}

static void
check_server(struct diagnosis *diagnosis, const struct survey_server *server,
    struct lookup *lookup)
{
	struct findings *findings = &diagnosis->findings;
	const char *host = server->server->host;
	struct dns_records list = {0};
	struct buf name = {0};
	enum dns_result result;

	if (!is_signed(host, lookup)) {
		finding_add(findings, ID, SEVERITY_SKIPPED,
		    "%s is not signed (DNSSEC)", host);
		return;
	}
	buf_add_format(&name, "_%u._tcp.%s", server->server->port, host);
	result = lookup_ask(lookup, buf_text(&name), DNS_TLSA, &list);
	if (result == DNS_TROUBLE)
		finding_add_unknown(findings, ID,
		    "the TLSA records of %s are not known: %s", buf_text(&name),
		    buf_text(&lookup->trouble));
	else if (result == DNS_FOUND && list.is_authentic)
		compare(findings, server, buf_text(&name), &list);
	else
		finding_add(findings, ID, SEVERITY_SKIPPED,
		    result == DNS_FOUND
			? "the TLSA records of %s are not signed (DNSSEC)"
			: "%s has no TLSA records",
		    buf_text(&name));
	buf_free(&name);
	dns_answer_free(&list);
}

void
dane_check_run(struct diagnosis *diagnosis)
{
	const struct survey *survey;
	struct lookup lookup = sender_domain_lookup(diagnosis);
	struct name_server server = {.trust = NAME_SERVER_TRUST_AUTO};
	struct buf reason = {0};
	size_t named = 0;

	if (profile_is_direct(diagnosis->profile)) {
		mx_check_dane(diagnosis);
		return;
	}
	survey = diagnosis_survey(diagnosis);
	for (size_t i = 0; i < survey->count; i++)
		named += is_named(survey->servers[i]);
	if (named == 0)
		buf_add_text(&reason,
		    "no server is reached by its name and through TLS");
	else
		name_server_validates(&server, lookup.deadline, &reason);
	if (reason.len > 0)
		finding_add(&diagnosis->findings, ID, SEVERITY_SKIPPED, "%s",
		    buf_text(&reason));
	else
		for (size_t i = 0; i < survey->count; i++)
			if (is_named(survey->servers[i]))
				check_server(
				    diagnosis, survey->servers[i], &lookup);
	buf_free(&reason);
	sender_domain_end(diagnosis, &lookup);
}
