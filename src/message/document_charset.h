/*
 * The charset that an HTML, XML or CSS document declares in itself: by a byte
 * order mark, "<meta charset>", "<meta http-equiv=Content-Type>", the XML
 * declaration or "@charset". As in browsers, only its first octets count.
 */
#ifndef MESSAGE_DOCUMENT_CHARSET_H
#define MESSAGE_DOCUMENT_CHARSET_H

#include "base/text.h"

#define CHARSET_NAME_MAX 40		 /* RFC 2978 section 2.3 */
#define DOCUMENT_HEAD_MAX ((size_t)1024) /* the HTML standard's bound */

/*
 * Sets the name of the charset, or "" if the document declares none, or one
 * that a declaration in ASCII cannot be in. `head`: the first octets of the
 * document; those beyond DOCUMENT_HEAD_MAX do not count.
 */
void document_charset_find(struct span head, char name[CHARSET_NAME_MAX + 1]);

#endif
