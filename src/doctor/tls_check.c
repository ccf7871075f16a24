/*
 * Judges the certificates that the survey has seen. No check advises trusting
 * whoever answered: a key is offered last, and only with the advice to compare
 * it with the key that another network shows.
 */
#include "doctor/tls_check.h"

#include <stdlib.h>
#include <string.h>

#include "address/domain.h"
#include "base/wait.h"
#include "doctor/server_name.h"
#include "doctor/tls_step.h"
#include "profile/profile_check.h"
#include "profile/provider.h"
#include "profile/server_url.h"
#include "tls/certificate_file.h"
#include "tls/certificate_name.h"
#include "tls/interception.h"

#define PLACE JUDGEMENT_PLACE
/* Names of a certificate in a text, and octets of one. */
#define NAMES_SHOWN ((size_t)4)
#define NAME_SHOWN ((size_t)64)
/* How long the name server may take to name an address. */
#define NAME_TIMEOUT ((int64_t)5000)
/* Why several checks do not apply. */
#define ONLY_KEY "tls-trust is pin: only the key is checked"
/* A value of tls-priority; it is not safe. */
#define OLD_VERSIONS "+VERS-TLS1.1:+VERS-TLS1.0"

/* Adds the hint that a submission gives in its text, if it has one. */
static void
copy_hint(struct finding *finding, const char *text)
{
	static const char mark[] = "\nhint: ";
	const char *hint = text != NULL ? strstr(text, mark) : NULL;

	if (hint != NULL)
		finding_set_hint(finding, "%s", hint + sizeof(mark) - 1);
}

/* "TLS 1.3" for "TLS1.3" */
static void
add_protocol(struct buf *out, const char *protocol)
{
	struct span name = span_from(protocol);

	if (span_starts(name, SPAN("TLS"))) {
		buf_add_text(out, "TLS ");
		name = span_skip(name, 3);
	}
	buf_add_span(out, name);
}

/* Why the chain is too weak: a short key, or an old signature. */
static void
judge_weakness(struct judgement *judgement)
{
	const struct tls_facts *facts = &judgement->address->tls;
	enum severity severity = tls_step_severity(judgement);
	struct finding *finding = NULL;

	for (size_t i = 0;
	     i < facts->count + facts->has_anchor && finding == NULL; i++) {
		const struct certificate_facts *one =
		    i < facts->count ? &facts->chain[i] : &facts->anchor;
		const char *whose = i == 0 ? "" : ", its issuer,";
		const char *who = i == 0 ? PLACE : one->subject;

		if (one->is_key_weak)
			finding = judgement_add(judgement, severity,
			    "the key of %s%s has %u bits (%s), which is too "
			    "short",
			    who, whose, one->key_bits, one->key);
		else if (one->is_signature_weak && one->is_used &&
		    !one->is_self_issued)
			finding = judgement_add(judgement, severity,
			    "the certificate of %s%s is signed by %s, which "
			    "is not safe",
			    who, whose, one->signature);
	}
	if (finding == NULL)
		finding = judgement_add(judgement, severity,
		    "the certificates of " PLACE " are too weak");
	finding_set_hint(finding,
	    "ask the owner of " PLACE " for a new certificate; tls-priority = "
	    "%%PROFILE_LOW accepts this one, at your own risk");
}

/*
 * What the server speaks instead, where a second connection shows it. False: it
 * does not.
 */
static bool
judge_old_tls(struct judgement *judgement, const struct survey_address *again)
{
	const struct profile *profile = judgement->diagnosis->profile;
	enum severity severity = tls_step_severity(judgement);
	struct span protocol = span_from(again->tls.protocol);
	struct buf shown = {0};

	if (!again->is_tls)
		return false;
	add_protocol(&shown, again->tls.protocol);
	if (!span_equal(protocol, SPAN("TLS1.2"))) {
		judgement_add(judgement, severity, PLACE " speaks %s at most",
		    buf_text(&shown));
		finding_set_hint(judgement->found,
		    "ask its owner for TLS 1.2; tls-priority = " OLD_VERSIONS
		    " accepts older versions, at your own risk");
	} else if (profile->tls_min == TLS_MIN_1_3) {
		judgement_add(judgement, severity,
		    PLACE " speaks %s at most, and tls-min asks for 1.3",
		    buf_text(&shown));
		finding_add_setting(judgement->found, "tls-min", "1.2");
	} else if (strcmp(again->tls.key_exchange, "RSA") == 0) {
		judgement_add(judgement, severity,
		    PLACE " offers no key exchange with forward secrecy");
		finding_set_hint(judgement->found,
		    "ask its owner for ECDHE; tls-priority = +RSA accepts a "
		    "key exchange without it, at your own risk");
	}
	buf_free(&shown);
	return judgement->found != NULL;
}

/* The handshake failed: tries older versions, if that can be. */
static bool
look_again(struct judgement *judgement)
{
	const struct probe probe = diagnosis_probe(
	    judgement->diagnosis, judgement->server, judgement->address);
	struct survey_address *again;
	bool is_judged;

	/* A silent server takes its time: one is enough. */
	if (!probe_is_possible(&probe) ||
	    (judgement->address->is_silent &&
		diagnosis_obstacles(judgement->diagnosis)->count > 1))
		return false;
	again = probe_old_tls(&probe);
	is_judged = judge_old_tls(judgement, again);
	survey_address_free(again);
	return is_judged;
}

static void
judge_handshake(struct judgement *judgement)
{
	const struct outcome *trouble = &judgement->address->trouble;
	struct finding *finding;
	struct buf reply = {0};

	if (look_again(judgement))
		return;
	reply_add_line(&reply, &trouble->reply);
	finding = judgement_add(judgement, tls_step_severity(judgement),
	    "no TLS with " PLACE ": %s", buf_text(&reply));
	if (trouble->hint != NULL)
		finding_set_hint(finding, "%s", trouble->hint);
	buf_free(&reply);
}

static void
judge_version(struct judgement *judgement)
{
	const struct survey_address *address = judgement->address;
	struct buf protocol = {0};

	if (judgement->obstacle < OBSTACLE_TLS)
		return;
	if (!address->is_tls) {
		if (address->trouble.action != ACTION_NONE &&
		    address->trouble.stage == STAGE_TLS)
			judge_handshake(judgement);
		return;
	}
	if (tls_step_of(address) == TLS_STEP_VERSION) {
		judge_weakness(judgement);
		return;
	}
	add_protocol(&protocol, address->tls.protocol);
	judgement_add(judgement, SEVERITY_OK, "%s, %s", buf_text(&protocol),
	    address->tls.cipher);
	finding_add_text(judgement->found, "protocol", address->tls.protocol);
	finding_add_text(judgement->found, "cipher", address->tls.cipher);
	buf_free(&protocol);
}

void
tls_check_version(struct diagnosis *diagnosis)
{
	tls_step_gather(
	    diagnosis, TLS_STEP_VERSION, judge_version, "TLS is not used");
}

/* Whether the server belongs to a service that smtpost knows. */
static bool
is_of_provider(const struct judgement *judgement)
{
	return provider_of(judgement->diagnosis->profile,
		   judgement->server->server) != NULL;
}

/* Where administrators add roots to those of the system. */
static const char *const anchor_folders[] = {
    "/usr/local/share/ca-certificates",		 /* Debian, Alpine */
    "/etc/pki/ca-trust/source/anchors",		 /* Fedora */
    "/etc/ca-certificates/trust-source/anchors", /* Arch */
    "/etc/pki/trust/anchors",			 /* SUSE */
};

/* The root of a trusted chain; NULL: it is not known. */
static const struct certificate_facts *
root_of(const struct tls_facts *facts)
{
	const struct certificate_facts *last = NULL;

	if (facts->has_anchor)
		return &facts->anchor;
	for (size_t i = 0; i < facts->count; i++)
		if (facts->chain[i].is_used &&
		    (last == NULL || facts->chain[i].is_self_issued))
			last = &facts->chain[i];
	return last;
}

/* The file by which an administrator added the root; NULL: none did. */
static char *
find_added_root(
    const struct judgement *judgement, const struct certificate_facts *root)
{
	const struct profile *profile = judgement->diagnosis->profile;
	const struct tls_facts *facts = &judgement->address->tls;
	size_t count = sizeof(anchor_folders) / sizeof(anchor_folders[0]);
	char *found = NULL;

	if (facts->distrust != NULL || profile->tls_trust != NULL ||
	    profile->trust_file != NULL || profile->trust_folder != NULL)
		return NULL;
	for (size_t i = 0; i < count && found == NULL; i++)
		found = certificate_file_find(anchor_folders[i], root->sha256);
	return found;
}

static void
report_interceptor(struct judgement *judgement, enum severity severity,
    const char *authority, const char *added)
{
	struct buf name = {0};

	interception_add_common_name(span_from(authority), &name);
	judgement_add(judgement, severity,
	    "TLS to " PLACE " is opened on the way by \"%s\" (%s%s)",
	    buf_text(&name),
	    added == NULL ? "issuer of its certificate"
			  : "a root that was added by ",
	    added == NULL ? "" : added);
	finding_set_hint(judgement->found,
	    "that program can be told to leave mail alone; do not pin its key");
	finding_add_text(judgement->found, "issuer", authority);
	buf_free(&name);
}

static void
judge_interception(struct judgement *judgement)
{
	const struct survey_address *address = judgement->address;
	const struct tls_facts *facts = &address->tls;
	const char *authority = tls_step_interceptor(facts);
	const struct certificate_facts *root = root_of(facts);
	char *added;

	if (!tls_step_is_reached(judgement, TLS_STEP_INTERCEPT))
		return;
	if (authority != NULL &&
	    !profile_check_trusts_pin_alone(judgement->diagnosis->profile)) {
		report_interceptor(judgement,
		    tls_step_of(address) == TLS_STEP_INTERCEPT &&
			    address->needs_trust
			? tls_step_severity(judgement)
			: SEVERITY_WARNING,
		    authority, NULL);
		return;
	}
	added = root == NULL ? NULL : find_added_root(judgement, root);
	if (added == NULL)
		judgement_add(judgement, SEVERITY_OK,
		    "nothing that is known opens TLS to " PLACE " on the way");
	else if (is_of_provider(judgement))
		report_interceptor(
		    judgement, SEVERITY_WARNING, root->subject, added);
	else
		judgement_add(judgement, SEVERITY_NOTE,
		    "the root of the certificate of " PLACE
		    " was added to this machine by %s",
		    added);
	free(added);
}

void
tls_check_intercept(struct diagnosis *diagnosis)
{
	tls_step_gather(
	    diagnosis, TLS_STEP_INTERCEPT, judge_interception, ONLY_KEY);
}

/* The last certificate of the path that was sent. */
static const struct certificate_facts *
top_of(const struct tls_facts *facts)
{
	const struct certificate_facts *top = &facts->chain[0];

	for (size_t i = 1; i < facts->count; i++)
		if (facts->chain[i].is_used &&
		    (facts->chain[i].is_self_issued || !top->is_self_issued))
			top = &facts->chain[i];
	return top;
}

/* Offers the key, as the last way out. */
static void
offer_pin(struct judgement *judgement, const char *first)
{
	const struct tls_facts *facts = &judgement->address->tls;

	if (is_of_provider(judgement))
		finding_set_hint(judgement->found,
		    "something may stand between you and " PLACE
		    ", such as a login page of this network");
	else
		finding_set_hint(judgement->found,
		    "%s; if another network shows the same key, tls-trust = "
		    "pin and tls-pin = %s trust it alone",
		    first, facts->chain[0].pin);
}

/* The chain leads to no trusted root. */
static void
judge_issuer(struct judgement *judgement)
{
	const struct tls_facts *facts = &judgement->address->tls;
	const struct certificate_facts *top = top_of(facts);
	enum severity severity = tls_step_severity(judgement);

	if ((facts->faults & FAULT_SELF_SIGNED) != 0) {
		judgement_add(judgement, severity,
		    PLACE " has a self-signed certificate");
		offer_pin(judgement,
		    "tls-trust = FILE trusts the certificate, if you have it "
		    "from the owner");
	} else if (!top->is_self_issued && top->has_issuer_url) {
		judgement_add(judgement, severity,
		    PLACE " does not send the certificate of its issuer %s: "
			  "its chain is incomplete",
		    top->issuer);
		offer_pin(judgement,
		    "tell its owner, or set tls-trust = FILE with that "
		    "certificate");
		return; /* the owner has to mend it */
	} else {
		judgement_add(judgement, severity, "%s of " PLACE " is %s: %s",
		    top->is_self_issued ? "the root of the certificate"
					: "the issuer of the certificate",
		    top->is_self_issued ? "not trusted" : "unknown",
		    top->issuer);
		offer_pin(judgement,
		    "tls-trust = FILE trusts this issuer, if you have its "
		    "certificate from the owner");
	}
	if (!is_of_provider(judgement))
		finding_add_setting(judgement->found, "tls-trust", "FILE");
}

static void
judge_roots(struct judgement *judgement)
{
	const struct profile *profile = judgement->diagnosis->profile;
	const struct tls_facts *facts = &judgement->address->tls;
	struct span sentence = tls_facts_sentence(facts);
	enum severity severity = tls_step_severity(judgement);

	if (profile->tls_trust == NULL && profile->trust_file == NULL &&
	    profile->trust_folder == NULL) {
		judgement_add(judgement, severity,
		    "no trusted certificates are installed");
		finding_set_hint(
		    judgement->found, "install the package ca-certificates");
	} else
		judgement_add(judgement, severity, "%.*s", (int)sentence.len,
		    sentence.at);
}

static void
judge_trust(struct judgement *judgement)
{
	const struct survey_address *address = judgement->address;
	const struct tls_facts *facts = &address->tls;
	const struct certificate_facts *root = root_of(facts);
	struct span sentence;

	if (!tls_step_is_reached(judgement, TLS_STEP_TRUST) ||
	    profile_check_trusts_pin_alone(judgement->diagnosis->profile))
		return;
	if (tls_step_of(address) != TLS_STEP_TRUST)
		judgement_add(judgement, SEVERITY_OK,
		    "the issuer of the certificate of " PLACE " is trusted: %s",
		    root != NULL ? root->subject : "(no name)");
	else if ((facts->faults & FAULT_ROOTS) != 0)
		judge_roots(judgement);
	else if ((facts->faults & FAULT_ISSUER_UNKNOWN) != 0)
		judge_issuer(judgement);
	else {
		sentence = tls_facts_sentence(facts);
		judgement_add(judgement, tls_step_severity(judgement),
		    PLACE ": %.*s", (int)sentence.len, sentence.at);
		copy_hint(judgement->found, facts->distrust);
	}
}

void
tls_check_trust(struct diagnosis *diagnosis)
{
	tls_step_gather(diagnosis, TLS_STEP_TRUST, judge_trust, ONLY_KEY);
}

/* Whether the network answers for others: then no name is suggested. */
static bool
is_astray(const struct diagnosis *diagnosis)
{
	return finding_worst(&diagnosis->findings, "name.private") ==
	    SEVERITY_WARNING ||
	    finding_worst(&diagnosis->findings, "name.invented") ==
	    SEVERITY_WARNING;
}

/* Whether the certificate has this name of a host, or a wildcard for it. */
static bool
has_name(const struct tls_facts *facts, const char *host)
{
	struct span rest = span_from(facts->chain[0].names), name;

	while (span_next_word(&rest, ", ", &name))
		if (certificate_name_matches(name, host))
			return true;
	return false;
}

/*
 * Suggests the name that the DNS has for the address, if the certificate has it
 * too: many servers of one hoster are found by names of its customers.
 */
static bool
suggest_own_name(struct judgement *judgement)
{
	const struct survey_address *address = judgement->address;
	struct buf name = {0};
	bool is_sound = !judgement->server->by_proxy &&
	    !obstacle_is_public(judgement->server->server) &&
	    !obstacle_is_private(&address->address) &&
	    server_name_find(&address->address,
		deadline_earlier(
		    judgement->diagnosis->deadline, deadline_in(NAME_TIMEOUT)),
		&name) &&
	    domain_is_ldh(buf_span(&name)) &&
	    has_name(&address->tls, buf_text(&name));

	if (is_sound)
		finding_add_setting(
		    judgement->found, "tls-host", buf_text(&name));
	buf_free(&name);
	return is_sound;
}

/* Suggests a name of the certificate that may be the server's, too. */
static bool
suggest_name(struct judgement *judgement)
{
	struct span rest = span_from(judgement->address->tls.chain[0].names);
	struct span name;
	char *value;

	while (span_next_word(&rest, ", ", &name)) {
		if (!server_name_is_akin(judgement->server->server->host, name))
			continue;
		value = span_copy(name);
		finding_add_setting(judgement->found, "tls-host", value);
		free(value);
		return true;
	}
	return suggest_own_name(judgement);
}

/* Adds the first names of a list, and how many more there are. */
static void
add_names(struct buf *out, const char *list)
{
	struct span rest = span_from(list), name;
	size_t count = 0;

	while (span_next_word(&rest, ", ", &name))
		if (++count <= NAMES_SHOWN) {
			buf_add_text(out, count > 1 ? ", " : "");
			buf_add_span(out, span_head(name, NAME_SHOWN));
		}
	if (count > NAMES_SHOWN)
		buf_add_format(out, " and %zu more", count - NAMES_SHOWN);
}

static void
judge_name(struct judgement *judgement)
{
	const struct survey_address *address = judgement->address;
	const struct tls_facts *facts = &address->tls;
	struct buf names = {0};

	if (!tls_step_is_reached(judgement, TLS_STEP_NAME) ||
	    profile_check_trusts_pin_alone(judgement->diagnosis->profile))
		return;
	if (tls_step_of(address) != TLS_STEP_NAME) {
		judgement_add(judgement, SEVERITY_OK,
		    "the certificate is for %s", facts->wanted);
		return;
	}
	add_names(&names, facts->chain[0].names);
	if (span_equal(buf_span(&names), span_from(facts->wanted)))
		judgement_add(judgement, tls_step_severity(judgement),
		    "the certificate has %s as the name of a host, not as an "
		    "address",
		    facts->wanted);
	else if (names.len > 0)
		judgement_add(judgement, tls_step_severity(judgement),
		    "the certificate is for %s, not for %s", buf_text(&names),
		    facts->wanted);
	else
		judgement_add(judgement, tls_step_severity(judgement),
		    "the certificate names no server, so it is not for %s "
		    "(its subject, %s, does not count)",
		    facts->wanted, facts->chain[0].subject);
	buf_free(&names);
	finding_add_text(judgement->found, "names", facts->chain[0].names);
	if (is_astray(judgement->diagnosis)) {
		finding_set_hint(judgement->found,
		    "another server answers for " PLACE
		    ": perhaps a login page of this network");
		return;
	}
	if (suggest_name(judgement))
		finding_set_hint(judgement->found,
		    "if that is the right server, tls-host accepts its name");
	else
		finding_set_hint(judgement->found,
		    "perhaps another server answers for " PLACE
		    ", such as a login page of this network; else ask its "
		    "owner for the right name");
}

void
tls_check_name(struct diagnosis *diagnosis)
{
	tls_step_gather(diagnosis, TLS_STEP_NAME, judge_name, ONLY_KEY);
}

static void
judge_staple(struct judgement *judgement)
{
	const struct survey_address *address = judgement->address;
	const struct tls_facts *facts = &address->tls;
	struct span sentence;

	if (!tls_step_is_reached(judgement, TLS_STEP_STAPLE) ||
	    profile_check_trusts_pin_alone(judgement->diagnosis->profile))
		return;
	if (tls_step_of(address) == TLS_STEP_STAPLE) {
		sentence = tls_facts_sentence(facts);
		sentence = span_head(sentence, span_find(sentence, ';'));
		judgement_add(judgement, tls_step_severity(judgement),
		    PLACE ": %.*s", (int)sentence.len, sentence.at);
	} else if (strcmp(facts->staple, "good") == 0)
		judgement_add(judgement, SEVERITY_OK,
		    PLACE " sends an OCSP status of its certificate: good");
}

void
tls_check_staple(struct diagnosis *diagnosis)
{
	tls_step_gather(
	    diagnosis, TLS_STEP_STAPLE, judge_staple, "no OCSP status is sent");
}

static bool
is_pinned(const struct profile *profile, const char *prefix, const char *digest)
{
	for (size_t i = 0; i < profile->tls_pin.count; i++) {
		struct span pin = span_from(profile->tls_pin.names[i]);

		if (digest[0] != '\0' && span_starts(pin, span_from(prefix)) &&
		    span_equal(
			span_skip(pin, strlen(prefix)), span_from(digest)))
			return true;
	}
	return false;
}

/* No pin is that of the server's key. */
static void
judge_wrong_pin(struct judgement *judgement)
{
	const struct profile *profile = judgement->diagnosis->profile;
	const struct tls_facts *facts = &judgement->address->tls;
	enum severity severity = tls_step_severity(judgement);

	if (is_pinned(profile, "sha256:", facts->chain[0].sha256)) {
		judgement_add(judgement, severity,
		    "tls-pin is the digest of the certificate of " PLACE
		    ", not of its key");
		finding_add_setting(
		    judgement->found, "tls-pin", facts->chain[0].pin);
		return;
	}
	for (size_t i = 1; i < facts->count; i++)
		if (is_pinned(profile, "", facts->chain[i].pin)) {
			judgement_add(judgement, severity,
			    "tls-pin is the key of %s in the chain, not that "
			    "of " PLACE " itself",
			    facts->chain[i].subject);
			finding_set_hint(judgement->found,
			    "if another network shows the same key, tls-pin = "
			    "%s",
			    facts->chain[0].pin);
			return;
		}
	judgement_add(judgement, severity,
	    "the key of " PLACE " is %s, which is not in tls-pin",
	    facts->chain[0].pin);
	finding_set_hint(judgement->found,
	    "something may stand between you and " PLACE
	    "; if it has a new key, and another network shows this one too, "
	    "tls-pin = %s",
	    facts->chain[0].pin);
}

static void
judge_pin(struct judgement *judgement)
{
	const struct survey_address *address = judgement->address;
	const struct profile *profile = judgement->diagnosis->profile;
	const struct tls_facts *facts = &address->tls;

	if (!tls_step_is_reached(judgement, TLS_STEP_PIN) || facts->count == 0)
		return;
	if (profile->tls_pin.count == 0)
		judgement_add(judgement, SEVERITY_SKIPPED,
		    "tls-pin is not set; the key of " PLACE " is %s",
		    facts->chain[0].pin);
	else if (tls_step_of(address) == TLS_STEP_PIN)
		judge_wrong_pin(judgement);
	else
		judgement_add(judgement, SEVERITY_OK,
		    "the key of " PLACE " is in tls-pin");
	finding_add_text(judgement->found, "pin", facts->chain[0].pin);
}

void
tls_check_pin(struct diagnosis *diagnosis)
{
	tls_step_gather(
	    diagnosis, TLS_STEP_PIN, judge_pin, "tls-pin is not set");
}
