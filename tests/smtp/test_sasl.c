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

static void
test_choose(void **state)
{
	const struct choose_row *row = *state;
	struct sasl sasl = {.user = SPAN("u"),
	    .password = SPAN("p"),
	    .step = 5};
	bool chosen = sasl_choose(
	    &sasl, span_from(row->wanted), bits_of(row->offered));

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

#define S(text) {text, sizeof(text) - 1}

static const struct respond_row responds[] = {
	{"PLAIN", "PLAIN", true, S("tim"), S("tanstaaftanstaaf"), {"", "x"},
	    {S("\0tim\0tanstaaftanstaaf")}},
	{"PLAIN, whatever is asked", "PLAIN", true, S("u"), S("p"), {"Go on"},
	    {S("\0u\0p")}},
	{"PLAIN, UTF-8", "PLAIN", true, S("\xc3\xa4"), S("\xe2\x82\xac"),
	    {""}, {S("\0\xc3\xa4\0\xe2\x82\xac")}},
	{"LOGIN", "LOGIN", false, S("tim"), S("secret"),
	    {"Username:", "Password:", "What?"}, {S("tim"), S("secret")}},
	{"LOGIN, other words", "LOGIN", false, S("tim"), S("secret"),
	    {"User Name", ""}, {S("tim"), S("secret")}},
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
		bool done = sasl_respond(
		    &sasl, span_from(row->challenges[i]), &out);

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

	rows_add(&all, "choose", chooses, ROWS(chooses), test_choose);
	rows_add_one(&all, "bits", test_bits);
	rows_add(&all, "respond", responds, ROWS(responds), test_respond);
	return rows_end(&all);
}
