#include "rows.h"

#include "smtp/sasl_token.h"

struct status_row {
	const char *name, *json, *status;
};

static const struct status_row statuses[] = {
    {"RFC 7628 section 4.3",
	"{\"status\":\"invalid_token\",\"schemes\":\"bearer mac\","
	"\"scope\":\"https://mail.example.com/\"}",
	"invalid_token"},
    {"Google",
	"{\"status\":\"400\",\"schemes\":\"Bearer\","
	"\"scope\":\"https://mail.google.com/\"}",
	"400"},
    {"Dovecot",
	"{\"status\":\"401\",\"schemes\":\"bearer\","
	"\"scope\":\"mail\"}",
	"401"},
    {"a number", "{\"status\" : 401 }", "401"},
    {"the last one",
	"{ \"a\" : [1, {\"status\":\"no\"}, \"}\"], \"b\":"
	"\"\\\\\\\"\" , \"status\" : \"yes\" }",
	"yes"},
    {"not within another", "{\"a\":{\"status\":\"no\"}}", ""},
    {"a value", "{\"a\":\"status\"}", ""},
    {"masked", "{\"status\":\"\\u001b[2J\\n\\ud834\\udd1e\"}",
	"?[2J?\360\235\204\236"},
    {"a control character", "{\"status\":\"\x1b[2J\"}", ""},
    {"twice", "{\"status\":\"no\",\"status\":\"yes\"}", ""},
    {"nothing", "", ""},
    {"no object", "\"status\"", ""},
    {"a list", "[\"status\", \"x\"]", ""},
    {"no end", "{\"status\":\"x", ""},
    {"no value", "{\"status\":", ""},
    {"no colon", "{\"status\"}", ""},
    {"an escape at the end", "{\"status\":\"x\\", ""},
    {"an escape at the end of a name", "{\"x\\", ""},
    {"no bracket at the end", "{\"status\":\"x\"", ""},
    {"brackets that close nothing", "{\"a\":]]}", ""},
};

/* What the refusal of a token quotes of the server's JSON. */
static void
assert_status(struct span json, const char *status)
{
	struct sasl sasl = {.user = SPAN("u"), .token = SPAN("t")};
	struct buf response = {0}, expected = {0};

	buf_add_format(&expected, "the server refuses the token%s%s",
	    status[0] != '\0' ? ", status " : "", status);
	assert_true(sasl_token_respond_xoauth2(&sasl, SPAN(""), &response));
	sasl.step++;
	assert_true(sasl_token_respond_xoauth2(&sasl, json, &response));
	assert_int_equal(sasl.state, SASL_REFUSED);
	assert_string_equal(buf_text(&sasl.trouble), buf_text(&expected));
	buf_free(&sasl.trouble);
	buf_free(&sasl.advice);
	buf_free(&response);
	buf_free(&expected);
}

static void
test_status(void **state)
{
	const struct status_row *row = *state;

	assert_status(span_from(row->json), row->status);
}

/* However long, and however deep */
static void
test_bounds(void **state)
{
	struct buf json = {0};
	char status[64 + 4] = {0};

	(void)state;
	buf_add_text(&json, "{\"a\":");
	for (size_t i = 0; i < 30; i++)
		buf_add_char(&json, '[');
	for (size_t i = 0; i < 30; i++)
		buf_add_char(&json, ']');
	buf_add_text(&json, ",\"status\":\"");
	for (size_t i = 0; i < 5000; i++)
		buf_add_char(&json, 'x');
	buf_add_text(&json, "\"}");
	memset(status, 'x', 64);
	memcpy(status + 64, "...", 3);
	assert_status(buf_span(&json), status);
	buf_free(&json);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "status", statuses, ROWS(statuses), test_status);
	rows_add_one(&all, "bounds", test_bounds);
	return rows_end(&all);
}
