/*
 * Checks and converts domain names. The mapping of UTS 46 would silently drop
 * some characters, and mail would go to a different domain, so names with such
 * characters are refused before libidn2 is called.
 */
#include "address/domain.h"

#include <arpa/inet.h>
#include <idn2.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

#define NAME_MAX_OCTETS ((size_t)255) /* RFC 5321 section 4.5.3.1.2 */
#define LABEL_MAX_OCTETS 63
/* A character has at most four octets, and adds at least one to the result. */
#define UTF8_MAX_OCTETS (4 * NAME_MAX_OCTETS)
#define SHOWN_OCTETS 80
#define NOTES_MAX ((size_t)4096) /* octets, about */

/* Why the text is not a label; NULL if it is one. */
static const char *
label_fault(struct span label)
{
	if (label.len == 0)
		return "a label between the dots is empty";
	if (label.len > LABEL_MAX_OCTETS)
		return "a label is longer than 63 octets";
	for (size_t i = 0; i < label.len; i++)
		if (!ascii_is_alnum(label.at[i]) && label.at[i] != '-' &&
		    label.at[i] != '_')
			return "only letters, digits, hyphens and dots are "
			       "allowed";
	if (label.at[0] == '-' || label.at[label.len - 1] == '-')
		return "a label begins or ends with a hyphen";
	return NULL;
}

/* Why it is not a name for the DNS; NULL if it is one. */
static const char *
labels_fault(struct span name)
{
	if (name.len == 0)
		return "it is empty";
	if (name.len > NAME_MAX_OCTETS)
		return "it is longer than 255 octets";
	for (;;) {
		size_t len = span_find(name, '.');
		const char *fault = label_fault(span_head(name, len));

		if (fault != NULL || len == name.len)
			return fault;
		name = span_skip(name, len + 1);
	}
}

bool
domain_is_name(struct span name)
{
	return labels_fault(name) == NULL;
}

bool
domain_is_ldh(struct span name)
{
	return domain_is_name(name) && span_find(name, '_') == name.len;
}

static bool
is_address(struct span text, int family)
{
	unsigned char address[sizeof(struct in6_addr)];
	char copy[INET6_ADDRSTRLEN];

	if (text.len == 0 || text.len >= sizeof(copy) || span_has_control(text))
		return false;
	memcpy(copy, text.at, text.len);
	copy[text.len] = '\0';
	return inet_pton(family, copy, address) == 1;
}

bool
domain_is_ipv4(struct span text)
{
	return is_address(text, AF_INET);
}

bool
domain_is_ipv6(struct span text)
{
	return is_address(text, AF_INET6);
}

bool
domain_is_literal(struct span name)
{
	struct span tag = SPAN("IPv6:"), inner;

	if (name.len < 2 || name.at[0] != '[' || name.at[name.len - 1] != ']')
		return false;
	inner = span_skip(span_head(name, name.len - 1), 1);
	return span_starts_nocase(inner, tag)
	    ? domain_is_ipv6(span_skip(inner, tag.len))
	    : domain_is_ipv4(inner);
}

bool
domain_ends_in_number(struct span name)
{
	size_t from = name.len;

	while (from > 0 && ascii_is_digit(name.at[from - 1]))
		from--;
	return from < name.len && (from == 0 || name.at[from - 1] == '.');
}

bool
domain_is_fqdn(struct span name)
{
	return domain_is_name(name) && span_find(name, '.') < name.len &&
	    !domain_ends_in_number(name);
}

bool
domain_is_in(struct span name, struct span end)
{
	if (name.len <= end.len)
		return span_equal_nocase(name, end);
	return name.at[name.len - end.len - 1] == '.' &&
	    span_equal_nocase(span_skip(name, name.len - end.len), end);
}

/* Why it is not a domain name; NULL if it is one. */
static const char *
name_fault(struct span name)
{
	const char *fault = labels_fault(name);

	if (fault == NULL && domain_ends_in_number(name))
		fault = "its last label is a number; write an IP address as "
			"[192.0.2.1]";
	return fault;
}

/*
 * Control characters and invisible characters, except the joiners U+200C and
 * U+200D: names may have those, by rules that libidn2 checks.
 */
static const struct {
	uint32_t from, to;
} hidden[] = {
    {0x80, 0xa0},
    {0xad, 0xad},
    {0x34f, 0x34f},
    {0x61c, 0x61c},
    {0x115f, 0x1160},
    {0x17b4, 0x17b5},
    {0x180b, 0x180f},
    {0x200b, 0x200b},
    {0x200e, 0x200f},
    {0x2028, 0x202f},
    {0x2060, 0x206f},
    {0x3164, 0x3164},
    {0xfe00, 0xfe0f},
    {0xfeff, 0xfeff},
    {0xffa0, 0xffa0},
    {0xfff0, 0xfffb},
    {0x1bca0, 0x1bca3},
    {0x1d173, 0x1d17a},
    {0xe0000, UINT32_MAX},
};

static bool
is_hidden(uint32_t c)
{
	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		if (c >= hidden[i].from && c <= hidden[i].to)
			return true;
	return false;
}

/* Why a name must not be given to libidn2; NULL if it may be. */
static const char *
unicode_fault(struct span name)
{
	if (name.len > UTF8_MAX_OCTETS)
		return "it is longer than 255 octets";
	while (name.len > 0) {
		uint32_t c = 0;
		size_t len = utf8_decode(name, &c);

		if (len == 0)
			return "it is not valid UTF-8";
		if (c < 0x80 && !ascii_is_alnum((char)c) && c != '-' &&
		    c != '_' && c != '.')
			return "only letters, digits, hyphens and dots are "
			       "allowed";
		if (is_hidden(c))
			return "it has an invisible character";
		name = span_skip(name, len);
	}
	return NULL;
}

/* "example.org." is the same domain in the absolute form of the DNS. */
static struct span
without_final_dot(struct span name)
{
	if (name.len > 1 && name.at[name.len - 1] == '.')
		name.len--;
	return name;
}

/* Adds the A-label form, or returns why there is none. */
static const char *
add_ascii(struct span name, struct buf *out)
{
	const char *fault = unicode_fault(name);
	char *text, *ascii = NULL;
	int result;

	if (fault != NULL)
		return fault;
	text = span_copy(name);
	result = idn2_to_ascii_8z(
	    text, &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
	free(text);
	if (result != IDN2_OK)
		return idn2_strerror(result);
	/* The final dot may have been written as U+3002. */
	name = without_final_dot(span_from(ascii));
	fault = name_fault(name);
	if (fault == NULL && !buf_add_span(out, name))
		fault = "it is too long";
	idn2_free(ascii);
	return fault;
}

/* Adds an ASCII name or a literal unchanged, or returns why it is refused. */
static const char *
add_as_is(struct span name, struct buf *out)
{
	const char *fault = NULL;

	if (name.len > 0 && name.at[0] == '[') {
		if (!domain_is_literal(name))
			fault = "it is neither an [IPv4 address] nor an "
				"[IPv6:address]";
	} else {
		fault = name_fault(name);
	}
	if (fault == NULL && !buf_add_span(out, name))
		fault = "it is too long";
	return fault;
}

bool
domain_to_ascii(struct span name, struct buf *out, struct error *err)
{
	const char *fault = span_is_ascii(name)
	    ? add_as_is(without_final_dot(name), out)
	    : add_ascii(name, out);
	char *shown;

	if (fault == NULL)
		return true;
	shown = utf8_excerpt_masked(name, SHOWN_OCTETS);
	error_set(
	    err, ERROR_DATA, "cannot use the domain '%s': %s", shown, fault);
	free(shown);
	return false;
}

struct span
domain_of_path(struct span path)
{
	size_t at = span_find_last(path, '@');

	return at < path.len ? span_skip(path, at + 1) : path;
}

void
domain_note_underscore(struct span path, struct buf *notes)
{
	struct span domain = domain_of_path(path), known = buf_span(notes);
	struct buf line = {0};

	if (span_find(domain, '_') == domain.len)
		return;
	buf_add_format(&line,
	    "the domain %.*s has an underscore, which a host name cannot have; "
	    "the server decides",
	    (int)domain.len, domain.at);
	while (known.len > 0 && !span_starts(known, buf_span(&line)))
		known = span_skip(known, span_find(known, '\n') + 1);
	if (known.len == 0)
		buf_add_note(notes, NOTES_MAX, buf_span(&line));
	buf_free(&line);
}

const char *
domain_library(void)
{
	return "libidn2 " IDN2_VERSION;
}
