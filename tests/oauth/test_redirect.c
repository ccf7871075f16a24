#include "rows.h"

#include "oauth/redirect.h"

#define STATE "Xk-3_s"
#define ISSUER "https://login.example"
#define OURS "code=abc&state=" STATE
#define ISS "&iss=https%3A%2F%2Flogin.example"

struct redirect_row {
	const char *name;
	struct span text;
	enum redirect_result result;
	const char *value; /* the code, or the error */
};

static const struct redirect_row addresses[] = {
    {"as a browser shows it", SPAN("http://127.0.0.1:4711/?" OURS),
	REDIRECT_CODE, "abc"},
    {"with iss", SPAN("http://localhost:1/?" OURS ISS), REDIRECT_CODE, "abc"},
    {"without a scheme", SPAN("127.0.0.1:4711/?" OURS), REDIRECT_CODE, "abc"},
    {"with text around it", SPAN("  Location: <http://a/?" OURS "> \r\n"),
	REDIRECT_CODE, "abc"},
    {"with a fragment", SPAN("http://a/?" OURS "#_=_"), REDIRECT_CODE, "abc"},
    {"with other parameters",
	SPAN("http://a/?scope=x%20y&authuser=0&" OURS "&session_state=q"),
	REDIRECT_CODE, "abc"},
    {"an encoded code", SPAN("http://a/?code=4%2F0Ab&state=" STATE),
	REDIRECT_CODE, "4/0Ab"},
    {"in another order", SPAN("http://a/?state=" STATE "&code=c"),
	REDIRECT_CODE, "c"},
    {"an error", SPAN("http://a/?error=access_denied&state=" STATE),
	REDIRECT_ERROR, "access_denied"},
    {"an error and a code", SPAN("http://a/?error=x&" OURS), REDIRECT_ERROR,
	"x"},
    {"another issuer", SPAN("http://a/?" OURS "&iss=https%3A%2F%2Fevil"),
	REDIRECT_ISSUER, NULL},
    {"an issuer with a slash more", SPAN("http://a/?" OURS ISS "%2F"),
	REDIRECT_ISSUER, NULL},
    {"an empty issuer", SPAN("http://a/?" OURS "&iss="), REDIRECT_ISSUER, NULL},
    {"an error of another issuer",
	SPAN("http://a/?error=x&state=" STATE "&iss=https%3A%2F%2Fevil"),
	REDIRECT_ISSUER, NULL},
    {"nothing", SPAN(""), REDIRECT_FOREIGN, NULL},
    {"no query", SPAN("http://a/"), REDIRECT_FOREIGN, NULL},
    {"the query alone", SPAN("\"" OURS "\""), REDIRECT_CODE, "abc"},
    {"the query after a word", SPAN("a=b http://a/?" OURS), REDIRECT_CODE,
	"abc"},
    {"the escapes of a paste", SPAN("\033[200~http://a/?" OURS "\033[201~"),
	REDIRECT_CODE, "abc"},
    {"escapes after iss", SPAN("http://a/?" OURS ISS "\033[201~"),
	REDIRECT_CODE, "abc"},
    {"out of the text of a page", SPAN("http://a/?code=abc&amp;state=" STATE),
	REDIRECT_CODE, "abc"},
    {"state twice, once so", SPAN("http://a/?" OURS "&amp;state=" STATE),
	REDIRECT_FOREIGN, NULL},
    {"the code alone", SPAN("abc"), REDIRECT_FOREIGN, NULL},
    {"no state", SPAN("http://a/?code=abc"), REDIRECT_FOREIGN, NULL},
    {"an error without state", SPAN("http://a/?error=access_denied"),
	REDIRECT_FOREIGN, NULL},
    {"an empty state", SPAN("http://a/?code=abc&state="), REDIRECT_FOREIGN,
	NULL},
    {"another state", SPAN("http://a/?code=abc&state=Xk-3_S"), REDIRECT_FOREIGN,
	NULL},
    {"a longer state", SPAN("http://a/?" OURS "x"), REDIRECT_FOREIGN, NULL},
    {"a state with a NUL", SPAN("http://a/?" OURS "%00"), REDIRECT_FOREIGN,
	NULL},
    {"state twice", SPAN("http://a/?" OURS "&state=" STATE), REDIRECT_FOREIGN,
	NULL},
    {"code twice", SPAN("http://a/?" OURS "&code=abc"), REDIRECT_FOREIGN, NULL},
    {"iss twice", SPAN("http://a/?" OURS ISS ISS), REDIRECT_FOREIGN, NULL},
    {"an empty code", SPAN("http://a/?code=&state=" STATE), REDIRECT_FOREIGN,
	NULL},
    {"a code with a line end", SPAN("http://a/?code=a%0Ab&state=" STATE),
	REDIRECT_FOREIGN, NULL},
    {"a code with a blank", SPAN("http://a/?code=a+b&state=" STATE),
	REDIRECT_FOREIGN, NULL},
    {"a code of 8-bit octets", SPAN("http://a/?code=%C3%A4&state=" STATE),
	REDIRECT_FOREIGN, NULL},
    {"a bad escape", SPAN("http://a/?" OURS "&x=%zz"), REDIRECT_FOREIGN, NULL},
    {"the parameters in the fragment", SPAN("http://a/?x=1#" OURS),
	REDIRECT_FOREIGN, NULL},
    {"names in capitals", SPAN("http://a/?CODE=abc&STATE=" STATE),
	REDIRECT_FOREIGN, NULL},
};

#define GET(target) SPAN("GET " target " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")

static const struct redirect_row requests[] = {
    {"of a browser", GET("/?" OURS), REDIRECT_CODE, "abc"},
    {"HTTP/1.0 and line feeds", SPAN("GET /?" OURS " HTTP/1.0\n\n"),
	REDIRECT_CODE, "abc"},
    {"an icon", GET("/favicon.ico"), REDIRECT_FOREIGN, NULL},
    {"the path alone", GET("/"), REDIRECT_FOREIGN, NULL},
    {"another path", GET("/x?" OURS), REDIRECT_FOREIGN, NULL},
    {"two slashes", GET("//?" OURS), REDIRECT_FOREIGN, NULL},
    {"a whole URL", GET("http://127.0.0.1:1/?" OURS), REDIRECT_CODE, "abc"},
    {"a whole URL without a path", GET("http://127.0.0.1?" OURS),
	REDIRECT_FOREIGN, NULL},
    {"a URL of another path", GET("http://127.0.0.1/x?" OURS), REDIRECT_FOREIGN,
	NULL},
    {"no path", GET("?" OURS), REDIRECT_FOREIGN, NULL},
    {"HEAD", SPAN("HEAD /?" OURS " HTTP/1.1\r\n\r\n"), REDIRECT_METHOD, NULL},
    {"POST", SPAN("POST /?" OURS " HTTP/1.1\r\n\r\n"), REDIRECT_METHOD, NULL},
    {"get", SPAN("get /?" OURS " HTTP/1.1\r\n\r\n"), REDIRECT_METHOD, NULL},
    {"two blanks", SPAN("GET  /?" OURS " HTTP/1.1\r\n\r\n"), REDIRECT_FOREIGN,
	NULL},
    {"HTTP/0.9", SPAN("GET /?" OURS "\r\n\r\n"), REDIRECT_FOREIGN, NULL},
    {"HTTP/2", SPAN("PRI * HTTP/2.0\r\n\r\n"), REDIRECT_FOREIGN, NULL},
    {"TLS", SPAN("\x16\x03\x01\x02\n\n"), REDIRECT_FOREIGN, NULL},
    {"the answer in another line", SPAN("X\r\nGET /?" OURS " HTTP/1.1\r\n\r\n"),
	REDIRECT_FOREIGN, NULL},
    {"nothing", SPAN("\n\n"), REDIRECT_FOREIGN, NULL},
};

static void
check(enum redirect_result result, struct redirect *redirect,
    const struct redirect_row *row)
{
	assert_int_equal(result, row->result);
	assert_string_equal(buf_text(&redirect->code),
	    result == REDIRECT_CODE ? row->value : "");
	assert_string_equal(buf_text(&redirect->error),
	    result == REDIRECT_ERROR ? row->value : "");
	redirect_free(redirect);
}

static const struct redirect_wanted wanted = {
    .state = {STATE, sizeof(STATE) - 1}, .issuer = ISSUER};

static void
test_address(void **state)
{
	const struct redirect_row *row = *state;
	struct redirect redirect;
	enum redirect_result result =
	    redirect_read_address(&redirect, row->text, &wanted);

	check(result, &redirect, row);
}

static void
test_request(void **state)
{
	const struct redirect_row *row = *state;
	struct redirect redirect;
	enum redirect_result result =
	    redirect_read_request(&redirect, row->text, &wanted);

	check(result, &redirect, row);
}

static void
test_issuer(void **state)
{
	struct redirect_wanted all = wanted;
	struct redirect redirect;

	(void)state;
	all.needs_iss = true;
	assert_int_equal(
	    redirect_read_address(&redirect, SPAN("http://a/?" OURS), &all),
	    REDIRECT_ISSUER);
	/* The address that the login began with, pasted by mistake */
	assert_int_equal(
	    redirect_read_address(&redirect,
		SPAN("http://a/?response_type=code&state=" STATE), &all),
	    REDIRECT_FOREIGN);
	assert_int_equal(
	    redirect_read_address(&redirect, SPAN("http://a/?" OURS ISS), &all),
	    REDIRECT_CODE);
	redirect_free(&redirect);
	/* Of Microsoft the issuer is not known before. */
	all.needs_iss = false;
	all.issuer = NULL;
	assert_int_equal(redirect_read_address(
			     &redirect, SPAN("http://a/?" OURS "&iss=x"), &all),
	    REDIRECT_CODE);
	redirect_free(&redirect);
	/* Without a state of ours nothing is ours. */
	all.state = SPAN("");
	assert_int_equal(redirect_read_address(&redirect,
			     SPAN("http://a/?code=abc&state="), &all),
	    REDIRECT_FOREIGN);
}

static void
test_length(void **state)
{
	struct redirect redirect;
	struct buf text;

	(void)state;
	buf_init(&text, 2 * REDIRECT_MAX);
	buf_add_text(&text, "http://a/?" OURS "&x=");
	while (text.len < REDIRECT_MAX)
		buf_add_char(&text, 'x');
	assert_int_equal(
	    redirect_read_address(&redirect, buf_span(&text), &wanted),
	    REDIRECT_CODE);
	redirect_free(&redirect);
	while (text.len < REDIRECT_MAX + 100)
		buf_add_char(&text, 'x');
	assert_int_equal(
	    redirect_read_address(&redirect, buf_span(&text), &wanted),
	    REDIRECT_FOREIGN);
	buf_free(&text);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "address", addresses, ROWS(addresses), test_address);
	rows_add(&all, "request", requests, ROWS(requests), test_request);
	rows_add_one(&all, "the issuer", test_issuer);
	rows_add_one(&all, "the longest address", test_length);
	return rows_end(&all);
}
