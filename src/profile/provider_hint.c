/* What a refusal means at a service that is known. */
#include "profile/provider.h"

static bool
text_holds(struct span text, struct span wanted)
{
	for (; text.len >= wanted.len; text = span_skip(text, 1))
		if (span_equal_nocase(span_head(text, wanted.len), wanted))
			return true;
	return false;
}

static bool
status_equal(struct status a, struct status b)
{
	return a.class == b.class && a.subject == b.subject &&
	    a.detail == b.detail;
}

static bool
hint_fits(const struct provider_hint *hint, const struct reply *reply)
{
	return (hint->code == 0 || hint->code == reply->code) &&
	    (hint->status.class == 0 ||
		status_equal(hint->status, reply->status)) &&
	    (hint->text == NULL ||
		text_holds(buf_span(&reply->text), span_from(hint->text)));
}

const char *
provider_hint(const struct profile *profile, const struct server *server,
    const struct outcome *outcome)
{
	const struct reply *reply = &outcome->reply;
	const struct provider *provider;
	const struct provider_hint *hint;

	/* Our own words, and those of a server that is content. */
	if (reply->code < 400)
		return NULL;
	provider = provider_of(profile, server);
	if (provider == NULL)
		return NULL;
	for (hint = provider->hints; hint->hint != NULL; hint++)
		if (hint_fits(hint, reply))
			return hint->hint;
	/* Whatever code it has; 4.7.8 are wrong credentials, too. */
	if (outcome->stage == STAGE_AUTH &&
	    ((reply_is_permanent(reply) && !reply_refuses_mechanism(reply)) ||
		(reply->status.subject == 7 && reply->status.detail == 8)))
		return provider->login;
	return NULL;
}
