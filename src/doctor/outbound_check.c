/*
 * The names of an address are asked for once. A family without a good name is a
 * failure only if the other one has none either.
 */
#include "doctor/outbound_check.h"

#include "doctor/outbound.h"
#include "doctor/sender_domain.h"

#define ADDRESS_ID "outbound"
#define NAME_ID "dns.ptr"
#define EHLO_ID "dns.helo"

void
outbound_check_address(struct diagnosis *diagnosis)
{
	const struct outbound *outbound = diagnosis_outbound(diagnosis);
	struct findings *findings = &diagnosis->findings;

	for (size_t i = 0; i < outbound->count; i++) {
		const struct outbound_address *address = &outbound->items[i];
		struct finding *finding;

		if (address->is_private) {
			finding = finding_add(findings, ADDRESS_ID,
			    SEVERITY_NOTE,
			    "mail leaves this machine from %s, a private "
			    "address: receivers see the one of a router, which "
			    "is not known here",
			    address->text);
			finding_set_hint(
			    finding, "name it: --outbound ADDRESS");
		} else
			finding = finding_add(findings, ADDRESS_ID, SEVERITY_OK,
			    "receivers see %s", address->text);
		finding_add_text(finding, "address", address->text);
	}
	if (outbound->count > 0)
		return;
	if (profile_is_direct(diagnosis->profile))
		finding_add(findings, ADDRESS_ID, SEVERITY_FAILURE,
		    "this machine has no route to the Internet");
	else
		finding_add(findings, ADDRESS_ID, SEVERITY_SKIPPED,
		    "receivers see an address of the server, which is not "
		    "known here");
}

/* Whether there is something to judge; else adds a finding that says why. */
static bool
is_judged(struct diagnosis *diagnosis, const char *id)
{
	const char *failed = sender_domain_failed(diagnosis);
	size_t from = 0;

	if (!profile_is_direct(diagnosis->profile))
		finding_add(&diagnosis->findings, id, SEVERITY_SKIPPED,
		    "the server answers for its own name");
	else if (outbound_next(diagnosis_outbound(diagnosis), &from) == NULL)
		finding_add(&diagnosis->findings, id, SEVERITY_SKIPPED,
		    "the address that receivers see is not known");
	else if (failed != NULL)
		finding_add_skipped(&diagnosis->findings, id, failed);
	else
		return true;
	return false;
}

/* --- dns.ptr */

/* Whether another address has a name, so that mail can leave from there. */
static const struct outbound_address *
find_named(struct diagnosis *diagnosis, const struct outbound_address *other)
{
	struct outbound_address *address;
	size_t from = 0;

	while ((address = outbound_next(
		    diagnosis_outbound(diagnosis), &from)) != NULL)
		if (address != other && address->naming == OUTBOUND_NAMED)
			return address;
	return NULL;
}

static void
report_unnamed(
    struct diagnosis *diagnosis, const struct outbound_address *address)
{
	const struct outbound_address *named = find_named(diagnosis, address);
	enum severity severity =
	    named != NULL ? SEVERITY_WARNING : SEVERITY_FAILURE;
	struct finding *finding;

	if (address->naming == OUTBOUND_UNNAMED)
		finding = finding_add(&diagnosis->findings, NAME_ID, severity,
		    "%s has no name (PTR): Gmail and others refuse its mail "
		    "(550 5.7.25)",
		    address->text);
	else
		finding = finding_add(&diagnosis->findings, NAME_ID, severity,
		    "the name of %s, %s, does not lead back to it: Gmail and "
		    "others refuse its mail (550 5.7.25)",
		    address->text, address->name);
	finding_set_subject(finding, address->text);
	if (named != NULL)
		finding_add_setting(
		    finding, "ip", outbound_is_ip6(named) ? "6" : "4");
	else
		finding_set_hint(finding,
		    "the owner of the address, such as the provider of this "
		    "machine, can give it the name %s",
		    diagnosis->profile->ehlo_name);
}

static void
report_name(struct diagnosis *diagnosis, const struct outbound_address *address)
{
	struct findings *findings = &diagnosis->findings;
	struct finding *finding;

	if (address->naming != OUTBOUND_NAMED) {
		report_unnamed(diagnosis, address);
		return;
	}
	if (outbound_is_generic(address)) {
		finding = finding_add(findings, NAME_ID, SEVERITY_NOTE,
		    "the name of %s, %s, looks like that of any customer: some "
		    "receivers refuse mail from such",
		    address->text, address->name);
		finding_set_hint(finding,
		    "ask for a name of your own, or use a relay: server = "
		    "smtps://HOST");
	} else
		finding = finding_add(findings, NAME_ID, SEVERITY_OK,
		    "%s is %s, which leads back to it", address->text,
		    address->name);
	finding_set_subject(finding, address->text);
	finding_add_text(finding, "name", address->name);
}

void
outbound_check_name(struct diagnosis *diagnosis)
{
	struct outbound *outbound = diagnosis_outbound(diagnosis);
	struct lookup lookup = sender_domain_lookup(diagnosis);
	struct outbound_address *address;
	size_t from = 0;

	if (!is_judged(diagnosis, NAME_ID))
		return;
	while ((address = outbound_next(outbound, &from)) != NULL)
		outbound_ask_name(address, &lookup);
	from = 0;
	while ((address = outbound_next(outbound, &from)) != NULL)
		if (address->naming == OUTBOUND_TROUBLE)
			finding_add_unknown(&diagnosis->findings, NAME_ID,
			    "the name of %s is not known: %s", address->text,
			    buf_text(&lookup.trouble));
		else
			report_name(diagnosis, address);
	sender_domain_end(diagnosis, &lookup);
}

/* --- dns.helo */

/* "ehlo-name = NAME", where the address has another name. */
static void
propose_name(struct finding *finding, struct outbound *outbound,
    const char *present, struct lookup *lookup)
{
	struct outbound_address *address;
	size_t from = 0;

	while ((address = outbound_next(outbound, &from)) != NULL) {
		outbound_ask_name(address, lookup);
		if (address->naming != OUTBOUND_NAMED ||
		    span_equal_nocase(
			span_from(address->name), span_from(present)))
			continue;
		finding_add_setting(finding, "ehlo-name", address->name);
		return;
	}
}

/* Adds an address to the list of those that the name leads to, or does not. */
static bool
sort_address(const struct outbound_address *address, const char *name,
    struct lookup *lookup, struct buf *good, struct buf *bad)
{
	bool leads_back;
	struct buf *list;

	if (outbound_ask_back(address, name, lookup, &leads_back) ==
	    DNS_TROUBLE)
		return false;
	list = leads_back ? good : bad;
	buf_add_format(
	    list, "%s%s", list->len > 0 ? " and " : "", address->text);
	return true;
}

void
outbound_check_ehlo(struct diagnosis *diagnosis)
{
	struct findings *findings = &diagnosis->findings;
	struct outbound *outbound = diagnosis_outbound(diagnosis);
	const char *name = diagnosis->profile->ehlo_name;
	struct lookup lookup = sender_domain_lookup(diagnosis);
	struct buf good = {0}, bad = {0};
	const struct outbound_address *address;
	struct finding *finding;
	bool is_known = true;
	size_t from = 0;

	if (!is_judged(diagnosis, EHLO_ID))
		return;
	while (is_known && (address = outbound_next(outbound, &from)) != NULL)
		is_known = sort_address(address, name, &lookup, &good, &bad);
	if (!is_known)
		finding = finding_add_unknown(findings, EHLO_ID,
		    "the addresses of %s (ehlo-name) are not known: %s", name,
		    buf_text(&lookup.trouble));
	else if (bad.len == 0)
		finding = finding_add(findings, EHLO_ID, SEVERITY_OK,
		    "%s leads to %s", name, buf_text(&good));
	else {
		finding = finding_add(findings, EHLO_ID, SEVERITY_WARNING,
		    "%s (ehlo-name) does not lead to %s: some receivers refuse "
		    "that",
		    name, buf_text(&bad));
		propose_name(finding, outbound, name, &lookup);
	}
	finding_set_subject(finding, name);
	buf_free(&good);
	buf_free(&bad);
	sender_domain_end(diagnosis, &lookup);
}
