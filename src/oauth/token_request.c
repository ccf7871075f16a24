/* Writes the form of each grant, sends it, and hands the reply on. */
#include "oauth/token_request.h"

#include "net/url.h"
#include "oauth/client_form.h"
#include "oauth/web.h"

#define GRANT_URN "urn:ietf:params:oauth:grant-type:"
#define FORM_MAX ((size_t)96 * 1024)

/* The name of a grant, and of the field that its secret goes to. */
struct grant {
	const char *type, *field;
	bool has_scope; /* RFC 6749: not with a code, and RFC 8628 neither */
};

static const struct grant grants[] = {
    [GRANT_CODE] = {"authorization_code", "code", false},
    [GRANT_REFRESH] = {"refresh_token", "refresh_token", true},
    [GRANT_DEVICE] = {GRANT_URN "device_code", "device_code", false},
    [GRANT_CLIENT_CREDENTIALS] = {"client_credentials", NULL, true},
    [GRANT_ASSERTION] = {GRANT_URN "jwt-bearer", "assertion", false},
};

static void
add_field(struct buf *form, const char *name, const char *value)
{
	if (value != NULL && value[0] != '\0')
		url_add_field(form, name, span_from(value));
}

bool
token_request_add_form(const struct token_request *request,
    const struct oauth_client *client, struct buf *form)
{
	const struct grant *grant = &grants[request->grant];

	add_field(form, "grant_type", grant->type);
	if (grant->field != NULL)
		url_add_field(form, grant->field, request->secret);
	if (request->grant == GRANT_CODE) {
		add_field(form, "redirect_uri", request->redirect_uri);
		url_add_field(form, "code_verifier", request->verifier);
	}
	if (grant->has_scope)
		add_field(form, "scope", request->scope);
	if (client->resource != NULL)
		add_field(form, "resource", client->resource);
	return !form->full;
}

/*
 * Without a person, there is no login that could have ended: the key, the
 * client or its rights are wrong.
 */
static void
judge_app(const struct token_request *request, struct token_error *error)
{
	bool is_assertion = request->grant == GRANT_ASSERTION;

	if ((!is_assertion && request->grant != GRANT_CLIENT_CREDENTIALS) ||
	    (error->fate != FATE_ENDED && error->fate != FATE_HUMAN &&
		error->fate != FATE_CONFIG))
		return;
	if (is_assertion && error->fate != FATE_HUMAN)
		error->hint =
		    "check the clock, and that an administrator has allowed "
		    "the service account to act for the user, for the scope of "
		    "the login (domain-wide delegation)";
	error->fate = FATE_CONFIG;
}

/* A reply with tokens that cannot be used is a fault of the server. */
static void
refuse_reply(const struct oauth_client *client, const char *why,
    struct token_error *error, struct error *err)
{
	token_error_judge(error, (struct span){0}, (struct span){0});
	error_set(err, ERROR_TEMPORARY, "cannot use the reply of %s: %s",
	    client->title, why);
}

static enum token_fate
judge(const struct token_request *request, const struct oauth_client *client,
    struct http_reply *http, struct token_reply *reply,
    struct token_error *error, struct error *err)
{
	struct buf why = {0};
	bool is_read = http_reply_is_success(http) &&
	    token_reply_read(reply, buf_span(&http->body), &why);

	if (is_read) {
		buf_free(&why);
		return FATE_GIVEN;
	}
	token_error_read(
	    error, http->status, http->retry_after, buf_span(&http->body));
	error->login_at = request->login_at;
	judge_app(request, error);
	token_error_hide(error, request->secret);
	token_error_hide(error, request->verifier);
	client_form_hide(client, error);
	if (http_reply_is_success(http) && error->code.len == 0) {
		token_error_free(error);
		refuse_reply(client, buf_text(&why), error, err);
	} else {
		token_reply_free(reply);
		if (error->fate != FATE_PENDING &&
		    error->fate != FATE_SLOW_DOWN &&
		    error->fate != FATE_NEW_CODE)
			token_error_set(error, client, err);
	}
	buf_free(&why);
	return error->fate;
}

/* A JWT names its client itself. */
static bool
send_form(const struct token_request *request, struct oauth_client *client,
    struct buf *form, struct http_reply *http, struct error *err)
{
	const char *endpoint =
	    request->endpoint != NULL ? request->endpoint : client->token;
	const struct web web = oauth_client_web(client);
	const struct web_body body = {.type = WEB_FORM, .text = buf_span(form)};

	return request->grant == GRANT_ASSERTION
	    ? web_send(&web, endpoint, &body, http, err)
	    : client_form_send(client, endpoint, form, http, err);
}

enum token_fate
token_request_send(const struct token_request *request,
    struct oauth_client *client, struct token_reply *reply,
    struct token_error *error, struct error *err)
{
	struct http_reply http = {0};
	enum token_fate fate = FATE_LATER;
	struct buf form;

	*reply = (struct token_reply){0};
	*error = (struct token_error){.fate = FATE_LATER, .retry_after = -1};
	buf_init_secret(&form, FORM_MAX);
	if (!token_request_add_form(request, client, &form)) {
		error_set(err, ERROR_CONFIG,
		    "cannot ask %s for a token: the request is too long",
		    client->title);
		error->fate = fate = FATE_CONFIG;
	} else if (send_form(request, client, &form, &http, err)) {
		fate = judge(request, client, &http, reply, error, err);
	} else if (err->kind == ERROR_CONFIG) {
		error->fate = fate = FATE_CONFIG;
	}
	http_reply_free(&http);
	buf_wipe(&form);
	return fate;
}
