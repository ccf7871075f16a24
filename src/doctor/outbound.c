/*
 * An address is taken from the option, else from source-address, else from the
 * route to the Internet.
 */
#include "doctor/outbound.h"

#include <string.h>

#include "doctor/obstacle.h"
#include "doctor/server_name.h"
#include "doctor/spf_mail.h"
#include "net/own_address.h"

#define NAMES_MAX 10 /* of one address; further ones are not asked for */

static void
add(struct outbound *outbound, const struct host_address *address)
{
	struct outbound_address *item = &outbound->items[outbound->count++];
	struct buf text = {0};

	*item = (struct outbound_address){
	    .address = *address, .is_private = obstacle_is_private(address)};
	host_add_address(&text, &address->socket);
	if (text.len < sizeof(item->text))
		memcpy(item->text, buf_text(&text), text.len + 1);
	buf_free(&text);
}

/* By the setting source-address. */
static bool
find_source(
    const struct profile *profile, int family, struct host_address *address)
{
	const struct name_list *sources = &profile->network.sources;

	for (size_t i = 0; i < sources->count; i++)
		if (host_parse_address(address, sources->names[i]) &&
		    address->socket.ss_family == family)
			return true;
	return false;
}

void
outbound_find(
    struct outbound *outbound, const struct profile *profile, const char *given)
{
	static const int families[] = {AF_INET, AF_INET6};
	int wanted = network_family(&profile->network);
	struct host_address named = {0}, address;
	bool is_named = given != NULL && host_parse_address(&named, given);

	host_unmap(&named);
	for (size_t i = 0; i < OUTBOUND_MAX; i++) {
		if (is_named && named.socket.ss_family == families[i])
			add(outbound, &named);
		else if (profile_is_direct(profile) &&
		    (wanted == AF_UNSPEC || wanted == families[i]) &&
		    (find_source(profile, families[i], &address) ||
			own_address_find(families[i], &address)))
			add(outbound, &address);
	}
}

struct outbound_address *
outbound_next(struct outbound *outbound, size_t *from)
{
	while (*from < outbound->count) {
		struct outbound_address *item = &outbound->items[(*from)++];

		if (!item->is_private)
			return item;
	}
	return NULL;
}

bool
outbound_is_ip6(const struct outbound_address *address)
{
	return strchr(address->text, ':') != NULL;
}

enum dns_result
outbound_ask_back(const struct outbound_address *address, const char *name,
    struct lookup *lookup, bool *leads_back)
{
	struct dns_records list = {0};
	struct spf_mail mail;
	enum dns_result result;

	*leads_back = false;
	spf_mail_set(&mail, &address->address.socket, "", "");
	result =
	    lookup_ask(lookup, name, mail.is_ip4 ? DNS_A : DNS_AAAA, &list);
	for (size_t i = 0; i < list.count; i++)
		if (spf_mail_is_in(
			&mail, list.items[i].data, mail.is_ip4 ? 32 : 128))
			*leads_back = true;
	dns_answer_free(&list);
	return result;
}

/* Tries the names until one leads back. */
static void
follow(struct outbound_address *address, const struct dns_records *list,
    struct lookup *lookup)
{
	bool has_trouble = false;

	for (size_t i = 0; i < list->count && i < NAMES_MAX; i++) {
		const char *name = list->items[i].target;
		bool leads_back;

		if (outbound_ask_back(address, name, lookup, &leads_back) ==
		    DNS_TROUBLE)
			has_trouble = true;
		if (i > 0 && !leads_back)
			continue;
		memcpy(address->name, name, strlen(name) + 1);
		if (leads_back) {
			address->naming = OUTBOUND_NAMED;
			return;
		}
	}
	address->naming = has_trouble ? OUTBOUND_TROUBLE : OUTBOUND_MISLED;
}

void
outbound_ask_name(struct outbound_address *address, struct lookup *lookup)
{
	struct dns_records list = {0};
	struct buf name = {0};

	if (address->naming != OUTBOUND_UNASKED)
		return;
	server_name_add_reverse(&address->address, &name);
	switch (lookup_ask(lookup, buf_text(&name), DNS_PTR, &list)) {
	case DNS_FOUND:
		follow(address, &list, lookup);
		break;
	case DNS_NO_NAME:
	case DNS_NO_DATA:
		address->naming = OUTBOUND_UNNAMED;
		break;
	case DNS_TROUBLE:
	case DNS_SIGNAL:
		address->naming = OUTBOUND_TROUBLE;
		break;
	}
	dns_answer_free(&list);
	buf_free(&name);
}

/* Whether three of the numbers of an IPv4 address are in the name. */
static bool
has_numbers(struct span name, struct span address)
{
	struct span number, word;
	size_t found = 0;

	while (span_next_word(&address, ".", &number)) {
		struct span rest = name;

		while (span_next_word(
		    &rest, ".-_abcdefghijklmnopqrstuvwxyz", &word)) {
			/* 5 is also written as 005. */
			while (word.len > 1 && word.at[0] == '0')
				word = span_skip(word, 1);
			if (span_equal(word, number)) {
				found++;
				break;
			}
		}
	}
	return found >= 3;
}

bool
outbound_is_generic(const struct outbound_address *address)
{
	static const char *const words[] = {"adsl", "broadband", "cable",
	    "cust", "customer", "customers", "dhcp", "dial", "dialin", "dialup",
	    "dsl", "dyn", "dynamic", "dynamicip", "pool", "ppp", "pppoe", "res",
	    "vdsl"};
	struct span rest = span_from(address->name), word;

	if (!outbound_is_ip6(address) &&
	    has_numbers(rest, span_from(address->text)))
		return true;
	while (span_next_word(&rest, ".-_0123456789", &word))
		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
			if (span_equal_nocase(word, span_from(words[i])))
				return true;
	return false;
}
