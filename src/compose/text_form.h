/*
 * How a text is sent: its charset and its transfer encoding. They are chosen so
 * that a server that takes 8-bit content gets the text without a repair.
 */
#ifndef COMPOSE_TEXT_FORM_H
#define COMPOSE_TEXT_FORM_H

#include <stdbool.h>

#include "base/error.h"
#include "message/document_charset.h"
#include "message/encoder.h"

struct storage;

enum text_kind {
	TEXT_PLAIN,
	TEXT_DOCUMENT, /* HTML, XML or CSS, which may declare its charset */
};

struct text_form {
	char charset[CHARSET_NAME_MAX + 1]; /* never empty */
	bool is_guess;	    /* that of the locale, or unknown-8bit */
	bool has_eight_bit; /* octets above 127 */
	/* No NUL and no line over 998 octets: it can be sent as it is. */
	bool is_plain;
	bool is_wide; /* UTF-16: it has no lines, and must be sent as base64 */
	enum encoding encoding; /* the shorter one, if it has to be encoded */
};

/*
 * Reads the text once. A text in UTF-8 is UTF-8 in any locale; any other is in
 * the charset of the locale. False with ERROR_IO if it cannot be read, or
 * ERROR_TEMPORARY if it became shorter; `name` names it.
 */
bool text_form_find(struct text_form *form, const struct storage *text,
    enum text_kind kind, const char *name, struct error *err);
/*
 * Puts the encoded form of a text into `out`, which the caller has initialised
 * and frees. False as text_form_find and storage_add.
 */
bool text_form_encode(struct storage *out, const struct storage *text,
    enum encoding encoding, const char *name, struct error *err);

#endif
