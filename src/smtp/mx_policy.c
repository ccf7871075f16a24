/*
 * Judges the hosts of a domain. MTA-STS never makes up for DANE that fails (RFC
 * 8461 section 2): where DANE applies to a host, it judges the certificate, and
 * MTA-STS is only asked whether a name that may be forged is right.
 */
#include "smtp/mx_policy.h"

#include <stdlib.h>

#include "base/mem.h"
#include "net/sts.h"
#include "net/tlsa.h"
#include "profile/identity.h"

const struct status mx_policy_failed = {4, 7, 5};
const struct status mx_policy_no_requiretls = {5, 7, 30};
/* The name server does not say (RFC 3463 section 3.5). */
static const struct status status_unknown = {4, 4, 3};

/* The folder of the service for policies of MTA-STS. */
#ifndef STSDIR
#define STSDIR "/var/lib/smtpost/sts"
#endif

struct mx_policy {
	struct mx_policy_question question;
	bool uses_dane;
	struct tlsa tlsa; /* of the last host */
	bool is_sts_known;
	enum sts_result sts;
	struct sts_policy sts_policy;
	struct buf sts_trouble;	     /* why it is not known */
	struct buf why, required_by; /* of the last verdict */
};

/*
 * Whether DNSSEC can be had; if not, a note says so once a run. If only the
 * root is not known, the single answers decide (name_server.h).
 */
static bool
can_use_dane(const struct mx_policy_question *question, int64_t deadline)
{
	struct name_server *server = question->exchangers->name_server;
	struct buf reason = {0};
	bool validates;

	if (!(question->profile->mx_security & MX_SECURITY_DANE) ||
	    question->exchangers->is_literal || question->waives_tls)
		return false;
	validates = name_server_validates(server, deadline, &reason);
	if (!validates && !server->is_reported)
		observer_note(
		    question->observer, "no DANE: %s", buf_text(&reason));
	server->is_reported = true;
	buf_free(&reason);
	return validates || server->root == NAME_SERVER_ROOT_TROUBLE;
}

struct mx_policy *
mx_policy_open(const struct mx_policy_question *question, int64_t deadline)
{
	struct mx_policy *policy = mem_new(1, sizeof(*policy));

	policy->question = *question;
	policy->uses_dane = can_use_dane(question, deadline);
	policy->is_sts_known =
	    !(question->profile->mx_security & MX_SECURITY_STS) ||
	    question->exchangers->is_literal || question->waives_tls;
	policy->sts = STS_NONE;
	return policy;
}

void
mx_policy_close(struct mx_policy *policy)
{
	if (policy == NULL)
		return;
	tlsa_free(&policy->tlsa);
	sts_policy_free(&policy->sts_policy);
	buf_free(&policy->sts_trouble);
	buf_free(&policy->why);
	buf_free(&policy->required_by);
	free(policy);
}

/* The service has a folder of its own, which root made. Caller frees. */
static char *
find_cache(void)
{
	if (identity_owns_directory(STSDIR))
		return mem_copy_text(STSDIR);
	return identity_state_path("smtpost/sts");
}

/* Asks for the MTA-STS policy of the domain, once. */
static enum sts_result
find_sts(struct mx_policy *policy, int64_t deadline)
{
	const struct profile *profile = policy->question.profile;
	const struct tls_options tls =
	    network_trust_for_http(profile->tls_trust);
	const struct http_network network = network_for_http(&profile->network);
	struct sts_question question = {.domain = policy->question.domain,
	    .name_server = policy->question.exchangers->name_server,
	    .network = &network,
	    .tls = &tls,
	    .fetch_deadline = policy->question.fetch_deadline,
	    .tell = policy->question.observer != NULL ? observer_tell : NULL,
	    .context = (void *)policy->question.observer};
	struct buf reason = {0};
	char *cache;

	if (policy->is_sts_known)
		return policy->sts;
	cache = find_cache();
	question.cache = cache;
	policy->sts =
	    sts_find(&question, &policy->sts_policy, deadline, &reason);
	policy->is_sts_known = policy->sts != STS_SIGNAL;
	buf_clear(&policy->sts_trouble);
	if (policy->sts == STS_UNFETCHED || policy->sts == STS_TROUBLE ||
	    policy->sts == STS_SIGNAL)
		buf_add_format(&policy->sts_trouble,
		    "the MTA-STS policy of %s is not known: %s",
		    policy->question.domain, buf_text(&reason));
	free(cache);
	buf_free(&reason);
	return policy->sts;
}

static bool
is_in_sts_policy(
    const struct mx_policy *policy, const struct mail_exchanger *host)
{
	return (policy->sts == STS_ENFORCE || policy->sts == STS_TESTING) &&
	    sts_policy_has_host(&policy->sts_policy, span_from(host->name));
}

static void
forbid(
    struct mx_policy *policy, struct status status, struct mx_verdict *verdict)
{
	verdict->tls = MX_TLS_FORBIDDEN;
	verdict->dane = NULL;
	verdict->sni = NULL;
	verdict->status = status;
	verdict->why = buf_text(&policy->why);
}

static void
set_required_by(struct mx_policy *policy, struct mx_verdict *verdict,
    const char *what, const char *name)
{
	buf_clear(&policy->required_by);
	buf_add_format(&policy->required_by, "%s %s", what, name);
	verdict->required_by = buf_text(&policy->required_by);
}

static void
forbid_without_sts(struct mx_policy *policy, struct mx_verdict *verdict)
{
	buf_add_span(&policy->why, buf_span(&policy->sts_trouble));
	forbid(policy,
	    policy->sts == STS_UNFETCHED ? mx_policy_failed : status_unknown,
	    verdict);
}

/*
 * REQUIRETLS (RFC 8689 section 4.2.1): unless the name of the host cannot be
 * forged, the host is not used. Without MX records, its name is that of the
 * recipients.
 */
static bool
check_host_name(struct mx_policy *policy, const struct mail_exchanger *host,
    int64_t deadline, struct mx_verdict *verdict)
{
	const struct mail_exchangers *exchangers = policy->question.exchangers;

	if (exchangers->is_authentic || exchangers->is_implicit ||
	    exchangers->is_literal)
		return true;
	find_sts(policy, deadline);
	if (is_in_sts_policy(policy, host))
		return true;
	if (policy->sts_trouble.len > 0) {
		forbid_without_sts(policy, verdict);
		return false;
	}
	buf_add_format(&policy->why,
	    "REQUIRETLS: neither DNSSEC nor MTA-STS shows that %s is a mail "
	    "server of %s",
	    host->name, policy->question.domain);
	forbid(policy, mx_policy_no_requiretls, verdict);
	return false;
}

/* Applies what DANE says. Returns false if it leaves the host to others. */
static bool
judge_by_dane(struct mx_policy *policy, const struct mail_exchanger *host,
    int64_t deadline, struct mx_verdict *verdict)
{
	const struct tlsa_question question = {.host = host,
	    .exchangers = policy->question.exchangers,
	    .domain = policy->question.domain,
	    .name_server = policy->question.exchangers->name_server};

	switch (tlsa_find(&policy->tlsa, &question, deadline, &policy->why)) {
	case TLSA_FOUND:
		verdict->tls = MX_TLS_DANE;
		verdict->dane = &policy->tlsa.dane;
		verdict->sni = policy->tlsa.base;
		set_required_by(
		    policy, verdict, "the TLSA records of", policy->tlsa.base);
		return true;
	case TLSA_TROUBLE:
	case TLSA_SIGNAL:
		forbid(policy, mx_policy_failed, verdict);
		return true;
	case TLSA_UNUSABLE:
		if (verdict->tls == MX_TLS_OPPORTUNISTIC)
			verdict->tls = MX_TLS_ENCRYPTED;
		set_required_by(
		    policy, verdict, "the TLSA records of", policy->tlsa.base);
		observer_note(policy->question.observer,
		    "no TLSA record of %s is of a kind that mail uses",
		    policy->tlsa.base);
		return false;
	case TLSA_NONE:
		break;
	}
	return false;
}

/*
 * Whether MTA-STS lets the host be used; if not, it is forbidden. A policy that
 * is not known may have been suppressed, so the mail waits once. It does not
 * wait longer, since the name servers of some domains never answer such a
 * question.
 */
static bool
allows_host(struct mx_policy *policy, const struct mail_exchanger *host,
    int64_t deadline, struct mx_verdict *verdict)
{
	switch (find_sts(policy, deadline)) {
	case STS_NONE:
	case STS_UNFETCHED:
	case STS_TESTING:
		return true;
	case STS_ENFORCE:
		if (is_in_sts_policy(policy, host))
			return true;
		buf_add_format(&policy->why,
		    "the MTA-STS policy of %s does not name the host %s",
		    policy->question.domain, host->name);
		forbid(policy, mx_policy_failed, verdict);
		return false;
	case STS_TROUBLE:
		if (!policy->question.may_send_clear)
			break;
		observer_note(policy->question.observer, "%s",
		    buf_text(&policy->sts_trouble));
		return true;
	case STS_SIGNAL:
		break;
	}
	forbid_without_sts(policy, verdict);
	return false;
}

/* Applies what MTA-STS says. */
static void
judge_by_sts(struct mx_policy *policy, const struct mail_exchanger *host,
    int64_t deadline, struct mx_verdict *verdict)
{
	if (!allows_host(policy, host, deadline, verdict))
		return;
	if (policy->sts == STS_ENFORCE) {
		verdict->tls = MX_TLS_TRUSTED;
		set_required_by(policy, verdict, "the MTA-STS policy of",
		    policy->question.domain);
	}
	if (policy->sts != STS_TESTING)
		return;
	verdict->is_sts_testing = verdict->tls != MX_TLS_TRUSTED;
	if (!is_in_sts_policy(policy, host))
		observer_note(policy->question.observer,
		    "the MTA-STS policy of %s, which is being tested, does not "
		    "name the host %s",
		    policy->question.domain, host->name);
}

void
mx_policy_judge(struct mx_policy *policy, const struct mail_exchanger *host,
    int64_t deadline, struct mx_verdict *verdict)
{
	static const enum mx_tls by_setting[] = {
	    [TLS_POLICY_REQUIRED] = MX_TLS_TRUSTED,
	    [TLS_POLICY_OPPORTUNISTIC] = MX_TLS_OPPORTUNISTIC,
	    [TLS_POLICY_NONE] = MX_TLS_NONE,
	};
	const struct mx_policy_question *question = &policy->question;

	tlsa_free(&policy->tlsa);
	buf_clear(&policy->why);
	buf_clear(&policy->required_by);
	*verdict = (struct mx_verdict){
	    .tls = by_setting[question->profile->tls],
	    .requires_tls = question->requires_tls,
	};
	if (verdict->tls == MX_TLS_NONE)
		return;
	if (question->requires_tls) {
		verdict->tls = MX_TLS_TRUSTED;
		if (!check_host_name(policy, host, deadline, verdict))
			return;
	}
	if (!policy->uses_dane ||
	    !judge_by_dane(policy, host, deadline, verdict))
		judge_by_sts(policy, host, deadline, verdict);
	/* A forged MX record may name a host that has TLSA records, too. */
	else if (verdict->dane != NULL && verdict->dane->is_name_insecure)
		allows_host(policy, host, deadline, verdict);
}
