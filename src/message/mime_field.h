/*
 * The fields that say what a body is (RFC 2045): Content-Type with its
 * parameters and Content-Transfer-Encoding, read as leniently as their readers
 * do, and written anew where something must change.
 */
#ifndef MESSAGE_MIME_FIELD_H
#define MESSAGE_MIME_FIELD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/text.h"

enum mime_type {
	MIME_TEXT, /* also where no type is given, or none that can be read */
	MIME_MULTIPART,
	MIME_SIGNED,  /* multipart/signed: not to be touched */
	MIME_DIGEST,  /* multipart/digest */
	MIME_MESSAGE, /* message/rfc822 */
	MIME_FIXED,   /* message/partial and others that take no encoding */
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
	CHARSET_WIDE, /* UTF-16 and its like: line ends are no octets */
	CHARSET_OTHER,
};

struct mime_content {
	enum mime_type type;
	enum mime_coding coding;
	enum mime_charset charset;
	char *boundary;	       /* of a multipart; owned; NULL: none */
	bool has_odd_boundary; /* it names one that cannot be used */
	bool has_type, has_coding, has_version;
	bool type_is_readable; /* type "/" subtype */
	bool is_document; /* a text that may name its charset: HTML, XML, CSS */
};

/* Of the fields of a header; `standard` is the type where none is given. */
void mime_field_read(
    struct mime_content *content, struct span header, enum mime_type standard);
void mime_field_free(struct mime_content *content);
/* 7bit, 8bit and binary, and where nothing is said: octets as they are. */
bool mime_field_is_identity(enum mime_coding coding);

/* One parameter of Content-Type or Content-Disposition. */
struct mime_parameter {
	struct span name;
	struct span value; /* as written: with its quotes */
	/* In the field's body: behind the ";", and where the value ends. */
	size_t from, to;
	bool lacks_semicolon; /* in front of it */
};

/* The offset behind the type, or disposition, that begins a field's body. */
size_t mime_field_type_end(struct span body);
/*
 * Takes the next parameter behind the offset *at of a field's body; false at
 * the end. At first *at is 0, or mime_field_type_end() to find one that has no
 * semicolon behind the type, too.
 */
bool mime_field_next_parameter(
    struct span body, size_t *at, struct mime_parameter *parameter);
/* The value without quotes, comment behind it, and folding. */
void mime_field_add_value(struct buf *out, struct span value);
/* What kind of charset a name means. */
enum mime_charset mime_field_charset_of(struct span name);
/* A field's body with the parameter charset set, or added. */
void mime_field_set_charset(
    struct buf *out, struct span body, const char *charset);

#endif
