#include "rows.h"

#include "base/buf.h"
#include "serve/server_argument.h"

struct path_row {
	const char *name, *text;
	const char *local, *domain; /* local NULL: refused, or null path */
	const char *rest;	    /* NULL: refused */
};

static const struct path_row paths[] = {
    {"plain", "TO:<a@x.example>", "a", "x.example", ""},
    {"case", "to:<a@x.example>", "a", "x.example", ""},
    {"a blank after the colon", "TO: <a@x.example>", "a", "x.example", ""},
    {"no angle brackets", "TO:a@x.example", "a", "x.example", ""},
    {"no angle brackets, parameters", "TO:a@x.example SIZE=1", "a", "x.example",
	" SIZE=1"},
    {"parameters", "TO:<a@x.example> NOTIFY=NEVER", "a", "x.example",
	" NOTIFY=NEVER"},
    {"null", "TO:<>", NULL, NULL, ""},
    {"bare", "TO:<a>", "a", NULL, ""},
    {"quoted", "TO:<\"a b\"@x.example>", "a b", "x.example", ""},
    {"quoted angle bracket", "TO:<\"a>b\"@x.example> X", "a>b", "x.example",
	" X"},
    {"quoted quote", "TO:<\"a\\\">\"@x.example>", "a\">", "x.example", ""},
    {"literal", "TO:<a@[IPv6:::1]>", "a", "[IPv6:::1]", ""},
    {"source route", "TO:<@a.example,@b.example:a@x.example>", "a", "x.example",
	""},
    {"nothing", "TO:", NULL, NULL, NULL},
    {"no keyword", "<a@x.example>", NULL, NULL, NULL},
    {"another keyword", "FROM:<a@x.example>", NULL, NULL, NULL},
    {"open", "TO:<a@x.example", NULL, NULL, NULL},
    {"open quote", "TO:<\"a@x.example>", NULL, NULL, NULL},
    {"text behind it", "TO:<a@x.example>b", NULL, NULL, NULL},
    {"two", "TO:<a@x.example,b@x.example>", NULL, NULL, NULL},
    {"a comment", "TO:<a(b)@x.example>", NULL, NULL, NULL},
    {"a name", "TO:<A <a@x.example>>", NULL, NULL, NULL},
    {"blanks", "TO:<a @x.example>", NULL, NULL, NULL},
    {"two at signs", "TO:<a@b@x.example>", NULL, NULL, NULL},
    {"a route alone", "TO:<@a.example>", NULL, NULL, NULL},
    {"a group", "TO:<a:b@x.example;>", NULL, NULL, NULL},
};

static void
test_path(void **state)
{
	const struct path_row *row = *state;
	struct span rest = span_from(row->text);
	struct mailbox mailbox;
	struct error err = {0};
	bool done =
	    server_argument_take_path(&rest, SPAN("TO:"), &mailbox, &err);

	assert_int_equal(done, row->rest != NULL);
	if (!done)
		assert_int_not_equal(err.text[0], '\0');
	if (done && row->local == NULL)
		assert_null(mailbox.local);
	if (row->local != NULL)
		assert_string_equal(mailbox.local, row->local);
	if (row->domain != NULL)
		assert_string_equal(mailbox.domain, row->domain);
	if (done)
		assert_true(span_equal(rest, span_from(row->rest)));
	mailbox_free(&mailbox);
}

struct parameter_row {
	const char *name, *text;
	bool is_rcpt;
	enum server_parameter_result result;
	uint64_t size;
	bool has_eight_bit;
	enum dsn_return dsn_return;
	const char *envelope_id, *original;
	unsigned notify;
};

#define DONE SERVER_PARAMETERS_DONE
#define MALFORMED SERVER_PARAMETERS_MALFORMED
#define UNKNOWN SERVER_PARAMETERS_UNKNOWN

static const struct parameter_row parameters[] = {
    {"none", "", .result = DONE},
    {"size", " SIZE=12", .result = DONE, .size = 12},
    {"the largest size", " size=18446744073709551615", .result = DONE,
	.size = UINT64_MAX},
    {"a size too large", " SIZE=18446744073709551616", .result = MALFORMED},
    {"a size with many zeros", " SIZE=000000000000000000001",
	.result = MALFORMED},
    {"a negative size", " SIZE=-1", .result = MALFORMED},
    {"no size", " SIZE=", .result = MALFORMED},
    {"size without a value", " SIZE", .result = MALFORMED},
    {"8BITMIME", " BODY=8BITMIME", .result = DONE, .has_eight_bit = true},
    {"7BIT", " body=7bit SIZE=1", .result = DONE, .size = 1},
    {"BINARYMIME", " BODY=BINARYMIME", .result = MALFORMED},
    {"return", " RET=HDRS", .result = DONE, .dsn_return = DSN_RETURN_HEADERS},
    {"return what", " RET=SOME", .result = MALFORMED},
    {"envelope id", " ENVID=a+2Bb+20c", .result = DONE, .envelope_id = "a+b c"},
    {"an ID with a line feed", " ENVID=a+0Ab", .result = MALFORMED},
    {"xtext that is none", " ENVID=a+2", .result = MALFORMED},
    {"twice", " SIZE=1 SIZE=2", .result = MALFORMED},
    {"unknown", " SMTPUTF9", .result = UNKNOWN},
    {"AUTH is not offered", " AUTH=<>", .result = UNKNOWN},
    {"of RCPT", " NOTIFY=NEVER", .result = UNKNOWN},
    {"notify", " NOTIFY=SUCCESS,DELAY", .is_rcpt = true, .result = DONE,
	.notify = DSN_SUCCESS | DSN_DELAY},
    {"never and more", " NOTIFY=NEVER,DELAY", .is_rcpt = true,
	.result = MALFORMED},
    {"original", " ORCPT=rfc822;a+2Bb@x", .is_rcpt = true, .result = DONE,
	.original = "rfc822;a+2Bb@x"},
    {"original in UTF-8", " ORCPT=utf-8;z\xc3\xab@x", .is_rcpt = true,
	.result = DONE, .original = "utf-8;z\\x{EB}@x"},
    {"original in UTF-8 of another type", " ORCPT=rfc822;z\xc3\xab@x",
	.is_rcpt = true, .result = MALFORMED},
    {"original with half a character", " ORCPT=utf-8;z\xc3@x", .is_rcpt = true,
	.result = MALFORMED},
    {"original with a C1 control", " ORCPT=utf-8;z\xc2\x85@x", .is_rcpt = true,
	.result = MALFORMED},
    {"SMTPUTF8 with a value", " SMTPUTF8=1", .result = MALFORMED},
    {"original without a type", " ORCPT=a@x", .is_rcpt = true,
	.result = MALFORMED},
    {"original without an address", " ORCPT=rfc822;", .is_rcpt = true,
	.result = MALFORMED},
    {"an ORCPT with a line end", " ORCPT=rfc822;a+0D+0Ab", .is_rcpt = true,
	.result = MALFORMED},
    {"an ORCPT with a NUL", " ORCPT=rfc822;a+00b", .is_rcpt = true,
	.result = MALFORMED},
    {"of MAIL", " SIZE=1", .is_rcpt = true, .result = UNKNOWN},
};

static void
test_parameters(void **state)
{
	const struct parameter_row *row = *state;
	struct server_parameters found;

	assert_int_equal(server_argument_take_parameters(
			     span_from(row->text), row->is_rcpt, &found),
	    row->result);
	if (row->result == DONE) {
		assert_true(found.size == row->size);
		assert_int_equal(found.has_eight_bit, row->has_eight_bit);
		assert_int_equal(found.dsn_return, row->dsn_return);
		assert_int_equal(found.dsn.notify, row->notify);
		assert_int_equal(
		    found.envelope_id != NULL, row->envelope_id != NULL);
		assert_int_equal(
		    found.dsn.original != NULL, row->original != NULL);
	}
	if (row->envelope_id != NULL)
		assert_string_equal(found.envelope_id, row->envelope_id);
	if (row->original != NULL)
		assert_string_equal(found.dsn.original, row->original);
	server_argument_free_parameters(&found);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "path", paths, ROWS(paths), test_path);
	rows_add(
	    &all, "parameters", parameters, ROWS(parameters), test_parameters);
	return rows_end(&all);
}
