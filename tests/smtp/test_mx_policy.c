/*
 * How DANE, MTA-STS, REQUIRETLS and the setting `tls` decide together about the
 * hosts of a domain.
 */
#include "rows.h"

#include "smtp/mx_policy.h"

#include <time.h>

#include "base/mem.h"
#include "net/mail_exchanger.h"
#include "net/sts_cache.h"

#define DOMAIN "example.org"
#define BOTH (MX_SECURITY_DANE | MX_SECURITY_STS)
#define REQUIRED TLS_POLICY_REQUIRED
#define OPPORTUNISTIC TLS_POLICY_OPPORTUNISTIC

struct row {
	const char *name;
	const char *host; /* NULL: mx.example.org */
	enum tls_policy tls;
	unsigned security;
	enum name_server_trust trust;
	enum dns_result tlsa; /* FOUND: of this usage */
	char usage;
	const char *sts; /* the mode of a cached policy for *.example.org */
	bool is_silent_of_sts, is_root_insecure;
	bool is_host_insecure, is_mx_insecure, is_implicit, is_literal;
	bool requires_tls, waives_tls, may_send_clear;

	enum mx_tls expected;
	const char *why;
	const char *status;
	bool is_sts_testing;
	/* "T" for a question about TLSA, "S" about MTA-STS */
	const char *asked;
};

static const struct row rows[] = {
    {.name = "nothing",
	.tls = OPPORTUNISTIC,
	.security = BOTH,
	.tlsa = DNS_NO_DATA,
	.expected = MX_TLS_OPPORTUNISTIC,
	.asked = "TS"},
    {.name = "nothing, required",
	.tls = REQUIRED,
	.security = BOTH,
	.tlsa = DNS_NO_DATA,
	.expected = MX_TLS_TRUSTED,
	.asked = "TS"},
    {.name = "no TLS at all",
	.tls = TLS_POLICY_NONE,
	.security = BOTH,
	.usage = 3,
	.sts = "enforce",
	.expected = MX_TLS_NONE,
	.asked = ""},
    {.name = "switched off",
	.tls = OPPORTUNISTIC,
	.security = 0,
	.usage = 3,
	.sts = "enforce",
	.expected = MX_TLS_OPPORTUNISTIC,
	.asked = ""},
    {.name = "an address literal",
	.tls = OPPORTUNISTIC,
	.security = BOTH,
	.usage = 3,
	.sts = "enforce",
	.is_literal = true,
	.expected = MX_TLS_OPPORTUNISTIC,
	.asked = ""},

    {.name = "DANE",
	.tls = OPPORTUNISTIC,
	.security = BOTH,
	.usage = 3,
	.expected = MX_TLS_DANE,
	.asked = "T"},
    {.name = "DANE, required",
	.tls = REQUIRED,
	.security = BOTH,
	.usage = 2,
	.expected = MX_TLS_DANE,
	.asked = "T"},
    {.name = "DANE goes before MTA-STS",
	.tls = OPPORTUNISTIC,
	.security = BOTH,
	.usage = 3,
	.sts = "enforce",
	.expected = MX_TLS_DANE,
	.asked = "T"},
    {.name = "DANE that fails is not made up for by MTA-STS",
	.tls = OPPORTUNISTIC,
	.security = BOTH,
	.tlsa = DNS_TROUBLE,
	.sts = "enforce",
	.expected = MX_TLS_FORBIDDEN,
	.status = "4.7.5",
	.why = "the TLSA records of mx.example.org are not known",
	.asked = "T"},
    {.name = "DANE: no usable record",
	.tls = OPPORTUNISTIC,
	.security = BOTH,
	.usage = 1,
	.expected = MX_TLS_ENCRYPTED,
	.asked = "TS"},
    {.name = "DANE: no usable record, required",
	.tls = REQUIRED,
	.security = BOTH,
	.usage = 1,
	.expected = MX_TLS_TRUSTED,
	.asked = "TS"},
    {.name = "DANE: no usable record, and MTA-STS",
	.tls = OPPORTUNISTIC,
	.security = BOTH,
	.usage = 0,
	.sts = "enforce",
	.expected = MX_TLS_TRUSTED,
	.asked = "TS"},
    {.name = "DANE: no usable record, and MTA-STS is tested",
	.tls = OPPORTUNISTIC,
	.security = BOTH,
	.usage = 0,
	.sts = "testing",
	.expected = MX_TLS_ENCRYPTED,
	.is_sts_testing = true,
	.asked = "TS"},
    {.name = "DANE: a host without DNSSEC",
	.tls = OPPORTUNISTIC,
	.security = BOTH,
	.usage = 3,
	.is_host_insecure = true,
	.expected = MX_TLS_OPPORTUNISTIC,
	.asked = "S"},
    {.name = "DANE: MX records without DNSSEC",
	.tls = OPPORTUNISTIC,
	.security = BOTH,
	.usage = 3,
	.is_mx_insecure = true,
	.expected = MX_TLS_DANE,
	.asked = "TS"},
    {.name = "DANE: MX records without DNSSEC, in the policy",
	.tls = OPPORTUNISTIC,
	.security = BOTH,
	.usage = 3,
	.is_mx_insecure = true,
	.sts = "enforce",
	.expected = MX_TLS_DANE,
	.asked = "TS"},
    {.name = "DANE: MX records without DNSSEC, not in the policy",
	.tls = OPPORTUNISTIC,
	.security = BOTH,
	.usage = 3,
	.host = "mx.example.net",
	.is_mx_insecure = true,
	.sts = "enforce",
	.expected = MX_TLS_FORBIDDEN,
	.status = "4.7.5",
	.why = "the MTA-STS policy of example.org does not name the host "
	       "mx.example.net",
	.asked = "TS"},
    {.name = "DANE: MX records without DNSSEC, not in the tested policy",
	.tls = OPPORTUNISTIC,
	.security = BOTH,
	.usage = 3,
	.host = "mx.example.net",
	.is_mx_insecure = true,
	.sts = "testing",
	.expected = MX_TLS_DANE,
	.asked = "TS"},
    {.name = "DANE: MX records without DNSSEC, a policy is suppressed",
	.tls = OPPORTUNISTIC,
	.security = BOTH,
	.usage = 3,
	.is_mx_insecure = true,
	.is_silent_of_sts = true,
	.expected = MX_TLS_FORBIDDEN,
	.status = "4.4.3",
	.why = "the MTA-STS policy of example.org is not known",
	.asked = "TS"},
    {.name = "DANE: no MX record",
	.tls = OPPORTUNISTIC,
	.security = BOTH,
	.usage = 3,
	.is_mx_insecure = true,
	.is_implicit = true,
	.sts = "enforce",
	.expected = MX_TLS_DANE,
	.asked = "T"},
    {.name = "DANE: switched off",
	.tls = OPPORTUNISTIC,
	.security = MX_SECURITY_STS,
	.usage = 3,
	.expected = MX_TLS_OPPORTUNISTIC,
	.asked = "S"},
    {.name = "DANE: the name server is not trusted",
	.tls = OPPORTUNISTIC,
	.security = BOTH,
	.trust = NAME_SERVER_TRUST_NEVER,
	.usage = 3,
	.expected = MX_TLS_OPPORTUNISTIC,
	.asked = "S"},
    {.name = "DANE: the name server does not validate",
	.tls = OPPORTUNISTIC,
	.security = BOTH,
	.is_root_insecure = true,
	.usage = 3,
	.expected = MX_TLS_OPPORTUNISTIC,
	.asked = "S"},

    {.name = "MTA-STS",
	.tls = OPPORTUNISTIC,
	.security = BOTH,
	.tlsa = DNS_NO_NAME,
	.sts = "enforce",
	.expected = MX_TLS_TRUSTED,
	.asked = "TS"},
    {.name = "MTA-STS: another host",
	.tls = OPPORTUNISTIC,
	.security = BOTH,
	.tlsa = DNS_NO_NAME,
	.host = "mx.example.net",
	.sts = "enforce",
	.expected = MX_TLS_FORBIDDEN,
	.status = "4.7.5",
	.why = "the MTA-STS policy of example.org does not name the host "
	       "mx.example.net",
	.asked = "TS"},
    {.name = "MTA-STS: another host, with DANE",
	.tls = OPPORTUNISTIC,
	.security = BOTH,
	.usage = 3,
	.host = "mx.example.net",
	.sts = "enforce",
	.expected = MX_TLS_DANE,
	.asked = "T"},
    {.name = "MTA-STS: tested",
	.tls = OPPORTUNISTIC,
	.security = BOTH,
	.tlsa = DNS_NO_NAME,
	.sts = "testing",
	.expected = MX_TLS_OPPORTUNISTIC,
	.is_sts_testing = true,
	.asked = "TS"},
    {.name = "MTA-STS: tested, another host",
	.tls = OPPORTUNISTIC,
	.security = BOTH,
	.tlsa = DNS_NO_NAME,
	.host = "mx.example.net",
	.sts = "testing",
	.expected = MX_TLS_OPPORTUNISTIC,
	.is_sts_testing = true,
	.asked = "TS"},
    {.name = "MTA-STS: no more",
	.tls = OPPORTUNISTIC,
	.security = BOTH,
	.tlsa = DNS_NO_NAME,
	.sts = "none",
	.expected = MX_TLS_OPPORTUNISTIC,
	.asked = "TS"},
    {.name = "MTA-STS: suppressed",
	.tls = OPPORTUNISTIC,
	.security = BOTH,
	.tlsa = DNS_NO_NAME,
	.is_silent_of_sts = true,
	.expected = MX_TLS_FORBIDDEN,
	.status = "4.4.3",
	.why = "the MTA-STS policy of example.org is not known",
	.asked = "TS"},
    {.name = "MTA-STS: suppressed again",
	.tls = OPPORTUNISTIC,
	.security = BOTH,
	.tlsa = DNS_NO_NAME,
	.is_silent_of_sts = true,
	.may_send_clear = true,
	.expected = MX_TLS_OPPORTUNISTIC,
	.asked = "TS"},
    {.name = "MTA-STS: switched off",
	.tls = OPPORTUNISTIC,
	.security = MX_SECURITY_DANE,
	.tlsa = DNS_NO_NAME,
	.sts = "enforce",
	.expected = MX_TLS_OPPORTUNISTIC,
	.asked = "T"},

    {.name = "waived",
	.tls = OPPORTUNISTIC,
	.security = BOTH,
	.usage = 3,
	.sts = "enforce",
	.waives_tls = true,
	.expected = MX_TLS_OPPORTUNISTIC,
	.asked = ""},
    {.name = "waived: the setting stands",
	.tls = REQUIRED,
	.security = BOTH,
	.usage = 3,
	.waives_tls = true,
	.expected = MX_TLS_TRUSTED,
	.asked = ""},

    {.name = "needed: DANE",
	.tls = OPPORTUNISTIC,
	.security = BOTH,
	.usage = 3,
	.requires_tls = true,
	.expected = MX_TLS_DANE,
	.asked = "T"},
    {.name = "needed: MX records with DNSSEC",
	.tls = OPPORTUNISTIC,
	.security = BOTH,
	.tlsa = DNS_NO_DATA,
	.requires_tls = true,
	.expected = MX_TLS_TRUSTED,
	.asked = "TS"},
    {.name = "needed: no usable record",
	.tls = OPPORTUNISTIC,
	.security = BOTH,
	.usage = 0,
	.requires_tls = true,
	.expected = MX_TLS_TRUSTED,
	.asked = "TS"},
    {.name = "needed: no MX records",
	.tls = OPPORTUNISTIC,
	.security = BOTH,
	.tlsa = DNS_NO_DATA,
	.is_mx_insecure = true,
	.is_implicit = true,
	.requires_tls = true,
	.expected = MX_TLS_TRUSTED,
	.asked = "TS"},
    {.name = "needed: MX records without DNSSEC",
	.tls = OPPORTUNISTIC,
	.security = BOTH,
	.tlsa = DNS_NO_DATA,
	.is_mx_insecure = true,
	.requires_tls = true,
	.expected = MX_TLS_FORBIDDEN,
	.status = "5.7.30",
	.why = "neither DNSSEC nor MTA-STS shows that mx.example.org",
	.asked = "S"},
    {.name = "needed: DANE at the end of MX records without DNSSEC",
	.tls = OPPORTUNISTIC,
	.security = BOTH,
	.usage = 3,
	.is_mx_insecure = true,
	.requires_tls = true,
	.expected = MX_TLS_FORBIDDEN,
	.status = "5.7.30",
	.why = "neither DNSSEC nor MTA-STS shows",
	.asked = "S"},
    {.name = "needed: MTA-STS",
	.tls = OPPORTUNISTIC,
	.security = BOTH,
	.tlsa = DNS_NO_DATA,
	.is_mx_insecure = true,
	.sts = "enforce",
	.requires_tls = true,
	.expected = MX_TLS_TRUSTED,
	.asked = "ST"},
    {.name = "needed: MTA-STS that is tested",
	.tls = OPPORTUNISTIC,
	.security = BOTH,
	.tlsa = DNS_NO_DATA,
	.is_mx_insecure = true,
	.sts = "testing",
	.requires_tls = true,
	.expected = MX_TLS_TRUSTED,
	.asked = "ST"},
    {.name = "needed: MTA-STS of another host",
	.tls = OPPORTUNISTIC,
	.security = BOTH,
	.host = "mx.example.net",
	.tlsa = DNS_NO_DATA,
	.is_mx_insecure = true,
	.sts = "enforce",
	.requires_tls = true,
	.expected = MX_TLS_FORBIDDEN,
	.status = "5.7.30",
	.why = "neither DNSSEC nor MTA-STS shows",
	.asked = "S"},
    {.name = "needed: MTA-STS is suppressed",
	.tls = OPPORTUNISTIC,
	.security = BOTH,
	.is_silent_of_sts = true,
	.is_mx_insecure = true,
	.requires_tls = true,
	.may_send_clear = true,
	.expected = MX_TLS_FORBIDDEN,
	.status = "4.4.3",
	.why = "the MTA-STS policy of example.org is not known",
	.asked = "S"},
};

struct play {
	const struct row *row;
	struct buf asked;
};

/* A TLSA record of the usage, with a digest of SHA-256. */
static void
add_tlsa(struct dns_records *list, char usage)
{
	struct dns_record *item =
	    mem_append(&list->items, &list->count, sizeof(*item));

	buf_add_char(&list->data, usage);
	for (size_t i = 0; i < 34; i++)
		buf_add_char(&list->data, 1);
	item->data = buf_span(&list->data);
}

static void
add_txt(struct dns_records *list)
{
	struct dns_record *item =
	    mem_append(&list->items, &list->count, sizeof(*item));

	item->strings = 1;
	item->data = SPAN("v=STSv1; id=1;");
}

static enum dns_result
answer(void *context, const char *name, enum dns_type type,
    struct dns_records *list)
{
	struct play *play = context;
	const struct row *row = play->row;

	list->is_authentic = list->is_claimed_authentic = true;
	switch (type) {
	case DNS_NS:
		list->is_authentic = !row->is_root_insecure;
		return DNS_FOUND;
	case DNS_TLSA:
		buf_add_char(&play->asked, 'T');
		if (row->tlsa == DNS_FOUND)
			add_tlsa(list, row->usage);
		return row->tlsa;
	case DNS_TXT:
		buf_add_char(&play->asked, 'S');
		if (row->is_silent_of_sts)
			return DNS_TROUBLE;
		if (row->sts == NULL)
			return DNS_NO_NAME;
		add_txt(list);
		return DNS_FOUND;
	default:
		fail_msg("%s is asked for", name);
		return DNS_TROUBLE;
	}
}

/* Removes or stores the cached policy. */
static void
fill_cache(const char *mode)
{
	char folder[256];
	struct buf policy = {0}, text = {0};
	struct error err = {0};

	snprintf(
	    folder, sizeof(folder), "%s/smtpost/sts", getenv("XDG_STATE_HOME"));
	buf_add_format(&policy,
	    "version: STSv1\nmode: %s\nmx: *.example.org\nmax_age: 86400\n",
	    mode);
	sts_entry_add(&text, SPAN("1"), (int64_t)time(NULL), buf_span(&policy));
	assert_true(sts_cache_store(folder, DOMAIN, buf_span(&text), &err));
	buf_free(&policy);
	buf_free(&text);
}

static void
empty_cache(void)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/smtpost/sts/" DOMAIN,
	    getenv("XDG_STATE_HOME"));
	unlink(path);
}

static void
check_verdict(const struct row *row, const struct mx_verdict *verdict)
{
	struct buf status = {0};

	assert_int_equal(verdict->tls, row->expected);
	assert_int_equal(verdict->dane != NULL, row->expected == MX_TLS_DANE);
	assert_int_equal(verdict->sni != NULL, row->expected == MX_TLS_DANE);
	assert_int_equal(verdict->is_sts_testing, row->is_sts_testing);
	assert_int_equal(
	    verdict->why != NULL, row->expected == MX_TLS_FORBIDDEN);
	if (verdict->why != NULL) {
		if (strstr(verdict->why, row->why) == NULL)
			fail_msg("\"%s\" lacks \"%s\"", verdict->why, row->why);
		reply_status_add(&status, verdict->status);
		assert_string_equal(buf_text(&status), row->status);
	}
	buf_free(&status);
}

static void
test_judge(void **state)
{
	const struct row *row = *state;
	struct play play = {.row = row};
	struct name_server server = {
	    .trust = row->trust, .ask = answer, .context = &play};
	struct mail_exchangers list = {.is_authentic = !row->is_mx_insecure,
	    .is_implicit = row->is_implicit,
	    .is_literal = row->is_literal,
	    .domain_owner = DOMAIN,
	    .name_server = &server};
	struct mail_exchanger host = {.is_authentic = !row->is_host_insecure &&
		!row->is_root_insecure && row->trust == NAME_SERVER_TRUST_AUTO,
	    .is_literal = row->is_literal};
	struct profile profile = PROFILE_UNSET;
	const struct mx_policy_question question = {.profile = &profile,
	    .domain = DOMAIN,
	    .exchangers = &list,
	    .may_send_clear = row->may_send_clear,
	    .requires_tls = row->requires_tls,
	    .waives_tls = row->waives_tls};
	struct mx_verdict verdict;
	struct mx_policy *policy;

	empty_cache();
	if (row->sts != NULL)
		fill_cache(row->sts);
	profile.tls = row->tls;
	profile.mx_security = row->security;
	strcpy(host.name, row->host != NULL ? row->host : "mx.example.org");
	strcpy(host.owner, host.name);
	policy = mx_policy_open(&question, 0);
	mx_policy_judge(policy, &host, 0, &verdict);
	check_verdict(row, &verdict);
	assert_string_equal(buf_text(&play.asked), row->asked);
	/* A second host: the policy of the domain is not asked for again. */
	buf_clear(&play.asked);
	mx_policy_judge(policy, &host, 0, &verdict);
	check_verdict(row, &verdict);
	assert_null(strchr(buf_text(&play.asked), 'S'));
	mx_policy_close(policy);
	buf_free(&play.asked);
}

int
main(void)
{
	char folder[] = "/tmp/smtpost-policy-XXXXXX", command[64];
	int failures;

	if (mkdtemp(folder) == NULL || setenv("XDG_STATE_HOME", folder, 1) != 0)
		abort();
	failures = rows_run("judge", rows, ROWS(rows), test_judge);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	return system(command) == 0 ? failures : 1;
}
