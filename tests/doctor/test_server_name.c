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

int
main(void)
{
	return rows_run("akin", akin_rows, ROWS(akin_rows), test_akin);
}
