/*
 * Removes the quotes first and then replaces variables, so that a quote in a
 * variable stays a plain character. No error shows any part of a value.
 */
#include "profile/value.h"

#include <stdlib.h>
#include <string.h>

#include "profile/identity.h"

/*
 * The index of the quote that closes the value, which begins with one; len if
 * there is none.
 */
static size_t
find_closing_quote(struct span raw)
{
	size_t i = 1;

	while (i < raw.len && raw.at[i] != '"') {
		if (raw.at[i] == '\\' && i + 1 < raw.len &&
		    (raw.at[i + 1] == '"' || raw.at[i + 1] == '\\'))
			i++;
		i++;
	}
	return i < raw.len ? i : raw.len;
}

static bool
is_quoted(struct span raw)
{
	return raw.len > 0 && raw.at[0] == '"';
}

static bool
unquote(
    struct span raw, enum value_kind kind, struct buf *out, struct error *err)
{
	size_t close;

	if (!is_quoted(raw))
		return buf_add_span(out, raw);
	close = find_closing_quote(raw);
	if (close + 1 != raw.len) {
		if (kind == VALUE_COMMAND) /* quotes for the shell */
			return buf_add_span(out, raw);
		return error_set(err, ERROR_CONFIG, "%s",
		    close == raw.len ? "a quote is not closed"
				     : "there is text after the closing quote");
	}
	for (size_t i = 1; i < close; i++) {
		if (raw.at[i] == '\\' &&
		    (raw.at[i + 1] == '"' || raw.at[i + 1] == '\\'))
			i++;
		buf_add_char(out, raw.at[i]);
	}
	return true;
}

static bool
is_variable_name(struct span name)
{
	if (name.len == 0 || name.len > 255 || ascii_is_digit(name.at[0]))
		return false;
	for (size_t i = 0; i < name.len; i++)
		if (!ascii_is_alnum(name.at[i]) && name.at[i] != '_')
			return false;
	return true;
}

struct variable {
	struct span name, standard;
	bool has_standard;
};

/* Takes {NAME} or {NAME:-default}, which follows a $. */
static bool
take_variable(struct span *rest, struct variable *variable)
{
	struct span inside = span_skip(*rest, 1);
	size_t end = span_find(inside, '}'), colon;

	if (!span_starts(*rest, SPAN("{")) || end == inside.len)
		return false;
	inside = span_head(inside, end);
	colon = span_find(inside, ':');
	variable->name = span_head(inside, colon);
	variable->standard = span_skip(inside, colon);
	variable->has_standard = span_starts(variable->standard, SPAN(":-"));
	if ((colon < inside.len && !variable->has_standard) ||
	    !is_variable_name(variable->name))
		return false;
	variable->standard = span_skip(variable->standard, 2);
	*rest = span_skip(*rest, end + 2);
	return true;
}

/* Expands the text after a $ and removes it from *rest. */
static enum value_result
expand_dollar(struct span *rest, struct buf *out, struct error *err)
{
	struct variable variable;
	const char *value;
	char *copy;

	if (span_starts(*rest, SPAN("$"))) {
		*rest = span_skip(*rest, 1);
		buf_add_char(out, '$');
		return VALUE_READY;
	}
	if (!take_variable(rest, &variable)) {
		error_set(err, ERROR_CONFIG,
		    "a $ that is neither $$ nor ${VARIABLE} nor "
		    "${VARIABLE:-default}\n"
		    "hint: write $$ for a dollar sign");
		return VALUE_BAD;
	}
	copy = span_copy(variable.name);
	value = getenv(copy);
	if (variable.has_standard && (value == NULL || value[0] == '\0'))
		buf_add_span(out, variable.standard);
	else if (value == NULL)
		error_set(err, ERROR_CONFIG,
		    "${%s} is not set in the environment", copy);
	else
		buf_add_text(out, value);
	free(copy);
	return value != NULL || variable.has_standard ? VALUE_READY
						      : VALUE_UNSET;
}

/* Whether the user allows an empty value: ${VAR:-} */
static bool
may_be_empty(struct span text)
{
	struct variable variable;
	struct span rest = span_skip(text, 1);

	return text.len > 0 && text.at[0] == '$' &&
	    take_variable(&rest, &variable) && variable.has_standard &&
	    rest.len == 0;
}

void
value_add_literal(struct span raw, struct buf *out)
{
	if (is_quoted(raw) && raw.len > 1 && raw.at[raw.len - 1] == '"')
		raw = span_skip(span_head(raw, raw.len - 1), 1);
	while (raw.len > 0) {
		size_t dollar = span_find(raw, '$');
		struct variable variable;

		buf_add_span(out, span_head(raw, dollar));
		raw = span_skip(raw, dollar + 1);
		if (span_starts(raw, SPAN("$"))) {
			buf_add_char(out, '$');
			raw = span_skip(raw, 1);
		} else if (take_variable(&raw, &variable)) {
			buf_add_span(out, variable.standard);
		}
	}
}

static bool
add_home(struct buf *out, struct error *err)
{
	char *home = identity_home();

	if (home == NULL)
		return error_set(
		    err, ERROR_CONFIG, "there is no home directory for ~");
	buf_add_text(out, home);
	free(home);
	return true;
}

static enum value_result
expand_variables(
    struct span text, bool has_home, struct buf *out, struct error *err)
{
	enum value_result result = VALUE_READY;

	if (has_home && span_starts(text, SPAN("~/"))) {
		if (!add_home(out, err))
			return VALUE_BAD;
		text = span_skip(text, 1);
	}
	while (text.len > 0 && result == VALUE_READY) {
		size_t dollar = span_find(text, '$');

		buf_add_span(out, span_head(text, dollar));
		if (dollar == text.len)
			break;
		text = span_skip(text, dollar + 1);
		result = expand_dollar(&text, out, err);
	}
	return result;
}

/* The file was checked when it was read, but not the values of variables. */
static bool
value_is_clean(const struct buf *value, struct error *err)
{
	for (size_t i = 0; i < value->len; i++)
		if (ascii_is_control(value->data[i]) && value->data[i] != '\t')
			return error_set(err, ERROR_CONFIG,
			    "control character \\x%02x in the value",
			    (unsigned)(unsigned char)value->data[i]);
	return true;
}

enum value_result
value_expand(
    struct span raw, enum value_kind kind, struct buf *out, struct error *err)
{
	struct buf plain = {.max = out->max};
	enum value_result result = VALUE_BAD;

	if (unquote(raw, kind, &plain, err)) {
		result = VALUE_READY;
		if (kind == VALUE_COMMAND)
			buf_add_span(out, buf_span(&plain));
		else
			result = expand_variables(buf_span(&plain),
			    kind == VALUE_PATH && !is_quoted(raw), out, err);
	}
	if (result == VALUE_READY && (out->full || plain.full)) {
		error_set(err, ERROR_CONFIG, "the value is too long");
		result = VALUE_BAD;
	}
	if (result == VALUE_READY && plain.len > 0 && out->len == 0 &&
	    !may_be_empty(buf_span(&plain))) {
		error_set(err, ERROR_CONFIG,
		    "the value is empty, because a variable is empty");
		result = VALUE_BAD;
	}
	if (result == VALUE_READY && !value_is_clean(out, err))
		result = VALUE_BAD;
	buf_wipe(&plain);
	return result;
}
