/*
 * A code that was not typed in time is replaced once: some services end it
 * sooner than they say. An organisation that forbids this login shows that in
 * the browser alone; here it looks as if nobody had typed the code.
 */
#include "oauth/device_flow.h"

#include <time.h>

#include "base/wait.h"
#include "net/url.h"
#include "oauth/client_form.h"
#include "oauth/device_code.h"
#include "oauth/print.h"
#include "oauth/token_request.h"
#include "profile/secret_oauth.h"

#define CODES_MAX 2
/* How many failures of the service or the network in a row end a login. */
#define FAILURES_MAX 5
#define SLOW_DOWN_SECONDS 5
#define FORM_MAX ((size_t)16 * 1024)

struct attempt {
	struct oauth_client *client;
	struct device_code code;
};

static bool
judge_code(
    struct attempt *attempt, const struct http_reply *http, struct error *err)
{
	struct token_error error = {0};
	struct buf reason = {0};
	bool done = http_reply_is_success(http) &&
	    device_code_read(&attempt->code, buf_span(&http->body), &reason);

	if (done)
		return true;
	token_error_read(
	    &error, http->status, http->retry_after, buf_span(&http->body));
	if (http_reply_is_success(http) && error.code.len == 0) {
		error_set(err, ERROR_TEMPORARY,
		    "cannot use the reply of %s: %s", attempt->client->title,
		    buf_text(&reason));
	} else {
		client_form_hide(attempt->client, &error);
		token_error_set(&error, attempt->client, err);
	}
	token_error_free(&error);
	buf_free(&reason);
	return false;
}

static bool
ask_for_code(struct attempt *attempt, struct error *err)
{
	struct oauth_client *client = attempt->client;
	const struct {
		const char *name;
		struct span value;
	} fields[] = {
	    {"scope", span_from(client->scope)},
	    {"resource", span_from(client->resource)},
	};
	struct http_reply http = {0};
	struct buf form;
	bool done;

	buf_init_secret(&form, FORM_MAX);
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (fields[i].value.len > 0)
			url_add_field(&form, fields[i].name, fields[i].value);
	if (form.full)
		done = error_set(err, ERROR_CONFIG,
		    "cannot log in: oauth-scope is too long");
	else
		done = client_form_send(
			   client, client->device, &form, &http, err) &&
		    judge_code(attempt, &http, err);
	http_reply_free(&http);
	buf_wipe(&form);
	return done;
}

static void
show_code(const struct attempt *attempt)
{
	const struct device_code *code = &attempt->code;

	print_note("open this address in any browser, and log in as %s:",
	    attempt->client->profile->user);
	print_address(span_from(code->page));
	print_note("and type this code: %s", code->user_code);
	if (code->complete_page != NULL) {
		print_note("or open this address, which has the code in it:");
		print_address(span_from(code->complete_page));
	}
	print_note("waiting for at most %lld minutes",
	    (long long)(code->lifetime + 59) / 60);
}

int64_t
device_flow_interval(int64_t interval, const struct token_error *error)
{
	if (error->fate == FATE_SLOW_DOWN)
		interval += SLOW_DOWN_SECONDS;
	else if (error->fate == FATE_LATER)
		interval *= 2;
	return error->retry_after > interval ? error->retry_after : interval;
}

enum turn { TURN_GOES_ON, TURN_GIVEN, TURN_OLD, TURN_FAILED };

/* Asks once whether the person is done, and sets the next interval. */
static enum turn
ask(struct attempt *attempt, int64_t *interval, int *failures,
    struct token_reply *reply, struct error *err)
{
	const struct token_request request = {
	    .grant = GRANT_DEVICE,
	    .secret = buf_span(&attempt->code.code),
	};
	struct token_error error = {0};
	enum token_fate fate =
	    token_request_send(&request, attempt->client, reply, &error, err);

	if (fate != FATE_LATER)
		*failures = 0;
	if (fate == FATE_LATER && ++*failures == FAILURES_MAX)
		fate = FATE_CONFIG;
	error.fate = fate;
	if (fate == FATE_PENDING || fate == FATE_SLOW_DOWN ||
	    fate == FATE_LATER) {
		*interval = device_flow_interval(*interval, &error);
		*err = (struct error){0};
	}
	token_error_free(&error);
	switch (fate) {
	case FATE_GIVEN:
		return TURN_GIVEN;
	case FATE_PENDING:
	case FATE_SLOW_DOWN:
	case FATE_LATER:
		return TURN_GOES_ON;
	case FATE_NEW_CODE:
		return TURN_OLD;
	default:
		return TURN_FAILED;
	}
}

/* Asks until the person is done, or the code has ended. */
static enum turn
wait_for_person(struct attempt *attempt, struct token_reply *reply,
    int64_t *asked_at, struct error *err)
{
	int64_t interval = attempt->code.interval;
	int64_t lifetime = attempt->code.lifetime * 1000;
	int64_t end = deadline_in(lifetime);
	/* Also a code that ends before its interval is asked for once. */
	int64_t next = deadline_earlier(
	    deadline_in(interval * 1000), deadline_in(lifetime * 9 / 10));
	int failures = 0;
	enum turn turn = TURN_GOES_ON;

	while (turn == TURN_GOES_ON) {
		if (wait_for(NULL, 0, deadline_earlier(next, end)) !=
		    WAIT_TIMEOUT) {
			error_set(err, ERROR_TEMPORARY,
			    "cannot log in: a signal interrupted it");
			return TURN_FAILED;
		}
		if (next > end)
			return TURN_OLD;
		*asked_at = time(NULL);
		turn = ask(attempt, &interval, &failures, reply, err);
		next = deadline_in(interval * 1000);
	}
	return turn;
}

bool
device_flow_run(struct oauth_client *client, struct token_reply *reply,
    int64_t *asked_at, struct error *err)
{
	struct attempt attempt = {.client = client};

	*reply = (struct token_reply){0};
	for (int codes = 0; codes < CODES_MAX; codes++) {
		enum turn turn;

		if (codes > 0)
			print_note("the code has ended; here is another one");
		if (!ask_for_code(&attempt, err))
			return false;
		show_code(&attempt);
		turn = wait_for_person(&attempt, reply, asked_at, err);
		device_code_free(&attempt.code);
		if (turn != TURN_OLD)
			return turn == TURN_GIVEN;
	}
	error_set(err, ERROR_LOGIN,
	    "cannot log in: the code of %s was not used in time",
	    client->title);
	secret_oauth_add_hint(client->profile,
	    "if the browser showed an error, the organisation may forbid this "
	    "way to log in; ",
	    err);
	error_add(
	    err, " --browser, or --paste if the browser is on another machine");
	return false;
}
