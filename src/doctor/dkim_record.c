/*
 * Reads the tags, and the length of an RSA key out of its DER. Nothing else of
 * the key is looked at: whether it fits a signature, only a mail can show.
 */
#include "doctor/dkim_record.h"

#include <string.h>

#include "base/base64.h"
#include "doctor/tag_list.h"

#define KEY_MAX ((size_t)8192)
#define ED25519_LEN 32
#define WEAKEST_BITS 1024

#define DER_INTEGER 0x02
#define DER_BIT_STRING 0x03
#define DER_SEQUENCE 0x30

/* Takes an element off *rest (X.690: a definite length). */
static bool
take(struct span *rest, int tag, struct span *content)
{
	size_t len, octets, at = 2;

	if (rest->len < 2 || (unsigned char)rest->at[0] != tag)
		return false;
	len = (unsigned char)rest->at[1];
	octets = len & 0x7f;
	if (len > 0x7f) {
		if (octets == 0 || octets > 2 || rest->len < 2 + octets)
			return false;
		for (len = 0; at < 2 + octets; at++)
			len = len << 8 | (unsigned char)rest->at[at];
	}
	if (len > rest->len - at)
		return false;
	*content = span_head(span_skip(*rest, at), len);
	*rest = span_skip(*rest, at + len);
	return true;
}

/*
 * The bits of a key in the form of SubjectPublicKeyInfo, as everybody writes
 * it, or of RSAPublicKey, as the RFC says; 0: it is neither.
 */
static unsigned
rsa_bits(struct span der)
{
	struct span key, inner, number;
	unsigned char first;
	unsigned bits;

	if (!take(&der, DER_SEQUENCE, &key) || der.len > 0)
		return 0;
	if (take(&key, DER_SEQUENCE, &inner)) {
		if (!take(&key, DER_BIT_STRING, &inner) || inner.len < 1 ||
		    inner.at[0] != 0)
			return 0;
		inner = span_skip(inner, 1);
		if (!take(&inner, DER_SEQUENCE, &key))
			return 0;
	}
	if (!take(&key, DER_INTEGER, &number))
		return 0;
	while (number.len > 0 && number.at[0] == 0)
		number = span_skip(number, 1);
	if (number.len == 0)
		return 0;
	bits = (unsigned)(number.len - 1) * 8;
	for (first = (unsigned char)number.at[0]; first > 0; first >>= 1)
		bits++;
	return bits;
}

static void
judge_key(struct dkim_record *record, struct span text)
{
	struct buf compact = {.max = KEY_MAX}, key = {.max = KEY_MAX};

	for (size_t i = 0; i < text.len; i++)
		if (!ascii_is_space(text.at[i]))
			buf_add_char(&compact, text.at[i]);
	if (compact.full || !base64_decode(&key, buf_span(&compact)))
		record->fault = DKIM_BROKEN;
	else if (compact.len == 0)
		record->fault = DKIM_REVOKED;
	else if (!record->is_rsa)
		record->fault =
		    key.len == ED25519_LEN ? DKIM_FINE : DKIM_BROKEN;
	else {
		record->bits = rsa_bits(buf_span(&key));
		record->fault = record->bits == 0 ? DKIM_BROKEN
		    : record->bits < WEAKEST_BITS ? DKIM_TOO_WEAK
						  : DKIM_FINE;
	}
	buf_free(&compact);
	buf_free(&key);
}

/* Whether a list with colons has the word. */
static bool
has_flag(struct span list, struct span flag)
{
	struct span word;

	while (span_next_word(&list, ": \t\r\n", &word))
		if (span_equal(word, flag))
			return true;
	return false;
}

void
dkim_record_read(struct dkim_record *record, struct span text)
{
	struct span rest = text, key = {NULL, 0}, kind = SPAN("rsa");
	struct tag tag;
	bool has_key = false, is_first = true, has_version = false;
	bool is_other_hash = false, is_other_use = false;
	enum tag_next next;

	*record = (struct dkim_record){DKIM_FINE, true, 0, false};
	while ((next = tag_list_next(&rest, &tag)) == TAG_FOUND) {
		if (span_equal(tag.name, SPAN("v"))) {
			if (!is_first || !span_equal(tag.value, SPAN("DKIM1")))
				next = TAG_WRONG;
			has_version = span_starts(tag.value, SPAN("DKIM"));
		} else if (span_equal(tag.name, SPAN("p"))) {
			has_key = true;
			key = tag.value;
		} else if (span_equal(tag.name, SPAN("k")))
			kind = tag.value;
		else if (span_equal(tag.name, SPAN("t")))
			record->is_test = has_flag(tag.value, SPAN("y"));
		else if (span_equal(tag.name, SPAN("h")))
			is_other_hash = !has_flag(tag.value, SPAN("sha256"));
		else if (span_equal(tag.name, SPAN("s")))
			is_other_use = !has_flag(tag.value, SPAN("*")) &&
			    !has_flag(tag.value, SPAN("email"));
		is_first = false;
		if (next == TAG_WRONG)
			break;
	}
	record->is_rsa = span_equal(kind, SPAN("rsa"));
	if (!has_version && !has_key)
		record->fault = DKIM_OTHER;
	else if (next == TAG_WRONG)
		record->fault = DKIM_SYNTAX;
	else if (!has_key)
		record->fault = DKIM_NO_KEY;
	else if (!record->is_rsa && !span_equal(kind, SPAN("ed25519")))
		record->fault = DKIM_UNKNOWN;
	else
		judge_key(record, key);
	if (record->fault == DKIM_FINE && (is_other_hash || is_other_use))
		record->fault =
		    is_other_hash ? DKIM_OTHER_HASH : DKIM_OTHER_USE;
}

/* Adds the value of the tag p. */
static void
add_key(struct span text, struct buf *key)
{
	struct tag tag;

	while (tag_list_next(&text, &tag) == TAG_FOUND) {
		if (!span_equal(tag.name, SPAN("p")))
			continue;
		for (size_t i = 0; i < tag.value.len; i++)
			if (!ascii_is_space(tag.value.at[i]))
				buf_add_char(key, tag.value.at[i]);
		break;
	}
	while (key->len > 0 && key->data[key->len - 1] == '=')
		key->len--;
}

bool
dkim_record_same_key(struct span text, struct span other)
{
	struct buf key = {0}, other_key = {0};
	bool is_same;

	add_key(text, &key);
	add_key(other, &other_key);
	is_same =
	    key.len > 0 && span_equal(buf_span(&key), buf_span(&other_key));
	buf_free(&key);
	buf_free(&other_key);
	return is_same;
}
