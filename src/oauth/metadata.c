/*
 * Reads the metadata of an issuer. A document that names another issuer could
 * come from a server that wants the codes and tokens of this one (RFC 8414
 * section 3.3), so it is refused as a whole.
 */
#include "oauth/metadata.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/utf8.h"
#include "net/url.h"

#define SCOPES_MAX ((size_t)4096)
#define ISSUER_SHOWN_MAX ((size_t)128)

static struct span
without_slash(struct span issuer)
{
	if (issuer.len > 0 && issuer.at[issuer.len - 1] == '/')
		issuer.len--;
	return issuer;
}

static bool
refuse(struct span issuer, const char *why, struct error *err)
{
	char *shown = utf8_excerpt_masked(issuer, ISSUER_SHOWN_MAX);

	error_set(err, ERROR_CONFIG,
	    "cannot use the metadata of the issuer %s: %s", shown, why);
	free(shown);
	return false;
}

static bool
refuse_issuer(struct span issuer, struct json found, struct error *err)
{
	struct buf text = {.max = URL_MAX}, why = {0};
	char *shown;

	json_add_string(found, &text);
	shown = utf8_excerpt_masked(buf_span(&text), ISSUER_SHOWN_MAX);
	if (text.len > 0)
		buf_add_format(&why, "it is that of %s", shown);
	else
		buf_add_text(&why, "it names no issuer");
	refuse(issuer, buf_text(&why), err);
	if (span_equal_nocase(
		without_slash(buf_span(&text)), without_slash(issuer)))
		error_add(err, "\nhint: write oauth = %s", shown);
	free(shown);
	buf_free(&text);
	buf_free(&why);
	return false;
}

/* Sets *url to the member, if it is there. False if it is no https URL. */
static bool
take_url(char **url, struct json document, const char *name, struct span issuer,
    struct error *err)
{
	struct json member = json_find(document, name);
	struct buf text = {.max = URL_MAX}, why = {0};
	struct url parsed = {0};
	bool done;

	if (json_kind(member) == JSON_NONE || json_kind(member) == JSON_NULL)
		return true;
	done = json_add_string(member, &text) &&
	    url_parse(&parsed, buf_span(&text), NULL);
	if (done) {
		*url = buf_take_text(&text);
	} else {
		buf_add_format(&why, "%s is not a valid https URL", name);
		refuse(issuer, buf_text(&why), err);
	}
	url_free(&parsed);
	buf_free(&text);
	buf_free(&why);
	return done;
}

/* Whether the array has this string; also if there is no such member. */
static bool
allows(struct json document, const char *name, const char *wanted)
{
	struct json member = json_find(document, name);
	struct json_walk walk = json_enter(member);

	if (json_kind(member) != JSON_ARRAY)
		return true;
	while (json_next(&walk))
		if (json_equals(walk.value, span_from(wanted)))
			return true;
	return false;
}

/* Adds the strings of an array; more than SCOPES_MAX octets are left out. */
static char *
take_scopes(struct json document)
{
	struct json_walk walk =
	    json_enter(json_find(document, "scopes_supported"));
	struct buf scopes = {.max = SCOPES_MAX};

	while (!walk.is_object && !scopes.full && json_next(&walk)) {
		struct buf scope = {.max = SCOPES_MAX};

		if (json_add_string(walk.value, &scope) &&
		    !span_has_control(buf_span(&scope)) &&
		    scopes.len + scope.len < SCOPES_MAX) {
			if (scopes.len > 0)
				buf_add_char(&scopes, ' ');
			buf_add_span(&scopes, buf_span(&scope));
		}
		buf_free(&scope);
	}
	if (scopes.len > 0)
		return buf_take_text(&scopes);
	buf_free(&scopes);
	return NULL;
}

static bool
take_endpoints(struct metadata *metadata, struct json document,
    struct span issuer, struct error *err)
{
	if (!take_url(&metadata->authorize, document, "authorization_endpoint",
		issuer, err) ||
	    !take_url(
		&metadata->token, document, "token_endpoint", issuer, err) ||
	    !take_url(&metadata->device, document,
		"device_authorization_endpoint", issuer, err) ||
	    !take_url(&metadata->revoke, document, "revocation_endpoint",
		issuer, err) ||
	    !take_url(&metadata->registration, document,
		"registration_endpoint", issuer, err))
		return false;
	return metadata->token != NULL ||
	    refuse(issuer, "it names no token_endpoint", err);
}

/*
 * Without a list of grant types, RFC 8414 section 2 assumes that there are only
 * those of a browser; not so here, since the list is often missing.
 */
static unsigned
flows_of(const struct metadata *metadata, struct json document)
{
	unsigned flows = 0;

	if (metadata->authorize != NULL &&
	    allows(document, "grant_types_supported", "authorization_code") &&
	    allows(document, "code_challenge_methods_supported", "S256"))
		flows |= PROVIDER_BROWSER;
	if (metadata->device != NULL)
		flows |= PROVIDER_DEVICE;
	if (allows(document, "grant_types_supported", "client_credentials"))
		flows |= PROVIDER_CLIENT_CREDENTIALS;
	/* Few issuers have it, and the key is not shown to others. */
	if (json_kind(json_find(document, "grant_types_supported")) ==
		JSON_ARRAY &&
	    allows(document, "grant_types_supported",
		"urn:ietf:params:oauth:grant-type:jwt-bearer"))
		flows |= PROVIDER_SERVICE_ACCOUNT;
	return flows;
}

/*
 * A client may be allowed only one of the ways that the issuer has, so with
 * both, and without a list, it is found out.
 */
static enum client_auth
auth_of(struct json document)
{
	static const char name[] = "token_endpoint_auth_methods_supported";

	if (!allows(document, name, "client_secret_basic"))
		return CLIENT_AUTH_BODY;
	return allows(document, name, "client_secret_post")
	    ? CLIENT_AUTH_UNSURE
	    : CLIENT_AUTH_HEADER;
}

bool
metadata_read(struct metadata *metadata, struct span issuer, struct span text,
    struct error *err)
{
	struct buf why = {0};
	struct json document;
	bool done;

	*metadata = (struct metadata){0};
	if (!json_read(&document, text, &why)) {
		refuse(issuer, buf_text(&why), err);
		buf_free(&why);
		return false;
	}
	if (!json_equals(json_find(document, "issuer"), issuer))
		return refuse_issuer(
		    issuer, json_find(document, "issuer"), err);
	done = take_endpoints(metadata, document, issuer, err);
	if (!done) {
		metadata_free(metadata);
		return false;
	}
	metadata->scopes = take_scopes(document);
	metadata->flows = flows_of(metadata, document);
	metadata->auth = auth_of(document);
	metadata->sends_iss =
	    json_kind(json_find(document,
		"authorization_response_iss_parameter_supported")) == JSON_TRUE;
	return true;
}

void
metadata_add_url(struct buf *out, struct span issuer, bool is_openid)
{
	size_t scheme = strlen("https://");
	size_t path = scheme + span_find(span_skip(issuer, scheme), '/');

	issuer = without_slash(issuer);
	if (is_openid)
		path = issuer.len;
	buf_add_span(out, span_head(issuer, path));
	buf_add_text(out,
	    is_openid ? "/.well-known/openid-configuration"
		      : "/.well-known/oauth-authorization-server");
	buf_add_span(out, span_skip(issuer, path));
}

/* Sets *status to that of the reply; 0: none came. */
static bool
ask(struct metadata *metadata, const struct web *web, struct span issuer,
    bool is_openid, int *status, struct error *err)
{
	struct http_reply reply = {0};
	struct buf url = {0};
	bool done = false;

	metadata_add_url(&url, issuer, is_openid);
	if (web_send(web, buf_text(&url), NULL, &reply, err)) {
		if (reply.status == 200)
			done = metadata_read(
			    metadata, issuer, buf_span(&reply.body), err);
		else if (reply.status >= 500 || reply.status == 429)
			error_set(err, ERROR_TEMPORARY,
			    "cannot get the metadata of %s: HTTP status %d",
			    web->title, reply.status);
		else
			refuse(issuer, "there is none", err);
	}
	*status = reply.status;
	http_reply_free(&reply);
	buf_free(&url);
	return done;
}

/*
 * An issuer may have only one of the two documents. For the other, many answer
 * with a page or a redirect to one.
 */
bool
metadata_fetch(struct metadata *metadata, const struct web *web,
    struct span issuer, struct error *err)
{
	struct error second = {0};
	int status, ignored;

	*metadata = (struct metadata){0};
	if (ask(metadata, web, issuer, false, &status, err))
		return true;
	if (status == 0)
		return false;
	if (ask(metadata, web, issuer, true, &ignored, &second)) {
		*err = (struct error){0};
		return true;
	}
	if (second.kind == ERROR_TEMPORARY ||
	    (err->kind == ERROR_CONFIG && status != 200))
		*err = second;
	return false;
}

void
metadata_free(struct metadata *metadata)
{
	free(metadata->authorize);
	free(metadata->token);
	free(metadata->device);
	free(metadata->revoke);
	free(metadata->registration);
	free(metadata->scopes);
	*metadata = (struct metadata){0};
}
