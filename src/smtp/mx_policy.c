/*
 * Judges the hosts of a domain. Without DANE and MTA-STS, the setting `tls`
 * decides alone.
 */
#include "smtp/mx_policy.h"

#include <stdlib.h>

#include "base/mem.h"

struct mx_policy {
	struct mx_policy_question question;
};

struct mx_policy *
mx_policy_open(const struct mx_policy_question *question, int64_t deadline)
{
	struct mx_policy *policy = mem_new(1, sizeof(*policy));

	(void)deadline;
	policy->question = *question;
	return policy;
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

	(void)host;
	(void)deadline;
	*verdict = (struct mx_verdict){
	    .tls = by_setting[policy->question.profile->tls],
	    .may_send_clear = policy->question.may_send_clear,
	};
}

void
mx_policy_close(struct mx_policy *policy)
{
	free(policy);
}
