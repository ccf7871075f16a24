#include "rows.h"

#include "doctor/spf_macro.h"
#include "net/host.h"

struct row {
	const char *text;
	const char *expected; /* NULL: it has a wrong macro */
	const char *address;  /* NULL: 192.0.2.3 */
};

#define SIX "2001:db8::cb01"

/* The first rows are the examples of RFC 7208 section 7.4. */
static const struct row rows[] = {
    {"%{s}", "strong-bad@email.example.com", NULL},
    {"%{o}", "email.example.com", NULL},
    {"%{d}", "email.example.com", NULL},
    {"%{d4}", "email.example.com", NULL},
    {"%{d3}", "email.example.com", NULL},
    {"%{d2}", "example.com", NULL},
    {"%{d1}", "com", NULL},
    {"%{dr}", "com.example.email", NULL},
    {"%{d2r}", "example.email", NULL},
    {"%{l}", "strong-bad", NULL},
    {"%{l-}", "strong.bad", NULL},
    {"%{lr}", "strong-bad", NULL},
    {"%{lr-}", "bad.strong", NULL},
    {"%{l1r-}", "strong", NULL},
    {"%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com", NULL},
    {"%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com", NULL},
    {"%{lr-}.lp.%{ir}.%{v}._spf.%{d2}",
	"bad.strong.lp.3.2.0.192.in-addr._spf.example.com", NULL},
    {"%{d2}.trusted-domains.example.net",
	"example.com.trusted-domains.example.net", NULL},
    {"%{ir}.%{v}._spf.%{d2}",
	"1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2."
	"ip6._spf.example.com",
	SIX},
    {"%{i}", "192.0.2.3", "::ffff:192.0.2.3"},
    {"%{v}", "in-addr", "::ffff:192.0.2.3"},
    {"%{h}", "relay.example.org", NULL},
    {"%{p}", "unknown", NULL},
    {"%%%_%-a", "% %20a", NULL},
    {"%{S}", "strong-bad%40email.example.com", NULL},
    {"%{D2R}", "example.email", NULL},
    {"%{d99999999999999999999}", "email.example.com", NULL},
    {"%{s1@}", NULL, NULL},
    {"%{s.-,/_+=}", "strong.bad@email.example.com", NULL},
    {"%{d0}", NULL, NULL},
    {"%{d00}", NULL, NULL},
    {"%{d02}", "example.com", NULL},
    {"%{z}", NULL, NULL},
    {"%{}", NULL, NULL},
    {"%{d", NULL, NULL},
    {"%{dr2}", NULL, NULL},
    {"%{r}", NULL, NULL},
    {"%d", NULL, NULL},
    {"%", NULL, NULL},
    {"", "", NULL},
};

static bool
is_right(struct span text)
{
	for (size_t i = 0; i < text.len;) {
		size_t len = text.at[i] == '%'
		    ? spf_macro_length(span_skip(text, i))
		    : 1;

		if (len == 0)
			return false;
		i += len;
	}
	return true;
}

static void
test_expand(void **state)
{
	const struct row *row = *state;
	struct host_address address;
	struct spf_mail mail;
	struct spf_macro_values values = {&mail, "email.example.com", NULL};
	struct buf out = {0};

	assert_true(host_parse_address(
	    &address, row->address != NULL ? row->address : "192.0.2.3"));
	assert_true(spf_mail_set(&mail, &address.socket,
	    "strong-bad@email.example.com", "relay.example.org"));
	assert_int_equal(is_right(span_from(row->text)), row->expected != NULL);
	if (row->expected == NULL)
		return;
	assert_true(spf_macro_expand(span_from(row->text), &values, &out));
	assert_string_equal(buf_text(&out), row->expected);
	buf_free(&out);
}

static void
test_name(void **state)
{
	struct spf_mail mail = {.is_ip4 = true};
	struct spf_macro_values values = {&mail, "a.org", "mx.a.org"};
	struct buf out = {0};

	(void)state;
	assert_true(spf_macro_needs_name(SPAN("x.%{P2}.a.org")));
	assert_true(spf_macro_needs_name(SPAN("%{d}%{p}")));
	assert_false(spf_macro_needs_name(SPAN("%%{p}")));
	assert_false(spf_macro_needs_name(SPAN("%{d}.p")));
	assert_true(spf_macro_expand(SPAN("%{p2}"), &values, &out));
	assert_string_equal(buf_text(&out), "a.org");
	buf_free(&out);
}

/* RFC 7208 section 2.4: a null reverse-path is judged by EHLO. */
static void
test_null_path(void **state)
{
	struct host_address address;
	struct spf_mail mail;
	struct spf_macro_values values = {&mail, "relay.org", NULL};
	struct buf out = {0};

	(void)state;
	assert_true(host_parse_address(&address, "192.0.2.3"));
	assert_true(spf_mail_set(&mail, &address.socket, "", "relay.org"));
	assert_true(spf_macro_expand(SPAN("%{s}"), &values, &out));
	assert_string_equal(buf_text(&out), "postmaster@relay.org");
	buf_free(&out);
}

/* Values and texts that are longer than any name. */
static void
test_too_long(void **state)
{
	char path[2000];
	struct spf_mail mail = {.is_ip4 = true};
	struct spf_macro_values values = {&mail, "a.org", NULL};
	struct buf out = {.max = 10};

	(void)state;
	memset(path, 'x', sizeof(path));
	mail.local = (struct span){path, sizeof(path)};
	assert_false(spf_macro_expand(SPAN("%{l}"), &values, &out));
	assert_false(spf_macro_expand(SPAN("%{i}%{i}"), &values, &out));
	buf_free(&out);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "expand", rows, ROWS(rows), test_expand);
	rows_add_one(&all, "the name of the address", test_name);
	rows_add_one(&all, "null reverse-path", test_null_path);
	rows_add_one(&all, "too long", test_too_long);
	return rows_end(&all);
}
