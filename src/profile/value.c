#include "profile/value.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "profile/identity.h"
#include "profile/profile.h"

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
unquote(struct span raw, bool is_command, struct buf *out, struct error *err)
{
	size_t close;

	if (raw.len == 0 || raw.at[0] != '"')
		return buf_add_span(out, raw);
	close = find_closing_quote(raw);
	if (close + 1 != raw.len) {
		if (is_command) /* the shell's quotes, then */
			return buf_add_span(out, raw);
		return error_set(err, ERROR_CONFIG, "%s",
		    close == raw.len ? "a quote is not closed"
				     : "text after the closing quote");
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

/* Takes what stands behind a $ off *rest. */
static enum value_result
expand_dollar(struct span *rest, struct buf *out, struct error *err)
{
	struct span name;
	const char *value;
	char *copy;

	if (span_starts(*rest, SPAN("$"))) {
		*rest = span_skip(*rest, 1);
		buf_add_char(out, '$');
		return VALUE_READY;
	}
	name = span_skip(*rest, 1);
	name = span_head(name, span_find(name, '}'));
	if (!span_starts(*rest, SPAN("{")) || name.len + 1 == rest->len ||
	    !is_variable_name(name)) {
		error_set(err, ERROR_CONFIG,
		    "a $ that is neither $$ nor ${VARIABLE}\n"
		    "hint: write $$ for a dollar sign");
		return VALUE_BAD;
	}
	*rest = span_skip(*rest, name.len + 2);
	copy = span_copy(name);
	value = getenv(copy);
	if (value == NULL)
		error_set(err, ERROR_CONFIG,
		    "${%s} is not set in the environment", copy);
	else
		buf_add_text(out, value);
	free(copy);
	return value != NULL ? VALUE_READY : VALUE_UNSET;
}

static enum value_result
expand_variables(struct span text, struct buf *out, struct error *err)
{
	enum value_result result = VALUE_READY;

	if (span_starts(text, SPAN("~/"))) {
		char *home = profile_home();

		if (home == NULL) {
			error_set(err, ERROR_CONFIG,
			    "there is no home directory for ~");
			return VALUE_BAD;
		}
		buf_add_text(out, home);
		text = span_skip(text, 1);
		free(home);
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

/* The file itself was checked when it was read; the environment was not. */
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
    struct span raw, bool is_command, struct buf *out, struct error *err)
{
	struct buf plain = {.max = out->max};
	enum value_result result = VALUE_BAD;

	if (unquote(raw, is_command, &plain, err)) {
		result = VALUE_READY;
		if (is_command)
			buf_add_span(out, buf_span(&plain));
		else
			result = expand_variables(buf_span(&plain), out, err);
	}
	if (result == VALUE_READY && (out->full || plain.full)) {
		error_set(err, ERROR_CONFIG, "the value is too long");
		result = VALUE_BAD;
	}
	if (result == VALUE_READY && plain.len > 0 && out->len == 0) {
		error_set(err, ERROR_CONFIG,
		    "nothing is left of the value: a variable is empty");
		result = VALUE_BAD;
	}
	if (result == VALUE_READY && !value_is_clean(out, err))
		result = VALUE_BAD;
	buf_wipe(&plain);
	return result;
}

char *
path_beside(const char *file, struct span path)
{
	const char *slash = strrchr(file, '/');
	struct buf joined = {.max = strlen(file) + path.len};
	char *copy;

	if (slash == NULL || span_starts(path, SPAN("/")))
		return span_copy(path);
	buf_add(&joined, file, (size_t)(slash - file) + 1);
	buf_add_span(&joined, path);
	copy = mem_copy_text(buf_text(&joined));
	buf_free(&joined);
	return copy;
}
