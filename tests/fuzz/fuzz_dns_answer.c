#include "fuzz/fuzz.h"

#include "address/domain.h"
#include "net/srv.h"

#define NAME "_submission._tcp.example.org"

/* A header that announces this many records, and the question. */
static const char head[] = "\x12\x34\x81\x80\0\1\0\4\0\0\0\0"
			   "\x0b_submission\4_tcp\7example\3org\0\0\x21\0\1";

static unsigned
draw(void *context, unsigned most)
{
	unsigned *seed = context;

	*seed = *seed * 1103515245U + 12345U;
	return (*seed >> 8) % (most + 1);
}

/* Whatever numbers are drawn, no server is lost, and the priorities ascend. */
static void
check_order(const struct srv_records *list, unsigned seed)
{
	struct srv_records ordered = *list;
	const struct srv_lot lot = {draw, &seed};
	bool is_seen[SRV_RECORDS_MAX] = {false};

	srv_order(&ordered, &lot);
	CLAIM(ordered.count == list->count);
	for (size_t i = 0; i < ordered.count; i++) {
		size_t at = 0;

		CLAIM(i == 0 ||
		    ordered.items[i - 1].priority <= ordered.items[i].priority);
		while (at < list->count &&
		    (is_seen[at] ||
			memcmp(&list->items[at], &ordered.items[i],
			    sizeof(ordered.items[i])) != 0))
			at++;
		CLAIM(at < list->count);
		is_seen[at] = true;
	}
}

static void
check_answer(struct span answer, unsigned seed)
{
	static struct srv_records list;

	memset(&list, 0, sizeof(list));
	if (!dns_answer_read(answer, NAME, &list))
		return;
	CLAIM(list.count <= SRV_RECORDS_MAX);
	for (size_t i = 0; i < list.count; i++) {
		const struct srv_record *srv = &list.items[i];
		struct span target = span_from(srv->target);

		CLAIM(target.len < DNS_NAME_ROOM);
		CLAIM(target.len == 0 || srv->port != 0);
		CLAIM(target.len == 0 || domain_is_ldh(target));
		for (size_t at = 0; at < target.len; at++)
			CLAIM(ascii_lower(target.at[at]) == target.at[at]);
		/* The octets after the name are undefined. */
		memset(list.items[i].target + target.len, 0,
		    DNS_NAME_ROOM - target.len);
	}
	check_order(&list, seed);
}

/* Any octets as an answer, alone and after a valid header. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = fuzz_input(data, size);
	unsigned choice = fuzz_choice(&input);
	struct buf whole;

	buf_init(&whole, sizeof(head) + size);
	if ((choice & 1) != 0)
		buf_add(&whole, head, sizeof(head) - 1);
	buf_add_span(&whole, input);
	check_answer(buf_span(&whole), choice);
	buf_free(&whole);
	return 0;
}
