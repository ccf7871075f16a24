/*
 * Turns a domain into the hosts that take its mail. A host is resolved only
 * when its turn comes. A "no" counts only from a name server that knows the
 * root: others answer for a network that wants a login first, or that names its
 * own host for every name.
 */
#include "net/mail_exchanger.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "address/domain.h"
#include "base/random.h"

#define NOTES_MAX ((size_t)4096)

/* Why a "no" does not count. */
static const char no_root[] =
    ", says a name server that does not know the root of the DNS";

static void note(struct mail_exchangers *list, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void
note(struct mail_exchangers *list, const char *format, ...)
{
	struct buf line = {0};
	va_list arguments;

	va_start(arguments, format);
	buf_add_arguments(&line, format, arguments);
	va_end(arguments);
	buf_add_note(&list->notes, NOTES_MAX, buf_span(&line));
	buf_free(&line);
}

static bool
is_one_of(uint32_t address, uint32_t net, unsigned bits)
{
	return (address ^ net) >> (32 - bits) == 0;
}

/* Why no mail is sent to an address: "... is %s"; or NULL. */
static const char *
misuse_of(const struct host_address *address)
{
	const struct sockaddr_in6 *six = (const void *)&address->socket;
	const struct sockaddr_in *four = (const void *)&address->socket;
	uint32_t number;

	if (address->socket.ss_family == AF_INET6) {
		if (IN6_IS_ADDR_UNSPECIFIED(&six->sin6_addr))
			return "the unspecified address";
		if (IN6_IS_ADDR_LOOPBACK(&six->sin6_addr))
			return "a loopback address";
		if (IN6_IS_ADDR_MULTICAST(&six->sin6_addr))
			return "a multicast address";
		if (IN6_IS_ADDR_V4MAPPED(&six->sin6_addr) ||
		    IN6_IS_ADDR_V4COMPAT(&six->sin6_addr))
			return "an IPv4 address in the form of IPv6";
		return NULL;
	}
	number = ntohl(four->sin_addr.s_addr);
	if (is_one_of(number, 0x00000000, 8))
		return "an address of no host";
	if (is_one_of(number, 0x7f000000, 8))
		return "a loopback address";
	if (is_one_of(number, 0xe0000000, 4))
		return "a multicast address";
	if (number == 0xffffffff)
		return "the broadcast address";
	return NULL;
}

static enum mail_exchanger_result
take_literal(
    struct mail_exchangers *list, struct span domain, struct buf *reason)
{
	struct span tag = SPAN("IPv6:");
	struct span text = span_skip(span_head(domain, domain.len - 1), 1);
	struct buf name = {0};
	const char *misuse;
	int family;

	list->is_literal = true;
	if (span_starts_nocase(text, tag))
		text = span_skip(text, tag.len);
	buf_add_span(&name, text);
	if (!domain_is_literal(domain) ||
	    !host_parse_address(&list->literal, buf_text(&name))) {
		buf_add_text(reason, "it is no address literal");
		buf_free(&name);
		return MAIL_EXCHANGER_NO_DOMAIN;
	}
	buf_clear(&name);
	host_add_address(&name, &list->literal.socket);
	memcpy(list->items[0].name, buf_text(&name), name.len + 1);
	buf_free(&name);
	family = list->literal.socket.ss_family;
	misuse = misuse_of(&list->literal);
	if (misuse != NULL) {
		buf_add_format(reason, "no mail is sent to %s, which is %s",
		    list->items[0].name, misuse);
		return MAIL_EXCHANGER_NO_DOMAIN;
	}
	if (list->family != AF_UNSPEC && list->family != family) {
		buf_add_format(reason,
		    "its address is IPv%s, and only IPv%s is used",
		    family == AF_INET ? "4" : "6",
		    family == AF_INET ? "6" : "4");
		return MAIL_EXCHANGER_NO_HOST;
	}
	host_set_port(&list->literal.socket, MAIL_EXCHANGER_PORT);
	list->count = 1;
	return MAIL_EXCHANGER_FOUND;
}

static void
add_record(struct mail_exchangers *list, const char *name, unsigned preference)
{
	struct mail_exchanger_record *item = &list->items[list->count++];

	item->preference = (unsigned short)preference;
	memcpy(item->name, name, strlen(name) + 1);
}

/*
 * Leaves out records that name no host: ".", an address as text, and names with
 * characters that neither host names nor the DNS of real life have.
 */
static void
take_records(struct mail_exchangers *list, const struct dns_records *answer)
{
	for (size_t i = 0; i < answer->count; i++) {
		const struct dns_record *from = &answer->items[i];
		struct span name = span_from(from->target);

		if (i == MAIL_EXCHANGER_RECORDS_MAX) {
			note(list, "only the first %d MX records are used",
			    MAIL_EXCHANGER_RECORDS_MAX);
			return;
		}
		if (name.len == 0)
			note(list, "an MX record names no host");
		else if (domain_ends_in_number(name) || !domain_is_name(name))
			note(list,
			    "the MX record of %s is not used: this is "
			    "no host name",
			    from->target);
		else
			add_record(list, from->target, from->priority);
	}
}

static void
swap(struct mail_exchanger_record *a, struct mail_exchanger_record *b)
{
	struct mail_exchanger_record kept = *a;

	*a = *b;
	*b = kept;
}

/*
 * Fisher and Yates. Without random octets the order of the answer stays, which
 * name servers vary, too.
 */
static void
shuffle(struct mail_exchanger_record *items, size_t count)
{
	uint32_t picked;

	for (; count > 1; count--) {
		if (!random_number((uint32_t)count, &picked))
			return;
		swap(&items[picked], &items[count - 1]);
	}
}

/* Insertion, which keeps the order of equal ones. */
static void
sort(struct mail_exchanger_record *items, size_t count)
{
	for (size_t i = 1; i < count; i++)
		for (size_t j = i;
		     j > 0 && items[j].preference < items[j - 1].preference;
		     j--)
			swap(&items[j], &items[j - 1]);
}

/* A host with several records keeps the best. */
static void
drop_repeated(struct mail_exchangers *list)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++) {
		size_t same = 0;

		while (same < kept &&
		    strcmp(list->items[same].name, list->items[i].name) != 0)
			same++;
		if (same == kept)
			list->items[kept++] = list->items[i];
	}
	list->count = kept;
}

static bool
is_own(const char *name, const struct mail_exchanger_question *question)
{
	for (size_t i = 0; i < 2; i++) {
		struct span own = span_from(question->own_names[i]);

		if (own.len > 0 && own.at[own.len - 1] == '.')
			own.len--;
		if (own.len > 0 && span_equal_nocase(span_from(name), own))
			return true;
	}
	return false;
}

/* RFC 5321 section 5.1: this machine must not be sent what is for it. */
static void
cut_loop(struct mail_exchangers *list,
    const struct mail_exchanger_question *question)
{
	for (size_t i = 0; i < list->count; i++) {
		if (!is_own(list->items[i].name, question))
			continue;
		note(list,
		    "%s is this machine: neither it nor a host of the "
		    "same or a worse preference is tried",
		    list->items[i].name);
		list->is_cut_by_loop = true;
		while (i > 0 &&
		    list->items[i - 1].preference == list->items[i].preference)
			i--;
		list->count = i;
	}
}

static enum mail_exchanger_result
loop(const struct mail_exchangers *list, struct buf *reason)
{
	buf_add_text(reason, "mail for the domain loops back to this machine");
	return list->has_trouble ? MAIL_EXCHANGER_LOOP_FOR_NOW
				 : MAIL_EXCHANGER_LOOP;
}

static enum mail_exchanger_result
order_records(struct mail_exchangers *list,
    const struct mail_exchanger_question *question, struct buf *reason)
{
	shuffle(list->items, list->count);
	sort(list->items, list->count);
	drop_repeated(list);
	cut_loop(list, question);
	if (list->count > 0)
		return MAIL_EXCHANGER_FOUND;
	if (list->is_cut_by_loop)
		return loop(list, reason);
	buf_add_text(reason, "its MX records name no host");
	return MAIL_EXCHANGER_NO_HOST;
}

/* RFC 7505 */
static bool
is_null_mx(const struct dns_records *answer)
{
	for (size_t i = 0; i < answer->count; i++)
		if (answer->items[i].target[0] != '\0')
			return false;
	return true;
}

static enum mail_exchanger_result
read_answer(struct mail_exchangers *list,
    const struct mail_exchanger_question *question,
    const struct dns_records *answer, struct buf *reason)
{
	list->is_authentic = answer->is_authentic;
	if (is_null_mx(answer)) {
		buf_add_text(reason, "the domain takes no mail");
		return MAIL_EXCHANGER_NULL;
	}
	take_records(list, answer);
	return order_records(list, question, reason);
}

static enum mail_exchanger_result
take_implicit(struct mail_exchangers *list, const char *domain,
    const struct mail_exchanger_question *question, struct buf *reason)
{
	list->is_implicit = true;
	add_record(list, domain, 0);
	return order_records(list, question, reason);
}

static enum mail_exchanger_result
ask_for_records(struct mail_exchangers *list, const char *domain,
    const struct mail_exchanger_question *question, int64_t deadline,
    struct buf *reason)
{
	struct dns_records answer = {0};
	struct buf why = {0};
	enum mail_exchanger_result result = MAIL_EXCHANGER_TROUBLE;

	switch (name_server_ask(
	    list->name_server, domain, DNS_MX, deadline, &answer, &why)) {
	case DNS_FOUND:
		memcpy(list->domain_owner, answer.owner, sizeof(answer.owner));
		result = read_answer(list, question, &answer, reason);
		break;
	case DNS_NO_DATA:
		if (answer.owner[0] != '\0')
			memcpy(list->domain_owner, answer.owner,
			    sizeof(answer.owner));
		if (name_server_has_root(list->name_server, deadline))
			result = take_implicit(list, domain, question, reason);
		else
			buf_add_format(
			    reason, "the domain has no MX record%s", no_root);
		break;
	case DNS_NO_NAME:
		buf_add_text(reason, "the domain does not exist");
		if (name_server_has_root(list->name_server, deadline))
			result = MAIL_EXCHANGER_NO_DOMAIN;
		else
			buf_add_text(reason, no_root);
		break;
	case DNS_SIGNAL:
		result = MAIL_EXCHANGER_SIGNAL;
		/* fall through */
	case DNS_TROUBLE:
		buf_add_text(reason, "cannot find its mail servers: ");
		buf_add_span(reason, buf_span(&why));
		break;
	}
	dns_answer_free(&answer);
	buf_free(&why);
	return result;
}

enum mail_exchanger_result
mail_exchangers_find(struct mail_exchangers *list,
    const struct mail_exchanger_question *question, int64_t deadline,
    struct buf *reason)
{
	struct span domain = question->domain;
	char name[DNS_NAME_ROOM] = "";

	*list = (struct mail_exchangers){
	    .family = question->family, .name_server = question->name_server};
	if (domain.len > 0 && domain.at[0] == '[')
		return take_literal(list, domain, reason);
	if (domain.len > 0 && domain.at[domain.len - 1] == '.')
		domain.len--;
	if (domain.len == 0 || domain.len >= sizeof(name) ||
	    !domain_is_name(domain)) {
		buf_add_text(reason, "it is no domain name");
		return MAIL_EXCHANGER_NO_DOMAIN;
	}
	for (size_t i = 0; i < domain.len; i++)
		name[i] = ascii_lower(domain.at[i]);
	memcpy(list->domain_owner, name, sizeof(name));
	return ask_for_records(list, name, question, deadline, reason);
}

static void
set_address(struct host_address *address, int family, struct span data)
{
	struct sockaddr_in6 *six = (void *)&address->socket;
	struct sockaddr_in *four = (void *)&address->socket;

	*address = (struct host_address){0};
	address->socket.ss_family = (sa_family_t)family;
	if (family == AF_INET6) {
		address->len = sizeof(*six);
		memcpy(&six->sin6_addr, data.at, data.len);
	} else {
		address->len = sizeof(*four);
		memcpy(&four->sin_addr, data.at, data.len);
	}
	host_set_port(&address->socket, MAIL_EXCHANGER_PORT);
}

/*
 * Adds the next usable address of an answer, from *at on, unless the host has
 * enough. False: the answer has no other.
 */
static bool
add_next_address(struct mail_exchangers *list, struct mail_exchanger *host,
    int family, const struct dns_records *answer, size_t *at)
{
	while (*at < answer->count) {
		struct host_address address;
		const char *misuse;

		set_address(&address, family, answer->items[(*at)++].data);
		misuse = misuse_of(&address);
		if (misuse == NULL) {
			if (host->address_count < MAIL_EXCHANGER_ADDRESSES_MAX)
				host->addresses[host->address_count++] =
				    address;
			return true;
		}
		list->why.len = 0;
		buf_add_text(&list->why, "its address ");
		host_add_address(&list->why, &address.socket);
		buf_add_format(&list->why, " is %s", misuse);
	}
	return false;
}

static void
interleave(struct mail_exchangers *list, struct mail_exchanger *host,
    const struct dns_records *six, const struct dns_records *four)
{
	size_t six_at = 0, four_at = 0;
	bool has_six, has_four;

	do {
		has_six = add_next_address(list, host, AF_INET6, six, &six_at);
		has_four =
		    add_next_address(list, host, AF_INET, four, &four_at);
	} while (has_six || has_four);
}

/* Why a host has no address; a failed look-up matters most. */
static void
explain(struct mail_exchangers *list, enum dns_result result, bool had_trouble,
    struct span why)
{
	if (had_trouble)
		return;
	list->why.len = 0;
	if (result == DNS_NO_NAME)
		buf_add_text(&list->why, "the name does not exist");
	else if (result == DNS_NO_DATA)
		buf_add_text(&list->why, "the name has no address");
	else
		buf_add_span(&list->why, why);
}

/* False after a signal. */
static bool
ask_for_addresses(struct mail_exchangers *list, struct mail_exchanger *host,
    enum dns_type type, int64_t deadline, struct dns_records *answer,
    bool *has_trouble)
{
	struct buf why = {0};
	enum dns_result result = name_server_ask(
	    list->name_server, host->name, type, deadline, answer, &why);

	if (result == DNS_FOUND) {
		memcpy(host->owner, answer->owner, sizeof(host->owner));
		host->is_authentic = host->is_authentic && answer->is_authentic;
	} else {
		explain(list, result, *has_trouble, buf_span(&why));
	}
	if (result == DNS_TROUBLE)
		*has_trouble = true;
	buf_free(&why);
	return result != DNS_SIGNAL;
}

static enum mail_exchanger_result
resolve(
    struct mail_exchangers *list, struct mail_exchanger *host, int64_t deadline)
{
	struct dns_records six = {0}, four = {0};
	bool has_trouble = false, is_whole = true;

	list->why.len = 0;
	host->is_authentic = true;
	memcpy(host->owner, host->name, sizeof(host->owner));
	if (list->family != AF_INET)
		is_whole = ask_for_addresses(
		    list, host, DNS_AAAA, deadline, &six, &has_trouble);
	if (is_whole && list->family != AF_INET6)
		is_whole = ask_for_addresses(
		    list, host, DNS_A, deadline, &four, &has_trouble);
	interleave(list, host, &six, &four);
	dns_answer_free(&six);
	dns_answer_free(&four);
	if (!is_whole)
		return MAIL_EXCHANGER_SIGNAL;
	if (host->address_count > 0)
		return MAIL_EXCHANGER_FOUND;
	return has_trouble ? MAIL_EXCHANGER_TROUBLE : MAIL_EXCHANGER_NO_HOST;
}

/* No host is left, and none was given. */
static enum mail_exchanger_result
end_without_host(
    struct mail_exchangers *list, int64_t deadline, struct buf *reason)
{
	if (!list->has_trouble &&
	    !name_server_has_root(list->name_server, deadline)) {
		list->has_trouble = true;
		buf_add_text(&list->why, no_root);
	}
	if (list->is_cut_by_loop)
		return loop(list, reason);
	if (list->is_implicit)
		buf_add_text(reason,
		    "without an MX record, it is its own mail server; ");
	else if (list->count > 1)
		buf_add_format(reason,
		    "none of its %zu mail servers has an address; ",
		    list->count);
	buf_add_format(reason, "%s: ", list->items[list->count - 1].name);
	buf_add_span(reason, buf_span(&list->why));
	return list->has_trouble ? MAIL_EXCHANGER_TROUBLE
				 : MAIL_EXCHANGER_NO_HOST;
}

enum mail_exchanger_result
mail_exchangers_next(struct mail_exchangers *list, struct mail_exchanger *host,
    int64_t deadline, struct buf *reason)
{
	while (list->next < list->count &&
	    list->given < MAIL_EXCHANGER_HOSTS_MAX) {
		const struct mail_exchanger_record *item =
		    &list->items[list->next];
		enum mail_exchanger_result result = MAIL_EXCHANGER_FOUND;

		*host = (struct mail_exchanger){.preference = item->preference,
		    .is_literal = list->is_literal};
		memcpy(host->name, item->name, sizeof(host->name));
		if (list->is_literal) {
			memcpy(host->owner, item->name, sizeof(host->owner));
			host->addresses[host->address_count++] = list->literal;
		} else {
			result = resolve(list, host, deadline);
		}
		if (result == MAIL_EXCHANGER_SIGNAL) {
			buf_add_text(reason, "interrupted by a signal");
			return result;
		}
		list->next++;
		if (result == MAIL_EXCHANGER_FOUND) {
			list->given++;
			return result;
		}
		if (result == MAIL_EXCHANGER_TROUBLE)
			list->has_trouble = true;
		note(list, "%s: %s", host->name, buf_text(&list->why));
	}
	if (list->given > 0)
		return MAIL_EXCHANGER_END;
	return end_without_host(list, deadline, reason);
}

void
mail_exchangers_free(struct mail_exchangers *list)
{
	buf_free(&list->notes);
	buf_free(&list->why);
	*list = (struct mail_exchangers){0};
}

struct status
mail_exchanger_status(enum mail_exchanger_result result)
{
	switch (result) {
	case MAIL_EXCHANGER_NO_DOMAIN:
		return (struct status){5, 1, 2};
	case MAIL_EXCHANGER_NULL:
		return (struct status){5, 1, 10};
	case MAIL_EXCHANGER_NO_HOST:
		return (struct status){5, 4, 4};
	case MAIL_EXCHANGER_LOOP:
		return (struct status){5, 4, 6};
	case MAIL_EXCHANGER_LOOP_FOR_NOW:
		return (struct status){4, 4, 4};
	case MAIL_EXCHANGER_TROUBLE:
		return (struct status){4, 4, 3};
	case MAIL_EXCHANGER_FOUND:
	case MAIL_EXCHANGER_SIGNAL:
	case MAIL_EXCHANGER_END:
		break;
	}
	return (struct status){0};
}
