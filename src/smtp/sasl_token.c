/*
 * OAUTHBEARER and XOAUTH2. A server refuses a token with a challenge in JSON,
 * and refuses the login only after our answer to that.
 */
#include "smtp/sasl_token.h"

#include <stdlib.h>

#include "base/json.h"
#include "smtp/quote.h"

/* How many octets of a scope or a URL an advice shows. */
#define SHOWN_MAX ((size_t)256)

/* The "status", quoted for a sentence; empty: none. The caller frees it. */
static char *
status_of(struct json json)
{
	struct json status = json_find(json, "status");
	struct buf text;
	char *quoted;

	/* A server could repeat the token. */
	buf_init_secret(&text, BUF_DEFAULT_MAX);
	/* Some servers send a number. */
	if (json_kind(status) == JSON_STRING)
		json_add_string(status, &text);
	else
		buf_add_span(&text, status.text);
	quoted = quote_words(span_trim(buf_span(&text)));
	buf_wipe(&text);
	return quoted;
}

/* Adds a member, if it is a string, after the words. */
static void
add_advice(
    struct sasl *sasl, struct json json, const char *name, const char *words)
{
	struct buf text;
	char *quoted;

	buf_init_secret(&text, BUF_DEFAULT_MAX);
	json_add_string(json_find(json, name), &text);
	quoted = quote_words_within(span_trim(buf_span(&text)), SHOWN_MAX);
	if (quoted[0] != '\0')
		buf_add_format(&sasl->advice, "%s%s %s",
		    sasl->advice.len > 0 ? ", " : "", words, quoted);
	free(quoted);
	buf_wipe(&text);
}

/* Fields are separated by ^A, which no token has (RFC 6750 section 2.1). */
static bool
check_parts(struct sasl *sasl)
{
	if (span_has_control(sasl->user) || span_has_control(sasl->token))
		return sasl_exchange_give_up(
		    sasl, "the user or the token contains a control character");
	return true;
}

static bool
take_refusal(struct sasl *sasl, struct span challenge)
{
	struct json json;
	char *status;

	json_read(&json, challenge, NULL);
	status = status_of(json);
	if (sasl->step > 1) {
		free(status);
		return sasl_exchange_break(sasl, SASL_NONSENSE);
	}
	sasl->state = SASL_REFUSED;
	sasl_exchange_give_up(sasl, "the server refuses the token%s%s",
	    status[0] != '\0' ? ", status " : "", status);
	/* RFC 7628 section 3.2.2 */
	add_advice(sasl, json, "scope", "it must be for the scope");
	add_advice(sasl, json, "openid-configuration",
	    "from the service that is described at");
	free(status);
	return true;
}

/* RFC 7628 section 3.1. Section 3.2.3: ^A answers a refusal. */
bool
sasl_token_respond_bearer(
    struct sasl *sasl, struct span challenge, struct buf *response)
{
	if (sasl->step > 0)
		return take_refusal(sasl, challenge) &&
		    buf_add_char(response, '\1');
	if (!check_parts(sasl))
		return false;
	buf_add_text(response, "n,a=");
	sasl_exchange_add_name(response, sasl->user);
	buf_add_text(response, ",\1");
	if (sasl->host.len > 0) {
		buf_add_text(response, "host=");
		buf_add_span(response, sasl->host);
		buf_add_format(response, "\1port=%u\1", (unsigned)sasl->port);
	}
	buf_add_text(response, "auth=Bearer ");
	buf_add_span(response, sasl->token);
	return buf_add_text(response, "\1\1");
}

/* An empty response answers a refusal. */
bool
sasl_token_respond_xoauth2(
    struct sasl *sasl, struct span challenge, struct buf *response)
{
	if (sasl->step > 0)
		return take_refusal(sasl, challenge);
	if (!check_parts(sasl))
		return false;
	buf_add_text(response, "user=");
	buf_add_span(response, sasl->user);
	buf_add_text(response, "\1auth=Bearer ");
	buf_add_span(response, sasl->token);
	return buf_add_text(response, "\1\1");
}
