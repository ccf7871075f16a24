#include "rows.h"

#include "smtp/sasl.h"

struct choose_row {
	const char *name;
	const char *wanted, *offered; /* names, blanks between */
	const char *chosen;	      /* NULL: none */
};

static const struct choose_row chooses[] = {
    {"the strongest", "", "LOGIN PLAIN", "PLAIN"},
    {"what there is", "", "LOGIN", "LOGIN"},
    {"nothing offered", "", "", NULL},
    {"nothing known offered", "", "GSSAPI", NULL},
    {"the first wanted", "LOGIN PLAIN", "PLAIN LOGIN", "LOGIN"},
    {"the second wanted", "LOGIN PLAIN", "PLAIN", "PLAIN"},
    {"wanted and not offered", "LOGIN", "PLAIN", NULL},
    {"in any case", "login", "LOGIN", "LOGIN"},
    {"an unknown one in front", "GSSAPI PLAIN", "PLAIN", "PLAIN"},
    {"only an unknown one", "GSSAPI", "PLAIN", NULL},
    {"blanks are no list", "  ", "PLAIN", "PLAIN"},
    {"blanks around", " LOGIN ", "PLAIN LOGIN", "LOGIN"},
};

static unsigned
bits_of(const char *names)
{
	struct span rest = span_from(names), word;
	unsigned bits = 0;

	while (span_next_word(&rest, " ", &word))
		bits |= mechanism_bit(word);
	return bits;
}

/* By what there is, beside the names. */
struct fit_row {
	const char *name;
	const char *wanted, *offered;
	const char *password, *token; /* NULL: none */
	bool has_certificate, is_encrypted;
	const char *binding;
	const char *chosen;
	char flag; /* gs2's */
};

#define ALL                                                                   \
	"CRAM-MD5 LOGIN PLAIN XOAUTH2 OAUTHBEARER SCRAM-SHA-1 SCRAM-SHA-256 " \
	"SCRAM-SHA-1-PLUS SCRAM-SHA-256-PLUS EXTERNAL"
#define UNBOUND \
	"CRAM-MD5 LOGIN PLAIN XOAUTH2 OAUTHBEARER SCRAM-SHA-1 SCRAM-SHA-256"
#define BINDING "tls-exporter"

static const struct fit_row fits[] = {
    {"the strongest of all", "", ALL, "p", NULL, true, true, BINDING,
	"SCRAM-SHA-256-PLUS", 'p'},
    {"bound by the weaker hash", "", "SCRAM-SHA-256 SCRAM-SHA-1-PLUS PLAIN",
	"p", NULL, false, true, BINDING, "SCRAM-SHA-1-PLUS", 'p'},
    {"none is bound", "", UNBOUND, "p", NULL, true, true, BINDING,
	"SCRAM-SHA-256", 'y'},
    {"nothing to bind to", "", ALL, "p", NULL, false, true, NULL,
	"SCRAM-SHA-256", 'n'},
    {"in clear", "", ALL, "p", NULL, true, false, NULL, "SCRAM-SHA-256", 'n'},
    {"not bound, though it is offered", "SCRAM-SHA-256", ALL, "p", NULL, false,
	true, BINDING, "SCRAM-SHA-256", 'n'},
    {"not bound, though the other is", "SCRAM-SHA-1",
	"SCRAM-SHA-1 SCRAM-SHA-256-PLUS", "p", NULL, false, true, BINDING,
	"SCRAM-SHA-1", 'n'},
    {"bound, and nothing to bind to", "SCRAM-SHA-256-PLUS", ALL, "p", NULL,
	false, true, NULL, NULL, 0},
    {"a token", "", ALL, NULL, "t", true, true, BINDING, "OAUTHBEARER", 0},
    {"a token, the other way", "", "PLAIN XOAUTH2", NULL, "t", false, true,
	BINDING, "XOAUTH2", 0},
    {"a token is no password", "", "PLAIN LOGIN SCRAM-SHA-256", NULL, "t",
	false, true, BINDING, NULL, 0},
    {"a password is no token", "XOAUTH2 OAUTHBEARER", ALL, "p", NULL, false,
	true, BINDING, NULL, 0},
    {"a certificate is used when asked", "EXTERNAL", ALL, NULL, NULL, true,
	true, BINDING, "EXTERNAL", 0},
    {"and not unasked", "", "EXTERNAL", "p", NULL, true, true, BINDING, NULL,
	0},
    {"no certificate", "EXTERNAL PLAIN", ALL, "p", NULL, false, true, BINDING,
	"PLAIN", 0},
    {"a certificate, in clear", "EXTERNAL", ALL, NULL, NULL, true, false, NULL,
	NULL, 0},
    {"CRAM-MD5 when asked", "CRAM-MD5", ALL, "p", NULL, false, true, BINDING,
	"CRAM-MD5", 0},
    {"and not unasked", "", "CRAM-MD5", "p", NULL, false, true, BINDING, NULL,
	0},
    {"beyond ASCII", "", ALL, "\xc3\xa4", NULL, false, true, BINDING, "PLAIN",
	0},
    {"beyond ASCII, and nothing for it", "", "SCRAM-SHA-256 SCRAM-SHA-1",
	"\xc3\xa4", NULL, false, true, BINDING, NULL, 0},
    {"the list's order", "PLAIN SCRAM-SHA-256", ALL, "p", NULL, false, true,
	BINDING, "PLAIN", 0},
};

static void
test_fit(void **state)
{
	const struct fit_row *row = *state;
	struct sasl sasl = {.user = SPAN("u"),
	    .password = span_from(row->password),
	    .token = span_from(row->token),
	    .has_certificate = row->has_certificate,
	    .is_encrypted = row->is_encrypted,
	    .binding_name = row->binding};
	bool chosen =
	    sasl_choose(&sasl, span_from(row->wanted), bits_of(row->offered));

	assert_int_equal(chosen, row->chosen != NULL);
	if (chosen)
		assert_string_equal(sasl.mechanism->name, row->chosen);
	else
		assert_true(sasl.trouble.len > 0 && sasl.is_impossible);
	if (row->flag != 0)
		assert_int_equal(sasl.scram.flag, row->flag);
	sasl_free(&sasl);
}

/* The names, and the order in which auto takes them. */
static void
test_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < mechanism_count(); i++) {
		struct span name = span_from(mechanism_at(i)->name);

		/* RFC 4422 section 3.1 */
		assert_in_range(name.len, 1, 20);
		for (size_t j = 0; j < name.len; j++)
			assert_true(ascii_is_digit(name.at[j]) ||
			    name.at[j] == '-' || name.at[j] == '_' ||
			    (name.at[j] >= 'A' && name.at[j] <= 'Z'));
		assert_ptr_equal(mechanism_find(name), mechanism_at(i));
	}
	assert_in_range(mechanism_count(), 1, 8 * sizeof(unsigned));
}

static void
test_choose(void **state)
{
	const struct choose_row *row = *state;
	struct sasl sasl = {
	    .user = SPAN("u"), .password = SPAN("p"), .step = 5};
	bool chosen =
	    sasl_choose(&sasl, span_from(row->wanted), bits_of(row->offered));

	assert_int_equal(chosen, row->chosen != NULL);
	if (chosen) {
		assert_string_equal(sasl.mechanism->name, row->chosen);
		assert_int_equal(sasl.step, 0);
	}
	sasl_free(&sasl);
}

static void
test_bits(void **state)
{
	(void)state;
	assert_int_equal(mechanism_bit(SPAN("")), 0);
	assert_int_equal(mechanism_bit(SPAN("PLAI")), 0);
	assert_int_equal(mechanism_bit(SPAN("PLAINX")), 0);
	assert_int_not_equal(mechanism_bit(SPAN("plain")), 0);
	assert_int_not_equal(
	    mechanism_bit(SPAN("PLAIN")), mechanism_bit(SPAN("LOGIN")));
}

struct respond_row {
	const char *name;
	const char *mechanism;
	bool has_initial;
	struct span user, password;
	const char *challenges[4]; /* NULL: no more */
	struct span responses[4];  /* at NULL: it is refused */
};

#define S(text)                        \
	{                              \
		text, sizeof(text) - 1 \
	}

static const struct respond_row responds[] = {
    {"PLAIN", "PLAIN", true, S("tim"), S("tanstaaftanstaaf"), {"", "x"},
	{S("\0tim\0tanstaaftanstaaf")}},
    {"PLAIN, whatever is asked", "PLAIN", true, S("u"), S("p"), {"Go on"},
	{S("\0u\0p")}},
    {"PLAIN, UTF-8", "PLAIN", true, S("\xc3\xa4"), S("\xe2\x82\xac"), {""},
	{S("\0\xc3\xa4\0\xe2\x82\xac")}},
    {"LOGIN", "LOGIN", false, S("tim"), S("secret"),
	{"Username:", "Password:", "What?"}, {S("tim"), S("secret")}},
    {"LOGIN, other words", "LOGIN", false, S("tim"), S("secret"),
	{"User Name", ""}, {S("tim"), S("secret")}},
    {"PLAIN, RFC 4954 section 4.1's password", "PLAIN", true, S("test"),
	S("1234"), {""},
	{S("\0test\0"
	   "1234")}},
    {"CRAM-MD5, RFC 2195 section 2", "CRAM-MD5", false, S("tim"),
	S("tanstaaftanstaaf"),
	{"<1896.697170952@postoffice.reston.mci.net>", ""},
	{S("tim b913a602c7eda7a495b4e6e7334d3890")}},
    {"CRAM-MD5, an empty challenge", "CRAM-MD5", false, S("tim"), S("p"), {""},
	{{NULL, 0}}},
    {"EXTERNAL", "EXTERNAL", true, S("u"), S("p"), {"", ""}, {{"", 0}}},
    /* RFC 7628 section 4.1 */
    {"OAUTHBEARER", "OAUTHBEARER", true, S("user@example.com"),
	S("vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg=="), {"", "{}", ""},
	{S("n,a=user@example.com,\1host=server.example.com\1port=587\1"
	   "auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\1\1"),
	    S("\1")}},
    {"OAUTHBEARER, a user to be escaped", "OAUTHBEARER", true, S("a,b=c"),
	S("t"), {""},
	{S("n,a=a=2Cb=3Dc,\1host=server.example.com\1port=587\1"
	   "auth=Bearer t\1\1")}},
    /* developers.google.com, "The SASL XOAUTH2 Mechanism" */
    {"XOAUTH2", "XOAUTH2", true, S("someuser@example.com"),
	S("ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg"),
	{"", "{\"status\":\"400\"}", "{}"},
	{S("user=someuser@example.com\1auth=Bearer "
	   "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg\1\1"),
	    {"", 0}}},
    {"XOAUTH2, a user with ^A", "XOAUTH2", true, S("a\1b"), S("t"), {""},
	{{NULL, 0}}},
    {"LOGIN, swapped words", "LOGIN", false, S("tim"), S("secret"),
	{"Password:", "Username:"}, {S("tim"), S("secret")}},
};

static void
test_respond(void **state)
{
	const struct respond_row *row = *state;
	struct sasl sasl = {.user = row->user,
	    .password = row->password,
	    .token = row->password,
	    .has_certificate = true,
	    .host = SPAN("server.example.com"),
	    .port = 587,
	    .is_encrypted = true};

	assert_true(sasl_choose(
	    &sasl, span_from(row->mechanism), bits_of(row->mechanism)));
	assert_int_equal(sasl_has_initial(&sasl), row->has_initial);
	for (size_t i = 0; row->challenges[i] != NULL; i++) {
		struct buf out = {0};
		bool done =
		    sasl_respond(&sasl, span_from(row->challenges[i]), &out);

		assert_int_equal(done, row->responses[i].at != NULL);
		if (done) {
			assert_int_equal(out.len, row->responses[i].len);
			assert_memory_equal(
			    out.data, row->responses[i].at, out.len);
		}
		buf_wipe(&out);
	}
	sasl_free(&sasl);
}

int
main(void)
{
	struct rows all = {0};

	rows_add_one(&all, "table", test_table);
	rows_add(&all, "fit", fits, ROWS(fits), test_fit);
	rows_add(&all, "choose", chooses, ROWS(chooses), test_choose);
	rows_add_one(&all, "bits", test_bits);
	rows_add(&all, "respond", responds, ROWS(responds), test_respond);
	return rows_end(&all);
}
