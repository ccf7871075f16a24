/*
 * Converts text of the user to UTF-8. Text that is valid UTF-8 is taken as
 * UTF-8; any other text is taken to be in the charset of the locale.
 */
#ifndef COMPOSE_CHARSET_H
#define COMPOSE_CHARSET_H

#include <stdbool.h>
#ifdef HAVE_ICONV
#include <iconv.h>
#endif

#include "base/buf.h"

struct charset {
#ifdef HAVE_ICONV
	iconv_t converter;
#endif
	bool is_open;
	char name[64]; /* of the locale's charset; "" if it has none */
};

/*
 * Opens the charset that the environment names (LC_ALL, LC_CTYPE, LANG). False
 * if that is UTF-8 or ASCII, so that there is nothing to convert, or if iconv
 * does not know it. Call charset_close in any case.
 */
bool charset_open_locale(struct charset *charset);
void charset_close(struct charset *charset);
/*
 * Adds a text in that charset as UTF-8. False if the text is not valid in it,
 * or `out` is full; `out` may then hold a part.
 */
bool charset_add(struct charset *charset, struct buf *out, struct span text);
/*
 * Sets `name` to the MIME name of the locale's charset. False, with "", if that
 * is UTF-8 or ASCII: a text that is not UTF-8 cannot be in it.
 */
#define CHARSET_LOCALE_MAX 40
bool charset_find_locale(char name[CHARSET_LOCALE_MAX + 1]);
/*
 * A copy of a text in UTF-8; unchanged if it is UTF-8 already, or cannot be
 * converted. Caller frees.
 */
char *charset_to_utf8(struct span text);

#endif
