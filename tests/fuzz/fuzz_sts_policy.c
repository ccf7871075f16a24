#include "fuzz/fuzz.h"

#include "address/domain.h"
#include "net/sts_policy.h"

/* What a policy names is a host, and a host that it names is allowed. */
static void
check_hosts(const struct sts_policy *policy)
{
	struct span rest = buf_span(&policy->hosts), pattern;
	struct buf host = {0};

	CLAIM(!policy->hosts.full);
	CLAIM(policy->mode == STS_MODE_NONE || rest.len > 0);
	CLAIM(!sts_policy_has_host(policy, SPAN("")));
	while (span_next_word(&rest, "\n", &pattern)) {
		bool has_star = span_starts(pattern, SPAN("*."));

		buf_clear(&host);
		if (has_star)
			buf_add_char(&host, 'h');
		buf_add_span(&host, span_skip(pattern, has_star));
		CLAIM(domain_is_name(span_skip(pattern, has_star ? 2 : 0)));
		CLAIM(sts_policy_has_host(policy, buf_span(&host)));
	}
	buf_free(&host);
}

/* The lines may end in LF or in CRLF: that changes nothing. */
static void
check_line_ends(const struct sts_policy *policy, struct span text)
{
	struct buf lines, reason = {0};
	struct sts_policy again;

	buf_init(&lines, 2 * text.len + 1);
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == '\n')
			buf_add_char(&lines, '\r');
		buf_add_char(&lines, text.at[i]);
	}
	if (lines.len <= STS_POLICY_MAX) {
		CLAIM(sts_policy_read(&again, buf_span(&lines), &reason));
		CLAIM(again.mode == policy->mode);
		CLAIM(again.max_age == policy->max_age);
		CLAIM(span_equal(
		    buf_span(&again.hosts), buf_span(&policy->hosts)));
		sts_policy_free(&again);
	}
	buf_free(&lines);
	buf_free(&reason);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = fuzz_input(data, size);
	struct sts_policy policy;
	struct buf reason = {0};
	bool done = sts_policy_read(&policy, text, &reason);

	CLAIM(done == (reason.len == 0));
	CLAIM(!span_has_control(buf_span(&reason)));
	if (done) {
		CLAIM(policy.max_age >= 0 &&
		    policy.max_age <= STS_POLICY_AGE_MAX);
		check_hosts(&policy);
		check_line_ends(&policy, text);
	} else {
		CLAIM(policy.hosts.len == 0);
	}
	sts_policy_free(&policy);
	buf_free(&reason);
	return 0;
}
