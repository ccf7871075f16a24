/*
 * Makes a request of net/http from the settings of a profile. Certificates are
 * judged as for any other https server; tls-trust is for the mail server alone.
 */
#include "oauth/web.h"

#include "base/wait.h"
#include "profile/network.h"

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

bool
web_send(const struct web *web, const char *text, const struct web_body *body,
    struct http_reply *reply, struct error *err)
{
	const struct tls_options tls =
	    network_trust_for_http(web->profile->oauth.tls_trust);
	const struct http_network network =
	    network_for_http(&web->profile->network);
	struct buf reason = {0};
	struct url url = {0};
	struct http_request request = {
	    .url = &url,
	    .network = &network,
	    .tls = &tls,
	    .deadline = deadline_in(WEB_MILLISECONDS),
	    .tell = web->tell,
	    .context = web->context,
	};
	enum http_result result = HTTP_CONFIG;

	if (body != NULL) {
		request.content_type = body->type;
		request.body = body->text;
		request.authorization = body->authorization;
	}
	if (url_parse(&url, span_from(text), &reason))
		result = http_send(&request, reply, &reason);
	if (result != HTTP_DONE)
		error_set(err,
		    result == HTTP_CONFIG ? ERROR_CONFIG : ERROR_TEMPORARY,
		    "cannot reach %s: %s%s", web->title, buf_text(&reason),
		    hint_at_trust(web->profile, reply->faults));
	url_free(&url);
	buf_free(&reason);
	return result == HTTP_DONE;
}
