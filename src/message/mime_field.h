/*
 * The fields that say what a body is (RFC 2045): Content-Type with its
 * parameters and Content-Transfer-Encoding. They are read as leniently as mail
 * readers do it, and written anew where something must change.
 */
#ifndef MESSAGE_MIME_FIELD_H
#define MESSAGE_MIME_FIELD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

enum mime_type {
	MIME_TEXT, /* also if no type is given, or none that can be read */
	MIME_MULTIPART,
	MIME_SIGNED,  /* multipart/signed: must not be edited */
	MIME_DIGEST,  /* multipart/digest */
	MIME_MESSAGE, /* message/rfc822 */
	MIME_FIXED,   /* message/partial and others that must not be encoded */
	MIME_OTHER,
};

enum mime_coding {
	CODING_NONE,
	CODING_7BIT,
	CODING_8BIT,
	CODING_BINARY,
	CODING_QUOTED_PRINTABLE,
	CODING_BASE64,
	CODING_OTHER,
};

enum mime_charset {
	CHARSET_NONE,
	CHARSET_ASCII,
	CHARSET_WIDE, /* UTF-16 and the like: a line end is no single octet */
	CHARSET_OTHER,
};

struct mime_content {
	enum mime_type type;
	enum mime_coding coding;
	enum mime_charset charset;
	char *boundary;	       /* of a multipart; owned; NULL: none */
	bool has_odd_boundary; /* there is one that cannot be used */
	bool has_type, has_coding, has_version;
	bool type_is_readable; /* it has the form type "/" subtype */
	bool is_document; /* HTML, XML or CSS: it may name its own charset */
};

/*
 * Reads the fields of a header section; `standard` is the type if none is
 * given. The caller frees the content with mime_field_free.
 */
void mime_field_read(
    struct mime_content *content, struct span header, enum mime_type standard);
void mime_field_free(struct mime_content *content);
/* Whether a coding leaves octets as they are: 7bit, 8bit, binary or none. */
bool mime_field_is_identity(enum mime_coding coding);

/* One parameter of Content-Type or Content-Disposition. */
struct mime_parameter {
	struct span name;
	struct span value; /* as written: with its quotes */
	/* Offsets in the field's body: behind the ";", and behind the value. */
	size_t from, to;
	bool lacks_semicolon; /* in front of it */
};

/* The offset behind the type or disposition that begins a field's body. */
size_t mime_field_type_end(struct span body);
/*
 * Takes the next parameter from the offset *at of a field's body on; false at
 * the end. *at begins as 0, or as mime_field_type_end() to find also a
 * parameter that lacks the semicolon behind the type.
 */
bool mime_field_next_parameter(
    struct span body, size_t *at, struct mime_parameter *parameter);
/* Adds a value without its quotes and folding. */
void mime_field_add_value(struct buf *out, struct span value);
/* The kind of charset that a name means. */
enum mime_charset mime_field_charset_of(struct span name);
/* Adds a field's body whose parameter charset is set, or added. */
void mime_field_set_charset(
    struct buf *out, struct span body, const char *charset);

#endif
