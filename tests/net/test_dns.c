#include "rows.h"

#include "net/dns.h"

struct row {
	const char *name;
	const char *text;
	bool is_trusted;
};

static const struct row rows[] = {
    {"nothing: the resolver asks this machine", "", true},
    {"this machine", "nameserver 127.0.0.1\n", true},
    {"this machine by IPv6", "nameserver ::1\n", true},
    {"another address of this machine", "nameserver 127.0.0.53\n", true},
    {"no end of the line", "search example.org\nnameserver\t127.0.0.1", true},
    {"lines end in CR", "nameserver 127.0.0.1\r\noptions edns0\r\n", true},
    {"comments", "# nameserver 192.0.2.1\n;nameserver 192.0.2.1\n", true},
    {"another machine", "nameserver 192.0.2.1\n", false},
    {"one of two", "nameserver 127.0.0.1\nnameserver 192.0.2.1\n", false},
    {"a link", "nameserver fe80::1%eth0\n", false},
    {"Docker's", "nameserver 127.0.0.11\noptions ndots:0\n", false},
    {"no address", "nameserver\n", false},
    {"a very long word",
	"nameserver 127.0.0.1000000000000000000000000000000000000000000000000"
	"000000000000000000000000000000000000\n",
	false},
    {"the user trusts it", "nameserver 192.0.2.1\noptions edns0 trust-ad\n",
	true},
    {"an option before it", "options trust-ad\nnameserver 192.0.2.1", true},
    {"a longer option", "nameserver 192.0.2.1\noptions trust-ads\n", false},
    {"the resolver ignores an indented line",
	"nameserver 192.0.2.1\n options trust-ad\n", false},
};

static void
test_trust(void **state)
{
	const struct row *row = *state;

	assert_int_equal(dns_is_trusted(span_from(row->text)), row->is_trusted);
}

static void
test_long_name(void **state)
{
	char name[300];
	struct dns_records list = {0};
	struct buf reason = {0};

	(void)state;
	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(
	    dns_ask(name, DNS_TXT, INT64_MAX, &list, &reason), DNS_NO_NAME);
	assert_string_equal(buf_text(&reason), "the name is too long");
	buf_free(&reason);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "trust", rows, ROWS(rows), test_trust);
	rows_add_one(&all, "a name that is too long", test_long_name);
	return rows_end(&all);
}
