#include "rows.h"

#include "fixup/field_repair.h"

#define X100                                                                   \
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" \
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define X5 "xxxxx"
#define X10 X5 X5
#define X20 X10 X10
#define X50 X20 X20 X10
#define X90 X50 X20 X20
#define A8 "pECkQKRA" /* three characters of Big5 */
#define B100                                                                   \
	"                                                                    " \
	"                                "
#define B1000 B100 B100 B100 B100 B100 B100 B100 B100 B100 B100
#define X900 X100 X100 X100 X100 X100 X100 X100 X100 X100

struct field_row {
	const char *name;
	const char *in;
	const char *out; /* NULL: it stays as it is */
};

static const struct field_row field_rows[] = {
    /* Unstructured */
    {"ASCII", "Subject: a b", NULL},
    {"word", "Subject: gr\303\274n", "Subject: =?UTF-8?B?Z3LDvG4=?="},
    {"no blank", "Subject:gr\303\274n", "Subject:=?UTF-8?B?Z3LDvG4=?="},
    {"word among others", "Subject: a gr\303\274n b",
	"Subject: a =?UTF-8?B?Z3LDvG4=?= b"},
    {"words in a row are one", "Subject: \303\274  \303\266",
	"Subject: =?UTF-8?B?w7wgIMO2?="},
    {"a fold among them", "Subject: \303\274\r\n \303\266",
	"Subject: =?UTF-8?B?w7wgw7Y=?="},
    {"folds elsewhere stay", "Subject: a\r\n b\r\n\t\303\274\r\n c",
	"Subject: a\r\n b\r\n\t=?UTF-8?B?w7w=?=\r\n c"},
    {"after an encoded word", "Subject: =?utf-8?q?a?= \303\274",
	"Subject: =?utf-8?q?a?= =?UTF-8?B?IMO8?="},
    {"before an encoded word", "Subject: \303\274 =?utf-8?q?a?= b",
	"Subject: =?UTF-8?B?w7wg?= =?utf-8?q?a?= b"},
    {"not UTF-8", "X-Y: gr\374n", "X-Y: =?unknown-8bit?B?Z3L8bg==?="},
    {"folded where the line grows", "Subject: " X100 " \303\274",
	"Subject: " X100 "\r\n =?UTF-8?B?w7w=?="},
    {"trailing blank", "Subject: \303\274 ", "Subject: =?UTF-8?B?w7w=?= "},
    {"words after an encoded one are folded",
	"Subject: \303\274 " X50 " x " X50,
	"Subject: =?UTF-8?B?w7w=?= " X50 "\r\n x " X50},

    /* Encoded words that are there already */
    {"raw octets in Q", "Subject: =?UTF-8?Q?Gr\303\274\303\237e?= x",
	"Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?= x"},
    {"raw octets in Q of another charset", "Subject: =?iso-8859-1?q?Gr\374n?=",
	"Subject: =?iso-8859-1?Q?Gr=FCn?="},
    {"raw octets in Q, with blanks",
	"Subject: a =?UTF-8?Q?Gr\303\274n a=3Db_c?= \303\274",
	"Subject: a =?UTF-8?Q?Gr=C3=BCn_a=3Db_c?= =?UTF-8?B?IMO8?="},
    {"raw octets in Q, folded", "Subject: =?UTF-8?Q?Gr\303\274n\r\n\ta?=",
	"Subject: =?UTF-8?Q?Gr=C3=BCn_a?="},
    {"raw octets in B",
	"Subject: =?UTF-8?B?Gr\303\274n?=", "Subject: =?UTF-8?B?R3LDvG4=?="},
    {"a language",
	"Subject: =?utf-8*de?q?\303\274?=", "Subject: =?utf-8*de?Q?=C3=BC?="},
    {"blanks in Q", "Subject: =?utf-8?q?a b?= \303\274",
	"Subject: =?utf-8?Q?a_b?= =?UTF-8?B?IMO8?="},
    {"not ended", "Subject: =?utf-8?q?a \303\274",
	"Subject: =?utf-8?q?a =?UTF-8?B?w7w=?="},
    {"not ended, another after it",
	"Subject: =?utf-8?q?a \303\274 =?utf-8?q?b?=",
	"Subject: =?utf-8?q?a =?UTF-8?B?w7wg?= =?utf-8?q?b?="},
    {"no encoding", "Subject: =?utf-8?x?\303\274?=",
	"Subject: =?UTF-8?B?PT91dGYtOD94P8O8Pz0=?="},
    {"touching each other", "Subject: =?utf-8?q?\303\274?==?utf-8?q?b?=",
	"Subject: =?utf-8?Q?=C3=BC?= =?utf-8?q?b?="},
    {"longer than 75", "Subject: \303\274 =?utf-8?q?" X50 "_" X50 "?=",
	"Subject: =?UTF-8?B?w7wg?= =?utf-8?Q?" X20 X10 X5 "xxx?=\r\n"
	" =?utf-8?Q?" X10 "xx_" X50 "?="},
    {"longer than a line",
	"Subject: =?utf-8?q?" X100 X100 X100 X100 X100 X100 X100 X100 X100 X100
	"?=",
	"Subject: =?utf-8?Q?" X50 X5 "?=\r\n =?utf-8?Q?" X50 X10 "xxx?=\r\n"},
    {"75 octets, but the field's name makes its line longer",
	"Subject: =?utf-8?q?" X50 X10 "xxx?= \303\274",
	"Subject: =?utf-8?Q?" X50 X5 "?=\r\n =?utf-8?Q?xxxxxxxx?="
	" =?UTF-8?B?IMO8?="},
    {"cut between characters",
	"Subject: \303\274 =?big5?b?" A8 A8 A8 A8 A8 A8 A8 A8 A8 A8 "?=",
	"Subject: =?UTF-8?B?w7wg?= =?big5?B?" A8 A8 A8 A8 "pEA=?=\r\n"
	" =?big5?B?" A8 A8 A8 A8 A8 "pECkQA==?="},
    {"not to be cut",
	"Subject: \303\274 =?utf-7?b?" A8 A8 A8 A8 A8 A8 A8 A8 A8 A8 "?=",
	"Subject: =?UTF-8?B?w7wg?=\r\n =?utf-7?b?" A8 A8 A8 A8 A8 A8 A8 A8 A8 A8
	"?="},
    {"no base64", "Subject: \303\274 =?utf-8?b?" X50 X50 "x?=",
	"Subject: =?UTF-8?B?w7wg?=\r\n =?utf-8?b?" X50 X50 "x?="},
    {"in a phrase", "From: =?utf-8?q?J\303\266rg,_K.?= <a@b>, c@d",
	"From: =?utf-8?Q?J=C3=B6rg=2C_K=2E?= <a@b>, c@d"},
    {"in quotes", "From: \"=?utf-8?q?J\303\266rg K?= \303\266\" <a@b>",
	"From: =?utf-8?Q?J=C3=B6rg_K?= =?UTF-8?B?IMO2?= <a@b>"},
    {"in a comment", "From: a@b (=?utf-8?q?J\303\266rg K?=)",
	"From: a@b (=?utf-8?Q?J=C3=B6rg_K?=)"},
    {"touching an address", "From: =?utf-8?q?J\303\266rg?=<a@b>",
	"From: =?utf-8?Q?J=C3=B6rg?= <a@b>"},
    {"text right after it",
	"Subject: =?utf-8?q?Gr\303\274n a?=, =?utf-8?q?b?=, \303\274",
	"Subject: =?utf-8?Q?Gr=C3=BCn_a?= =?UTF-8?B?LA==?= =?utf-8?q?b?=,\r\n"
	" =?UTF-8?B?w7w=?="},
    {"text right before it", "Subject: (=?utf-8?q?a \303\274?=)",
	"Subject: =?UTF-8?B?KA==?= =?utf-8?Q?a_=C3=BC?= =?UTF-8?B?KQ==?="},
    {"in quotes among others", "To: \"\303\266, =?utf-8?q?b?=\" <a@b>",
	"To: =?UTF-8?B?w7YsIA==?= =?utf-8?q?b?= <a@b>"},
    {"in an atom among others", "To: =?utf-8?q?\303\266?=-y <a@b>",
	"To: =?utf-8?Q?=C3=B6?= =?UTF-8?B?LXk=?= <a@b>"},
    {"no encoded word but an address", "From: =?utf-8?q?a?=@b, \303\266 <c@d>",
	"From: =?utf-8?q?a?=@b, =?UTF-8?B?w7Y=?= <c@d>"},

    /* Addresses */
    {"address", "From: a@b", NULL},
    {"atom", "From: J\303\266rg <a@b>", "From: =?UTF-8?B?SsO2cmc=?= <a@b>"},
    {"quoted", "From: \"M\303\266, J\" <a@b>",
	"From: =?UTF-8?B?TcO2LCBK?= <a@b>"},
    {"quoted pair", "From: \"\\\"\303\266\\\\\" <a@b>",
	"From: =?UTF-8?B?IsO2XA==?= <a@b>"},
    {"no blank before the bracket", "To: \303\266<a@b>,c@d",
	"To: =?UTF-8?B?w7Y=?= <a@b>,c@d"},
    {"quoted word beside it", "To: \"a b\" \303\266 \"c\" <a@b>",
	"To: \"a b\" =?UTF-8?B?w7Y=?= \"c\" <a@b>"},
    {"words without blanks", "To: a\"\303\266\"b <a@b>",
	"To: a =?UTF-8?B?w7Y=?= b <a@b>"},
    {"comment", "From: a@b (J\303\266rg K)",
	"From: a@b (=?UTF-8?B?SsO2cmc=?= K)"},
    {"comment in a comment", "From: a@b (x (\303\266) \\\303\266)",
	"From: a@b (x (=?UTF-8?B?w7Y=?=) =?UTF-8?B?w7Y=?=)"},
    {"group", "To: Fr\303\266sche: a@b, \303\266 <c@d>;",
	"To: =?UTF-8?B?RnLDtnNjaGU=?=: a@b, =?UTF-8?B?w7Y=?= <c@d>;"},
    {"name alone", "To: M\303\274ller", "To: =?UTF-8?B?TcO8bGxlcg==?="},
    {"domain", "To: a@b\303\274cher.example", "To: a@xn--bcher-kva.example"},
    {"domain in brackets", "To: B <a@b\303\274cher.example> (c)",
	"To: B <a@xn--bcher-kva.example> (c)"},
    {"quotes are not folded", "To: \303\266 <" X50 "@b>, \"Smith, John\" <d@e>",
	"To: =?UTF-8?B?w7Y=?= <" X50 "@b>,\r\n \"Smith, John\" <d@e>"},
    {"quotes longer than a line are folded",
	"To: \303\266 <a@b>, \"" X50 " " X50 " " X50 "\" <d@e>",
	"To: =?UTF-8?B?w7Y=?= <a@b>,\r\n \"" X50 " " X50 "\r\n " X50
	"\" <d@e>"},
    {"a name that fits into one word is not cut",
	"To: " X20 "@b, J\303\266rg-Maria-Johannes-Lang-Name <a@b>",
	"To: " X20 "@b,\r\n =?UTF-8?B?SsO2cmctTWFyaWEtSm9oYW5uZXMtTGFuZy1O"
	"YW1l?= <a@b>"},
    {"local part stays", "To: \303\266@b.example", NULL},
    {"local part stays, a name does not",
	"To: \303\266@b.example, \303\266 <c@d>",
	"To: \303\266@b.example, =?UTF-8?B?w7Y=?= <c@d>"},
    {"encoded word stays", "To: =?utf-8?q?a?= <a@b>, \303\266 <c@d>",
	"To: =?utf-8?q?a?= <a@b>, =?UTF-8?B?w7Y=?= <c@d>"},
    {"quote not closed", "To: \"\303\266 <a@b>", "To: =?UTF-8?B?IsO2?= <a@b>"},
    {"comment not closed", "To: \303\266 (x <a@b>",
	"To: =?UTF-8?B?w7Y=?= (x <a@b>"},
    {"references", "In-Reply-To: Nachricht f\303\274r <a@b>",
	"In-Reply-To: Nachricht =?UTF-8?B?ZsO8cg==?= <a@b>"},

    /* Tokens */
    {"message-id", "Message-ID: <\303\266@b>", "Message-ID: <%C3%B6@b>"},
    {"message-id, not UTF-8", "Message-ID: <\366@b>", "Message-ID: <%F6@b>"},
    {"URL", "List-Unsubscribe: <https://b/?\303\266>, <mailto:a@b> (\303\266)",
	"List-Unsubscribe: <https://b/?%C3%B6>, <mailto:a@b> "
	"(=?UTF-8?B?w7Y=?=)"},
    {"URL in a comment that is not closed", "List-Help: <a:\303\266> (",
	"List-Help: <a:%C3%B6> ("},
    {"content-id stays, since the body names it", "Content-ID: <\303\266@b>",
	NULL},
    {"month", "Date: 5 M\303\244r 2026 10:00:00 +0100",
	"Date: 5 M%C3%A4r 2026 10:00:00 +0100"},
    {"date", "Date: Sun, 22 Nov 2026 01:02:03 +0100 (\303\266)",
	"Date: Sun, 22 Nov 2026 01:02:03 +0100 (=?UTF-8?B?w7Y=?=)"},

    /* Parameters */
    {"type", "Content-Type: text/plain; charset=utf-8", NULL},
    {"quote in what looks like an encoded word",
	"Content-Disposition: attachment; filename=\"=?utf-8?B?w6\\\"?= "
	"\303\266\"",
	"Content-Disposition: attachment;\r\n "
	"filename*=UTF-8''%3D%3Futf-8%3FB%3Fw6%22%3F%3D%20%C3%B6"},
    {"file name", "Content-Disposition: attachment; filename=\"\303\266 b\"",
	"Content-Disposition: attachment; filename*=UTF-8''%C3%B6%20b"},
    {"file name, others beside it",
	"Content-Type: a/b; name=\303\266.txt; charset=utf-8",
	"Content-Type: a/b; name*=UTF-8''%C3%B6.txt; charset=utf-8"},
    {"file name, not UTF-8", "Content-Type: a/b; name=\"\366\"",
	"Content-Type: a/b; name*=unknown-8bit''%F6"},
    {"file name, twice",
	"Content-Type: a/b; name=\"\303\266\"; name*=UTF-8''%C3%B6",
	"Content-Type: a/b; name*=UTF-8''%C3%B6"},
    {"long file name",
	"Content-Type: a/b;\r\n name=\"\303\266\303\266\303\266\303\266"
	"\303\266\303\266\303\266\303\266\303\266\303\266\"",
	"Content-Type: a/b;\r\n name*0*=UTF-8''%C3%B6%C3%B6%C3%B6%C3%B6"
	"%C3%B6%C3%B6%C3%B6%C3%B6%C3%B6;\r\n name*1*=%C3%B6"},
    {"no semicolon after a value",
	"Content-Type: a/b; name=\"\303\266\" size=5 (x); y=z",
	"Content-Type: a/b; name*=UTF-8''%C3%B6 ;size=5 (x); y=z"},
    {"no semicolon in front of it", "Content-Type: a/b; size=5 name=\303\266",
	"Content-Type: a/b; size=5 ; name*=UTF-8''%C3%B6"},
    {"no semicolon after the type",
	"Content-Disposition: attachment filename=\"\303\266\"",
	"Content-Disposition: attachment ; filename*=UTF-8''%C3%B6"},
    {"no semicolon after the type, a comment there",
	"Content-Type: a/b (x) name=\303\266; c=d",
	"Content-Type: a/b (x) ; name*=UTF-8''%C3%B6; c=d"},
    {"no type", "Content-Disposition: filename=\"\303\266\"",
	"Content-Disposition: filename=\"%C3%B6\""},
    {"a blank before the equals sign",
	"Content-Disposition: attachment filename = \303\266",
	"Content-Disposition: attachment filename = %C3%B6"},
    {"a charset that is not ASCII", "Content-Type: a/b; charset=\303\266",
	"Content-Type: a/b; charset=%C3%B6"},
    {"words after a value", "Content-Type: a/b; name=\"\303\266\" junk; c=d",
	"Content-Type: a/b; name*=UTF-8''%C3%B6; junk; c=d"},
    {"a comment after a value", "Content-Type: a/b; name=\303\266 (x); c=d",
	"Content-Type: a/b; name*=UTF-8''%C3%B6 (x); c=d"},
    {"a comment to be encoded", "Content-Type: a/b; c=d (\303\266)",
	"Content-Type: a/b; c=d (=?UTF-8?B?w7Y=?=)"},
    {"blanks in a value without quotes",
	"Content-Type: a/b; name=\303\266 a b.pdf ; c=d",
	"Content-Type: a/b; name*=UTF-8''%C3%B6%20a%20b.pdf ; c=d"},
    {"a quote that is not closed", "Content-Type: a/b; name=\"\303\266; c=d",
	"Content-Type: a/b; name*=UTF-8''%C3%B6%3B%20c%3Dd"},
    {"semicolons without a parameter", "Content-Type: a/b;; ; name=\303\266;;",
	"Content-Type: a/b;; ; name*=UTF-8''%C3%B6;;"},
    {"a parameter twice, both to be encoded",
	"Content-Type: a/b; name=\303\266; name=\303\274",
	"Content-Type: a/b; name*=UTF-8''%C3%B6; name=%C3%BC"},
    {"a parameter twice", "Content-Type: a/b; name=\303\266; name=c",
	"Content-Type: a/b; name*=UTF-8''%C3%B6; name=c"},
    {"no value", "Content-Type: a/b; c; name=\303\266; d=",
	"Content-Type: a/b; c; name*=UTF-8''%C3%B6; d="},
    {"raw octets in an extended value",
	"Content-Type: a/b; name*=utf-8''\303\266%20b; c=d",
	"Content-Type: a/b; name*=utf-8''%C3%B6%20b; c=d"},
    {"an encoded word with raw octets",
	"Content-Type: a/b; name=\"=?utf-8?q?\303\266 b?=\"; c=d",
	"Content-Type: a/b;\r\n name=\"=?utf-8?Q?=C3=B6_b?=\"; c=d"},
    {"an encoded word with raw octets, and more text",
	"Content-Type: a/b; name=\"\\\"=?utf-8?q?\303\266?=.pdf\"",
	"Content-Type: a/b;\r\n name=\"\\\"=?utf-8?Q?=C3=B6?=.pdf\""},
    {"an encoded word, and octets of another value",
	"Content-Type: a/b; name=\"=?utf-8?q?b?=\"; c=\303\266",
	"Content-Type: a/b; name=\"=?utf-8?q?b?=\"; c*=UTF-8''%C3%B6"},
    {"boundary stays", "Content-Type: multipart/x; boundary=\"\303\266\"",
	NULL},
    {"boundary stays, a comment does not",
	"Content-Type: multipart/x; boundary=\303\266 (\303\266)",
	"Content-Type: multipart/x; boundary=\303\266 (=?UTF-8?B?w7Y=?=)"},

    /* Long lines */
    {"long, but not too long", "Subject: " X900 " b", NULL},
    {"word too long", "X: " X900 X100 " b", NULL},
    {"word too long, another to be encoded", "X: " X900 X100 " \303\274",
	"X:\r\n " X900 X100 "\r\n =?UTF-8?B?w7w=?="},
    {"a field of a machine", "X-SMTPAPI: {\"to\":[\"" X900 X100 "\"]}", NULL},
    {"blanks without end", "X: a" B1000 "b", NULL},
    {"folded at a blank", "Subject: " X900 " " X100 " b",
	"Subject: " X900 "\r\n " X100 "\r\n b"},
    {"folded after the name where a word leaves no room",
	"Subject: " X900 X90 " b", "Subject:\r\n " X900 X90 "\r\n b"},
    {"folded in references", "References: <" X100 "@a> <" X900 "@b>",
	"References: <" X100 "@a>\r\n <" X900 "@b>"},
    {"folded in addresses", "To: " X900 "@a," X100 "@b",
	"To: " X900 "@a,\r\n " X100 "@b"},
    {"cannot be folded", "Message-ID: <" X900 X100 "@b>", NULL},
};

static void
test_field(void **state)
{
	const struct field_row *row = *state;
	struct buf text = {0}, out = {0};
	struct span rest;
	struct field field;
	bool has_changed;
	size_t len;

	buf_add_format(&text, "%s\r\n", row->in);
	rest = buf_span(&text);
	assert_true(header_next(&rest, &field));
	has_changed = field_repair(&field, &out);
	assert_int_equal(has_changed, row->out != NULL);
	assert_memory_equal(out.data + out.len - 2, "\r\n", 2);
	out.len -= 2;
	/* If the output is very long, its beginning is shown. */
	if (row->out == NULL) {
		assert_string_equal(buf_text(&out), row->in);
	} else if (strcmp(row->name, "longer than a line") == 0) {
		len = strlen(row->out);
		assert_memory_equal(buf_text(&out), row->out, len);
		assert_false(field_repair_is_needed(buf_span(&out)));
	} else {
		assert_string_equal(buf_text(&out), row->out);
	}
	buf_free(&text);
	buf_free(&out);
}

/* A line of 998 octets is allowed, at every place. */
static void
test_long(void **state)
{
	(void)state;
	for (size_t len = 990; len < 1010; len++)
		for (int before = 0; before < 2; before++) {
			struct buf text = {0};

			if (before)
				buf_add_text(&text, "a: b\r\n");
			for (size_t i = 0; i < len; i++)
				buf_add_char(&text, 'x');
			buf_add_text(&text, before ? "\r\n" : "\r\n c\r\n");
			assert_int_equal(
			    field_repair_has_long_line(buf_span(&text)),
			    len > 998);
			buf_free(&text);
		}
}

/* A repaired field is not changed by another repair. */
static void
test_again(void **state)
{
	const struct field_row *row = *state;
	struct buf text = {0}, out = {0};
	struct span rest;
	struct field field;

	buf_add_format(&text, "%s\r\n", row->out ? row->out : row->in);
	rest = buf_span(&text);
	assert_true(header_next(&rest, &field));
	assert_false(field_repair(&field, &out));
	buf_free(&text);
	buf_free(&out);
}

/* Deep nesting and many elements take linear time. */
static void
test_large(void **state)
{
	static const char *const units[] = {"(", "\"", "\303\274 a ",
	    "\303\274,", "(\303\274)", ";a=\303\274", "\\", "<", "@\303\274",
	    "[", "a:\303\274;", "(\"", ";(", ";\"", " ", "=?", "=?a?q?",
	    "=?a?q? ", "(=?a?q?", "=?a?q?\303\274?= ", "=?a?q?a?=b ",
	    "=?utf-8?q?\303\274,", "a=b ", ";a=\"\303\274\" b", ";a=(",
	    ";a*=\303\274", "(=?a?b?\303\274?=)", "\"=?a?q?\303\274?=\" "};
	static const char *const names[] = {
	    "To: ", "Subject: ", "Content-Type: ", "Date: "};

	(void)state;
	for (size_t n = 0; n < 4; n++)
		for (size_t u = 0; u < sizeof(units) / sizeof(units[0]); u++) {
			struct buf text, out;
			struct span rest;
			struct field field;

			buf_init(&text, 1 << 20);
			buf_init(&out, 1 << 26);
			buf_add_text(&text, names[n]);
			while (text.len < 200000)
				buf_add_text(&text, units[u]);
			buf_add_text(&text, "\303\274\r\n");
			rest = buf_span(&text);
			assert_true(header_next(&rest, &field));
			field_repair(&field, &out);
			assert_false(out.full);
			buf_free(&text);
			buf_free(&out);
		}
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "field", field_rows, ROWS(field_rows), test_field);
	rows_add(&all, "again", field_rows, ROWS(field_rows), test_again);
	rows_add_one(&all, "long", test_long);
	rows_add_one(&all, "large", test_large);
	return rows_end(&all);
}
