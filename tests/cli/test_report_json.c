/* Tests of the JSON that report.c prints, and of the reader in json.h. */
#include "rows.h"

#include "cli/json.h"
#include "cli/ended.h"

static void
test_json_check(void **state)
{
	static const char *const bad[] = {"", "{", "{}}", "[1,]", "{\"a\"}",
	    "01", "1.", "\"\n\"", "\"\\x41\"", "\"\xff\"", "nul", "[1 2]",
	    "{a:1}", "'a'"};
	static const char *const good[] = {"{}", " [ 1 , -2.5e+3 ] ",
	    "{\"a\":{\"b\":[null,true,false,\"\\u00e4\\\"\"]}}"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (json_is_valid(span_from(bad[i])))
			fail_msg("taken for JSON: %s", bad[i]);
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (!json_is_valid(span_from(good[i])))
			fail_msg("not taken for JSON: %s", good[i]);
}

static void
test_json(void **state)
{
	struct ended ended;
	struct submission_record *record = &ended.submission.record;
	char *text;

	(void)state;
	ended_init(&ended, REPORT_JSON);
	fill_partly(&ended);
	record->tls.protocol = mem_copy_text("TLS1.3");
	record->tls.cipher = mem_copy_text("AES-256-GCM");
	record->tls.verified_by = mem_copy_text("trust");
	record->mechanism = "PLAIN";
	record->started = 1000;
	record->connected = 1010;
	record->secured = 1030;
	record->ended = 3110;
	text = print(&ended, report_print);
	assert_true(json_is_valid(span_from(text)));
	assert_string_equal(text,
	    "{\"profile\":\"work\","
	    "\"server\":\"smtps://mail.example.com:465\","
	    "\"tls\":{\"protocol\":\"TLS1.3\",\"cipher\":\"AES-256-GCM\","
	    "\"verified-by\":\"trust\"},\"auth\":\"PLAIN\","
	    "\"reverse-path\":\"me@example.com\","
	    "\"message-id\":\"<1.2@example.com>\",\"size\":1234,"
	    "\"recipients\":["
	    "{\"address\":\"alice@example.com\",\"outcome\":\"relayed\","
	    "\"stage\":\"data\",\"code\":250,\"enhanced\":\"2.0.0\","
	    "\"text\":[\"Ok: queued as 4D2F1\"]},"
	    "{\"address\":\"bob@example.com\",\"outcome\":\"failed\","
	    "\"stage\":\"rcpt\",\"code\":550,\"enhanced\":\"5.1.1\","
	    "\"text\":[\"No such user here\"]}],"
	    "\"replies\":[{\"stage\":\"data\",\"code\":250,"
	    "\"enhanced\":\"2.0.0\",\"text\":[\"Ok: queued as 4D2F1\"]}],"
	    "\"attempts\":[],"
	    "\"outcome\":\"partly\",\"exit\":79,\"queue-id\":null,"
	    "\"seconds\":{\"connect\":0.010,\"tls\":0.020,"
	    "\"total\":2.110}}\n");
	free(text);
	ended_free(&ended);
}

/* A value that is not known is null. */
static void
test_json_null(void **state)
{
	static char null_path[] = "";
	struct ended ended;
	struct outcome *ending;
	char *text;

	(void)state;
	ended_init(&ended, REPORT_JSON);
	ended.envelope.reverse_path = null_path;
	ended.plan.message_id = NULL;
	ended.submission.record.server = NULL;
	ending = add_ending(&ended, STAGE_CONNECT, SPAN(""));
	outcome_set_own(
	    ending, STAGE_CONNECT, CAUSE_NO_HOST, "no such name\nhint: look");
	add_recipient(&ended, "a@x", NULL, STAGE_CONNECT, "451 x");
	outcome_copy(&ended.envelope.recipients[0].outcome, ending);
	text = print(&ended, report_print);
	assert_true(json_is_valid(span_from(text)));
	assert_string_equal(text,
	    "{\"profile\":\"work\",\"server\":null,\"tls\":null,"
	    "\"auth\":null,\"reverse-path\":\"\",\"message-id\":null,"
	    "\"size\":1234,\"recipients\":[{\"address\":\"a@x\","
	    "\"outcome\":\"deferred\",\"stage\":\"connect\",\"code\":null,"
	    "\"enhanced\":null,\"text\":[\"no such name\"],\"hint\":\"look\"}],"
	    "\"replies\":[{\"stage\":\"connect\",\"code\":null,"
	    "\"enhanced\":null,\"text\":[\"no such name\"],\"hint\":\"look\"}],"
	    "\"attempts\":[],"
	    "\"outcome\":\"deferred\",\"exit\":68,\"queue-id\":null,"
	    "\"seconds\":{\"connect\":null,\"tls\":null,\"total\":null}}\n");
	free(text);
	ended_free(&ended);
}

/* Whatever octets the server sends, the report is JSON in UTF-8, on one line.
 */
static void
test_json_octets(void **state)
{
	(void)state;
	for (int c = 0; c < 256; c++) {
		char line[] = "550 a?\"b\\?";
		struct ended ended;
		char *text;

		if (c == '\n')
			continue;
		line[5] = line[9] = (char)c;
		ended_init(&ended, REPORT_JSON);
		add_ending(
		    &ended, STAGE_MAIL, (struct span){line, sizeof(line) - 1});
		add_recipient(
		    &ended, "\"\\\"\\\\\"@x", NULL, STAGE_MAIL, "550 \"\\");
		text = print(&ended, report_print);
		if (!json_is_valid(span_from(text)))
			fail_msg("octet %d: %s", c, text);
		assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
		free(text);
		ended_free(&ended);
	}
}

/* Each attempt has the hint for its own server. */
static void
test_json_hints(void **state)
{
	static char gmail[] = "smtp.gmail.com", url[] = "smtp://smtp.gmail.com",
		    other[] = "mail.example.com";
	struct server first = {.host = gmail, .url = url};
	struct outcome outcome = {.stage = STAGE_AUTH,
	    .action = ACTION_DELAYED,
	    .reply = {.code = 454, .status = {4, 7, 0}}};
	struct attempt *attempt;
	struct ended ended;
	char *text;

	(void)state;
	ended_init(&ended, REPORT_JSON);
	ended.server.host = other;
	ended.submission.record.decided = &ended.server;
	attempt = mem_append(&ended.submission.record.trail.attempts,
	    &ended.submission.record.trail.attempt_count, sizeof(*attempt));
	attempt->server = &first;
	outcome_copy(&attempt->outcome, &outcome);
	outcome_copy(add_ending(&ended, STAGE_AUTH, SPAN("")), &outcome);
	text = print(&ended, report_print);
	assert_true(json_is_valid(span_from(text)));
	/* Attempts come after the replies. */
	assert_non_null(strstr(text, "\"hint\":"));
	assert_true(strstr(text, "\"hint\":") > strstr(text, "\"attempts\":"));
	free(text);
	ended_free(&ended);
}

int
main(void)
{
	struct rows all = {0};

	rows_add_one(&all, "the check of JSON itself", test_json_check);
	rows_add_one(&all, "partly", test_json);
	rows_add_one(&all, "what did not happen is null", test_json_null);
	rows_add_one(&all, "every octet", test_json_octets);
	rows_add_one(&all, "whose hint it is", test_json_hints);
	return rows_end(&all);
}
