#include "rows.h"

#include "dkim/from_domain.h"

struct row {
	const char *name, *header, *given, *domain, *why;
};

static const struct row rows[] = {
    {"the domain of From", "To: b@x.example\r\nFrom: A <a@example.com>\r\n",
	NULL, "example.com", ""},
    {"in small letters", "From: a@EXAMPLE.Com\r\n", NULL, "example.com", ""},
    {"a final dot", "From: a@example.com.\r\n", NULL, "example.com", ""},
    {"the given domain", "From: a@example.com\r\n", "Example.com",
	"example.com", ""},
    {"below the given domain", "From: a@sub.example.com\r\n", "example.com",
	"example.com", ""},
    {"above the given domain", "From: a@example.com\r\n", "sub.example.com",
	NULL, "From is of example.com, which is not in sub.example.com"},
    {"another domain", "From: a@example.org\r\n", "example.com", NULL,
	"From is of example.org, which is not in example.com"},
    {"a domain that only ends so", "From: a@badexample.com\r\n", "example.com",
	NULL, "From is of badexample.com, which is not in example.com"},
    {"a U-label", "From: a@b\303\274cher.example\r\n", NULL,
	"xn--bcher-kva.example", ""},
    {"a U-label below", "From: a@x.b\303\274cher.example\r\n",
	"xn--bcher-kva.example", "xn--bcher-kva.example", ""},
    {"two mailboxes", "From: a@example.com, b@example.com\r\n", NULL,
	"example.com", ""},
    {"two mailboxes of two domains", "From: a@example.com, b@example.org\r\n",
	NULL, NULL, "From is of example.org, which is not in example.com"},
    {"two fields", "From: a@example.com\r\nFrom: b@sub.example.com\r\n", NULL,
	"example.com", ""},
    {"two fields of two domains",
	"From: a@example.com\r\nfrom: b@example.org\r\n", NULL, NULL,
	"From is of example.org, which is not in example.com"},
    {"no From", "To: a@example.com\r\n", NULL, NULL,
	"there is no address in From"},
    {"an empty group", "From: all:;\r\n", NULL, NULL,
	"there is no address in From"},
    {"a bare name", "From: root\r\n", NULL, NULL,
	"the address in From has no domain"},
    {"a bare name, with a given domain", "From: root\r\n", "example.com", NULL,
	"the address in From has no domain"},
    {"a literal", "From: a@[192.0.2.1]\r\n", NULL, NULL,
	"[192.0.2.1] in From is no domain name"},
    {"no address", "From: <<>\r\n", NULL, NULL, "From is no list of addresses"},
    {"folded", "From: A\r\n\t<a@example.com>\r\n", NULL, "example.com", ""},
};

static void
test_find(void **state)
{
	const struct row *row = *state;
	struct buf domain = {0}, why = {0};

	assert_int_equal(
	    from_domain_find(span_from(row->header), row->given, &domain, &why),
	    row->domain != NULL);
	if (row->domain != NULL)
		assert_string_equal(buf_text(&domain), row->domain);
	assert_string_equal(buf_text(&why), row->why);
	buf_free(&domain);
	buf_free(&why);
}

int
main(void)
{
	return rows_run("find", rows, ROWS(rows), test_find);
}
