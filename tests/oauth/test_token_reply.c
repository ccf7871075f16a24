#include "rows.h"

#include "oauth/token_reply.h"
#include "profile/secret_line.h"

#define JWT_A                                                                 \
	"e30.eyJlbWFpbCI6IkFubkBhLmV4YW1wbGUiLCJ1cG4iOiJhbm5AYi5leGFtcGxlIn0" \
	".c2ln"
/* {"email":"a\u0000b","preferred_username":7,"upn":""} */
#define JWT_BAD                                                                \
	"e30.eyJlbWFpbCI6ImFcdTAwMDBiIiwicHJlZmVycmVkX3VzZXJuYW1lIjo3LCJ1cG4i" \
	"OiIifQ.c2ln"

struct reply_row {
	const char *name, *body;
	/* access NULL: refused, with `reason`; refresh NULL: empty */
	const char *access, *refresh;
	int64_t lifetime;
	const char *scope, *accounts, *reason;
};

#define AT "{\"access_token\":\"at\""

static const struct reply_row replies[] = {
    {"all of it",
	AT ",\"token_type\":\"Bearer\",\"expires_in\":3599,"
	   "\"refresh_token\":\"rt\",\"scope\":\"a b\",\"id_token\":\"" JWT_A
	   "\"}",
	"at", "rt", 3599, "a b", "Ann@a.example, ann@b.example", NULL},
    {"the access token alone", AT "}", "at", "", 3600, NULL, "", NULL},
    {"a type in lower case", AT ",\"token_type\":\"bearer\"}", "at", "", 3600,
	NULL, "", NULL},
    {"a type in upper case", AT ",\"token_type\":\"BEARER\"}", "at", "", 3600,
	NULL, "", NULL},
    {"a number as a string", AT ",\"expires_in\":\"3600\"}", "at", "", 3600,
	NULL, "", NULL},
    {"a fraction", AT ",\"expires_in\":299.9}", "at", "", 299, NULL, "", NULL},
    {"null everywhere",
	AT ",\"refresh_token\":null,\"token_type\":null,\"expires_in\":null,"
	   "\"scope\":null,\"id_token\":null}",
	"at", "", 3600, NULL, "", NULL},
    {"an empty refresh token", AT ",\"refresh_token\":\"\"}", "at", "", 3600,
	NULL, "", NULL},
    {"a blank in a refresh token", AT ",\"refresh_token\":\"r t\"}", "at",
	"r t", 3600, NULL, "", NULL},
    {"a negative time", AT ",\"expires_in\":-1}", "at", "", 3600, NULL, "",
	NULL},
    {"a year and more", AT ",\"expires_in\":99999999999}", "at", "",
	TOKEN_REPLY_LIFETIME_MAX, NULL, "", NULL},
    {"a time of 40 digits",
	AT ",\"expires_in\":1111111111111111111111111111111111111111}", "at",
	"", 3600, NULL, "", NULL},
    {"members that are not known", AT ",\"foo\":[{\"access_token\":1}]}", "at",
	"", 3600, NULL, "", NULL},
    {"a token with an escape", "{\"access_token\":\"a\\/b\"}", "a/b", "", 3600,
	NULL, "", NULL},
    {"claims that are no accounts", AT ",\"id_token\":\"" JWT_BAD "\"}", "at",
	"", 3600, NULL, "", NULL},
    {"an id_token of nothing", AT ",\"id_token\":\"..\"}", "at", "", 3600, NULL,
	"", NULL},
    {"an id_token that is no JSON", AT ",\"id_token\":\"a.Zm9v.b\"}", "at", "",
	3600, NULL, "", NULL},
    {"a scope with a line end", AT ",\"scope\":\"a\\nb\"}", "at", "", 3600,
	NULL, "", NULL},

    {"empty", "", NULL, NULL, 0, NULL, NULL, "octet"},
    {"a page of HTML", "<html>hunter2</html>", NULL, NULL, 0, NULL, NULL,
	"octet"},
    {"an array", "[]", NULL, NULL, 0, NULL, NULL, "no object"},
    {"no token", "{\"refresh_token\":\"hunter2\"}", NULL, "hunter2", 0, NULL,
	NULL, "no access_token"},
    {"a blank in a token, and a refresh token",
	"{\"access_token\":\"a b\",\"refresh_token\":\"rt\"}", NULL, "rt", 0,
	NULL, NULL, "access_token is no token"},
    {"an empty token", "{\"access_token\":\"\"}", NULL, NULL, 0, NULL, NULL,
	"no access_token"},
    {"a token that is a number", "{\"access_token\":17}", NULL, NULL, 0, NULL,
	NULL, "access_token is no token"},
    {"a blank in a token", "{\"access_token\":\"hunter2 x\"}", NULL, NULL, 0,
	NULL, NULL, "access_token is no token"},
    {"a line end in a token", "{\"access_token\":\"hunter2\\r\\nx\"}", NULL,
	NULL, 0, NULL, NULL, "access_token is no token"},
    {"a NUL in a token", "{\"access_token\":\"hunter2\\u0000\"}", NULL, NULL, 0,
	NULL, NULL, "access_token is no token"},
    {"UTF-8 in a token", "{\"access_token\":\"hunter2\xc3\xb6\"}", NULL, NULL,
	0, NULL, NULL, "access_token is no token"},
    {"a control in a refresh token", AT ",\"refresh_token\":\"hunter2\\t\"}",
	NULL, NULL, 0, NULL, NULL, "refresh_token is no token"},
    {"another type", AT ",\"token_type\":\"mac\",\"refresh_token\":\"rt\"}",
	NULL, "rt", 0, NULL, NULL, "token_type is not Bearer"},
    {"a type that is a number", AT ",\"token_type\":1}", NULL, NULL, 0, NULL,
	NULL, "token_type is not Bearer"},
    {"a token twice", AT ",\"access_token\":\"hunter2\"}", NULL, NULL, 0, NULL,
	NULL, "twice"},
    {"cut", AT ",\"refresh_token\":\"hunter2", NULL, NULL, 0, NULL, NULL,
	"octet"},
};

static void
test_read(void **state)
{
	const struct reply_row *row = *state;
	struct token_reply reply;
	struct buf reason = {0}, accounts = {0};
	bool done = token_reply_read(&reply, span_from(row->body), &reason);

	assert_int_equal(done, row->access != NULL);
	assert_string_equal(buf_text(&reply.refresh_token),
	    row->refresh != NULL ? row->refresh : "");
	if (done) {
		assert_string_equal(buf_text(&reply.access_token), row->access);
		assert_int_equal(reply.lifetime, row->lifetime);
		if (row->scope == NULL)
			assert_null(reply.scope);
		else
			assert_string_equal(reply.scope, row->scope);
		name_list_print(&reply.accounts, &accounts);
		assert_string_equal(buf_text(&accounts), row->accounts);
	} else {
		assert_contains(buf_text(&reason), row->reason);
		assert_lacks(buf_text(&reason), "hunter2");
		assert_int_equal(reply.access_token.len, 0);
	}
	token_reply_free(&reply);
	buf_free(&accounts);
	buf_free(&reason);
}

/* A token of exactly the maximum, and one of an octet more. */
static void
test_length(void **state)
{
	(void)state;
	for (size_t more = 0; more < 2; more++) {
		struct buf body = {.max = 2 * TOKEN_MAX};
		struct buf reason = {0};
		struct token_reply reply;

		buf_add_text(&body, "{\"access_token\":\"");
		for (size_t i = 0; i < TOKEN_MAX + more; i++)
			buf_add_char(&body, 'x');
		buf_add_text(&body, "\"}");
		assert_int_equal(
		    token_reply_read(&reply, buf_span(&body), &reason),
		    more == 0);
		token_reply_free(&reply);
		buf_free(&reason);
		buf_free(&body);
	}
}

static void
test_user(void **state)
{
	struct token_reply reply = {0};

	(void)state;
	assert_true(token_reply_is_for(&reply, "ann@a.example"));
	name_list_add(&reply.accounts, SPAN("Ann@a.example"));
	name_list_add(&reply.accounts, SPAN("ann@b.example"));
	assert_true(token_reply_is_for(&reply, "ann@a.example"));
	assert_true(token_reply_is_for(&reply, "ann@b.example"));
	assert_false(token_reply_is_for(&reply, "bob@a.example"));
	token_reply_free(&reply);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "read", replies, ROWS(replies), test_read);
	rows_add_one(&all, "the longest token", test_length);
	rows_add_one(&all, "the user", test_user);
	return rows_end(&all);
}
