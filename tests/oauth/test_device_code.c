#include "rows.h"

#include "oauth/device_code.h"
#include "oauth/device_flow.h"

#define CODES "\"device_code\":\"d/1\",\"user_code\":\"AB-CD\""
#define PAGE ",\"verification_uri\":\"https://a.example/d\""

struct code_row {
	const char *name, *body;
	const char *reason; /* NULL: it is read, with what follows */
	const char *user_code, *page, *complete_page;
	int64_t interval, lifetime;
};

static const struct code_row codes[] = {
    {"all members",
	"{" CODES PAGE ",\"verification_uri_complete\":"
	"\"https://a.example/d?c=AB-CD\",\"expires_in\":60,\"interval\":7}",
	NULL, "AB-CD", "https://a.example/d", "https://a.example/d?c=AB-CD", 7,
	60},
    {"neither interval nor lifetime", "{" CODES PAGE "}", NULL, "AB-CD",
	"https://a.example/d", NULL, 5, 900},
    {"numbers as strings",
	"{" CODES PAGE ",\"expires_in\":\"61\",\"interval\":\"8\"}", NULL,
	"AB-CD", "https://a.example/d", NULL, 8, 61},
    {"an interval of 0", "{" CODES PAGE ",\"interval\":0}", NULL, "AB-CD",
	"https://a.example/d", NULL, 1, 900},
    {"endless", "{" CODES PAGE ",\"expires_in\":1e99,\"interval\":-1}", NULL,
	"AB-CD", "https://a.example/d", NULL, 5, 900},
    {"a year", "{" CODES PAGE ",\"expires_in\":31536000}", NULL, "AB-CD",
	"https://a.example/d", NULL, 5, 3600},
    {"verification_url",
	"{" CODES ",\"verification_url\":\"https://a.example/u\"}", NULL,
	"AB-CD", "https://a.example/u", NULL, 5, 900},
    {"a complete page of another scheme",
	"{" CODES PAGE ",\"verification_uri_complete\":\"file:///a\"}", NULL,
	"AB-CD", "https://a.example/d", NULL, 5, 900},
    {"a code with a control",
	"{\"device_code\":\"d/1\",\"user_code\":\"A\\u001b[2J\"" PAGE "}", NULL,
	"A\\x1b[2J", "https://a.example/d", NULL, 5, 900},
    {"no device code", "{\"user_code\":\"A\"" PAGE "}", "it has no device_code",
	NULL, NULL, NULL, 0, 0},
    {"an empty device code",
	"{\"device_code\":\"\",\"user_code\":\"A\"" PAGE "}",
	"it has no device_code", NULL, NULL, NULL, 0, 0},
    {"no user code", "{\"device_code\":\"d\"" PAGE "}", "it has no user_code",
	NULL, NULL, NULL, 0, 0},
    {"a user code that is too long",
	"{\"device_code\":\"d\",\"user_code\":\"0123456789012345678901234567890"
	"1234567890123456789012345678901234567890\"" PAGE "}",
	"it has no user_code", NULL, NULL, NULL, 0, 0},
    {"no page", "{" CODES "}", "its verification_uri is not a valid https URL",
	NULL, NULL, NULL, 0, 0},
    {"a page without TLS",
	"{" CODES ",\"verification_uri\":\"http://a.example/\"}",
	"its verification_uri is not a valid https URL", NULL, NULL, NULL, 0,
	0},
    {"an array", "[]", "it has no device_code", NULL, NULL, NULL, 0, 0},
};

static void
assert_text(const char *text, const char *wanted)
{
	if (wanted == NULL)
		assert_null(text);
	else
		assert_string_equal(text, wanted);
}

static void
test_code(void **state)
{
	const struct code_row *row = *state;
	struct device_code code;
	struct buf reason = {0};
	bool done = device_code_read(&code, span_from(row->body), &reason);

	assert_string_equal(
	    buf_text(&reason), row->reason != NULL ? row->reason : "");
	assert_int_equal(done, row->reason == NULL);
	if (done) {
		assert_true(span_equal(buf_span(&code.code), SPAN("d/1")));
		assert_text(code.user_code, row->user_code);
		assert_text(code.page, row->page);
		assert_text(code.complete_page, row->complete_page);
		assert_int_equal(code.interval, row->interval);
		assert_int_equal(code.lifetime, row->lifetime);
		device_code_free(&code);
	}
	buf_free(&reason);
}

struct interval_row {
	const char *name;
	struct token_error error;
	int64_t next; /* after 5 seconds */
};

static const struct interval_row intervals[] = {
    {"pending", {.fate = FATE_PENDING, .retry_after = -1}, 5},
    {"slow down", {.fate = FATE_SLOW_DOWN, .retry_after = -1}, 10},
    {"a failure", {.fate = FATE_LATER, .retry_after = -1}, 10},
    {"a long Retry-After", {.fate = FATE_LATER, .retry_after = 60}, 60},
    {"a short Retry-After", {.fate = FATE_PENDING, .retry_after = 2}, 5},
};

static void
test_interval(void **state)
{
	const struct interval_row *row = *state;

	assert_int_equal(device_flow_interval(5, &row->error), row->next);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "reply", codes, ROWS(codes), test_code);
	rows_add(&all, "interval after 5 seconds", intervals, ROWS(intervals),
	    test_interval);
	return rows_end(&all);
}
