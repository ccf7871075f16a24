/*
 * One row for each parameter that counts; others are skipped. A parameter that
 * is there twice makes the whole answer foreign (RFC 6749 section 3.1).
 */
#include "oauth/redirect.h"

#include "net/url.h"

enum field { CODE, STATE, ISS, ERROR, DESCRIPTION, FIELD_COUNT };

static const char *const fields[FIELD_COUNT] = {
    [CODE] = "code",
    [STATE] = "state",
    [ISS] = "iss",
    [ERROR] = "error",
    [DESCRIPTION] = "error_description",
};

struct answer {
	struct buf values[FIELD_COUNT];
	bool is_there[FIELD_COUNT];
};

/* How long this takes does not depend on where they differ. */
static bool
is_same_secret(struct span a, struct span b)
{
	unsigned char difference = 0;

	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		difference |= (unsigned char)a.at[i] ^ (unsigned char)b.at[i];
	return difference == 0;
}

/* RFC 6749 appendix A.11, without the space. */
static bool
is_code(struct span code)
{
	for (size_t i = 0; i < code.len; i++)
		if (code.at[i] <= ' ' || code.at[i] > '~')
			return false;
	return code.len > 0;
}

static bool
take_field(struct answer *answer, struct span name, struct span value)
{
	/* An address that was copied out of a page may have "&amp;" in it. */
	if (span_starts(name, SPAN("amp;")))
		name = span_skip(name, 4);
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		if (!span_equal(name, span_from(fields[i])))
			continue;
		if (answer->is_there[i])
			return false;
		answer->is_there[i] = true;
		buf_init_secret(&answer->values[i], REDIRECT_MAX);
		return buf_add_span(&answer->values[i], value);
	}
	return true;
}

static bool
read_query(struct answer *answer, struct span query)
{
	enum url_field result;
	struct buf name = {0}, value = {0};
	bool done = query.len <= REDIRECT_MAX;

	buf_init_secret(&name, REDIRECT_MAX);
	buf_init_secret(&value, REDIRECT_MAX);
	while (done &&
	    (result = url_next_field(&query, &name, &value)) != URL_FIELD_NONE)
		done = result == URL_FIELD &&
		    take_field(answer, buf_span(&name), buf_span(&value));
	buf_wipe(&name);
	buf_wipe(&value);
	return done;
}

static bool
is_of_issuer(const struct answer *answer, const struct redirect_wanted *wanted)
{
	if (!answer->is_there[ISS])
		return !wanted->needs_iss;
	return wanted->issuer == NULL ||
	    span_equal(
		buf_span(&answer->values[ISS]), span_from(wanted->issuer));
}

static enum redirect_result
judge(const struct answer *answer, const struct redirect_wanted *wanted)
{
	const struct buf *values = answer->values;
	bool has_error = values[ERROR].len > 0;

	if (wanted->state.len == 0 ||
	    !is_same_secret(buf_span(&values[STATE]), wanted->state))
		return REDIRECT_FOREIGN;
	/* Such as the address that the login began with */
	if (!has_error && !is_code(buf_span(&values[CODE])))
		return REDIRECT_FOREIGN;
	if (!is_of_issuer(answer, wanted))
		return REDIRECT_ISSUER;
	return has_error ? REDIRECT_ERROR : REDIRECT_CODE;
}

static enum redirect_result
read_answer(struct redirect *redirect, struct span query,
    const struct redirect_wanted *wanted)
{
	struct answer answer = {0};
	enum redirect_result result = REDIRECT_FOREIGN;

	*redirect = (struct redirect){0};
	if (read_query(&answer, query))
		result = judge(&answer, wanted);
	if (result == REDIRECT_CODE) {
		redirect->code = answer.values[CODE];
		answer.values[CODE] = (struct buf){0};
	} else if (result == REDIRECT_ERROR) {
		redirect->error = answer.values[ERROR];
		redirect->description = answer.values[DESCRIPTION];
		answer.values[ERROR] = (struct buf){0};
		answer.values[DESCRIPTION] = (struct buf){0};
	}
	for (size_t i = 0; i < FIELD_COUNT; i++)
		buf_wipe(&answer.values[i]);
	return result;
}

/* The query of an address, without the fragment; empty: there is none. */
static struct span
query_of(struct span address)
{
	address = span_head(address, span_find(address, '#'));
	return span_skip(address, span_find(address, '?') + 1);
}

enum redirect_result
redirect_read_address(struct redirect *redirect, struct span text,
    const struct redirect_wanted *wanted)
{
	struct span word, query = {0};

	/*
	 * Of "Location: <http://...>" the part with the query counts, or what
	 * looks like a query alone. A terminal may put escapes around it.
	 */
	while (span_next_word(&text, " \t\r\n<>\"'`\033", &word)) {
		if (span_find(word, '?') < word.len) {
			query = query_of(word);
			break;
		}
		if (query.len == 0 && span_find(word, '=') < word.len)
			query = word;
	}
	return read_answer(redirect, query, wanted);
}

enum redirect_result
redirect_read_request(struct redirect *redirect, struct span header,
    const struct redirect_wanted *wanted)
{
	static const struct span scheme = SPAN("http://");
	struct span line = span_head(header, span_find(header, '\n'));
	struct span method, target, version, rest = {0};

	*redirect = (struct redirect){0};
	line = span_head(line, span_find(line, '\r'));
	method = span_head(line, span_find(line, ' '));
	rest = span_skip(line, method.len + 1);
	target = span_head(rest, span_find(rest, ' '));
	version = span_skip(rest, target.len + 1);
	if (!span_starts(version, SPAN("HTTP/1.")))
		return REDIRECT_FOREIGN;
	if (!span_equal(method, SPAN("GET")))
		return REDIRECT_METHOD;
	/* What a proxy gets (RFC 9112 section 3.2.2) */
	if (span_starts_nocase(target, scheme)) {
		target = span_skip(target, scheme.len);
		target = span_skip(target, span_find(target, '/'));
	}
	if (!span_starts(target, SPAN("/?")))
		return REDIRECT_FOREIGN;
	return read_answer(redirect, query_of(target), wanted);
}

void
redirect_free(struct redirect *redirect)
{
	buf_wipe(&redirect->code);
	buf_wipe(&redirect->error);
	buf_wipe(&redirect->description);
}
