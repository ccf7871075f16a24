/*
 * A macro is a letter, how many of the right-most parts are kept, whether the
 * parts are reversed, and what separates them: %{d2r-}. The parts are joined by
 * dots.
 */
#include "doctor/spf_macro.h"

#define LETTERS "slodiphv"
#define SEPARATORS ".-+,/_="
#define VALUE_MAX ((size_t)1024)

struct macro {
	char letter;	/* as it was written */
	uint64_t count; /* of parts; 0: all */
	bool is_reversed;
	struct span separators; /* empty: a dot */
	size_t len;		/* in the text; 0: it is no macro */
};

static bool
has_char(struct span list, char c)
{
	return span_find(list, c) < list.len;
}

/* Reads a macro with a letter: "%{" ... "}". */
static struct macro
read_macro(struct span text)
{
	struct macro macro = {0};
	struct span rest = span_skip(text, 3), digits;

	if (!span_starts(text, SPAN("%{")) || rest.len == 0 ||
	    !has_char(SPAN(LETTERS), ascii_lower(text.at[2])))
		return macro;
	macro.letter = text.at[2];
	digits = span_digits(rest);
	/* A number that is too large keeps all parts. */
	if (digits.len > 0 && !span_number(digits, UINT32_MAX, &macro.count))
		macro.count = UINT32_MAX;
	if (digits.len > 0 && macro.count == 0)
		return macro;
	rest = span_skip(rest, digits.len);
	macro.is_reversed = rest.len > 0 && ascii_lower(rest.at[0]) == 'r';
	rest = span_skip(rest, macro.is_reversed);
	macro.separators.at = rest.at;
	while (macro.separators.len < rest.len &&
	    has_char(SPAN(SEPARATORS), rest.at[macro.separators.len]))
		macro.separators.len++;
	rest = span_skip(rest, macro.separators.len);
	if (rest.len > 0 && rest.at[0] == '}')
		macro.len = (size_t)(rest.at - text.at) + 1;
	return macro;
}

size_t
spf_macro_length(struct span text)
{
	if (text.len > 1 && has_char(SPAN("%_-"), text.at[1]))
		return 2;
	return read_macro(text).len;
}

bool
spf_macro_needs_name(struct span text)
{
	for (size_t i = 0; i < text.len;) {
		size_t len = 1;

		if (text.at[i] == '%')
			len = spf_macro_length(span_skip(text, i));
		if (len > 2 && ascii_lower(text.at[i + 2]) == 'p')
			return true;
		i += len > 0 ? len : 1;
	}
	return false;
}

/* What the letter stands for, with all of its parts. */
static void
add_value(char letter, const struct spf_macro_values *values, struct buf *out)
{
	const struct spf_mail *mail = values->mail;

	switch (ascii_lower(letter)) {
	case 's':
		buf_add_span(out, mail->local);
		buf_add_char(out, '@');
		buf_add_span(out, mail->domain);
		break;
	case 'l':
		buf_add_span(out, mail->local);
		break;
	case 'o':
		buf_add_span(out, mail->domain);
		break;
	case 'd':
		buf_add_text(out, values->domain);
		break;
	case 'i':
		spf_mail_add_address(mail, out);
		break;
	case 'p':
		buf_add_text(
		    out, values->name != NULL ? values->name : "unknown");
		break;
	case 'h':
		buf_add_span(out, mail->helo);
		break;
	case 'v':
		buf_add_text(out, mail->is_ip4 ? "in-addr" : "ip6");
		break;
	default:
		break;
	}
}

/* The first part, without its separator. */
static struct span
part_of(struct span text, struct span separators)
{
	size_t len = 0;

	while (len < text.len && !has_char(separators, text.at[len]))
		len++;
	return span_head(text, len);
}

static size_t
count_parts(struct span text, struct span separators)
{
	size_t count = 1;

	for (size_t i = 0; i < text.len; i++)
		count += has_char(separators, text.at[i]);
	return count;
}

/* RFC 3986 section 2.3: what need not be escaped in a URL. */
static void
add_escaped(struct span text, struct buf *out)
{
	for (size_t i = 0; i < text.len; i++)
		if (ascii_is_alnum(text.at[i]) ||
		    has_char(SPAN("-._~"), text.at[i]))
			buf_add_char(out, text.at[i]);
		else {
			buf_add_char(out, '%');
			buf_add_hex(out, text.at[i]);
		}
}

static void
add_parts(const struct macro *macro, struct span value, struct buf *out)
{
	struct span separators =
	    macro->separators.len > 0 ? macro->separators : SPAN(".");
	size_t count = count_parts(value, separators), kept = count;
	struct buf joined = {.max = VALUE_MAX};
	bool is_first = true;

	if (macro->count > 0 && macro->count < count)
		kept = (size_t)macro->count;
	/* Reversed, the part at index i stands at count - 1 - i. */
	for (size_t i = count - kept; i < count; i++) {
		size_t skipped = macro->is_reversed ? count - 1 - i : i;
		struct span rest = value, part;

		part = part_of(rest, separators);
		while (skipped-- > 0) {
			rest = span_skip(rest, part.len + 1);
			part = part_of(rest, separators);
		}
		if (!is_first)
			buf_add_char(&joined, '.');
		is_first = false;
		buf_add_span(&joined, part);
	}
	if (macro->letter != ascii_lower(macro->letter))
		add_escaped(buf_span(&joined), out);
	else
		buf_add_span(out, buf_span(&joined));
	out->full |= joined.full;
	buf_free(&joined);
}

bool
spf_macro_expand(
    struct span text, const struct spf_macro_values *values, struct buf *out)
{
	while (text.len > 0) {
		size_t plain = span_find(text, '%');
		struct buf value = {.max = VALUE_MAX};
		struct macro macro;

		buf_add_span(out, span_head(text, plain));
		text = span_skip(text, plain);
		if (text.len == 0)
			break;
		macro = read_macro(text);
		if (macro.len > 0) {
			add_value(macro.letter, values, &value);
			add_parts(&macro, buf_span(&value), out);
			out->full |= value.full;
		} else if (text.len > 1)
			buf_add_text(out,
			    text.at[1] == '_'	    ? " "
				: text.at[1] == '-' ? "%20"
						    : "%");
		buf_free(&value);
		text = span_skip(text, macro.len > 0 ? macro.len : 2);
	}
	return !out->full;
}
