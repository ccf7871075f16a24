/*
 * The input is the body of a reply from a service: read as tokens, as an error
 * of each kind of status, as a device code and as a registration.
 */
#include "fuzz/fuzz.h"

#include "oauth/device_code.h"
#include "oauth/registration.h"
#include "oauth/token_error.h"
#include "oauth/token_reply.h"
#include "profile/secret_line.h"

static void
check_token(const struct buf *token)
{
	CLAIM(token->len <= TOKEN_MAX);
	for (size_t i = 0; i < token->len; i++)
		CLAIM(token->data[i] > ' ' && token->data[i] <= '~');
}

static void
check_reply(struct span body)
{
	struct token_reply reply;
	struct buf reason = {0};

	if (token_reply_read(&reply, body, &reason)) {
		CLAIM(reply.access_token.len > 0);
		CLAIM(reply.lifetime >= 0 &&
		    reply.lifetime <= TOKEN_REPLY_LIFETIME_MAX);
		CLAIM(reply.scope == NULL ||
		    !span_has_control(span_from(reply.scope)));
		for (size_t i = 0; i < reply.accounts.count; i++) {
			const char *name = reply.accounts.names[i];

			CLAIM(name[0] != '\0');
			CLAIM(!span_has_control(span_from(name)));
			CLAIM(token_reply_is_for(&reply, name));
		}
	} else {
		CLAIM(reply.access_token.len == 0 && reason.len > 0);
		CLAIM(!span_has_control(buf_span(&reason)));
	}
	check_token(&reply.access_token);
	check_token(&reply.refresh_token);
	token_reply_free(&reply);
	buf_free(&reason);
}

static void
check_error(struct span body, int status)
{
	struct profile profile = PROFILE_UNSET;
	struct span tenant;
	const struct oauth_client client = {.profile = &profile,
	    .provider = oauth_provider_find(SPAN("google"), &tenant),
	    .title = (char *)"Google"};
	struct token_error error;
	struct error err = {0};

	profile.name = (char *)"work";
	token_error_read(&error, status, -1, body);
	CLAIM(error.fate != FATE_GIVEN);
	CLAIM(status < 500 || error.fate == FATE_LATER ||
	    error.fate == FATE_PENDING || error.fate == FATE_SLOW_DOWN);
	CLAIM(!span_has_control(buf_span(&error.code)));
	CLAIM(!span_has_control(buf_span(&error.detail)));
	CLAIM(!token_error_set(&error, &client, &err));
	fuzz_check_error(&err);
	error.login_at = 1;
	token_error_set(&error, &client, &err);
	fuzz_check_error(&err);
	token_error_hide(&error, body);
	token_error_free(&error);
}

static void
check_device_code(struct span body)
{
	struct device_code code;
	struct buf reason = {0};

	if (device_code_read(&code, body, &reason)) {
		CLAIM(code.code.len > 0 && code.page != NULL);
		CLAIM(!span_has_control(span_from(code.user_code)));
		CLAIM(!span_has_control(span_from(code.page)));
		CLAIM(code.interval > 0 && code.lifetime > 0 &&
		    code.lifetime <= DEVICE_CODE_LIFETIME_MAX);
	} else {
		CLAIM(reason.len > 0);
	}
	device_code_free(&code);
	buf_free(&reason);
}

static void
check_registration(struct span body)
{
	struct registration registration;
	struct buf reason = {0};

	if (registration_read(
		&registration, body, OAUTH_FLOW_BROWSER, &reason)) {
		CLAIM(registration.id.len > 0);
		CLAIM(!span_has_control(buf_span(&registration.id)));
		CLAIM(!span_has_control(buf_span(&registration.secret)));
	} else {
		CLAIM(reason.len > 0);
	}
	registration_free(&registration);
	buf_free(&reason);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int statuses[] = {200, 400, 401, 429, 503};
	struct span input = fuzz_input(data, size);

	check_reply(input);
	check_device_code(input);
	check_registration(input);
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
		check_error(input, statuses[i]);
	return 0;
}
