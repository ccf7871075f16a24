#include "fuzz/fuzz.h"

#include <netinet/in.h>

#include "address/domain.h"
#include "net/mail_exchanger.h"

#define DOMAIN "d.example"
#define OWN "own.example"

/* What is left of the input: an answer for each question. */
struct answers {
	struct span rest;
};

static void
add_question(struct buf *packet, const char *name, enum dns_type type)
{
	struct span rest = span_from(name), label;

	buf_add(packet, "\22\64\201\200\0\1\0\4\0\0\0\0", 12);
	while (span_next_word(&rest, ".", &label)) {
		buf_add_char(packet, (char)label.len);
		buf_add_span(packet, label);
	}
	buf_add_char(packet, '\0');
	buf_add_char(packet, '\0');
	buf_add_char(packet, (char)type);
	buf_add(packet, "\0\1", 2);
}

/*
 * An answer is an octet that says how the look-up ends; if with an answer, the
 * length of its four records, and these.
 */
static enum dns_result
ask(void *context, const char *name, enum dns_type type,
    struct dns_records *list)
{
	struct answers *answers = context;
	unsigned choice = fuzz_choice(&answers->rest) % 8;
	struct buf packet = {0};
	size_t len;
	bool is_read;

	CLAIM(strlen(name) < DNS_NAME_ROOM);
	CLAIM(strcmp(name, OWN) != 0);
	CLAIM(type == DNS_NS ? strcmp(name, ".") == 0
			     : domain_is_name(span_from(name)));
	if (choice <= DNS_SIGNAL && choice != DNS_FOUND)
		return (enum dns_result)choice;
	len = fuzz_choice(&answers->rest);
	add_question(&packet, name, type);
	buf_add_span(&packet, span_head(answers->rest, len));
	answers->rest = span_skip(answers->rest, len);
	is_read = dns_answer_read(buf_span(&packet), name, type, list);
	buf_free(&packet);
	if (!is_read)
		return DNS_TROUBLE;
	list->is_authentic = list->count > 0 && choice % 2 == 0;
	return list->count > 0 ? DNS_FOUND : DNS_NO_DATA;
}

static void
check_list(const struct mail_exchangers *list)
{
	CLAIM(list->count > 0 && list->count <= MAIL_EXCHANGER_HOSTS_MAX);
	for (size_t i = 0; i < list->count; i++) {
		struct span name = span_from(list->items[i].name);

		CLAIM(domain_is_name(name));
		CLAIM(!domain_ends_in_number(name));
		CLAIM(i == 0 ||
		    list->items[i - 1].preference <= list->items[i].preference);
		for (size_t j = 0; j < i; j++)
			CLAIM(strcmp(list->items[j].name, name.at) != 0);
	}
}

static void
check_host(const struct mail_exchanger *host)
{
	CLAIM(host->address_count > 0);
	CLAIM(host->address_count <= MAIL_EXCHANGER_ADDRESSES_MAX);
	CLAIM(host->owner[0] != '\0');
	for (size_t i = 0; i < host->address_count; i++) {
		const struct host_address *address = &host->addresses[i];

		CLAIM(address->len > 0);
		CLAIM(!host_is_loopback(&address->socket));
	}
}

/* Whatever the name server says, the list is in order and has an end. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct answers answers = {fuzz_input(data, size)};
	struct name_server server = {.ask = ask, .context = &answers};
	const struct mail_exchanger_question question = {
	    .domain = SPAN(DOMAIN), .own_names = {OWN}, .name_server = &server};
	struct mail_exchangers list;
	struct mail_exchanger host;
	struct buf reason = {0};
	size_t given = 0;
	enum mail_exchanger_result result =
	    mail_exchangers_find(&list, &question, INT64_MAX, &reason);

	CLAIM(result != MAIL_EXCHANGER_END);
	if (result == MAIL_EXCHANGER_FOUND)
		check_list(&list);
	while (result == MAIL_EXCHANGER_FOUND) {
		result = mail_exchangers_next(&list, &host, INT64_MAX, &reason);
		if (result != MAIL_EXCHANGER_FOUND)
			break;
		CLAIM(++given <= list.count);
		check_host(&host);
	}
	CLAIM(result == MAIL_EXCHANGER_SIGNAL ||
	    (result == MAIL_EXCHANGER_END) == (given > 0));
	CLAIM((result == MAIL_EXCHANGER_END) == (reason.len == 0));
	CLAIM(!reason.full && !list.notes.full);
	mail_exchangers_free(&list);
	buf_free(&reason);
	return 0;
}
