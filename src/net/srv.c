/*
 * Looks up SRV records (RFC 2782) with the system's resolver, in a child
 * process. The order among servers of one priority is drawn at random by
 * weight, so two calls may give two orders.
 */
#include "net/srv.h"

#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "net/errand.h"

#define PACKET_MAX ((size_t)65535)

/* The first octet of the child's answer; the DNS packet follows it. */
enum verdict {
	VERDICT_ANSWER = '0',
	VERDICT_NONE,
	VERDICT_SILENCE,
	VERDICT_FAILURE,
};

static enum verdict
verdict_of(int code)
{
	switch (code) {
	case HOST_NOT_FOUND:
	case NO_DATA:
		return VERDICT_NONE;
	case TRY_AGAIN:
		return VERDICT_SILENCE;
	}
	return VERDICT_FAILURE;
}

/* Runs in the child. The resolver uses TCP if an answer is truncated. */
static void
ask(const void *question, struct buf *answer)
{
	static unsigned char packet[PACKET_MAX];
	int len = res_query(
	    question, DNS_CLASS_IN, DNS_TYPE_SRV, packet, sizeof(packet));

	if (len < 0 || (size_t)len > sizeof(packet)) {
		buf_add_char(answer, (char)verdict_of(h_errno));
		return;
	}
	buf_add_char(answer, VERDICT_ANSWER);
	buf_add(answer, packet, (size_t)len);
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
read_packet(struct span packet, const char *name, struct srv_records *list,
    struct buf *reason)
{
	const struct srv_lot lot = {draw, NULL};
	bool has_root;

	if (!dns_answer_read(packet, name, list)) {
		buf_add_text(reason, "the name server's answer is malformed");
		return SRV_TROUBLE;
	}
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

static enum srv_result
read_answer(struct span answer, const char *name, struct srv_records *list,
    struct buf *reason)
{
	switch (answer.len > 0 ? answer.at[0] : 0) {
	case VERDICT_ANSWER:
		return read_packet(span_skip(answer, 1), name, list, reason);
	case VERDICT_NONE:
		buf_add_text(
		    reason, "the domain has no SRV record for this service");
		return SRV_NONE;
	case VERDICT_SILENCE:
		buf_add_text(reason, "the name server does not answer");
		return SRV_TROUBLE;
	default:
		buf_add_text(reason, "the name server reports a failure");
		return SRV_TROUBLE;
	}
}

enum srv_result
srv_find(const char *service, const char *domain, int64_t deadline,
    struct srv_records *list, struct buf *reason)
{
	struct buf name = {0}, answer = {.max = PACKET_MAX + 2};
	enum srv_result result = SRV_TROUBLE;
	enum errand_result ended;

	list->count = 0;
	/* RFC 1035 section 2.3.4, as text */
	if (strlen(service) + strlen("._tcp.") + strlen(domain) > 253) {
		buf_add_text(reason, "the domain is too long");
		return SRV_NONE;
	}
	buf_add_format(&name, "%s._tcp.%s", service, domain);
	ended = errand_run(ask, buf_text(&name), deadline, &answer);
	if (ended == ERRAND_DONE)
		result = read_answer(
		    buf_span(&answer), buf_text(&name), list, reason);
	else
		errand_explain(ended, "cannot ask the name server", reason);
	if (ended == ERRAND_SIGNAL)
		result = SRV_SIGNAL;
	buf_free(&name);
	buf_free(&answer);
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
