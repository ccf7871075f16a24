/*
 * The redirect is registered without a port: a native client listens on any
 * (RFC 8252 section 7.3). Services write it in their own way into the reply,
 * with another name of this machine or with a port; the login then still uses
 * that of the listener.
 */
#include "oauth/registration.h"

#include "base/json.h"
#include "base/json_text.h"
#include "oauth/token_error.h"
#include "oauth/web.h"

#define ID_MAX ((size_t)512)
#define SECRET_MAX ((size_t)1024)
#define REDIRECT_MAX ((size_t)512)
#define JSON_TYPE "application/json"
#define DEVICE_GRANT "urn:ietf:params:oauth:grant-type:device_code"

void
registration_add_request(
    struct buf *out, const char *redirect_host, enum oauth_flow flow)
{
	const char *grants = flow == OAUTH_FLOW_DEVICE
	    ? "authorization_code refresh_token " DEVICE_GRANT
	    : "authorization_code refresh_token";
	struct buf redirect = {0};

	buf_add_format(&redirect, "http://%s/", redirect_host);
	buf_add_char(out, '{');
	json_text_add_member(out, "client_name", "smtpost");
	json_text_add_member(out, "application_type", "native");
	json_text_add_member(out, "token_endpoint_auth_method", "none");
	json_text_add_list(out, "redirect_uris", buf_span(&redirect), " ");
	json_text_add_list(out, "grant_types", span_from(grants), " ");
	json_text_add_list(out, "response_types", SPAN("code"), " ");
	buf_add_char(out, '}');
	buf_free(&redirect);
}

/* Whether it leads to our path on this machine. */
static bool
is_loopback(struct span redirect)
{
	static const char *const hosts[] = {"127.0.0.1", "localhost", "[::1]"};
	const struct span scheme = SPAN("http://");
	struct span rest = span_skip(redirect, scheme.len), authority, port;
	uint64_t number;

	authority = span_head(rest, span_find(rest, '/'));
	rest = span_skip(rest, authority.len);
	if (!span_starts(redirect, scheme) ||
	    (rest.len > 0 && !span_equal(rest, SPAN("/"))))
		return false;
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		struct span host = span_from(hosts[i]);

		if (!span_equal_nocase(span_head(authority, host.len), host))
			continue;
		port = span_skip(authority, host.len);
		return port.len == 0 ||
		    (port.at[0] == ':' &&
			span_number(span_skip(port, 1), 65535, &number));
	}
	return false;
}

/* A reply without redirects means those of the request. */
static bool
has_redirect(struct json reply)
{
	struct json redirects = json_find(reply, "redirect_uris");
	struct json_walk walk = json_enter(redirects);

	if (json_kind(redirects) == JSON_NONE)
		return true;
	while (json_next(&walk)) {
		struct buf text = {.max = REDIRECT_MAX};
		bool is_ours = json_add_string(walk.value, &text) &&
		    is_loopback(buf_span(&text));

		buf_free(&text);
		if (is_ours)
			return true;
	}
	return false;
}

/* Takes the secret, if any, and where the service wants it. */
static bool
take_secret(struct registration *registration, struct json reply)
{
	struct json method = json_find(reply, "token_endpoint_auth_method");
	struct json member = json_find(reply, "client_secret");
	struct buf *secret = &registration->secret;

	if (json_equals(method, SPAN("none")))
		return true;
	if (json_equals(method, SPAN("client_secret_post")))
		registration->auth = CLIENT_AUTH_BODY;
	else if (json_equals(method, SPAN("client_secret_basic")))
		registration->auth = CLIENT_AUTH_HEADER;
	else if (json_kind(method) == JSON_NONE)
		registration->auth = CLIENT_AUTH_UNSURE;
	else
		return false;
	return json_kind(member) == JSON_NONE ||
	    json_kind(member) == JSON_NULL ||
	    (json_add_string(member, secret) &&
		!span_has_control(buf_span(secret)));
}

static bool
take(struct registration *registration, struct json reply, enum oauth_flow flow,
    struct buf *reason)
{
	struct buf *id = &registration->id;

	if (!json_add_string(json_find(reply, "client_id"), id) ||
	    id->len == 0 || span_has_control(buf_span(id))) {
		buf_add_text(reason, "it has no client_id");
		return false;
	}
	if (!take_secret(registration, reply)) {
		buf_add_text(reason,
		    "it wants the client secret in a way that smtpost-oauth "
		    "does not know");
		return false;
	}
	if (flow == OAUTH_FLOW_BROWSER && !has_redirect(reply)) {
		buf_add_text(reason, "it allows no redirect to this machine");
		return false;
	}
	return true;
}

bool
registration_read(struct registration *registration, struct span body,
    enum oauth_flow flow, struct buf *reason)
{
	struct json json;

	*registration = (struct registration){.id = {.max = ID_MAX}};
	buf_init_secret(&registration->secret, SECRET_MAX);
	if (json_read(&json, body, reason) &&
	    take(registration, json, flow, reason))
		return true;
	registration_free(registration);
	return false;
}

void
registration_free(struct registration *registration)
{
	buf_free(&registration->id);
	buf_wipe(&registration->secret);
	*registration = (struct registration){0};
}

/* The service refuses. Always false. */
static bool
refuse(const struct oauth_client *client, const struct http_reply *http,
    struct error *err)
{
	struct token_error error = {0};
	struct span code, detail;

	token_error_read(
	    &error, http->status, http->retry_after, buf_span(&http->body));
	code = buf_span(&error.code);
	detail = buf_span(&error.detail);
	error_set(err,
	    token_error_is_later(http->status) ? ERROR_TEMPORARY : ERROR_CONFIG,
	    "cannot log in: %s does not register smtpost-oauth (%.*s%s%.*s)\n"
	    "hint: to log in without a registration, set oauth-client-id",
	    client->title, (int)code.len, code.at,
	    code.len > 0 && detail.len > 0 ? ": " : "", (int)detail.len,
	    detail.at);
	token_error_free(&error);
	return false;
}

static bool
judge(struct oauth_client *client, const struct http_reply *http,
    enum oauth_flow flow, struct error *err)
{
	struct registration registration;
	struct buf reason = {0};

	if (!http_reply_is_success(http))
		return refuse(client, http, err);
	if (registration_read(
		&registration, buf_span(&http->body), flow, &reason)) {
		oauth_client_set_registered(client, buf_span(&registration.id),
		    buf_span(&registration.secret), registration.auth);
		registration_free(&registration);
		return true;
	}
	error_set(err, ERROR_CONFIG,
	    "cannot use the registration at %s: %s\n"
	    "hint: to log in without a registration, set oauth-client-id",
	    client->title, buf_text(&reason));
	buf_free(&reason);
	return false;
}

bool
registration_run(
    struct oauth_client *client, enum oauth_flow flow, struct error *err)
{
	struct http_reply http = {0};
	const struct web web = oauth_client_web(client);
	struct web_body body = {.type = JSON_TYPE};
	struct buf request = {0};
	bool done;

	registration_add_request(
	    &request, client->provider->redirect_host, flow);
	body.text = buf_span(&request);
	done = web_send(&web, client->registration, &body, &http, err) &&
	    judge(client, &http, flow, err);
	http_reply_free(&http);
	buf_free(&request);
	return done;
}
