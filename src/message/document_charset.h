/*
 * Finds the charset that an HTML, XML or CSS document declares: by a byte order
 * mark, "<meta charset>", "<meta http-equiv=Content-Type>", the XML declaration
 * or "@charset". As in browsers, only its first octets are read.
 */
#ifndef MESSAGE_DOCUMENT_CHARSET_H
#define MESSAGE_DOCUMENT_CHARSET_H

#include "base/text.h"

#define CHARSET_NAME_MAX 40		 /* RFC 2978 section 2.3 */
#define DOCUMENT_HEAD_MAX ((size_t)1024) /* as in the HTML standard */

/*
 * Sets `name` to the name of the charset. It is "" if the document declares
 * none, or if a declaration in ASCII names a charset such as UTF-16, in which
 * it could not be written. `head` is the beginning of the document; octets
 * beyond DOCUMENT_HEAD_MAX are ignored.
 */
void document_charset_find(struct span head, char name[CHARSET_NAME_MAX + 1]);

#endif
