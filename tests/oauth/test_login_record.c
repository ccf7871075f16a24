#include "rows.h"

#include "oauth/login_record.h"

#define HEAD "{\"version\":1,"

struct read_row {
	const char *name, *text;
	const char *written; /* NULL: it is refused, with this reason: */
	const char *reason;
};

static const struct read_row reads[] = {
    {"a token", HEAD "\"refresh_token\":\"r\"}",
	HEAD "\"refresh_token\":\"r\",\"registered\":false,\"dead\":false,"
	     "\"exported\":false}\n",
	NULL},
    {"quotes", HEAD "\"user\":\"a\\\"\\\\\\u00e4\"}",
	HEAD
	"\"user\":\"a\\\"\\\\\xc3\xa4\",\"registered\":false,\"dead\":false,"
	"\"exported\":false}\n",
	NULL},
    {"unknown members", HEAD "\"a\" : [1, {\"b\": null}], \"dead\":true}",
	HEAD "\"registered\":false,\"dead\":true,\"exported\":false,\"a\":[1, "
	     "{\"b\": null}]}\n",
	NULL},
    {"null is no text", HEAD "\"user\":null}",
	HEAD "\"registered\":false,\"dead\":false,\"exported\":false}\n", NULL},
    {"no version", "{\"dead\":true}", NULL, "does not say \"version\": 1"},
    {"a later version", "{\"version\":2}", NULL, "does not say \"version\": 1"},
    {"no object", "[]", NULL, "does not say \"version\": 1"},
    {"cut", HEAD "\"dead\":tr", NULL, ""},
    {"a number for a text", HEAD "\"user\":1}", NULL,
	"\"user\" has no valid value"},
    {"a line feed in a token", HEAD "\"refresh_token\":\"a\\nb\"}", NULL,
	"\"refresh_token\" has no valid value"},
    {"a NUL in a text", HEAD "\"user\":\"a\\u0000\"}", NULL,
	"\"user\" has no valid value"},
    {"a time before 1970", HEAD "\"login_at\":-1}", NULL,
	"\"login_at\" has no valid value"},
    {"a time that no calendar has", HEAD "\"login_at\":99999999999999}", NULL,
	"\"login_at\" has no valid value"},
    {"text for a flag", HEAD "\"dead\":\"no\"}", NULL,
	"\"dead\" has no valid value"},
};

static void
test_read(void **state)
{
	const struct read_row *row = *state;
	struct login_record record = {0};
	struct buf reason = {0}, text;
	bool done = login_record_read(&record, span_from(row->text), &reason);

	buf_init_secret(&text, LOGIN_RECORD_MAX);
	assert_int_equal(done, row->written != NULL);
	if (done) {
		assert_true(login_record_add(&record, &text));
		assert_string_equal(buf_text(&text), row->written);
	} else {
		assert_contains(buf_text(&reason), row->reason);
	}
	login_record_free(&record);
	buf_free(&reason);
	buf_wipe(&text);
}

/* A token that replaces itself, and a record that is too long. */
static void
test_token(void **state)
{
	static char octets[16384];
	struct login_record record = {0};
	struct buf text;

	(void)state;
	memset(octets, '"', sizeof(octets));
	buf_init_secret(&text, LOGIN_RECORD_MAX);
	login_record_set_token(&record.refresh_token, SPAN("one"));
	login_record_set_token(&record.refresh_token,
	    span_skip(buf_span(&record.refresh_token), 1));
	assert_string_equal(buf_text(&record.refresh_token), "ne");
	login_record_set_token(
	    &record.refresh_token, (struct span){octets, sizeof(octets)});
	assert_true(login_record_add(&record, &text));
	buf_clear(&text);
	login_record_set_token(
	    &record.access_token, (struct span){octets, sizeof(octets)});
	assert_false(login_record_add(&record, &text));
	login_record_free(&record);
	buf_wipe(&text);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "read", reads, ROWS(reads), test_read);
	rows_add_one(&all, "tokens", test_token);
	return rows_end(&all);
}
