#include "rows.h"

#include "doctor/token.h"
#include "doctor/token_claims.h"

struct claims_row {
	const char *name, *payload;
	const char *claims; /* "EXPIRY|AUDIENCES|SCOPES|ROLES" */
};

static const struct claims_row payloads[] = {
    {"Microsoft, for a person",
	"{\"aud\":\"https://outlook.office.com\",\"exp\":1764446400,"
	"\"scp\":\"SMTP.Send openid\"}",
	"1764446400|https://outlook.office.com,|SMTP.Send,openid,|"},
    {"Microsoft, for a program",
	"{\"aud\":\"00000002-0000-0ff1-ce00-000000000000\","
	"\"roles\":[\"SMTP.SendAsApp\",\"IMAP.AccessAsApp\"]}",
	"0|00000002-0000-0ff1-ce00-000000000000,||SMTP.SendAsApp,"
	"IMAP.AccessAsApp,"},
    {"RFC 9068", "{\"aud\":[\"a\",\"b\"],\"scope\":\"mail  x\"}",
	"0|a,b,|mail,x,|"},
    {"escapes", "{\"aud\":\"https:\\/\\/a.example\\\\\"}",
	"0|https://a.example\\,||"},
    {"a fraction", "{\"exp\":1764446400.25}", "1764446400|||"},
    {"before 1970", "{\"exp\":-1}", "0|||"},
    {"a number in a string", "{\"exp\":\"1764446400\"}", "1764446400|||"},
    {"no number", "{\"exp\":\"soon\"}", "0|||"},
    {"an exponent", "{\"exp\":1e9}", "1000000000|||"},
    {"a number that is too large", "{\"exp\":99999999999999999999}", "0|||"},
    {"within another", "{\"x\":{\"exp\":1},\"aud\":[[\"a\"]]}", "0|||"},
    {"control characters", "{\"aud\":\"a\\n\\u001b[2J\"}", "0|a??[2J,||"},
    {"empty", "{}", "0|||"},
    {"cut off", "{\"exp\":5,\"aud\":\"a", NULL},
    {"a name twice", "{\"exp\":5,\"exp\":6}", NULL},
    {"no object", "[\"exp\",5]", NULL},
    {"no JSON", "hello", NULL},
};

static void
add_list(struct buf *out, const struct buf *list)
{
	buf_add_char(out, '|');
	for (size_t i = 0; i < list->len; i++)
		buf_add_char(out, list->data[i] == '\n' ? ',' : list->data[i]);
}

static void
assert_claims(struct span token, const char *expected)
{
	struct token_claims claims = {0};
	struct buf text = {0};
	bool is_token = token_claims_read(&claims, token);

	assert_int_equal(is_token, expected != NULL);
	buf_add_format(&text, "%lld", (long long)claims.expiry);
	add_list(&text, &claims.audiences);
	add_list(&text, &claims.scopes);
	add_list(&text, &claims.roles);
	assert_string_equal(
	    buf_text(&text), expected != NULL ? expected : "0|||");
	buf_free(&text);
	token_claims_free(&claims);
}

static void
test_payload(void **state)
{
	const struct claims_row *row = *state;
	struct buf token = {0};

	token_add(&token, span_from(row->payload));
	assert_claims(buf_span(&token), row->claims);
	buf_free(&token);
}

/* "e30" is {}, "eyJleHAiOjF9" is {"exp":1}. */
static const struct claims_row tokens[] = {
    {"three parts", "e30.eyJleHAiOjF9.AAAA", "1|||"},
    {"Google", "ya29.a0AfH6SMBx-example_token", NULL},
    {"Microsoft, for consumers", "EwB4A8l6BAAURSN/example==", NULL},
    {"no signature", "e30.eyJleHAiOjF9.", NULL},
    {"two parts", "e30.eyJleHAiOjF9", NULL},
    {"five parts: encrypted", "e30.AAAA.AAAA.AAAA.AAAA", NULL},
    {"a header that is no object", "AAAA.eyJleHAiOjF9.AAAA", NULL},
    {"padding", "e30=.eyJleHAiOjF9.AAAA", NULL},
    {"other letters", "e30.eyJleHAiOjF9.A+/A", NULL},
    {"dots", "..", NULL},
    {"empty", "", NULL},
};

static void
test_token(void **state)
{
	const struct claims_row *row = *state;

	assert_claims(span_from(row->payload), row->claims);
}

static void
test_has(void **state)
{
	struct buf list = {0};

	(void)state;
	assert_false(token_claims_has(&list, SPAN("a")));
	buf_add_text(&list, "https://a.example\nSMTP.Send\n");
	assert_true(token_claims_has(&list, SPAN("smtp.send")));
	assert_false(token_claims_has(&list, SPAN("SMTP.Sen")));
	assert_false(token_claims_has(&list, SPAN("https://a.example/")));
	buf_free(&list);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "payload", payloads, ROWS(payloads), test_payload);
	rows_add(&all, "token", tokens, ROWS(tokens), test_token);
	rows_add_one(&all, "an entry of a list", test_has);
	return rows_end(&all);
}
