#include "rows.h"

#include "doctor/outbound.h"
#include "doctor/zone.h"

static struct zone_record zone[] = {
    {"5.2.0.192.in-addr.arpa", DNS_PTR, "liar.org", 0},
    {"5.2.0.192.in-addr.arpa", DNS_PTR, "mail.org", 0},
    {"6.2.0.192.in-addr.arpa", DNS_PTR, "liar.org", 0},
    {"7.2.0.192.in-addr.arpa", DNS_PTR, "!", 0},
    {"8.2.0.192.in-addr.arpa", DNS_PTR, "down.org", 0},
    {"5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
	DNS_PTR, "mail.org", 0},
    {"mail.org", DNS_A, "192.0.2.5", 0},
    {"mail.org", DNS_AAAA, "2001:db8::5", 0},
    {"liar.org", DNS_A, "192.0.2.99", 0},
    {"down.org", DNS_A, "!", 0},
    {NULL, DNS_TXT, NULL, 0},
};

struct name_row {
	const char *address;
	enum outbound_naming naming;
	const char *name;
};

static const struct name_row names[] = {
    {"192.0.2.5", OUTBOUND_NAMED, "mail.org"},
    {"2001:db8::5", OUTBOUND_NAMED, "mail.org"},
    {"::ffff:192.0.2.5", OUTBOUND_NAMED, "mail.org"},
    {"192.0.2.6", OUTBOUND_MISLED, "liar.org"},
    {"192.0.2.7", OUTBOUND_TROUBLE, ""},
    {"192.0.2.8", OUTBOUND_TROUBLE, "down.org"},
    {"192.0.2.9", OUTBOUND_UNNAMED, ""},
};

/* Of a profile that sends through a server: only the address that is given. */
static void
find_given(struct outbound *outbound, const char *given)
{
	struct server server = {.scheme = SCHEME_SMTPS};
	struct profile profile = PROFILE_UNSET;

	profile.servers = &server;
	profile.server_count = 1;
	outbound_find(outbound, &profile, given);
}

static void
test_name(void **state)
{
	const struct name_row *row = *state;
	struct lookup lookup = {.ask = zone_ask, .context = zone};
	struct outbound outbound = {0};
	size_t from = 0;
	struct outbound_address *address;

	find_given(&outbound, row->address);
	address = outbound_next(&outbound, &from);
	assert_non_null(address);
	outbound_ask_name(address, &lookup);
	assert_int_equal(address->naming, row->naming);
	assert_string_equal(address->name, row->name);
	/* It is asked for once. */
	lookup.asked = 0;
	outbound_ask_name(address, &lookup);
	assert_int_equal(lookup.asked, 0);
	assert_null(outbound_next(&outbound, &from));
}

struct generic_row {
	const char *name;
	bool is_generic;
	const char *address; /* NULL: 192.0.2.5 */
};

static const struct generic_row generics[] = {
    {"mail.example.org", false, NULL},
    {"mx2.example5.org", false, NULL},
    {"192-0-2-5.example.org", true, NULL},
    {"host-5.2.0.192.example.org", true, NULL},
    {"ip192000002005.example.org", false, NULL},
    {"a192.000.002.005.example.org", true, NULL},
    {"p5.dyn.example.org", true, NULL},
    {"dsl-4711.example.org", true, NULL},
    {"poolside.example.org", false, NULL},
    {"client7.pool3.example.org", true, NULL},
    {"DHCP-1.example.org", true, NULL},
    {"dyn.example.org", true, "2001:db8::5"},
    {"v6.example.org", false, "2001:db8::5"},
};

static void
test_generic(void **state)
{
	const struct generic_row *row = *state;
	struct outbound_address address = {0};

	snprintf(address.text, sizeof(address.text), "%s",
	    row->address != NULL ? row->address : "192.0.2.5");
	snprintf(address.name, sizeof(address.name), "%s", row->name);
	assert_int_equal(outbound_is_generic(&address), row->is_generic);
}

struct private_row {
	const char *address;
	bool is_private;
};

static const struct private_row privates[] = {
    {"192.0.2.5", false},
    {"10.1.2.3", true},
    {"100.64.0.1", true},
    {"192.168.1.1", true},
    {"172.31.0.1", true},
    {"169.254.1.1", true},
    {"fd00::1", true},
    {"fe80::1", true},
    {"2001:db8::1", false},
};

static void
test_private(void **state)
{
	const struct private_row *row = *state;
	struct outbound outbound = {0};
	size_t from = 0;

	find_given(&outbound, row->address);
	assert_int_equal(outbound.count, 1);
	assert_string_equal(outbound.items[0].text, row->address);
	assert_int_equal(outbound.items[0].is_private, row->is_private);
	assert_int_equal(
	    outbound_next(&outbound, &from) == NULL, row->is_private);
}

/* SPF and PTR records know it as an IPv4 address. */
static void
test_mapped(void **state)
{
	struct outbound outbound = {0};

	(void)state;
	find_given(&outbound, "::ffff:192.0.2.5");
	assert_int_equal(outbound.count, 1);
	assert_string_equal(outbound.items[0].text, "192.0.2.5");
	assert_false(outbound_is_ip6(&outbound.items[0]));
}

static void
test_none(void **state)
{
	struct outbound outbound = {0};

	(void)state;
	find_given(&outbound, NULL);
	assert_int_equal(outbound.count, 0);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "name", names, ROWS(names), test_name);
	rows_add(&all, "generic", generics, ROWS(generics), test_generic);
	rows_add(&all, "private", privates, ROWS(privates), test_private);
	rows_add_one(&all, "IPv4 mapped into IPv6", test_mapped);
	rows_add_one(&all, "none is known", test_none);
	return rows_end(&all);
}
