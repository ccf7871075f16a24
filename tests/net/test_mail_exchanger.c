#include "rows.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "base/mem.h"
#include "base/text.h"
#include "net/mail_exchanger.h"

/*
 * The zone is lines "NAME TYPE DATA". "*" in front of the name: validated. The
 * data "?" is a look-up that fails, "!" one that a signal interrupts. A line
 * "NAME CNAME NAME" is followed. The root has a server unless a line says
 * otherwise.
 */
struct row {
	const char *name;
	const char *zone;
	const char *domain; /* "-4" or "-6" in front of it is the family */
	/*
	 * What is true of the list, with "*" if the MX records were validated;
	 * then the hosts, with "*" if the addresses were validated; then "end",
	 * or the status and the reason.
	 */
	const char *told;
};

static const struct row rows[] = {
    {"one", "d MX 10 a\na A 192.0.2.1", "d", "10 a 192.0.2.1; end"},
    {"in order", "d MX 20 b\nd MX 10 a\na A 192.0.2.1\nb A 192.0.2.2", "d",
	"10 a 192.0.2.1; 20 b 192.0.2.2; end"},
    {"preferences are numbers without a sign",
	"d MX 65535 b\nd MX 0 a\nd MX 32768 c\na A 192.0.2.1\nb A 192.0.2.2\n"
	"c A 192.0.2.3",
	"d", "0 a 192.0.2.1; 32768 c 192.0.2.3; 65535 b 192.0.2.2; end"},
    {"capitals and a final dot", "d MX 10 a\na A 192.0.2.1", "D.",
	"10 a 192.0.2.1; end"},
    {"families in turn",
	"d MX 10 a\na A 192.0.2.1\na A 192.0.2.2\na A 192.0.2.3\n"
	"a AAAA 2001:db8::1\na AAAA 2001:db8::2",
	"d", "10 a 2001:db8::1 192.0.2.1 2001:db8::2 192.0.2.2 192.0.2.3; end"},
    {"five addresses, both families",
	"d MX 10 a\na A 192.0.2.1\na A 192.0.2.2\na A 192.0.2.3\n"
	"a A 192.0.2.4\na A 192.0.2.5\na A 192.0.2.6\na AAAA 2001:db8::1",
	"d", "10 a 2001:db8::1 192.0.2.1 192.0.2.2 192.0.2.3 192.0.2.4; end"},
    {"only IPv4", "d MX 10 a\na A 192.0.2.1\na AAAA 2001:db8::1", "-4 d",
	"10 a 192.0.2.1; end"},
    {"only IPv6", "d MX 10 a\na A 192.0.2.1\na AAAA 2001:db8::1", "-6 d",
	"10 a 2001:db8::1; end"},
    {"only IPv6, where there is none", "d MX 10 a\na A 192.0.2.1", "-6 d",
	"5.4.4 a: the name has no address"},

    {"implicit", "d A 192.0.2.1", "d", "implicit 0 d 192.0.2.1; end"},
    {"implicit by IPv6", "d AAAA 2001:db8::1", "d",
	"implicit 0 d 2001:db8::1; end"},
    {"neither MX nor address", "d TXT x", "d",
	"implicit 5.4.4 without an MX record, it is its own mail server; d: "
	"the name has no address"},
    {"implicit, but the address is not known", "d A ?", "d",
	"implicit 4.4.3 without an MX record, it is its own mail server; d: "},
    {"implicit, a part of the addresses is not known",
	"d A 192.0.2.1\nd AAAA ?", "d", "implicit 0 d 192.0.2.1; end"},
    {"implicit, no root", "d A 192.0.2.1\n. NS none", "d",
	"4.4.3 the domain has no MX record, says a name server that does not "
	"know the root of the DNS"},
    {"a failed look-up is not the implicit MX", "d MX ?\nd A 192.0.2.1", "d",
	"4.4.3 cannot find its mail servers: "},
    {"a signal", "d MX !", "d", "- cannot find its mail servers: "},
    {"a signal during the look-up of an address", "d MX 10 a\na A !", "d",
	"- interrupted by a signal"},
    {"no domain", "e A 192.0.2.1", "d", "5.1.2 the domain does not exist"},
    {"no domain, no root", ". NS none", "d",
	"4.4.3 the domain does not exist, says a name server that does not "
	"know the root of the DNS"},
    {"no domain, root not known", ". NS ?", "d",
	"4.4.3 the domain does not exist, says a name server that does not "
	"know the root of the DNS"},
    {"no name at all", "", "", "5.1.2 it is no domain name"},
    {"no name", "", "a b", "5.1.2 it is no domain name"},
    {"underscores", "_d MX 10 a_b\na_b A 192.0.2.1", "_d",
	"10 a_b 192.0.2.1; end"},

    {"null MX", "d MX 0 .\nd A 192.0.2.1", "d",
	"5.1.10 the domain takes no mail"},
    {"null MX with another preference", "d MX 10 .", "d",
	"5.1.10 the domain takes no mail"},
    {"null MX twice", "d MX 0 .\nd MX 10 .", "d",
	"5.1.10 the domain takes no mail"},
    {"a root beside others", "d MX 0 .\nd MX 10 a\na A 192.0.2.1", "d",
	"10 a 192.0.2.1; end"},
    {"an address as text", "d MX 10 192.0.2.9\nd MX 20 a\na A 192.0.2.1", "d",
	"20 a 192.0.2.1; end"},
    {"only an address as text", "d MX 10 192.0.2.9\nd A 192.0.2.1", "d",
	"5.4.4 its MX records name no host"},
    {"odd characters", "d MX 10 a?b\nd MX 20 a\na A 192.0.2.1", "d",
	"20 a 192.0.2.1; end"},
    {"one host twice", "d MX 20 a\nd MX 10 a\na A 192.0.2.1", "d",
	"10 a 192.0.2.1; end"},

    {"a host without address", "d MX 10 a\nd MX 20 b\na TXT x\nb A 192.0.2.1",
	"d", "20 b 192.0.2.1; end"},
    {"a host that does not exist", "d MX 10 a\nd MX 20 b\nb A 192.0.2.1", "d",
	"20 b 192.0.2.1; end"},
    {"a host with trouble", "d MX 10 a\nd MX 20 b\na A ?\nb A 192.0.2.1", "d",
	"20 b 192.0.2.1; end"},
    {"the last host without address", "d MX 10 a\nd MX 20 b\na A 192.0.2.1",
	"d", "10 a 192.0.2.1; end"},
    {"no host has an address", "d MX 10 a\nd MX 20 b\na TXT x\nd A 192.0.2.1",
	"d",
	"5.4.4 none of its 2 mail servers has an address; b: the name does not "
	"exist"},
    {"no host has an address, and there is no root",
	"d MX 10 a\nd A 192.0.2.1\n. NS none", "d",
	"4.4.3 a: the name does not exist, says a name server that does not "
	"know the root of "
	"the DNS"},
    {"no host has an address, as far as is known",
	"d MX 10 a\nd MX 20 b\na A ?", "d",
	"4.4.3 none of its 2 mail servers has an address; b: the name does not "
	"exist"},
    {"half of an address is not known", "d MX 10 a\na AAAA ?\na TXT x", "d",
	"4.4.3 a: "},

    {"our name", "d MX 10 me.example\nme.example A 192.0.2.1", "d",
	"5.4.6 mail for the domain loops back to this machine"},
    {"our other name", "d MX 10 OTHER.example", "d",
	"5.4.6 mail for the domain loops back to this machine"},
    {"our name as the domain", "me.example A 192.0.2.1", "me.example",
	"implicit 5.4.6 mail for the domain loops back to this machine"},
    {"our name and better ones",
	"d MX 20 me.example\nd MX 10 a\nd MX 30 b\nd MX 20 c\na A 192.0.2.1\n"
	"b A 192.0.2.2\nc A 192.0.2.3",
	"d", "10 a 192.0.2.1; end"},
    {"our name, and a better one that does not exist",
	"d MX 20 me.example\nd MX 10 a", "d",
	"5.4.6 mail for the domain loops back to this machine"},
    {"our name, and a better one that does not exist without root",
	"d MX 20 me.example\nd MX 10 a\n. NS none", "d",
	"4.4.4 mail for the domain loops back to this machine"},
    {"our name, and a better one that is not known",
	"d MX 20 me.example\nd MX 10 a\na A ?", "d",
	"4.4.4 mail for the domain loops back to this machine"},
    {"our name twice",
	"d MX 10 me.example\nd MX 20 other.example\nd MX 5 a\n"
	"a A 192.0.2.1",
	"d", "5 a 192.0.2.1; end"},
    {"a name like ours", "d MX 10 xme.example\nxme.example A 192.0.2.1", "d",
	"10 xme.example 192.0.2.1; end"},

    {"addresses of this machine",
	"d MX 10 a\nd MX 20 b\na A 127.0.0.1\na A 0.0.0.0\na AAAA ::1\n"
	"a AAAA ::\nb A 192.0.2.1",
	"d", "20 b 192.0.2.1; end"},
    {"one good address of many",
	"d MX 10 a\na A 127.1.2.3\na A 224.0.0.1\na A 255.255.255.255\n"
	"a A 192.0.2.1\na A 0.1.2.3\na AAAA ff02::1\na AAAA ::ffff:127.0.0.1\n"
	"a AAAA ::ffff:192.0.2.1\na AAAA ::127.0.0.1\na AAAA 2001:db8::1",
	"d", "10 a 2001:db8::1 192.0.2.1; end"},
    {"only this machine", "d MX 10 a\na A 127.0.0.1", "d",
	"5.4.4 a: its address 127.0.0.1 is a loopback address"},
    {"only this machine, implicit", "d A 127.0.0.1", "d",
	"implicit 5.4.4 without an MX record, it is its own mail server; d: "
	"its address 127.0.0.1 is a loopback address"},
    {"only this machine, as far as is known",
	"d MX 10 a\na A 127.0.0.1\n"
	"a AAAA ?",
	"d", "4.4.3 a: its address 127.0.0.1 is a loopback address"},

    {"an alias", "d CNAME e\ne MX 10 a\na A 192.0.2.1", "d",
	"of e 10 a 192.0.2.1; end"},
    {"an alias to a name without MX", "d CNAME e\ne A 192.0.2.1", "d",
	"implicit of e 0 d of e 192.0.2.1; end"},
    {"an alias of a host", "d MX 10 a\na CNAME b\nb A 192.0.2.1", "d",
	"10 a of b 192.0.2.1; end"},
    {"an alias to nothing", "d CNAME e", "d",
	"5.1.2 the domain does not exist"},

    {"validated", "*d MX 10 a\n*a A 192.0.2.1", "d", "* 10 a 192.0.2.1*; end"},
    {"only the MX records validated", "*d MX 10 a\na A 192.0.2.1", "d",
	"* 10 a 192.0.2.1; end"},
    {"only the host validated", "d MX 10 a\n*a A 192.0.2.1", "d",
	"10 a 192.0.2.1*; end"},
    {"one family validated", "*d MX 10 a\n*a A 192.0.2.1\na AAAA 2001:db8::1",
	"d", "* 10 a 2001:db8::1 192.0.2.1; end"},
    {"one family, validated, the other absent", "*d MX 10 a\n*a A 192.0.2.1",
	"d", "* 10 a 192.0.2.1*; end"},
    {"validated, but not the root",
	"*d MX 10 a\n*a A 192.0.2.1\n. NS no-validation", "d",
	"10 a 192.0.2.1; end"},
    {"validated, and the root is suppressed",
	"*d MX 10 a\n*a A 192.0.2.1\n. NS ?", "d", "* 10 a 192.0.2.1*; end"},

    {"a literal", "", "[192.0.2.1]", "literal 0 192.0.2.1 192.0.2.1; end"},
    {"a literal of IPv6", "", "[IPv6:2001:db8::1]",
	"literal 0 2001:db8::1 2001:db8::1; end"},
    {"a literal in capitals", "", "[ipv6:2001:DB8::1]",
	"literal 0 2001:db8::1 2001:db8::1; end"},
    {"a literal of the other family", "", "-6 [192.0.2.1]",
	"literal 5.4.4 its address is IPv4, and only IPv6 is used"},
    {"a literal of the right family", "", "-4 [192.0.2.1]",
	"literal 0 192.0.2.1 192.0.2.1; end"},
    {"a loopback literal", "", "[127.0.0.1]",
	"literal 5.1.2 no mail is sent to 127.0.0.1, which is a loopback "
	"address"},
    {"a loopback literal of IPv6", "", "[IPv6:::1]",
	"literal 5.1.2 no mail is sent to ::1, which is a loopback address"},
    {"an unspecified literal", "", "[0.0.0.0]",
	"literal 5.1.2 no mail is sent to 0.0.0.0, which is an address of no "
	"host"},
    {"an unspecified literal of IPv6", "", "[IPv6:::]",
	"literal 5.1.2 no mail is sent to ::, which is the unspecified "
	"address"},
    {"a multicast literal", "", "[239.255.255.255]",
	"literal 5.1.2 no mail is sent to 239.255.255.255, which is a "
	"multicast address"},
    {"a multicast literal of IPv6", "", "[IPv6:ff05::1]",
	"literal 5.1.2 no mail is sent to ff05::1, which is a multicast "
	"address"},
    {"the address before multicast", "", "[223.255.255.255]",
	"literal 0 223.255.255.255 223.255.255.255; end"},
    {"the broadcast literal", "", "[255.255.255.255]",
	"literal 5.1.2 no mail is sent to 255.255.255.255, which is the "
	"broadcast address"},
    {"a mapped literal", "", "[IPv6:::ffff:192.0.2.1]",
	"literal 5.1.2 no mail is sent to ::ffff:192.0.2.1, which is an IPv4 "
	"address in the form of IPv6"},
    {"no literal", "", "[x]", "literal 5.1.2 it is no address literal"},
    {"an IPv4 address with the tag", "", "[IPv6:192.0.2.1]",
	"literal 5.1.2 it is no address literal"},
    {"an IPv6 address without the tag", "", "[2001:db8::1]",
	"literal 5.1.2 it is no address literal"},
    {"half a literal", "", "[", "literal 5.1.2 it is no address literal"},
    {"a long literal", "",
	"[IPv6:00000000000000000000000000000000000000000000000000000000000000"
	"000000000000000000000000000000000000000000000000000000000000000000000"
	"000000000000000000000000000000000000000000000000000000000000000000000"
	"000000000000000000000000000000000000000000000000000000000000000::1]",
	"literal 5.1.2 it is no address literal"},
};

static bool
is_name(struct span word, const char *name)
{
	return span_equal_nocase(word, span_from(name));
}

static void
add_item(struct dns_records *list, enum dns_type type, struct span rest)
{
	struct dns_record *item =
	    mem_append(&list->items, &list->count, sizeof(*item));
	struct host_address address;
	struct span word = {0};
	char *text;

	if (type == DNS_MX) {
		uint64_t number = 0;

		span_next_word(&rest, " ", &word);
		span_number(word, 65535, &number);
		item->priority = (unsigned short)number;
	}
	span_next_word(&rest, " ", &word);
	text = span_copy(word);
	if ((type == DNS_A || type == DNS_AAAA) &&
	    host_parse_address(&address, text)) {
		const struct sockaddr_in6 *six = (void *)&address.socket;
		const struct sockaddr_in *four = (void *)&address.socket;
		size_t len = type == DNS_A ? 4 : 16;

		item->data.len = len; /* look_at sets where it is */
		buf_add(&list->data,
		    type == DNS_A ? (const void *)&four->sin_addr
				  : (const void *)&six->sin6_addr,
		    len);
	} else if (strcmp(text, ".") != 0) {
		memcpy(item->target, text, strlen(text) + 1);
	}
	free(text);
}

/* One name of a zone: *alias is its CNAME. */
static enum dns_result
look_at(const char *zone, const char *name, enum dns_type type,
    struct dns_records *list, struct span *alias)
{
	static const struct {
		const char *text;
		enum dns_type type;
	} types[] = {{"A", DNS_A}, {"NS", DNS_NS}, {"MX", DNS_MX},
	    {"TXT", DNS_TXT}, {"AAAA", DNS_AAAA}};
	struct span rest = span_from(zone), line, owner, word;
	const char *data;
	bool exists = false, has_all = true;

	while (span_next_word(&rest, "\n", &line)) {
		bool is_authentic = line.at[0] == '*';
		size_t i = 0;

		line = span_skip(line, is_authentic);
		span_next_word(&line, " ", &owner);
		span_next_word(&line, " ", &word);
		line = span_trim(line);
		if (!is_name(owner, name))
			continue;
		exists = true;
		if (span_equal(word, SPAN("CNAME")))
			*alias = line;
		while (i < 5 && !is_name(word, types[i].text))
			i++;
		if (i == 5 || types[i].type != type)
			continue;
		if (is_name(line, "?"))
			return DNS_TROUBLE;
		if (is_name(line, "!"))
			return DNS_SIGNAL;
		if (is_name(line, "none"))
			return DNS_NO_NAME;
		add_item(list, type, line);
		has_all = has_all && is_authentic;
	}
	data = list->data.data;
	for (size_t i = 0; i < list->count; i++) {
		list->items[i].data.at = data;
		if (list->items[i].data.len > 0)
			data += list->items[i].data.len;
	}
	list->is_authentic = has_all && list->count > 0;
	return list->count > 0 ? DNS_FOUND : exists ? DNS_NO_DATA : DNS_NO_NAME;
}

struct zone {
	const char *text;
	unsigned asked_for_root;
};

static enum dns_result
ask(void *context, const char *name, enum dns_type type,
    struct dns_records *list)
{
	struct zone *zone = context;
	struct span alias = {0};
	enum dns_result result;

	if (type == DNS_NS) {
		assert_string_equal(name, ".");
		zone->asked_for_root++;
	}
	memcpy(list->owner, name, strlen(name) + 1);
	result = look_at(zone->text, name, type, list, &alias);
	if (alias.len > 0) {
		memcpy(list->owner, alias.at, alias.len);
		list->owner[alias.len] = '\0';
		result = look_at(zone->text, list->owner, type, list, &alias);
	}
	if (type == DNS_NS && result == DNS_NO_NAME &&
	    strstr(zone->text, ". NS") == NULL) {
		add_item(list, type, SPAN("ns"));
		list->is_authentic = true;
		result = DNS_FOUND;
	}
	return result;
}

static void
tell_result(struct buf *told, enum mail_exchanger_result result,
    struct buf *reason, struct mail_exchangers *list)
{
	struct status status = mail_exchanger_status(result);

	if (result == MAIL_EXCHANGER_END) {
		buf_add_text(told, "end");
		assert_int_equal(reason->len, 0);
		return;
	}
	reply_status_add(told, status);
	buf_add_char(told, ' ');
	if (reason->len > 0)
		buf_add_span(told, buf_span(reason));
	assert_true(list->given == 0 || status.class == 0);
}

static void
tell_host(struct buf *told, const struct mail_exchanger *host)
{
	buf_add_format(told, "%u %s", host->preference, host->name);
	if (strcmp(host->name, host->owner) != 0)
		buf_add_format(told, " of %s", host->owner);
	assert_true(host->address_count > 0);
	for (size_t i = 0; i < host->address_count; i++) {
		const struct sockaddr_in *four =
		    (const void *)&host->addresses[i].socket;

		buf_add_char(told, ' ');
		host_add_address(told, &host->addresses[i].socket);
		/* The port has the same place in both families. */
		assert_int_equal(ntohs(four->sin_port), 25);
		assert_int_equal(host->addresses[i].len,
		    four->sin_family == AF_INET ? sizeof(struct sockaddr_in)
						: sizeof(struct sockaddr_in6));
	}
	buf_add_text(told, host->is_authentic ? "*; " : "; ");
}

static void
tell(struct buf *told, const struct row *row, struct name_server *server)
{
	struct mail_exchanger_question question = {
	    .domain = span_from(row->domain),
	    .own_names = {"me.example.", "other.example"},
	    .name_server = server,
	};
	struct mail_exchangers list;
	struct mail_exchanger host;
	struct buf reason = {0};
	enum mail_exchanger_result result;

	if (row->domain[0] == '-') {
		question.domain = span_skip(question.domain, 3);
		question.family = row->domain[1] == '4' ? AF_INET : AF_INET6;
	}
	result = mail_exchangers_find(&list, &question, INT64_MAX, &reason);
	buf_add_text(told, list.is_authentic ? "* " : "");
	buf_add_text(told, list.is_literal ? "literal " : "");
	buf_add_text(told, list.is_implicit ? "implicit " : "");
	if (list.domain_owner[0] != '\0' &&
	    !span_starts_nocase(question.domain, span_from(list.domain_owner)))
		buf_add_format(told, "of %s ", list.domain_owner);
	while (result == MAIL_EXCHANGER_FOUND) {
		result = mail_exchangers_next(&list, &host, INT64_MAX, &reason);
		assert_int_equal(host.is_literal, list.is_literal);
		if (result == MAIL_EXCHANGER_FOUND)
			tell_host(told, &host);
	}
	tell_result(told, result, &reason, &list);
	mail_exchangers_free(&list);
	buf_free(&reason);
}

static void
test_find(void **state)
{
	const struct row *row = *state;
	struct zone zone = {.text = row->zone};
	struct name_server server = {.ask = ask, .context = &zone};
	struct buf told = {0};

	tell(&told, row, &server);
	assert_string_equal(buf_text(&told), row->told);
	buf_free(&told);
	assert_true(zone.asked_for_root <= 1);
}

static void
test_trust(void **state)
{
	static const struct {
		enum name_server_trust trust;
		const char *told;
	} trusts[] = {
	    {NAME_SERVER_TRUST_AUTO, "* 10 a 192.0.2.1*; end"},
	    {NAME_SERVER_TRUST_NEVER, "10 a 192.0.2.1; end"},
	    /* It is what the server claims that counts; this one is modest. */
	    {NAME_SERVER_TRUST_ALWAYS, "10 a 192.0.2.1; end"},
	};
	const struct row row = {
	    .zone = "*d MX 10 a\n*a A 192.0.2.1", .domain = "d"};

	(void)state;
	for (size_t i = 0; i < sizeof(trusts) / sizeof(trusts[0]); i++) {
		struct zone zone = {.text = row.zone};
		struct name_server server = {
		    .trust = trusts[i].trust, .ask = ask, .context = &zone};
		struct buf told = {0};

		tell(&told, &row, &server);
		assert_string_equal(buf_text(&told), trusts[i].told);
		buf_free(&told);
	}
}

/* The root is asked for once a run, not for each domain. */
static void
test_once(void **state)
{
	const struct row row = {.zone = "*d MX 10 a\n*a A 192.0.2.1"};
	struct zone zone = {.text = row.zone};
	struct name_server server = {.ask = ask, .context = &zone};
	struct buf reason = {0};

	(void)state;
	for (int i = 0; i < 5; i++) {
		struct row each = row;
		struct buf told = {0};

		each.domain = i % 2 == 0 ? "d" : "nobody";
		tell(&told, &each, &server);
		buf_free(&told);
	}
	assert_true(name_server_validates(&server, INT64_MAX, &reason));
	assert_int_equal(zone.asked_for_root, 1);
	buf_free(&reason);
}

struct root_row {
	const char *name;
	const char *zone;
	enum name_server_trust trust;
	const char *reason; /* NULL: it validates */
};

static const struct root_row roots[] = {
    {"validated", "", NAME_SERVER_TRUST_AUTO, NULL},
    {"switched off", "", NAME_SERVER_TRUST_NEVER, "DNSSEC is switched off"},
    {"not validated", ". NS ns", NAME_SERVER_TRUST_AUTO,
	"the name server does not validate (DNSSEC)"},
    {"no root", ". NS none", NAME_SERVER_TRUST_AUTO,
	"the name server does not know the root"},
    {"no answer", ". NS ?", NAME_SERVER_TRUST_AUTO,
	"the name server does not answer"},
    {"a signal", ". NS !", NAME_SERVER_TRUST_AUTO,
	"the name server does not answer"},
};

static void
test_root(void **state)
{
	const struct root_row *row = *state;
	struct zone zone = {.text = row->zone};
	struct name_server server = {
	    .trust = row->trust, .ask = ask, .context = &zone};
	struct buf reason = {0};

	assert_int_equal(name_server_validates(&server, INT64_MAX, &reason),
	    row->reason == NULL);
	assert_string_equal(
	    buf_text(&reason), row->reason != NULL ? row->reason : "");
	buf_free(&reason);
}

#define EQUALS 5
#define ORDERS 120 /* 5! */
#define DRAWS 12000

/* The number of the order of five hosts "a" to "e": 0 to 119. */
static size_t
number_of(const struct mail_exchangers *list)
{
	size_t number = 0;

	for (size_t i = 0; i < EQUALS; i++) {
		size_t smaller = 0;

		for (size_t j = i + 1; j < EQUALS; j++)
			smaller +=
			    list->items[j].name[0] < list->items[i].name[0];
		number = number * (EQUALS - i) + smaller;
	}
	return number;
}

/*
 * All orders of equal hosts are equally likely. With 119 degrees of freedom, a
 * sum above 245 has a probability of less than 1e-9.
 */
static void
test_shuffle(void **state)
{
	struct zone zone = {
	    .text = "d MX 5 a\nd MX 5 b\nd MX 5 c\nd MX 5 d\nd MX 5 e\n"
		    "d MX 1 first\nd MX 9 last"};
	struct name_server server = {.ask = ask, .context = &zone};
	struct mail_exchanger_question question = {
	    .domain = SPAN("d"), .name_server = &server};
	unsigned counts[ORDERS] = {0};
	const double expected = (double)DRAWS / ORDERS;
	double sum = 0;

	(void)state;
	for (int i = 0; i < DRAWS; i++) {
		struct mail_exchangers list, inner;
		struct buf reason = {0};

		assert_int_equal(
		    mail_exchangers_find(&list, &question, INT64_MAX, &reason),
		    MAIL_EXCHANGER_FOUND);
		assert_int_equal(list.count, EQUALS + 2);
		assert_string_equal(list.items[0].name, "first");
		assert_string_equal(list.items[EQUALS + 1].name, "last");
		memcpy(inner.items, list.items + 1,
		    EQUALS * sizeof(inner.items[0]));
		counts[number_of(&inner)]++;
		mail_exchangers_free(&list);
		buf_free(&reason);
	}
	for (size_t i = 0; i < ORDERS; i++)
		sum +=
		    (counts[i] - expected) * (counts[i] - expected) / expected;
	if (sum >= 245)
		fail_msg("chi-square is %f", sum);
}

/*
 * Of 70 records, the first 64 count; of these, the 20 best with an address are
 * tried.
 */
static void
test_limits(void **state)
{
	struct buf text = {0}, reason = {0};
	struct zone zone;
	struct name_server server = {.ask = ask, .context = &zone};
	struct mail_exchanger_question question = {
	    .domain = SPAN("d"), .name_server = &server};
	struct mail_exchangers list;
	struct mail_exchanger host;
	size_t given = 0;

	(void)state;
	for (int i = 0; i < 70; i++)
		buf_add_format(&text, "d MX %d h%d\n", 100 - i, i);
	for (int i = 0; i < 39; i++)
		buf_add_format(&text, "h%d A 192.0.2.%d\n", i, i + 1);
	zone = (struct zone){.text = buf_text(&text)};
	assert_int_equal(
	    mail_exchangers_find(&list, &question, INT64_MAX, &reason),
	    MAIL_EXCHANGER_FOUND);
	assert_int_equal(list.count, MAIL_EXCHANGER_RECORDS_MAX);
	assert_string_equal(list.items[0].name, "h63");
	assert_string_equal(
	    buf_text(&list.notes), "only the first 64 MX records are used\n");
	while (mail_exchangers_next(&list, &host, INT64_MAX, &reason) ==
	    MAIL_EXCHANGER_FOUND) {
		if (given == 0)
			assert_string_equal(host.name, "h38");
		given++;
	}
	assert_int_equal(given, 20);
	mail_exchangers_free(&list);
	buf_free(&text);
	buf_free(&reason);
}

static void
test_notes(void **state)
{
	struct zone zone = {
	    .text = "d MX 5 .\nd MX 6 192.0.2.1\nd MX 7 a\nd MX 8 b\nd MX 9 c\n"
		    "d MX 10 me.example\na A 127.0.0.1\nb A ?\nc A 192.0.2.1"};
	struct name_server server = {.ask = ask, .context = &zone};
	struct mail_exchanger_question question = {.domain = SPAN("d"),
	    .own_names = {NULL, "me.example"},
	    .name_server = &server};
	struct mail_exchangers list;
	struct mail_exchanger host;
	struct buf reason = {0};

	(void)state;
	assert_int_equal(
	    mail_exchangers_find(&list, &question, INT64_MAX, &reason),
	    MAIL_EXCHANGER_FOUND);
	assert_int_equal(mail_exchangers_next(&list, &host, INT64_MAX, &reason),
	    MAIL_EXCHANGER_FOUND);
	assert_string_equal(buf_text(&list.notes),
	    "an MX record names no host\n"
	    "the MX record of 192.0.2.1 is not used: this is no host name\n"
	    "me.example is this machine: neither it nor a host of the same or "
	    "a worse preference is tried\n"
	    "a: its address 127.0.0.1 is a loopback address\n"
	    "b: \n");
	mail_exchangers_free(&list);
	buf_free(&reason);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "find", rows, ROWS(rows), test_find);
	rows_add(&all, "root", roots, ROWS(roots), test_root);
	rows_add_one(&all, "trust", test_trust);
	rows_add_one(&all, "the root is asked for once", test_once);
	rows_add_one(&all, "equal preferences", test_shuffle);
	rows_add_one(&all, "limits", test_limits);
	rows_add_one(&all, "notes", test_notes);
	return rows_end(&all);
}
