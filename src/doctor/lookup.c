/*
 * Passes questions on. After a signal or the deadline nothing is asked any
 * more, so that a check with many questions ends soon.
 */
#include "doctor/lookup.h"

#include "base/wait.h"

enum dns_result
lookup_ask(struct lookup *lookup, const char *name, enum dns_type type,
    struct dns_records *list)
{
	enum dns_result result;

	if (lookup->is_interrupted)
		return DNS_TROUBLE;
	lookup->asked++;
	if (lookup->ask != NULL)
		return lookup->ask(lookup->context, name, type, list);
	buf_clear(&lookup->trouble);
	if (clock_now() >= lookup->deadline) {
		buf_add_text(&lookup->trouble,
		    "the name server does not answer in time");
		return DNS_TROUBLE;
	}
	result = dns_ask(name, type, lookup->deadline, list, &lookup->trouble);
	if (result != DNS_SIGNAL)
		return result;
	lookup->is_interrupted = true;
	return DNS_TROUBLE;
}

void
lookup_free(struct lookup *lookup)
{
	buf_free(&lookup->trouble);
}
