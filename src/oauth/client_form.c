/*
 * A client secret that is empty is not sent at all: Microsoft refuses one of a
 * public client, and some servers refuse an empty one. Otherwise it is in the
 * body, unless the service wants it in the header alone. Where that is not
 * known, a form is sent again after invalid_client: a server checks the client
 * before it uses up a code or a token.
 */
#include "oauth/client_form.h"

#include "base/base64.h"
#include "base/json.h"
#include "net/url.h"

/* RFC 6749 section 2.3.1: both parts are encoded as in a form. */
static void
add_header(struct buf *header, const struct oauth_client *client)
{
	struct buf pair;

	buf_init_secret(&pair, 0);
	url_add_encoded(&pair, span_from(client->id));
	buf_add_char(&pair, ':');
	url_add_encoded(&pair, buf_span(&client->secret));
	buf_add_text(header, "Basic ");
	base64_encode(header, buf_span(&pair));
	buf_wipe(&pair);
}

static void
add_fields(struct buf *form, const struct oauth_client *client)
{
	if (client->id != NULL)
		url_add_field(form, "client_id", span_from(client->id));
	if (client->secret.len > 0)
		url_add_field(form, "client_secret", buf_span(&client->secret));
}

static bool
send_once(const struct oauth_client *client, const char *endpoint,
    struct buf *form, struct http_reply *reply, struct error *err)
{
	bool has_header =
	    client->auth == CLIENT_AUTH_HEADER && client->secret.len > 0;
	const struct web web = oauth_client_web(client);
	struct web_body body = {.type = WEB_FORM};
	size_t before = form->len;
	struct buf header;
	bool done;

	buf_init_secret(&header, 0);
	if (has_header)
		add_header(&header, client);
	else
		add_fields(form, client);
	body.text = buf_span(form);
	body.authorization = buf_span(&header);
	done = form->full
	    ? error_set(err, ERROR_CONFIG,
		  "cannot send a form to %s: it is too long", client->title)
	    : web_send(&web, endpoint, &body, reply, err);
	form->len = before;
	buf_wipe(&header);
	return done;
}

static bool
is_client_refused(const struct http_reply *reply)
{
	struct json json, error;

	json_read(&json, buf_span(&reply->body), NULL);
	error = json_find(json, "error");
	return (reply->status == 400 || reply->status == 401) &&
	    (json_equals(error, SPAN("invalid_client")) ||
		(reply->status == 401 && json_kind(error) == JSON_NONE));
}

bool
client_form_send(struct oauth_client *client, const char *endpoint,
    struct buf *form, struct http_reply *reply, struct error *err)
{
	if (!send_once(client, endpoint, form, reply, err))
		return false;
	if (client->auth != CLIENT_AUTH_UNSURE || client->secret.len == 0 ||
	    !is_client_refused(reply))
		return true;
	client->auth = CLIENT_AUTH_HEADER;
	http_reply_free(reply);
	return send_once(client, endpoint, form, reply, err);
}

void
client_form_hide(const struct oauth_client *client, struct token_error *error)
{
	struct buf header;

	token_error_hide(error, buf_span(&client->secret));
	if (client->auth != CLIENT_AUTH_HEADER || client->secret.len == 0)
		return;
	buf_init_secret(&header, 0);
	add_header(&header, client);
	token_error_hide(error, buf_span(&header));
	buf_wipe(&header);
}
