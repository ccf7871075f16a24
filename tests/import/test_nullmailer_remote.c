#include "rows.h"

#include "import/nullmailer_remote.h"

/* What the real nullmailer 2.2 makes of the lines. */
struct line_row {
	const char *name, *line;
	const char *expected; /* "HOST PORT option=value option", or "!WHY" */
};

static const struct line_row lines[] = {
    {"a host alone", "a.example", "a.example 0"},
    {"a port", "a.example smtp --port=587", "a.example 587 port=587"},
    {"without hyphens", "a.example smtp port=587", "a.example 587 port=587"},
    {"a short option", "a.example smtp -p587", "a.example 587 port=587"},
    {"a sign", "a.example smtp port=+25", "a.example 25 port=+25"},
    {"an empty port", "a.example smtp port=", "a.example 0 port="},
    {"tabs", "a.example\tsmtp\t\tstarttls", "a.example 0 starttls"},
    {"single quotes", "a.example smtp 'pass=a \"b'c",
	"a.example 0 pass=a \"bc"},
    {"double quotes", "a.example smtp pass=\"a 'b\"", "a.example 0 pass=a 'b"},
    {"an escape", "a.example smtp pass=a\\ b", "a.example 0 pass=a b"},
    {"an escape takes the next one along", "a.example smtp pass=a\\b c",
	"a.example 0 pass=ab c"},
    {"an escape in quotes takes one along, too",
	"a.example smtp \"pass=a\\\\\" tls", "a.example 0 pass=a\\\" tls"},
    {"an escape at the end", "a.example smtp pass=a\\", "a.example 0 pass=a"},
    {"a quote without an end", "a.example smtp 'pass=a b",
	"a.example 0 pass=a b"},
    {"the last one counts", "a.example smtp user=a user=b",
	"a.example 0 user=b"},
    {"the last mechanism counts", "a.example smtp auth-login auth-external",
	"a.example 0 auth-external"},
    {"another host", "a.example smtp host=b.example", "b.example 0 host="},
    {"an empty word ends the options", "a.example smtp tls '' bogus",
	"a.example 0 tls"},
    {"two hyphens end the options", "a.example smtp tls -- bogus",
	"a.example 0 tls"},
    {"an address", "2001:db8::1 smtp", "2001:db8::1 0"},
    {"a value in another word", "a.example smtp --user joe",
	"!one of its options lacks its value, which must be in the same word, "
	"as in --user=NAME, so nullmailer never uses this server"},
    {"a value too many", "a.example smtp tls=yes",
	"!one of its options takes no value but has one, so nullmailer never "
	"uses this server"},
    {"an unknown option", "a.example smtp --por=25",
	"!one of its words is no option of nullmailer, which therefore never "
	"uses this server"},
    {"a comment after options", "a.example smtp tls # hub",
	"!one of its words is no option of nullmailer, which therefore never "
	"uses this server"},
    {"a port that is too large", "a.example smtp port=65536",
	"!its port is not a number up to 65535, so nullmailer cannot use this "
	"server"},
    {"QMQP", "a.example qmqp",
	"!smtpost does not speak QMQP, the protocol of this server"},
    {"another program", "a.example ssmtp --x",
	"!the second word is not smtp, but another program for a protocol"},
    {"no name", "'' smtp", "!the line does not name a server"},
    {"a URL", "smtp://joe:secret@a.example",
	"!its first word is not the name of a server"},
    {"no certificates, and a file for them",
	"a.example smtp tls insecure tls-anon-auth x509cafile=/a",
	"!tls-anon-auth excludes the options for certificates, so nullmailer "
	"never uses this server"},
};

static void
test_line(void **state)
{
	const struct line_row *row = *state;
	struct nullmailer_remote remote = {0};
	struct buf told = {0};
	const char *why =
	    nullmailer_remote_parse(&remote, span_from(row->line));

	if (why != NULL) {
		buf_add_format(&told, "!%s", why);
	} else {
		buf_add_span(&told, buf_span(&remote.host));
		buf_add_format(&told, " %u", remote.port);
	}
	for (int i = 0; i < NULLMAILER_OPTION_COUNT && why == NULL; i++) {
		const struct buf *value = &remote.values[i];

		if (!nullmailer_remote_has(&remote, (enum nullmailer_option)i))
			continue;
		buf_add_format(&told, " %s",
		    nullmailer_remote_option_name((enum nullmailer_option)i));
		if (i == NULLMAILER_HOST || i == NULLMAILER_PORT ||
		    value->len > 0)
			buf_add_char(&told, '=');
		buf_add_span(&told, buf_span(value));
	}
	assert_string_equal(buf_text(&told), row->expected);
	buf_free(&told);
	nullmailer_remote_free(&remote);
}

struct pair_row {
	const char *name, *a, *b;
	bool agree;
};

static const struct pair_row pairs[] = {
    {"hosts and ports", "a.example smtp tls port=4650", "b.example smtp ssl",
	true},
    {"both kinds of TLS", "a.example smtp tls", "a.example smtp starttls",
	true},
    {"TLS and none", "a.example smtp tls", "a.example", false},
    {"the same login", "a.example smtp user=a pass=b",
	"b.example smtp --pass=b --user='a'", true},
    {"other passwords", "a.example smtp user=a pass=b",
	"b.example smtp user=a pass=c", false},
    {"other mechanisms", "a.example smtp user=a pass=b auth-login",
	"b.example smtp user=a pass=b", false},
    {"other files", "a.example smtp tls x509cafile=/a",
	"a.example smtp tls x509cafile=/b", false},
};

static void
test_pair(void **state)
{
	const struct pair_row *row = *state;
	struct nullmailer_remote a = {0}, b = {0};

	assert_null(nullmailer_remote_parse(&a, span_from(row->a)));
	assert_null(nullmailer_remote_parse(&b, span_from(row->b)));
	assert_int_equal(nullmailer_remote_agrees(&a, &b), row->agree);
	nullmailer_remote_free(&a);
	nullmailer_remote_free(&b);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "line", lines, ROWS(lines), test_line);
	rows_add(&all, "pair", pairs, ROWS(pairs), test_pair);
	return rows_end(&all);
}
