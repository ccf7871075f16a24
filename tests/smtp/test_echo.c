#include "rows.h"

#include <time.h>

#include "smtp/echo.h"

struct echo_row {
	const char *name;
	const char *line, *secrets, *expected;
};

static const struct echo_row echoes[] = {
    {"nothing of it", "501 no", "AHVzZXIAcGFzcw==", "501 no"},
    {"no secrets", "501 AHVzZXIAcGFzcw==", "", "501 AHVzZXIAcGFzcw=="},
    {"empty line", "", "AHVzZXIAcGFzcw==", ""},
    /* As sendmail 8.17 does */
    {"the whole", "501 5.5.4 cannot decode AUTH parameter AHVzZXIAcGFzcw==",
	"AHVzZXIAcGFzcw==", "501 5.5.4 cannot decode AUTH parameter ***"},
    {"the head of it", "501 AHVzZXIAcGF...", "AHVzZXIAcGFzcw==", "501 ***..."},
    {"the tail of it", "501 cGFzcw==", "AHVzZXIAcGFzcw==", "501 ***"},
    {"the middle of it", "501 <zZXIAcGF>", "AHVzZXIAcGFzcw==", "501 <***>"},
    {"eight octets", "x bcdefghi x", "abcdefghij", "x *** x"},
    {"seven octets of more", "x bcdefgh x", "abcdefghij", "x bcdefgh x"},
    {"twice", "abcdefgh and abcdefgh", "abcdefgh", "*** and ***"},
    {"side by side", "abcdefghabcdefgh", "abcdefgh", "******"},
    {"a short one, whole", "no pass word", "pass", "no *** word"},
    {"a short one, in part", "no pas word", "pass", "no pas word"},
    {"three octets, in a word", "no such domain", "dom", "no such domain"},
    {"three octets, a word", "bad password 'dom'", "dom", "bad password '***'"},
    {"three octets, the end", "bad dom", "dom", "bad ***"},
    {"three octets, the whole", "dom", "dom", "***"},
    {"two octets in a status", "5.7.8 no", "7.", "5.7.8 no"},
    {"two digits in an address", "[192.0.2.10] no", "10", "[192.0.2.10] no"},
    {"one octet", "5.7.8 a bad password", "a", "5.7.8 a bad password"},
    {"one octet, a digit", "5.7.1 no", "1", "5.7.1 no"},
    {"one octet beside a long one", "a abcdefgh b", "a\nabcdefgh", "a *** b"},
    {"the longest counts", "x abcdefghijkl x", "abcdefgh\nabcdefghijkl",
	"x *** x"},
    {"the longest in one secret", "abcdefghZ", "abcdefgh-abcdefghZ", "***"},
    {"one of several", "x second12 x", "first123\nsecond12\nthird123",
	"x *** x"},
    {"never across two secrets", "x first123second12 x", "first123\nsecond12",
	"x ****** x"},
    {"hex, in capitals", "no 74616E7A736368", "74616e7a736368", "no ***"},
    {"hex, in both", "no 74616E7a736368.", "74616e7a736368", "no ***."},
    {"hex, a part", "no 616E7A73", "74616e7a736368", "no ***"},
    {"hex, in pairs", "no 74:61:6E:7A 73-63 68!", "74616e7a736368", "no ***!"},
    {"hex is no other secret", "no TANZEN", "tanzen", "no TANZEN"},
    {"percent", "no %74%61%6e%7A%73%63%68", "tanzsch", "no ***"},
    {"percent where it must be", "no p%C3%a4%20ss%25w!", "p\xc3\xa4 ss%w",
	"no ***!"},
    {"percent, some of it", "no t%61nz%73ch.", "tanzsch", "no ***."},
    {"percent, a stretch of it", "no %65%66%67%68%69%6A%6b%6c.",
	"abcdefghijklmn", "no ***."},
    {"percent, of more", "no %41tanzsch%41.", "tanzsch", "no %41***%41."},
    {"percent that is none", "no 100%tanzsch%", "tanzsch", "no 100%***%"},
    {"a password with percent", "no 50%25off now", "50%25off", "no *** now"},
    {"quoted-printable", "no tan=3Dz=C3=A4!", "tan=z\xc3\xa4", "no ***!"},
    {"xtext", "no tan+3Dz+2Bx!", "tan=z+x", "no ***!"},
    {"C and JSON", "no \\x74an\\u007a\\\"s\\\\ch!", "tanz\"s\\ch", "no ***!"},
    {"JSON beyond ASCII", "no t\\u00e4nz\\u20ac!", "t\xc3\xa4nz\xe2\x82\xac",
	"no ***!"},
    {"HTML", "no tan&amp;z&lt;&#115;&#x63;h!", "tan&z<sch", "no ***!"},
    {"no entity", "no tan&amp tanz&zsch;", "tanz&zsch", "no tan&amp ***;"},
    {"base64 for URLs", "no dGFu-_pz", "dGFu+/pz", "no ***"},
    {"all of these at the end", "% = + \\ & %4 =4 \\x4 &#; &#x; &#99999;",
	"tanzsch", "% = + \\ & %4 =4 \\x4 &#; &#x; &#99999;"},
    {"case counts", "x ABCDEFGH x", "abcdefgh", "x ABCDEFGH x"},
};

/* Secrets are separated by LF. */
static void
hide_all(struct echo *echo, struct span secrets)
{
	struct span secret;

	while (span_next_word(&secrets, "\n", &secret))
		echo_hide(echo, secret);
}

static void
assert_echo(struct echo *echo, struct span line, const char *expected)
{
	struct buf out = {0};

	echo_replace(echo, line, &out);
	assert_string_equal(buf_text(&out), expected);
	buf_free(&out);
}

static void
test_echo(void **state)
{
	const struct echo_row *row = *state;
	struct echo echo;

	echo_init(&echo);
	hide_all(&echo, span_from(row->secrets));
	assert_echo(&echo, span_from(row->line), row->expected);
	echo_free(&echo);
}

static void
test_long(void **state)
{
	struct buf secrets = {0}, line = {0};
	struct echo echo;

	(void)state;
	echo_init(&echo);
	for (size_t i = 0; i < 3000; i++)
		buf_add_format(&secrets, "%zx", i * 2654435761U);
	buf_add_text(&secrets, "\nof-another-secret\n");
	hide_all(&echo, buf_span(&secrets));
	for (size_t i = 0; i + 8 <= secrets.len; i += 7) {
		struct span part =
		    span_head(span_skip(buf_span(&secrets), i), 8 + i % 5);

		if (span_find(part, '\n') < part.len)
			continue;
		buf_clear(&line);
		buf_add_text(&line, "501 no, ");
		buf_add_span(&line, part);
		buf_add_text(&line, "!");
		assert_echo(&echo, buf_span(&line), "501 no, ***!");
	}
	assert_echo(&echo, SPAN("seven o of-anot"), "seven o of-anot");
	/* Secrets that are added later are found, short ones too. */
	echo_hide(&echo, SPAN("pass"));
	echo_hide(&echo, SPAN("another-password"));
	assert_echo(&echo, SPAN("no pass"), "no ***");
	assert_echo(&echo, SPAN("no r-passwo"), "no ***");
	echo_free(&echo);
	buf_free(&secrets);
	buf_free(&line);
}

/* Whatever stretch of it is echoed, eight octets of it never come through. */
static void
test_every_stretch(void **state)
{
	static const char secret[] = "AG1lQGV4YW1wbGUub3JnAHMzY3JldC13b3Jk";
	size_t len = sizeof(secret) - 1;
	struct echo echo;

	(void)state;
	echo_init(&echo);
	echo_hide(&echo, SPAN(secret));
	for (size_t from = 0; from < len; from++) {
		for (size_t to = from + 8; to <= len; to++) {
			struct buf line = {0};

			buf_add_text(&line, "501 5.5.4 <");
			buf_add(&line, secret + from, to - from);
			buf_add_text(&line, "> no");
			assert_echo(
			    &echo, buf_span(&line), "501 5.5.4 <***> no");
			buf_free(&line);
		}
	}
	echo_free(&echo);
}

/* The processor time for a line, in clock ticks: the best of several. */
static clock_t
time_of(struct echo *echo, struct span line)
{
	clock_t best = 0;

	for (size_t i = 0; i < 5; i++) {
		struct buf out = {0};
		clock_t start = clock(), taken;

		echo_replace(echo, line, &out);
		taken = clock() - start;
		buf_free(&out);
		if (i == 0 || taken < best)
			best = taken;
	}
	return best;
}

/*
 * A server that knows a token can fill the longest line with what nearly is a
 * part of it, or with nothing but it: that must not take much longer than a
 * line of other text.
 */
static void
test_near_matches(void **state)
{
	struct buf token, other, near, all;
	struct echo echo;
	clock_t most;

	(void)state;
	buf_init(&token, 64 * 1024);
	buf_init(&other, 16 * 1024);
	buf_init(&near, 16 * 1024);
	buf_init(&all, 16 * 1024);
	/* One octet is in the token everywhere. */
	while (token.len < 32 * 1024)
		buf_add_text(&token, "aaaaaaab");
	while (other.len < 12 * 1024) {
		buf_add_text(&other, "no, not this one ");
		buf_add_text(&near, "aaaaaaaca");
		buf_add_text(&all, "aaaaaaab");
	}
	echo_init(&echo);
	echo_hide(&echo, buf_span(&token));
	most = time_of(&echo, span_head(buf_span(&other), 12 * 1024)) * 20 +
	    CLOCKS_PER_SEC / 100;
	assert_true(time_of(&echo, buf_span(&near)) < most);
	assert_true(time_of(&echo, buf_span(&all)) < most);
	echo_free(&echo);
	buf_free(&token);
	buf_free(&other);
	buf_free(&near);
	buf_free(&all);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "echo", echoes, ROWS(echoes), test_echo);
	rows_add_one(&all, "every stretch of a secret", test_every_stretch);
	rows_add_one(&all, "long secrets", test_long);
	rows_add_one(&all, "near matches", test_near_matches);
	return rows_end(&all);
}
