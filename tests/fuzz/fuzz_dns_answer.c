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
check_srv(const struct dns_records *answer, unsigned seed)
{
	static struct srv_records list;

	memset(&list, 0, sizeof(list));
	srv_select(&list, answer);
	CLAIM(list.count <= SRV_RECORDS_MAX);
	for (size_t i = 0; i < list.count; i++) {
		const struct srv_record *srv = &list.items[i];
		struct span target = span_from(srv->target);

		CLAIM(target.len < DNS_NAME_ROOM);
		CLAIM(target.len == 0 || srv->port != 0);
		CLAIM(target.len == 0 || domain_is_ldh(target));
		for (size_t at = 0; at < target.len; at++)
			CLAIM(ascii_lower(target.at[at]) == target.at[at]);
	}
	check_order(&list, seed);
}

static void
check_answer(struct span answer, enum dns_type type, unsigned seed)
{
	struct dns_records list = {0};
	size_t len = 0;

	if (dns_answer_read(answer, NAME, type, &list)) {
		for (size_t i = 0; i < list.count; i++) {
			const struct dns_record *item = &list.items[i];

			len += item->data.len;
			CLAIM(item->data.len == 0 ||
			    item->data.at + item->data.len <=
				list.data.data + list.data.len);
			CLAIM(type != DNS_A || item->data.len == 4);
			CLAIM(type != DNS_AAAA || item->data.len == 16);
			CLAIM(type != DNS_TLSA || item->data.len >= 3);
			CLAIM((type == DNS_TXT) == (item->strings > 0));
			CLAIM(strlen(item->target) < DNS_NAME_ROOM);
		}
		CLAIM(len == list.data.len);
		CLAIM(len <= answer.len);
		if (type == DNS_SRV)
			check_srv(&list, seed);
	} else {
		CLAIM(list.count == 0 && list.data.len == 0);
	}
	dns_answer_free(&list);
}

/* Any octets as an answer, alone and after a valid header, for each type. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum dns_type types[] = {DNS_SRV, DNS_A, DNS_NS, DNS_PTR,
	    DNS_MX, DNS_TXT, DNS_AAAA, DNS_TLSA, DNS_CNAME};
	struct span input = fuzz_input(data, size);
	unsigned choice = fuzz_choice(&input);
	enum dns_type type = types[(choice >> 1) % 9];
	struct buf whole;

	buf_init(&whole, sizeof(head) + size);
	if ((choice & 1) != 0) {
		buf_add(&whole, head, sizeof(head) - 1);
		whole.data[whole.len - 3] = (char)type;
	}
	buf_add_span(&whole, input);
	check_answer(buf_span(&whole), type, choice);
	buf_free(&whole);
	return 0;
}
