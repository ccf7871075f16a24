/*
 * Reads a policy line by line. The text comes from the network and may be
 * anything; a fault in a key that is known makes the whole policy malformed.
 */
#include "net/sts_policy.h"

#include "address/domain.h"

#define MAX_AGE_DIGITS 10 /* RFC 8461 section 3.2 */

static const struct mode {
	const char *word;
	enum sts_mode mode;
} modes[] = {
    {"none", STS_MODE_NONE},
    {"testing", STS_MODE_TESTING},
    {"enforce", STS_MODE_ENFORCE},
};

#define MODE_COUNT (sizeof(modes) / sizeof(modes[0]))

static bool
refuse(struct buf *reason, const char *why)
{
	buf_add_text(reason, why);
	return false;
}

static bool
take_version(struct sts_policy *policy, struct span value, struct buf *reason)
{
	(void)policy;
	return span_equal(value, SPAN("STSv1")) ||
	    refuse(reason, "its version is not STSv1");
}

static bool
take_mode(struct sts_policy *policy, struct span value, struct buf *reason)
{
	for (size_t i = 0; i < MODE_COUNT; i++)
		if (span_equal(value, span_from(modes[i].word))) {
			policy->mode = modes[i].mode;
			return true;
		}
	return refuse(reason, "its mode is unknown");
}

static bool
take_max_age(struct sts_policy *policy, struct span value, struct buf *reason)
{
	uint64_t seconds;

	if (value.len > MAX_AGE_DIGITS ||
	    !span_number(value, (uint64_t)STS_POLICY_AGE_MAX, &seconds))
		return refuse(
		    reason, "its max_age is not a number from 0 to 31557600");
	policy->max_age = (int64_t)seconds;
	return true;
}

static bool
take_host(struct sts_policy *policy, struct span value, struct buf *reason)
{
	struct span name =
	    span_starts(value, SPAN("*.")) ? span_skip(value, 2) : value;

	if (!domain_is_name(name))
		return refuse(reason, "an mx in it is not a host name");
	buf_add_lower(&policy->hosts, value);
	buf_add_char(&policy->hosts, '\n');
	return true;
}

static const struct key {
	const char *name;
	bool (*take)(
	    struct sts_policy *policy, struct span value, struct buf *reason);
	bool may_repeat;
	const char *missing;
} keys[] = {
    {"version", take_version, false, "it has no version"},
    {"mode", take_mode, false, "it has no mode"},
    {"max_age", take_max_age, false, "it has no max_age"},
    {"mx", take_host, true, "it has no mx"},
};

#define KEY_COUNT (sizeof(keys) / sizeof(keys[0]))

static bool
take_line(struct sts_policy *policy, struct span line, bool *is_there,
    struct buf *reason)
{
	size_t colon = span_find(line, ':');
	struct span name = span_head(line, colon);

	if (colon == line.len)
		return refuse(reason, "a line in it has no colon");
	for (size_t i = 0; i < KEY_COUNT; i++) {
		if (!span_equal(name, span_from(keys[i].name)) ||
		    (is_there[i] && !keys[i].may_repeat))
			continue;
		is_there[i] = true;
		return keys[i].take(
		    policy, span_trim(span_skip(line, colon + 1)), reason);
	}
	return true;
}

static bool
read_lines(struct sts_policy *policy, struct span text, struct buf *reason)
{
	bool is_there[KEY_COUNT] = {false};

	while (text.len > 0) {
		size_t end = span_find(text, '\n');
		struct span line = span_head(text, end);

		text = span_skip(text, end + 1);
		if (span_trim(line).len > 0 &&
		    !take_line(policy, line, is_there, reason))
			return false;
	}
	for (size_t i = 0; i < KEY_COUNT; i++)
		/* Without a policy no host needs to be named. */
		if (!is_there[i] &&
		    !(keys[i].take == take_host &&
			policy->mode == STS_MODE_NONE))
			return refuse(reason, keys[i].missing);
	return true;
}

bool
sts_policy_read(struct sts_policy *policy, struct span text, struct buf *reason)
{
	bool done;

	*policy = (struct sts_policy){0};
	buf_init(&policy->hosts, STS_POLICY_MAX);
	if (text.len > STS_POLICY_MAX)
		done = refuse(reason, "it is longer than 64 KiB");
	else
		done = read_lines(policy, text, reason);
	if (!done)
		sts_policy_free(policy);
	return done;
}

/* Whether it is the host, or "*." and the host without its first label. */
static bool
allows(struct span pattern, struct span host)
{
	size_t label = span_find(host, '.');

	if (!span_starts(pattern, SPAN("*.")))
		return span_equal_nocase(pattern, host);
	return label > 0 &&
	    span_equal_nocase(span_skip(pattern, 1), span_skip(host, label));
}

bool
sts_policy_has_host(const struct sts_policy *policy, struct span host)
{
	struct span rest = buf_span(&policy->hosts), pattern;

	while (span_next_word(&rest, "\n", &pattern))
		if (allows(pattern, host))
			return true;
	return false;
}

const char *
sts_policy_mode_word(enum sts_mode mode)
{
	for (size_t i = 0; i < MODE_COUNT; i++)
		if (modes[i].mode == mode)
			return modes[i].word;
	return "";
}

void
sts_policy_free(struct sts_policy *policy)
{
	buf_free(&policy->hosts);
	*policy = (struct sts_policy){0};
}
