/*
 * The fields that describe a body (RFC 2045): Content-Type with its parameters
 * and Content-Transfer-Encoding. They are read as leniently as mail readers do,
 * and rewritten if they must change.
 */
#ifndef MESSAGE_MIME_FIELD_H
#define MESSAGE_MIME_FIELD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

enum mime_type {
	MIME_TEXT, /* also if the type is missing or cannot be read */
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
	CHARSET_WIDE, /* UTF-16 and the like: more than one octet per character
		       */
	CHARSET_OTHER,
};

struct mime_content {
	enum mime_type type;
	enum mime_coding coding;
	enum mime_charset charset;
	char *boundary;	       /* of a multipart; owned; NULL: none */
	bool has_odd_boundary; /* it has a boundary that cannot be used */
	bool has_type, has_coding, has_version;
	bool type_is_readable; /* it has the form type "/" subtype */
	bool is_document; /* HTML, XML or CSS: it may declare its charset */
};

/*
 * Reads the fields of a header section; `standard` is the type if the header
 * has none. The caller frees the content with mime_field_free.
 */
void mime_field_read(
    struct mime_content *content, struct span header, enum mime_type standard);
void mime_field_free(struct mime_content *content);
/* Whether a coding leaves octets unchanged: 7bit, 8bit, binary or none. */
bool mime_field_is_identity(enum mime_coding coding);

/* One parameter of Content-Type or Content-Disposition. */
struct mime_parameter {
	struct span name;
	struct span value; /* as written: with its quotes */
	/* Offsets in the field's body: after the ";", and after the value. */
	size_t from, to;
	bool lacks_semicolon; /* before it */
};

/* The offset after the type or disposition at the start of a field's body. */
size_t mime_field_type_end(struct span body);
/*
 * Finds the next parameter at or after the offset *at of a field's body; false
 * at the end. At first *at is 0, or mime_field_type_end() to find also a
 * parameter that lacks the semicolon after the type.
 */
bool mime_field_next_parameter(
    struct span body, size_t *at, struct mime_parameter *parameter);
/* Adds a value without its quotes and folding. */
void mime_field_add_value(struct buf *out, struct span value);
/* The kind of charset that has this name. */
enum mime_charset mime_field_charset_of(struct span name);
/* Adds a field's body with its parameter charset replaced or added. */
void mime_field_set_charset(
    struct buf *out, struct span body, const char *charset);

#endif
