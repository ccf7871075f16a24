/*
 * Makes a request of net/http from the settings of a profile. Certificates are
 * judged as for any other https server; tls-trust is for the mail server alone.
 */
#include "oauth/web.h"

#include "base/json.h"
#include "base/wait.h"
#include "oauth/print.h"
#include "profile/network.h"
#include "profile/proxy_secret.h"

#define CODE_MAX ((size_t)64)

/* What the user can do about a server whose issuer is not known. */
static const char *
hint_at_trust(const struct profile *profile, unsigned faults)
{
	const struct oauth_settings *oauth = &profile->oauth;

	if (!(faults & FAULT_ISSUER_UNKNOWN) || oauth->tls_trust != NULL ||
	    !span_starts(span_from(oauth->service), SPAN("https://")))
		return "";
	return "\nhint: if your organisation has its own certificate "
	       "authority, oauth-tls-trust names the file of its certificate";
}

/* The error of a reply. What could be a secret of ours is left out. */
static void
add_error(const struct http_reply *reply, struct buf *out)
{
	struct buf code = {.max = CODE_MAX};
	struct json json;

	json_read(&json, buf_span(&reply->body), NULL);
	if (json_add_string(json_find(json, "error"), &code))
		buf_add_char(out, ' ');
	for (size_t i = 0; i < code.len; i++)
		if (code.data[i] != '_' &&
		    (code.data[i] < 'a' || code.data[i] > 'z'))
			buf_clear(&code);
	buf_add_span(out, buf_span(&code));
	buf_free(&code);
}

/* "POST https://host/path 400 invalid_grant" */
static void
show(const struct http_request *request, const struct http_reply *reply,
    enum http_result result)
{
	struct buf line = {0};

	buf_add_text(&line, request->content_type != NULL ? "POST " : "GET ");
	url_print(request->url, true, &line);
	if (reply->status != 0)
		buf_add_format(&line, " %d", reply->status);
	if (result == HTTP_DONE)
		add_error(reply, &line);
	print_step(NULL, buf_text(&line));
	buf_free(&line);
}

bool
web_send(const struct web *web, const char *text, const struct web_body *body,
    struct http_reply *reply, struct error *err)
{
	const struct tls_options tls =
	    network_trust_for_http(web->profile->oauth.tls_trust);
	struct http_network network;
	struct buf reason = {0};
	struct url url = {0};
	struct http_request request = {
	    .url = &url,
	    .network = &network,
	    .tls = &tls,
	    .tell = print_step,
	};
	enum http_result result = HTTP_CONFIG;

	if (body != NULL) {
		request.content_type = body->type;
		request.body = body->text;
		request.authorization = body->authorization;
	}
	if (!proxy_secret_fetch(web->profile, DEADLINE_NEVER, err))
		return false;
	request.deadline = deadline_in(WEB_MILLISECONDS);
	network = network_for_http(&web->profile->network);
	if (url_parse(&url, span_from(text), &reason)) {
		result = http_send(&request, reply, &reason);
		show(&request, reply, result);
	}
	if (result != HTTP_DONE)
		error_set(err,
		    result == HTTP_CONFIG ? ERROR_CONFIG : ERROR_TEMPORARY,
		    "cannot reach %s: %s%s", web->title, buf_text(&reason),
		    hint_at_trust(web->profile, reply->faults));
	url_free(&url);
	buf_free(&reason);
	return result == HTTP_DONE;
}
