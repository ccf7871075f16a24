/*
 * Reads just enough of PEM and DER (X.690) to find the names of certificates.
 * The octets are untrusted: every length is checked against the octets left.
 */
#include "tls/root_scan.h"

#include "base/base64.h"

/*
 * How many octets of a certificate to decode: first, and in a second attempt.
 */
#define HEAD_USUAL ((size_t)384)
#define HEAD_MAX ((size_t)8192)

/* Tags of DER (X.690). */
#define DER_INTEGER 0x02
#define DER_SEQUENCE 0x30
#define DER_VERSION 0xa0 /* context-specific, 0 */

bool
root_scan_add(struct root_scan *scan, struct span name)
{
	for (size_t i = 0; i < scan->count; i++)
		if (span_equal(scan->names[i], name))
			return true;
	if (scan->count == ROOT_NAMES_MAX)
		return false;
	scan->names[scan->count++] = name;
	return true;
}

/* Reads tag and length: where the content begins, and its stated length. */
static bool
read_header(struct span der, unsigned char tag, size_t *begin, size_t *len)
{
	size_t octets;

	if (der.len < 2 || (unsigned char)der.at[0] != tag)
		return false;
	*begin = 2;
	*len = (unsigned char)der.at[1];
	if (*len < 0x80)
		return true;
	octets = *len & 0x7f;
	/* 0 would be the indefinite length of BER. */
	if (octets == 0 || octets > 4 || der.len < 2 + octets)
		return false;
	for (*len = 0; octets > 0; octets--)
		*len = *len << 8 | (unsigned char)der.at[(*begin)++];
	return true;
}

/* Replaces an element by its content, which may be cut off. */
static bool
enter(struct span *der, unsigned char tag)
{
	size_t begin, len;

	if (!read_header(*der, tag, &begin, &len))
		return false;
	*der = span_head(span_skip(*der, begin), len);
	return true;
}

/* Removes a complete element, with its header, from the front of *der. */
static bool
take(struct span *der, unsigned char tag, struct span *element)
{
	size_t begin, len;

	if (!read_header(*der, tag, &begin, &len) || len > der->len - begin)
		return false;
	*element = span_head(*der, begin + len);
	*der = span_skip(*der, begin + len);
	return true;
}

/* RFC 5280 section 4.1. *der is then the rest after the subject. */
static bool
take_names(struct span *der, struct span *issuer, struct span *subject)
{
	struct span unused;

	if (!enter(der, DER_SEQUENCE) || !enter(der, DER_SEQUENCE))
		return false;
	if (der->len > 0 && (unsigned char)der->at[0] == DER_VERSION &&
	    !take(der, DER_VERSION, &unused))
		return false;
	return take(der, DER_INTEGER, &unused) && /* serial number */
	    take(der, DER_SEQUENCE, &unused) &&	  /* algorithm */
	    take(der, DER_SEQUENCE, issuer) &&
	    take(der, DER_SEQUENCE, &unused) && /* validity */
	    take(der, DER_SEQUENCE, subject);
}

bool
root_scan_names(struct span der, struct span *issuer, struct span *subject)
{
	return take_names(&der, issuer, subject);
}

bool
root_scan_key(struct span der, struct span *key)
{
	struct span issuer, subject;

	return take_names(&der, &issuer, &subject) &&
	    take(&der, DER_SEQUENCE, key);
}

static bool
is_wanted(const struct root_scan *scan, struct span subject)
{
	for (size_t i = 0; i < scan->count; i++)
		if (span_equal(scan->names[i], subject))
			return true;
	return scan->count == 0;
}

/* Whether it has a wanted subject, or a subject that cannot be read. */
static bool
may_be_wanted(const struct root_scan *scan, struct span base64)
{
	char head[HEAD_MAX];
	struct span der = {head, 0}, issuer, subject;

	der.len = base64_decode_head(head, HEAD_USUAL, base64);
	if (root_scan_names(der, &issuer, &subject))
		return is_wanted(scan, subject);
	der.len = base64_decode_head(head, HEAD_MAX, base64);
	if (root_scan_names(der, &issuer, &subject))
		return is_wanted(scan, subject);
	return true;
}

/*
 * The text after the BEGIN line of a certificate; empty if there is no such
 * line.
 */
static struct span
skip_begin_line(struct span text)
{
	static const struct span lines[] = {
	    {"-----BEGIN CERTIFICATE-----", 27},
	    {"-----BEGIN X509 CERTIFICATE-----", 32},
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (span_starts(text, lines[i]))
			return span_skip(text, lines[i].len);
	return (struct span){text.at, 0};
}

/*
 * Base64 has no "-", so the next "-" ends a block. A block without an END line
 * is damaged and skipped.
 */
bool
root_scan_next(struct root_scan *scan, struct span *block)
{
	for (;;) {
		struct span begin, content, end;

		begin = span_skip(scan->rest, span_find(scan->rest, '-'));
		if (begin.len == 0)
			return false;
		content = skip_begin_line(begin);
		if (content.len == 0) {
			scan->rest = span_skip(begin, 1);
			continue;
		}
		end = span_skip(content, span_find(content, '-'));
		content.len -= end.len;
		scan->rest = end;
		if (!span_starts(end, SPAN("-----END ")))
			continue;
		scan->rest = span_skip(end, SPAN("-----END ").len);
		if (!may_be_wanted(scan, content))
			continue;
		*block = span_head(begin, begin.len - scan->rest.len);
		return true;
	}
}
