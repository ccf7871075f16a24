/*
 * The charset that an HTML, XML or CSS document names itself: a byte order
 * mark, "<meta charset>", "<meta http-equiv=Content-Type>", the XML
 * declaration, "@charset". Only its first octets are looked at, as browsers
 * do.
 */
#ifndef MESSAGE_DOCUMENT_CHARSET_H
#define MESSAGE_DOCUMENT_CHARSET_H

#include "base/text.h"

#define CHARSET_NAME_MAX 40		 /* RFC 2978 section 2.3 */
#define DOCUMENT_HEAD_MAX ((size_t)1024) /* the HTML standard's bound */

/*
 * The name, or "" where the document names none that its octets could have.
 * `head`: the document's first octets, at most DOCUMENT_HEAD_MAX of them.
 */
void document_charset_find(struct span head, char name[CHARSET_NAME_MAX + 1]);

#endif
