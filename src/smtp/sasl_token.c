/*
 * OAUTHBEARER and XOAUTH2. A server refuses a token with a challenge in JSON,
 * and refuses the login only after our answer to that.
 */
#include "smtp/sasl_token.h"

#include <stdlib.h>

#include "base/json.h"
#include "smtp/quote.h"

/*
 * The "status" of a JSON object, quoted for a sentence; empty if there is
 * none. The caller frees it.
 */
static char *
status_of(struct span challenge)
{
	struct json json, status;
	struct buf text;
	char *quoted;

	/* A server could repeat the token. */
	buf_init_secret(&text, BUF_DEFAULT_MAX);
	json_read(&json, challenge, NULL);
	status = json_find(json, "status");
	/* Some servers send a number. */
	if (json_kind(status) == JSON_STRING)
		json_add_string(status, &text);
	else
		buf_add_span(&text, status.text);
	quoted = quote_words(span_trim(buf_span(&text)));
	buf_wipe(&text);
	return quoted;
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
	char *status = status_of(challenge);

	if (sasl->step > 1) {
		free(status);
		return sasl_exchange_break(sasl, SASL_NONSENSE);
	}
	sasl->state = SASL_REFUSED;
	sasl_exchange_give_up(sasl, "the server refuses the token%s%s",
	    status[0] != '\0' ? ", status " : "", status);
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
