/* Which names of a certificate may be other names of the same server. */
#include "rows.h"

#include "doctor/server_name.h"

struct akin_row {
	const char *name;
	const char *host, *other;
	bool is_akin;
};

static const struct akin_row akin_rows[] = {
    {"same domain", "mail.example.com", "smtp.example.com", true},
    {"in any case", "mail.example.com", "SMTP.Example.COM", true},
    {"same domain below a country", "smtp.example.co.uk", "mail.example.co.uk",
	true},
    {"a deeper one", "smtp.a.example.com", "mail.a.example.com", true},
    {"not below a country's suffix", "a.co.uk", "b.co.uk", false},
    {"nor in com.au", "shop.com.au", "evil.com.au", false},
    {"not in a top domain", "example.com", "example.org", false},
    {"not two domains of com", "example.com", "evil.com", false},
    {"another domain", "mail.example.com", "www.portal.example", false},
    {"another one with the same end", "mail.example.com", "mail.badexample.com",
	false},
    {"its own domain", "mail.example.com", "example.com", false},
    {"a short domain cannot be told", "a.web.de", "b.web.de", false},
    {"the same service", "smtp.ionos.de", "smtp.1und1.de", true},
    {"another service", "smtp.gmail.com", "smtp.office365.com", false},
    {"a wildcard", "mail.example.com", "*.example.com", false},
    {"an address", "mail.example.com", "192.0.2.1", false},
    {"for an address", "192.0.2.1", "mail.example.com", false},
    {"two addresses", "192.0.2.1", "192.0.2.2", false},
    {"terminal codes", "mail.example.com", "\\x1b[2J.example.com", false},
    {"no name", "mail.example.com", "", false},
    {"dots", "mail.example.com", "..", false},
    {"one label", "localhost", "localhost", false},
};

static void
test_akin(void **state)
{
	const struct akin_row *row = *state;

	assert_int_equal(server_name_is_akin(row->host, span_from(row->other)),
	    row->is_akin);
}

struct reverse_row {
	const char *name; /* the address */
	const char *reverse;
};

static const struct reverse_row reverse_rows[] = {
    {"192.0.2.5", "5.2.0.192.in-addr.arpa"},
    {"::ffff:192.0.2.5", "5.2.0.192.in-addr.arpa"},
    {"255.254.3.0", "0.3.254.255.in-addr.arpa"},
    {"2001:db8::567:89ab",
	"b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2."
	"ip6.arpa"},
};

static void
test_reverse(void **state)
{
	const struct reverse_row *row = *state;
	struct host_address address;
	struct buf reverse = {0};

	assert_true(host_parse_address(&address, row->name));
	assert_true(server_name_add_reverse(&address, &reverse));
	assert_string_equal(buf_text(&reverse), row->reverse);
	buf_free(&reverse);
}

static void
test_no_address(void **state)
{
	const struct host_address socket = {.socket = {.ss_family = AF_UNIX}};
	struct buf reverse = {0};

	(void)state;
	assert_false(server_name_add_reverse(&socket, &reverse));
	assert_int_equal(reverse.len, 0);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "akin", akin_rows, ROWS(akin_rows), test_akin);
	rows_add(
	    &all, "reverse", reverse_rows, ROWS(reverse_rows), test_reverse);
	rows_add_one(&all, "no IP address", test_no_address);
	return rows_end(&all);
}
