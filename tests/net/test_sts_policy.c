#include "rows.h"

#include "net/sts_policy.h"

#define HEAD "version: STSv1\nmode: enforce\nmax_age: 604800\n"

/* What is read: mode, age and hosts; or the reason why it is refused. */
struct read_row {
	const char *name;
	struct span text;
	const char *told, *reason;
};

static const struct read_row reads[] = {
    {"the example of the RFC",
	SPAN("version: STSv1\nmode: enforce\nmx: mail.example.com\n"
	     "mx: *.example.net\nmx: backupmx.example.com\nmax_age: 604800\n"),
	"enforce 604800 mail.example.com *.example.net backupmx.example.com",
	NULL},
    {"CRLF",
	SPAN("version: STSv1\r\nmode: testing\r\nmx: a.example\r\n"
	     "max_age: 1\r\n"),
	"testing 1 a.example", NULL},
    {"LF and CRLF",
	SPAN("version: STSv1\nmode: testing\r\nmx: a.example\nmax_age: 1\r\n"),
	"testing 1 a.example", NULL},
    {"no end of the last line", SPAN(HEAD "mx: a.example"),
	"enforce 604800 a.example", NULL},
    {"any order",
	SPAN("mx: a.example\nmax_age: 1\nmode: enforce\nversion: STSv1\n"),
	"enforce 1 a.example", NULL},
    {"no blank behind the colon",
	SPAN("version:STSv1\nmode:enforce\nmax_age:1\nmx:a.example\n"),
	"enforce 1 a.example", NULL},
    {"blanks around a value", SPAN(HEAD "mx: \t a.example \t\n"),
	"enforce 604800 a.example", NULL},
    {"empty lines", SPAN("\n" HEAD "\r\n  \nmx: a.example\n\n"),
	"enforce 604800 a.example", NULL},
    {"capitals in a host", SPAN(HEAD "mx: *.A.Example\n"),
	"enforce 604800 *.a.example", NULL},
    {"an underscore in a host", SPAN(HEAD "mx: a_b.example\n"),
	"enforce 604800 a_b.example", NULL},
    {"an unknown key", SPAN(HEAD "x-key: any: value\nmx: a.example\n"),
	"enforce 604800 a.example", NULL},
    {"a key with another case is unknown",
	SPAN(HEAD "Mode: none\nmx: a.example\n"), "enforce 604800 a.example",
	NULL},
    {"the first of a repeated key counts",
	SPAN(HEAD "mode: none\nmax_age: 5\nversion: STSv2\nmx: a.example\n"),
	"enforce 604800 a.example", NULL},
    {"a repeated key may be malformed",
	SPAN(HEAD "mode: ?\nmax_age: -\nmx: a.example\n"),
	"enforce 604800 a.example", NULL},
    {"mode none needs no host",
	SPAN("version: STSv1\nmode: none\nmax_age: 86400\n"), "none 86400",
	NULL},
    {"mode none with a host",
	SPAN("version: STSv1\nmx: a.example\nmode: none\nmax_age: 86400\n"),
	"none 86400 a.example", NULL},
    {"the longest age",
	SPAN("version: STSv1\nmode: enforce\nmax_age: 31557600\nmx: a\n"),
	"enforce 31557600 a", NULL},
    {"age 0", SPAN("version: STSv1\nmode: enforce\nmax_age: 0\nmx: a\n"),
	"enforce 0 a", NULL},
    {"zeros in front of the age",
	SPAN("version: STSv1\nmode: enforce\nmax_age: 0000000060\nmx: a\n"),
	"enforce 60 a", NULL},

    {"nothing", SPAN(""), NULL, "it has no version"},
    {"another version",
	SPAN("version: STSv2\nmode: enforce\nmax_age: 1\nmx: a\n"), NULL,
	"its version is not STSv1"},
    {"the version in small letters",
	SPAN("version: stsv1\nmode: enforce\nmax_age: 1\nmx: a\n"), NULL,
	"its version is not STSv1"},
    {"no version", SPAN("mode: enforce\nmax_age: 1\nmx: a\n"), NULL,
	"it has no version"},
    {"no mode", SPAN("version: STSv1\nmax_age: 1\nmx: a\n"), NULL,
	"it has no mode"},
    {"another mode", SPAN("version: STSv1\nmode: report\nmax_age: 1\nmx: a\n"),
	NULL, "its mode is unknown"},
    {"the mode in capitals",
	SPAN("version: STSv1\nmode: Enforce\nmax_age: 1\nmx: a\n"), NULL,
	"its mode is unknown"},
    {"an empty mode", SPAN("version: STSv1\nmode:\nmax_age: 1\nmx: a\n"), NULL,
	"its mode is unknown"},
    {"no age", SPAN("version: STSv1\nmode: enforce\nmx: a\n"), NULL,
	"it has no max_age"},
    {"an age that is too long",
	SPAN("version: STSv1\nmode: enforce\nmax_age: 31557601\nmx: a\n"), NULL,
	"its max_age is not a number from 0 to 31557600"},
    {"an age of eleven digits",
	SPAN("version: STSv1\nmode: enforce\nmax_age: 00000000060\nmx: a\n"),
	NULL, "its max_age is not a number from 0 to 31557600"},
    {"an age below 0",
	SPAN("version: STSv1\nmode: enforce\nmax_age: -1\nmx: a\n"), NULL,
	"its max_age is not a number from 0 to 31557600"},
    {"an age with a unit",
	SPAN("version: STSv1\nmode: enforce\nmax_age: 1d\nmx: a\n"), NULL,
	"its max_age is not a number from 0 to 31557600"},
    {"no host", SPAN(HEAD), NULL, "it has no mx"},
    {"an empty host", SPAN(HEAD "mx:\n"), NULL,
	"an mx in it is not a host name"},
    {"a list of hosts in one line", SPAN(HEAD "mx: a.example, b.example\n"),
	NULL, "an mx in it is not a host name"},
    {"a star alone", SPAN(HEAD "mx: *\n"), NULL,
	"an mx in it is not a host name"},
    {"a star and a dot", SPAN(HEAD "mx: *.\n"), NULL,
	"an mx in it is not a host name"},
    {"a star within a label", SPAN(HEAD "mx: mx*.example\n"), NULL,
	"an mx in it is not a host name"},
    {"two stars", SPAN(HEAD "mx: *.*.example\n"), NULL,
	"an mx in it is not a host name"},
    {"a host in U-labels", SPAN(HEAD "mx: b\303\274cher.example\n"), NULL,
	"an mx in it is not a host name"},
    {"a NUL in a host", SPAN(HEAD "mx: a.exam\0ple\n"), NULL,
	"an mx in it is not a host name"},
    {"CR alone ends no line",
	SPAN("version: STSv1\rmode: enforce\rmax_age: 1\rmx: a\r"), NULL,
	"its version is not STSv1"},
    {"HTML", SPAN("<!DOCTYPE html>\n<title>Not found</title>\n"), NULL,
	"a line in it has no colon"},
};

static void
test_read(void **state)
{
	const struct read_row *row = *state;
	struct sts_policy policy;
	struct buf told = {0}, reason = {0};
	bool done = sts_policy_read(&policy, row->text, &reason);

	assert_int_equal(done, row->told != NULL);
	if (done) {
		struct span rest = buf_span(&policy.hosts), host;

		buf_add_format(&told, "%s %lld",
		    sts_policy_mode_word(policy.mode),
		    (long long)policy.max_age);
		while (span_next_word(&rest, "\n", &host)) {
			buf_add_char(&told, ' ');
			buf_add_span(&told, host);
		}
		assert_string_equal(buf_text(&told), row->told);
		assert_int_equal(reason.len, 0);
	} else {
		assert_string_equal(buf_text(&reason), row->reason);
		assert_int_equal(policy.hosts.len, 0);
	}
	sts_policy_free(&policy);
	buf_free(&told);
	buf_free(&reason);
}

struct host_row {
	const char *name, *hosts, *host;
	bool is_there;
};

static const struct host_row hosts[] = {
    {"the same name", "a.example", "a.example", true},
    {"another name", "a.example", "b.example", false},
    {"the second of the list", "a.example\nb.example", "b.example", true},
    {"capitals in the name", "a.example", "A.Example", true},
    {"a name below", "a.example", "b.a.example", false},
    {"a name above", "a.example", "example", false},
    {"an ending", "a.example", "ba.example", false},
    {"a star is one label", "*.example.com", "mx.example.com", true},
    {"capitals below a star", "*.Example.com", "MX.eXample.com", true},
    {"a star is not two labels", "*.example.com", "a.mx.example.com", false},
    {"a star is not no label", "*.example.com", "example.com", false},
    {"a star is no part of a label", "*.example.com", "mxexample.com", false},
    {"a star is no empty label", "*.example.com", ".example.com", false},
    {"a star below a top-level domain", "*.example", "a.example", true},
    {"A-labels", "*.xn--bcher-kva.example", "mx.xn--bcher-kva.example", true},
    {"an empty name", "a.example", "", false},
    {"an empty name and a star", "*.example", "", false},
};

static void
test_host(void **state)
{
	const struct host_row *row = *state;
	struct sts_policy policy;
	struct buf text = {0}, reason = {0};
	struct span rest = span_from(row->hosts), host;

	buf_add_text(&text, HEAD);
	while (span_next_word(&rest, "\n", &host)) {
		buf_add_text(&text, "mx: ");
		buf_add_span(&text, host);
		buf_add_char(&text, '\n');
	}
	assert_true(sts_policy_read(&policy, buf_span(&text), &reason));
	assert_int_equal(
	    sts_policy_has_host(&policy, span_from(row->host)), row->is_there);
	sts_policy_free(&policy);
	buf_free(&text);
}

/* As many hosts as fit; one octet more is too long. */
static void
test_longest(void **state)
{
	struct sts_policy policy;
	struct buf text, reason = {0};
	unsigned count = 0;

	(void)state;
	buf_init(&text, STS_POLICY_MAX + 1);
	buf_add_text(&text, HEAD);
	while (text.len + sizeof("mx: *.h0000.example\n") <= STS_POLICY_MAX)
		buf_add_format(&text, "mx: *.h%04u.example\n", count++);
	while (text.len < STS_POLICY_MAX)
		buf_add_char(&text, '\n');
	assert_true(sts_policy_read(&policy, buf_span(&text), &reason));
	assert_false(policy.hosts.full);
	assert_true(sts_policy_has_host(&policy, SPAN("mx.h3000.example")));
	assert_false(sts_policy_has_host(&policy, SPAN("mx.h9999.example")));
	sts_policy_free(&policy);
	buf_add_char(&text, '\n');
	assert_false(sts_policy_read(&policy, buf_span(&text), &reason));
	assert_string_equal(buf_text(&reason), "it is longer than 64 KiB");
	buf_free(&text);
	buf_free(&reason);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "read", reads, ROWS(reads), test_read);
	rows_add(&all, "host", hosts, ROWS(hosts), test_host);
	rows_add_one(&all, "the longest policy", test_longest);
	return rows_end(&all);
}
