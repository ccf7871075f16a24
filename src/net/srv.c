/*
 * Looks up SRV records (RFC 2782) with the system's resolver, in a child
 * process. The order among servers of one priority is drawn at random by
 * weight, so two calls may give two orders.
 */
#include "net/srv.h"

#include <stdlib.h>
#include <string.h>

#include "address/domain.h"
#include "base/random.h"
#include "net/dns.h"

/* A name whose last label is a number is an address (RFC 1123 section 2.1). */
static bool
is_host_name(struct span name)
{
	return domain_is_ldh(name) && !domain_ends_in_number(name);
}

void
srv_select(struct srv_records *list, const struct dns_records *answer)
{
	list->count = 0;
	list->is_authentic = answer->is_authentic;
	for (size_t i = 0; i < answer->count && list->count < SRV_RECORDS_MAX;
	     i++) {
		const struct dns_record *from = &answer->items[i];
		struct srv_record *srv = &list->items[list->count];

		if (from->target[0] != '\0' &&
		    (from->port == 0 || !is_host_name(span_from(from->target))))
			continue;
		srv->priority = from->priority;
		srv->weight = from->weight;
		srv->port = from->port;
		memcpy(srv->target, from->target, sizeof(srv->target));
		list->count++;
	}
}

/*
 * Removes records whose target is ".", which means "not offered" only if it is
 * the only one.
 */
static void
drop_roots(struct srv_records *list)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].target[0] != '\0')
			list->items[kept++] = list->items[i];
	list->count = kept;
}

static unsigned
draw(void *context, unsigned most)
{
	uint32_t number = 0;

	(void)context;
	/* The bias is negligible: 64 weights add up to less than 2^22. */
	random_octets(&number, sizeof(number));
	return (unsigned)(number % ((uint64_t)most + 1));
}

static enum srv_result
order_answer(const struct dns_records *answer, struct srv_records *list,
    struct buf *reason)
{
	const struct srv_lot lot = {draw, NULL};
	bool has_root;

	srv_select(list, answer);
	has_root = list->count > 0;
	drop_roots(list);
	if (list->count > 0) {
		srv_order(list, &lot);
		return SRV_FOUND;
	}
	if (has_root) {
		buf_add_text(reason, "the domain does not offer this service");
		return SRV_REFUSED;
	}
	buf_add_text(reason, "its SRV records name no usable server");
	return SRV_NONE;
}

enum srv_result
srv_find(const char *service, const char *domain, int64_t deadline,
    struct srv_records *list, struct buf *reason)
{
	struct buf name = {0}, why = {0};
	struct dns_records answer = {0};
	enum srv_result result = SRV_TROUBLE;

	list->count = 0;
	/* RFC 1035 section 2.3.4, as text */
	if (strlen(service) + strlen("._tcp.") + strlen(domain) > 253) {
		buf_add_text(reason, "the domain is too long");
		return SRV_NONE;
	}
	buf_add_format(&name, "%s._tcp.%s", service, domain);
	switch (dns_ask(buf_text(&name), DNS_SRV, deadline, &answer, &why)) {
	case DNS_FOUND:
		result = order_answer(&answer, list, reason);
		break;
	case DNS_NO_NAME:
	case DNS_NO_DATA:
		buf_add_text(
		    reason, "the domain has no SRV record for this service");
		result = SRV_NONE;
		break;
	case DNS_SIGNAL:
		result = SRV_SIGNAL;
		/* fall through */
	case DNS_TROUBLE:
		buf_add_span(reason, buf_span(&why));
		break;
	}
	dns_answer_free(&answer);
	buf_free(&name);
	buf_free(&why);
	return result;
}

static void
swap(struct srv_record *a, struct srv_record *b)
{
	struct srv_record kept = *a;

	*a = *b;
	*b = kept;
}

/* How many servers from `from` on have the same priority. */
static size_t
count_equals(const struct srv_records *list, size_t from)
{
	size_t to = from;

	while (to < list->count &&
	    list->items[to].priority == list->items[from].priority)
		to++;
	return to - from;
}

/* Weight 0 comes first, so that it has a chance (RFC 2782). */
static int
compare(const void *a, const void *b)
{
	const struct srv_record *one = a, *other = b;

	if (one->priority != other->priority)
		return one->priority < other->priority ? -1 : 1;
	return (one->weight != 0) - (other->weight != 0);
}

static size_t
pick(const struct srv_record *items, size_t count, const struct srv_lot *lot)
{
	unsigned sum = 0, mark;

	for (size_t i = 0; i < count; i++)
		sum += items[i].weight;
	mark = lot->draw(lot->context, sum);
	sum = 0;
	for (size_t i = 0; i < count; i++) {
		sum += items[i].weight;
		if (sum >= mark)
			return i;
	}
	return 0;
}

void
srv_order(struct srv_records *list, const struct srv_lot *lot)
{
	size_t from = 0;

	qsort(list->items, list->count, sizeof(list->items[0]), compare);
	while (from < list->count) {
		size_t count = count_equals(list, from);

		for (; count > 1; from++, count--) {
			size_t picked = pick(&list->items[from], count, lot);

			/*
			 * The others keep their order, with zero weights first.
			 */
			for (; picked > 0; picked--)
				swap(&list->items[from + picked],
				    &list->items[from + picked - 1]);
		}
		from++;
	}
}
