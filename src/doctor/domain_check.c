/*
 * Only the system's name server is asked. What cannot be looked up becomes a
 * finding that says so.
 */
#include "doctor/domain_check.h"

#include <string.h>

#include "address/domain.h"
#include "dkim/dkim_key.h"
#include "doctor/dkim_record.h"
#include "doctor/dmarc_record.h"
#include "doctor/sender_domain.h"
#include "profile/signing_keys.h"

#define MX_ID "dns.mx"
#define DKIM_ID "dns.dkim"
#define DMARC_ID "dns.dmarc"
#define SHORT_BITS 2048 /* RFC 8301 section 3.2: new keys have these */

/* The hosts that take mail for the domain: by MX, else the domain itself. */
static enum dns_result
find_hosts(
    const char *domain, struct lookup *lookup, bool *is_null, struct buf *hosts)
{
	static const enum dns_type types[] = {DNS_MX, DNS_A, DNS_AAAA};
	enum dns_result result = DNS_NO_DATA;

	for (size_t i = 0; i < 3 && result == DNS_NO_DATA; i++) {
		struct dns_records list = {0};

		result = lookup_ask(lookup, domain, types[i], &list);
		/* RFC 7505 */
		*is_null = types[i] == DNS_MX && list.count == 1 &&
		    list.items[0].target[0] == '\0';
		for (size_t j = 0; types[i] == DNS_MX && j < list.count; j++)
			buf_add_format(hosts, "%s%s", j > 0 ? ", " : "",
			    list.items[j].target);
		dns_answer_free(&list);
	}
	return result;
}

static void
check_hosts(struct diagnosis *diagnosis, const char *domain)
{
	struct lookup lookup = sender_domain_lookup(diagnosis);
	struct buf hosts = {0};
	struct finding *finding;
	bool is_null = false;

	switch (find_hosts(domain, &lookup, &is_null, &hosts)) {
	case DNS_FOUND:
		finding = is_null
		    ? finding_add(&diagnosis->findings, MX_ID, SEVERITY_WARNING,
			  "answers to the sender cannot arrive, and some "
			  "receivers refuse its mail: %s says that it takes no "
			  "mail (null MX)",
			  domain)
		    : finding_add(&diagnosis->findings, MX_ID, SEVERITY_OK,
			  "%s takes mail: %s", domain,
			  hosts.len > 0 ? buf_text(&hosts)
					: "by its own address");
		break;
	case DNS_TROUBLE:
	case DNS_SIGNAL:
		finding = finding_add_unknown(&diagnosis->findings, MX_ID,
		    "the mail servers of %s are not known: %s", domain,
		    buf_text(&lookup.trouble));
		break;
	default:
		finding =
		    finding_add(&diagnosis->findings, MX_ID, SEVERITY_WARNING,
			"answers to the sender cannot arrive: %s has no mail "
			"server",
			domain);
	}
	finding_set_subject(finding, domain);
	buf_free(&hosts);
	sender_domain_end(diagnosis, &lookup);
}

void
domain_check_mx(struct diagnosis *diagnosis)
{
	struct buf path = {0}, from = {0}, reason = {0};

	if (sender_domain_take(diagnosis, MX_ID, SENDER_DOMAIN_PATH, &path))
		check_hosts(diagnosis, buf_text(&path));
	if (sender_domain_find(diagnosis, SENDER_DOMAIN_FROM, &from, &reason) &&
	    path.len > 0 &&
	    !span_equal_nocase(buf_span(&path), buf_span(&from)))
		check_hosts(diagnosis, buf_text(&from));
	buf_free(&path);
	buf_free(&from);
	buf_free(&reason);
}

enum keys {
	KEYS_UNKNOWN, /* it is not known where they would be */
	KEYS_NONE,
	KEYS_BAD, /* `name` and `record` are the first */
	KEYS_GOOD,
	KEYS_TROUBLE,
};

struct key {
	struct buf name; /* "s1._domainkey.example.org" */
	struct dkim_record record;
	bool is_several, is_cut; /* there are two; or it is in two records */
	const char *wanted; /* a record with the key it should be; NULL: any */
	bool is_other;	    /* it is another key than `wanted` */
};

/* Reads the records of one name; false: there is no key. */
static bool
read_key(struct key *key, const struct dns_records *list)
{
	size_t count = 0;

	for (size_t i = 0; i < list->count; i++) {
		struct dkim_record record;

		dkim_record_read(&record, list->items[i].data);
		if (record.fault == DKIM_OTHER)
			continue;
		if (count++ > 0)
			continue;
		key->record = record;
		key->is_other = key->wanted != NULL &&
		    !dkim_record_same_key(
			list->items[i].data, span_from(key->wanted));
	}
	key->is_several = count > 1;
	key->is_cut = count == 1 && list->count > 1;
	return count > 0;
}

/* Whether receivers can check a signature with it. */
static bool
is_good(const struct key *key)
{
	return key->record.fault == DKIM_FINE && !key->is_several &&
	    !key->is_other;
}

/* Asks for the service's keys until one is found that can be used. */
static enum keys
find_keys(const struct provider *provider, const char *domain,
    struct lookup *lookup, struct key *key)
{
	enum keys found = KEYS_NONE;
	struct span rest, selector;

	if (provider == NULL || provider->selectors == NULL)
		return KEYS_UNKNOWN;
	rest = span_from(provider->selectors);
	while (found != KEYS_GOOD && span_next_word(&rest, " ", &selector)) {
		struct dns_records list = {0};
		struct key one = {0};
		enum dns_result result;

		buf_add_format(&one.name, "%.*s._domainkey.%s",
		    (int)selector.len, selector.at, domain);
		result =
		    lookup_ask(lookup, buf_text(&one.name), DNS_TXT, &list);
		if (result == DNS_TROUBLE)
			found = found == KEYS_NONE ? KEYS_TROUBLE : found;
		if (read_key(&one, &list) &&
		    (found != KEYS_BAD || one.record.fault == DKIM_FINE)) {
			found = is_good(&one) ? KEYS_GOOD : KEYS_BAD;
			buf_free(&key->name);
			*key = one;
		} else
			buf_free(&one.name);
		dns_answer_free(&list);
	}
	return found;
}

static void
report_bad_key(struct findings *findings, struct key *key)
{
	const char *name = buf_text(&key->name);
	struct finding *finding;
	const char *why = "cannot be read: it is not a DKIM record";

	switch (key->record.fault) {
	case DKIM_FINE:
		why = key->is_several
		    ? "is there twice, and receivers may take neither"
		    : "is another one than the key that signs";
		break;
	case DKIM_OTHER:
		break;
	case DKIM_SYNTAX:
		why = "is not written as a list of tags";
		break;
	case DKIM_NO_KEY:
		why = "has no tag p= with the key";
		break;
	case DKIM_REVOKED:
		why = "is empty (p=): the key was revoked";
		break;
	case DKIM_BROKEN:
		why = "cannot be read: a part of it is missing or wrong";
		break;
	case DKIM_UNKNOWN:
		why = "is of a kind that receivers do not know (k=)";
		break;
	case DKIM_OTHER_HASH:
		why = "is not for SHA-256 (h=), which signatures are made with";
		break;
	case DKIM_OTHER_USE:
		why = "is not for mail (s=)";
		break;
	case DKIM_TOO_WEAK:
		finding_add(findings, DKIM_ID, SEVERITY_FAILURE,
		    "the DKIM key at %s has %u bits: receivers ignore keys of "
		    "less than 1024",
		    name, key->record.bits);
		return;
	}
	finding = finding_add(findings, DKIM_ID, SEVERITY_FAILURE,
	    "the DKIM key at %s %s", name, why);
	if (key->is_cut && key->record.fault != DKIM_FINE)
		finding_set_hint(finding,
		    "write a text of more than 255 octets as one record of "
		    "several strings, not as several records");
	else if (key->record.fault == DKIM_BROKEN)
		finding_set_hint(finding,
		    "the text may have been cut at 255 octets, or have quotes "
		    "or blanks in it that do not belong to it");
	else if (key->wanted != NULL && key->record.fault == DKIM_REVOKED)
		finding_set_hint(finding,
		    "sign with a new key: smtpost --dkim-keygen DOMAIN "
		    "SELECTOR makes one");
	if (key->wanted != NULL && key->record.fault != DKIM_REVOKED)
		finding_add_record(finding, name, "TXT", key->wanted);
}

static void
report_good_key(struct findings *findings, struct key *key, const char *owner)
{
	const struct dkim_record *record = &key->record;
	const char *name = buf_text(&key->name);
	struct finding *finding;

	if (record->is_rsa && record->bits < SHORT_BITS)
		finding = finding_add(findings, DKIM_ID, SEVERITY_WARNING,
		    "the DKIM key at %s has %u bits only: 2048 are usual", name,
		    record->bits);
	else if (record->is_test)
		finding = finding_add(findings, DKIM_ID, SEVERITY_NOTE,
		    "the DKIM key at %s is in test mode (t=y): receivers may "
		    "ignore the signature",
		    name);
	else
		finding = finding_add(findings, DKIM_ID, SEVERITY_OK,
		    "%s has a DKIM key at %s", owner, name);
	finding_add_text(finding, "key", record->is_rsa ? "RSA" : "Ed25519");
	if (record->is_rsa)
		finding_add_number(finding, "bits", record->bits);
}

/* "google._domainkey.example.org", or several */
static void
add_names(const struct provider *provider, const char *domain, struct buf *out)
{
	struct span rest = span_from(provider->selectors), selector;
	bool is_first = true;

	while (span_next_word(&rest, " ", &selector)) {
		buf_add_format(out, "%s%.*s", is_first ? "" : ", ",
		    (int)selector.len, selector.at);
		is_first = false;
	}
	buf_add_format(out, "._domainkey.%s", domain);
}

/* The profile delivers by itself, and has no key to sign with. */
static void
report_unsigned(struct findings *findings, const char *domain)
{
	struct finding *finding = finding_add(findings, DKIM_ID, SEVERITY_NOTE,
	    "nothing signs the mail of this profile (DKIM): large receivers "
	    "take it as worse");

	finding_set_hint(finding,
	    "smtpost --dkim-keygen %s SELECTOR makes a key, and prints what to "
	    "write",
	    domain);
}

static void
report_provider_keys(
    struct diagnosis *diagnosis, const char *domain, struct lookup *lookup)
{
	struct findings *findings = &diagnosis->findings;
	const struct provider *provider = sender_domain_provider(diagnosis);
	struct buf names = {0};
	struct key key = {0};

	switch (find_keys(provider, domain, lookup, &key)) {
	case KEYS_UNKNOWN:
		finding_add(findings, DKIM_ID, SEVERITY_SKIPPED,
		    "it is not known where the DKIM keys of %s are",
		    provider != NULL ? provider->title : "this server");
		break;
	case KEYS_NONE:
		add_names(provider, domain, &names);
		finding_add(findings, DKIM_ID, SEVERITY_WARNING,
		    "no DKIM key of %s at %s: mail is signed for a domain of "
		    "%s, or not at all",
		    provider->title, buf_text(&names), provider->title);
		break;
	case KEYS_BAD:
		report_bad_key(findings, &key);
		break;
	case KEYS_GOOD:
		report_good_key(findings, &key, provider->title);
		break;
	case KEYS_TROUBLE:
		finding_add_unknown(findings, DKIM_ID,
		    "the DKIM keys of %s are not known: %s", domain,
		    buf_text(&lookup->trouble));
		break;
	}
	buf_free(&key.name);
	buf_free(&names);
}

/* Compares a key that signs with what is published. */
static void
report_own_key(struct findings *findings, const struct signing_key *own,
    const char *domain, struct lookup *lookup)
{
	struct dns_records list = {0};
	struct error ignored = {0};
	struct buf wanted = {0};
	struct key key = {0};
	enum dns_result result;
	const char *name;

	dkim_key_add_record(own->key, &wanted, &ignored);
	dkim_key_add_record_name(own->selector, domain, &key.name);
	key.wanted = buf_text(&wanted);
	name = buf_text(&key.name);
	result = lookup_ask(lookup, name, DNS_TXT, &list);
	if (result == DNS_TROUBLE)
		finding_add_unknown(findings, DKIM_ID,
		    "the DKIM key at %s is not known: %s", name,
		    buf_text(&lookup->trouble));
	else if (!read_key(&key, &list))
		finding_add_record(
		    finding_add(findings, DKIM_ID, SEVERITY_FAILURE,
			"mail is signed, and there is no DKIM key at %s: "
			"receivers cannot check the signature",
			name),
		    name, "TXT", key.wanted);
	else if (is_good(&key))
		report_good_key(findings, &key, "this profile");
	else
		report_bad_key(findings, &key);
	dns_answer_free(&list);
	buf_free(&key.name);
	buf_free(&wanted);
}

/* Receivers such as Gmail check RSA only. */
static bool
has_rsa(const struct signing_keys *keys)
{
	for (size_t i = 0; i < keys->count; i++)
		if (private_key_kind(keys->list[i].key) == PRIVATE_KEY_RSA)
			return true;
	return false;
}

static void
report_own_keys(
    struct diagnosis *diagnosis, const char *from, struct lookup *lookup)
{
	struct findings *findings = &diagnosis->findings;
	const char *domain = diagnosis->profile->dkim.domain;
	struct signing_keys keys = {0};
	struct buf notes = {0};
	struct error err = {0};

	if (domain == NULL)
		domain = from;
	if (finding_worst(findings, "secret.get") == SEVERITY_FAILURE)
		finding_add_skipped(findings, DKIM_ID, "secret.get");
	else if (!domain_is_in(span_from(from), span_from(domain)))
		finding_add(findings, DKIM_ID, SEVERITY_WARNING,
		    "mail is not signed: the From is of %s, which is not in "
		    "dkim-domain %s",
		    from, domain);
	else if (!signing_keys_open(&keys, diagnosis->profile, &notes, &err))
		finding_add_error(findings, DKIM_ID, SEVERITY_FAILURE, &err);
	else {
		for (size_t i = 0; i < keys.count; i++)
			report_own_key(findings, &keys.list[i], domain, lookup);
		if (!has_rsa(&keys))
			finding_add(findings, DKIM_ID, SEVERITY_WARNING,
			    "mail is signed with Ed25519 only, which Gmail and "
			    "others do not know: add an RSA key");
	}
	signing_keys_free(&keys);
	buf_free(&notes);
}

void
domain_check_dkim(struct diagnosis *diagnosis)
{
	struct findings *findings = &diagnosis->findings;
	struct buf domain = {0};
	struct lookup lookup;
	size_t count = findings->count;

	if (!sender_domain_take(
		diagnosis, DKIM_ID, SENDER_DOMAIN_FROM, &domain))
		return;
	lookup = sender_domain_lookup(diagnosis);
	if (signing_keys_are_wanted(diagnosis->profile))
		report_own_keys(diagnosis, buf_text(&domain), &lookup);
	else if (profile_is_direct(diagnosis->profile))
		report_unsigned(findings, buf_text(&domain));
	else
		report_provider_keys(diagnosis, buf_text(&domain), &lookup);
	for (size_t i = count; i < findings->count; i++)
		finding_set_subject(findings->items[i], buf_text(&domain));
	sender_domain_end(diagnosis, &lookup);
	buf_free(&domain);
}

/* Whether SPF of a reverse-path can align with the From (RFC 9989 4.4.2). */
static bool
can_align(const struct dmarc *dmarc, const char *path, const char *from,
    struct lookup *lookup)
{
	struct dmarc other;

	if (span_equal_nocase(span_from(path), span_from(from)))
		return true;
	if (dmarc->record.is_strict_spf)
		return false;
	dmarc_record_find(&other, path, lookup);
	return other.result == DMARC_TROUBLE ||
	    span_equal_nocase(
		span_from(other.organisation), span_from(dmarc->organisation));
}

/* The policy that receivers apply. */
static enum dmarc_policy
policy_of(const struct dmarc_record *record)
{
	if (!record->is_test || record->policy == DMARC_NOTHING)
		return record->policy;
	return record->policy - 1;
}

/* Whether mail has a signature that is aligned with From. */
static enum keys
find_signature(const struct diagnosis *diagnosis, const struct dmarc *dmarc,
    const char *from, struct lookup *lookup)
{
	const char *domain = diagnosis->profile->dkim.domain;
	bool is_aligned = domain == NULL ||
	    span_equal_nocase(span_from(from), span_from(domain)) ||
	    (!dmarc->record.is_strict_dkim &&
		domain_is_in(span_from(from), span_from(domain)));
	struct key key = {0};
	enum keys keys;

	if (signing_keys_are_wanted(diagnosis->profile)) {
		if (!is_aligned)
			return KEYS_NONE;
		return finding_worst(&diagnosis->findings, DKIM_ID) ==
			SEVERITY_FAILURE
		    ? KEYS_BAD
		    : KEYS_GOOD;
	}
	if (profile_is_direct(diagnosis->profile))
		return KEYS_NONE;
	keys = find_keys(sender_domain_provider(diagnosis), from, lookup, &key);
	buf_free(&key.name);
	return keys;
}

/* Judges whether mail of this profile can meet the policy. */
static void
check_alignment(struct diagnosis *diagnosis, const struct dmarc *dmarc,
    const char *from, struct lookup *lookup)
{
	enum dmarc_policy policy = policy_of(&dmarc->record);
	struct buf path = {0}, reason = {0};
	enum keys keys;

	if (policy != DMARC_NOTHING &&
	    sender_domain_find(diagnosis, SENDER_DOMAIN_PATH, &path, &reason) &&
	    !can_align(dmarc, buf_text(&path), from, lookup)) {
		keys = find_signature(diagnosis, dmarc, from, lookup);
		if (keys != KEYS_GOOD)
			finding_add(&diagnosis->findings, DMARC_ID,
			    policy == DMARC_REJECT && keys == KEYS_NONE
				? SEVERITY_FAILURE
				: SEVERITY_WARNING,
			    "%s asks receivers to %s mail that is neither SPF- "
			    "nor DKIM-aligned, and this profile's reverse-path "
			    "is of %s%s",
			    from,
			    policy == DMARC_REJECT ? "reject" : "put aside",
			    buf_text(&path),
			    keys == KEYS_NONE
				? ""
				: ": only a DKIM signature helps");
	}
	buf_free(&path);
	buf_free(&reason);
}

static void
report_record(struct diagnosis *diagnosis, const struct dmarc *dmarc,
    const char *domain, struct lookup *lookup)
{
	static const char *const policies[] = {"none", "quarantine", "reject"};
	struct findings *findings = &diagnosis->findings;
	const struct dmarc_record *record = &dmarc->record;
	size_t count = findings->count;

	if (record->is_policy_wrong || record->is_wrong)
		finding_add(findings, DMARC_ID, SEVERITY_WARNING,
		    "DMARC of %s: %s", dmarc->domain,
		    record->is_policy_wrong
			? "the policy is not one of none, quarantine, reject"
			: "a part of the record is no tag, and receivers may "
			  "ignore the record");
	check_alignment(diagnosis, dmarc, domain, lookup);
	if (record->gone != NULL)
		finding_add(findings, DMARC_ID, SEVERITY_NOTE,
		    "DMARC of %s has %s=, which RFC 9989 dropped: receivers "
		    "ignore it",
		    dmarc->domain, record->gone);
	if (record->is_test)
		finding_add(findings, DMARC_ID, SEVERITY_NOTE,
		    "DMARC of %s is in test mode (t=y)", dmarc->domain);
	if (findings->count == count)
		finding_add(findings, DMARC_ID, SEVERITY_OK,
		    "DMARC of %s: p=%s%s%s", domain, policies[record->policy],
		    strcmp(dmarc->domain, domain) != 0 ? ", by " : "",
		    strcmp(dmarc->domain, domain) != 0 ? dmarc->domain : "");
	finding_add_text(
	    findings->items[count], "policy", policies[record->policy]);
	finding_add_text(
	    findings->items[count], "organisation", dmarc->organisation);
}

void
domain_check_dmarc(struct diagnosis *diagnosis)
{
	struct findings *findings = &diagnosis->findings;
	struct buf domain = {0}, name = {0};
	struct lookup lookup;
	struct dmarc dmarc;
	size_t count;

	if (!sender_domain_take(
		diagnosis, DMARC_ID, SENDER_DOMAIN_FROM, &domain))
		return;
	count = findings->count;
	lookup = sender_domain_lookup(diagnosis);
	buf_add_format(&name, "_dmarc.%s", buf_text(&domain));
	dmarc_record_find(&dmarc, buf_text(&domain), &lookup);
	switch (dmarc.result) {
	case DMARC_FOUND:
		report_record(diagnosis, &dmarc, buf_text(&domain), &lookup);
		break;
	case DMARC_NONE:
		finding_add_record(
		    finding_add(findings, DMARC_ID, SEVERITY_WARNING,
			"%s has no DMARC record: large receivers want one from "
			"domains that send much mail",
			buf_text(&domain)),
		    buf_text(&name), "TXT", "v=DMARC1; p=none");
		break;
	case DMARC_SEVERAL:
		finding_add(findings, DMARC_ID, SEVERITY_FAILURE,
		    "%s has two DMARC records: receivers ignore both",
		    buf_text(&domain));
		break;
	case DMARC_TROUBLE:
		finding_add_unknown(findings, DMARC_ID,
		    "DMARC of %s is not known: %s", buf_text(&domain),
		    buf_text(&lookup.trouble));
		break;
	}
	finding_set_subject(findings->items[count], buf_text(&domain));
	sender_domain_end(diagnosis, &lookup);
	buf_free(&name);
	buf_free(&domain);
}
