/* Whom a transaction is for: no more than the server says it takes at once. */
#include <stdlib.h>

#include "base/mem.h"
#include "smtp/transaction_parts.h"

/* Domains told apart in one transaction, however many a server may take. */
#define DOMAINS_MAX 64
/* So many of other domains are stepped over; the rest is not looked at. */
#define STEPS_MAX 1000

struct domains {
	struct span names[DOMAINS_MAX];
	size_t count, max; /* max 0: they do not matter */
	size_t steps;
};

static struct span
domain_of(const struct recipient *recipient)
{
	struct span path = span_from(recipient->forward_path);
	size_t at = path.len;

	while (at > 0 && path.at[at - 1] != '@')
		at--;
	return span_skip(path, at);
}

/* RFC 9422 section 4.3: whether it is one more domain than there may be. */
static bool
is_of_other(struct domains *domains, const struct recipient *recipient)
{
	struct span name;

	if (domains->max == 0)
		return false;
	if (domains->steps >= STEPS_MAX)
		return true;
	name = domain_of(recipient);
	for (size_t i = 0; i < domains->count; i++)
		if (span_equal_nocase(name, domains->names[i]))
			return false;
	if (domains->count == domains->max) {
		domains->steps++;
		return true;
	}
	domains->names[domains->count++] = name;
	return false;
}

/* What was learned, or what was said if that is less; 0: no limit. */
static uint64_t
recipients_max(const struct session *session)
{
	uint64_t said = session->extensions.recipients_max;
	uint64_t seen = session->recipient_limit;

	return said > 0 && (seen == 0 || said < seen) ? said : seen;
}

void
transaction_gather(struct transaction *tx)
{
	struct envelope *envelope = tx->envelope;
	uint64_t said = tx->session->extensions.domains_max;
	uint64_t limit = recipients_max(tx->session);
	struct domains domains = {
	    .max = said < DOMAINS_MAX ? (size_t)said : DOMAINS_MAX};

	tx->recipients =
	    mem_new(envelope->count, sizeof(struct recipient *));
	for (size_t i = 0; i < envelope->count; i++) {
		struct recipient *recipient = &envelope->recipients[i];

		if (recipient->outcome.action != ACTION_NONE)
			continue;
		if ((limit > 0 && tx->count == limit) ||
		    is_of_other(&domains, recipient))
			tx->left++;
		else
			tx->recipients[tx->count++] = recipient;
	}
}
